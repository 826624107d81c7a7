/** Asks the sensor that runs on this machine, by its Unix socket. */

import { existsSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { loadSettings, type Settings } from '../settings/load.js'
import { SOCKET_FILE, storeFolder } from '../settings/places.js'
import { DATABASE_FILE } from '../store/open.js'
import { CallError } from './errors.js'

/** Where a sensor that the system runs keeps its socket. */
const SYSTEM_FOLDERS = ['/var/lib/onlooker', '/run/onlooker']
const ASK_MS = 60_000
/** What the system says where no sensor runs. */
const NOBODY_THERE = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']
/** Statuses that say that the call was wrong. */
const WRONG_CALL = [400, 404]
const ERROR_BYTES_MAX = 65_536

/** Options that every command that asks has. */
export const ASK_OPTIONS = {
  config: { type: 'string' },
  socket: { type: 'string' },
} as const

export interface Whom {
  readonly config?: string | undefined
  readonly socket?: string | undefined
}

interface ApiError {
  readonly error?: { readonly message?: string; readonly mend?: string }
}

export class Client {
  private readonly path: string

  constructor(whom: Whom) {
    this.path = socketFor(whom)
  }

  /** What it answers, as JSON. */
  async ask<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const answer = await this.send(path, { method, text, type: 'application/json' })
    return JSON.parse(await textOf(answer)) as T
  }

  /** Sends bytes as they are. */
  async upload<T>(path: string, text: Uint8Array, type: string): Promise<T> {
    return JSON.parse(await textOf(await this.send(path, { method: 'POST', text, type }))) as T
  }

  /** An answer that is no text. */
  async bytes(path: string): Promise<AsyncIterable<Uint8Array>> {
    return this.send(path, { method: 'GET', text: undefined, type: '' })
  }

  /** Whether somebody is there to ask; throws if they may not be asked. */
  async isThere(): Promise<boolean> {
    try {
      await textOf(await this.send('/healthz', { method: 'GET', text: undefined, type: '' }))
      return true
    } catch (error) {
      const { cause } = error as { cause?: NodeJS.ErrnoException }
      if (NOBODY_THERE.includes(String(cause?.code))) return false
      throw error
    }
  }

  /** An answer that may be long, piece by piece. */
  async *pieces(path: string): AsyncGenerator<string> {
    const answer = await this.send(path, { method: 'GET', text: undefined, type: '' })
    for await (const piece of answer.setEncoding('utf8')) yield String(piece)
  }

  private async send(path: string, { method, text, type }: Sending): Promise<IncomingMessage> {
    const body = text === undefined ? {} : { 'content-type': type, 'content-length': bytesOf(text) }
    const headers = { 'onlooker-user': userName(), host: 'localhost', ...body }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request({ socketPath: this.path, path, method, headers, agent: false }, resolve)
      asked.setTimeout(ASK_MS, () => asked.destroy(new Error(`no answer: ${this.path}: ask again`)))
      asked.on('error', error => reject(this.unreachable(error)))
      asked.end(text)
    })
    if (answer.statusCode! < 400) return answer
    throw await refusal(answer)
  }

  private unreachable(error: NodeJS.ErrnoException): Error {
    const { code } = error
    if (NOBODY_THERE.includes(String(code))) {
      const mend = 'is it running? systemctl status onlooker'
      return new Error(`no sensor answers at ${this.path}: ${mend}`, { cause: error })
    }
    if (code !== 'EACCES' && code !== 'EPERM') return error
    const mend = "be root, the sensor's user, or in the group of that socket"
    return new Error(`not allowed to ask the sensor: ${this.path}: ${mend}`)
  }
}

interface Sending {
  readonly method: string
  readonly text: string | Uint8Array | undefined
  readonly type: string
}

const bytesOf = (text: string | Uint8Array): string => String(Buffer.byteLength(text))

/** The place named in the call or the settings, else where sensors usually are. */
export function socketFor({ config, socket }: Whom): string {
  if (socket !== undefined) return socket
  const settings: Settings = loadSettings(config)
  const chosen = settings.http.socket
  if (chosen === 'off') {
    throw new CallError('no socket for the command line: http.socket is off: let it name a path')
  }
  if (chosen !== 'auto') return chosen
  const own = join(storeFolder(settings), SOCKET_FILE)
  const others = SYSTEM_FOLDERS.map(folder => join(folder, SOCKET_FILE))
  return [own, ...others].find(path => existsSync(path)) ?? own
}

/** The folder of a sensor that doesn't run: the one of the settings, else the system's if that has a store. */
export function folderFor({ config }: Whom): string {
  const own = storeFolder(loadSettings(config))
  return [own, ...SYSTEM_FOLDERS].find(path => existsSync(join(path, DATABASE_FILE))) ?? own
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}

async function textOf(answer: IncomingMessage, most = Infinity): Promise<string> {
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) {
    text += String(piece)
    if (text.length > most) break
  }
  return text
}

/** What the sensor says is wrong, in a line. */
async function refusal(answer: IncomingMessage): Promise<Error> {
  const text = await textOf(answer, ERROR_BYTES_MAX)
  let told: ApiError = {}
  try {
    told = JSON.parse(text) as ApiError
  } catch {
    // Whoever answered is no sensor, or another one.
  }
  const { message = `the sensor answered ${String(answer.statusCode)}`, mend } = told.error ?? {}
  const line = mend === undefined ? message : `${message}: ${mend}`
  return WRONG_CALL.includes(answer.statusCode!) ? new CallError(line) : new Error(line)
}
