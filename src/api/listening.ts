/** Opens the API where the settings say, or says in one line why that can't be. */

import { chmodSync, chownSync, existsSync, lstatSync, readFileSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import type { Listen } from '../settings/listen.js'

const BACKLOG = 128
/** How long a socket that may be somebody's has to answer. */
const ASK_MS = 1000

/** What can be in the way: what happened, the mend, and the exit status it deserves. */
const FAULTS: Readonly<Record<string, readonly [what: string, mend: string, status: 1 | 2]>> = {
  EADDRINUSE: ['address in use', 'stop who uses it (ss -ltnp), or choose another http.listen', 1],
  EACCES: ['not allowed to listen', 'choose a port from 1024 on, or a path you may write to', 1],
  EADDRNOTAVAIL: ['no such address here', 'let http.listen name an address of this machine', 2],
  ENOTFOUND: ['unknown host', 'let http.listen name an address of this machine', 2],
  EAI_AGAIN: ['unknown host', 'let http.listen name an address of this machine', 2],
  ENOENT: ['no such folder', 'make it, or let http.listen name another path', 2],
  NOGROUP: ['no such group', 'let http.socket_group name one of /etc/group', 2],
  NOTGROUP: ['the sensor is not in this group', 'add it, or change http.socket_group', 2],
  ENOTDIR: ['no such folder', 'make it, or let http.listen name another path', 2],
}

/** `message` is the line to show. */
export class ListenError extends Error {
  readonly status: 1 | 2

  constructor(code: string, where: string) {
    const [what, mend, status] = FAULTS[code] ?? [`cannot listen (${code})`, 'see http.listen', 1]
    super(`${what}: ${where}: ${mend}`)
    this.name = 'ListenError'
    this.status = status
  }
}

/** Who may write to a Unix socket; '' is the group that it has. */
export interface Rights {
  readonly mode: number
  readonly group: string
}

interface Listening {
  readonly server: Server
  ready?(): PromiseLike<unknown>
}

/** Begins to listen; gives the place as a person would type it. */
export async function listenAt(
  listening: Listening,
  listen: Listen,
  rights?: Rights,
): Promise<string> {
  try {
    await listening.ready?.()
    if (listen.path !== '') return await atPath(listening.server, listen.path, rights)
    return await atHost(listening.server, listen)
  } catch (error) {
    if (error instanceof ListenError) throw error
    throw new ListenError(codeOf(error), listen.text)
  }
}

async function atHost(server: Server, { host, port }: Listen): Promise<string> {
  const named = host === 'localhost' ? '127.0.0.1' : host
  try {
    await begin(server, { host: named, port })
  } catch (error) {
    // A machine without IPv6 has all addresses under another name.
    if (host !== '::' || !['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error))) throw error
    await begin(server, { host: '0.0.0.0', port })
  }
  const bound = server.address()
  const known = typeof bound === 'object' && bound !== null ? bound.port : port
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${host === '::' ? 'localhost' : name}:${String(known)}`
}

function begin(server: Server, at: object): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ ...at, backlog: BACKLOG }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** A socket that nobody answers on was left behind by a sensor that died. */
async function atPath(server: Server, path: string, rights?: Rights): Promise<string> {
  // The system's own answer would be that it is not allowed.
  if (!existsSync(dirname(path))) throw new ListenError('ENOENT', path)
  if (isSocket(path)) {
    if (await answers(path)) throw new ListenError('EADDRINUSE', path)
    unlinkSync(path)
  }
  if (rights === undefined) await begin(server, { path })
  else await beginPrivately(server, path, rights)
  return path
}

/** Until its rights are set nobody else may write to it. */
async function beginPrivately(server: Server, path: string, rights: Rights): Promise<void> {
  const mask = process.umask(0o177)
  // The file is made before this returns.
  const begun = begin(server, { path })
  process.umask(mask)
  await begun
  grant(path, rights)
}

function grant(path: string, { mode, group }: Rights): void {
  if (group !== '') {
    const number = groupNumber(group)
    if (number === undefined) throw new ListenError('NOGROUP', group)
    try {
      chownSync(path, -1, number)
    } catch {
      throw new ListenError('NOTGROUP', group)
    }
  }
  chmodSync(path, mode)
}

function groupNumber(group: string): number | undefined {
  if (/^\d+$/.test(group)) return Number(group)
  const lines = readFileSync('/etc/group', 'utf8').split('\n')
  const number = lines.find(line => line.startsWith(`${group}:`))?.split(':')[2]
  return number === undefined ? undefined : Number(number)
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    const done = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.setTimeout(ASK_MS, () => done(true))
    socket.once('connect', () => done(true))
    socket.once('error', error => done(codeOf(error) !== 'ECONNREFUSED'))
  })
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? 'unknown')
