/** Opens the API where the settings say, or says in one line why that can't be. */

import { existsSync, lstatSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'
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

/** Begins to listen; gives the place as a person would type it. */
export async function listenAt(server: FastifyInstance, listen: Listen): Promise<string> {
  try {
    if (listen.path !== '') return await atPath(server, listen.path)
    return await atHost(server, listen)
  } catch (error) {
    if (error instanceof ListenError) throw error
    throw new ListenError(codeOf(error), listen.text)
  }
}

async function atHost(server: FastifyInstance, { host, port }: Listen): Promise<string> {
  const at = (address: string): Promise<string> =>
    server.listen({ host: address, port, backlog: BACKLOG })
  try {
    await at(host)
  } catch (error) {
    // A machine without IPv6 has all addresses under another name.
    if (host !== '::' || !['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error))) throw error
    await at('0.0.0.0')
  }
  const bound = server.server.address()
  const known = typeof bound === 'object' && bound !== null ? bound.port : port
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${host === '::' ? 'localhost' : name}:${String(known)}`
}

/** A socket that nobody answers on was left behind by a sensor that died. */
async function atPath(server: FastifyInstance, path: string): Promise<string> {
  // The system's own answer would be that it is not allowed.
  if (!existsSync(dirname(path))) throw new ListenError('ENOENT', path)
  if (isSocket(path)) {
    if (await answers(path)) throw new ListenError('EADDRINUSE', path)
    unlinkSync(path)
  }
  await server.listen({ path, backlog: BACKLOG })
  return path
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
