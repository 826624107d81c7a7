/** Doors to the API: an address, an address with TLS, or a Unix socket, each with its bounds. */

import {
  STATUS_CODES,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Listen } from '../settings/listen.js'
import { apiError, codeOfBroken, statusOfError } from './errors.js'
import type { Reach } from './hosts.js'
import { listenAt, type Rights } from './listening.js'
import type { App } from './server.js'

export const CONNECTIONS_MAX = 256
export const HEADER_BYTES_MAX = 8192
export const HEADERS_MAX = 64
const REQUESTS_PER_CONNECTION_MAX = 10_000

export interface Times {
  /** For a request to arrive as a whole. */
  readonly request: number
  /** Between requests. */
  readonly idle: number
  /** A connection on which nothing is said at all. */
  readonly silent: number
}

export const TIMES_MS: Times = { request: 10_000, idle: 5000, silent: 30_000 }
/** Those who are too slow are looked for this often while a request may take its time. */
const LOOKS = 5

/** PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface DoorOptions {
  readonly listen: Listen
  readonly reach: Reach
  readonly certificate?: Certificate | undefined
  /** Of a Unix socket. */
  readonly rights?: Rights | undefined
  readonly times?: Times
}

export interface Door {
  /** As a person would type it. */
  readonly place: string
  close(): Promise<void>
}

export async function openDoor(app: App, options: DoorOptions): Promise<Door> {
  const { listen, rights, certificate } = options
  await app.server.ready()
  const server = serverFor(app, options)
  const place = await listenAt({ server }, listen, rights)
  return {
    place: certificate === undefined ? place : place.replace(/^http:/, 'https:'),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function serverFor({ server, reaches }: App, options: DoorOptions): Server {
  const { reach, certificate, times = TIMES_MS } = options
  const routing = (request: IncomingMessage, response: ServerResponse): void => {
    reaches.set(request, reach)
    server.routing(request, response)
  }
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    connectionsCheckingInterval: times.request / LOOKS,
  }
  if (certificate === undefined) return bounded(createServer(limits, routing), times)
  const tls = { ...limits, ...certificate, minVersion: 'TLSv1.2' as const, handshakeTimeout: 5000 }
  return bounded(createTlsServer(tls, routing), times)
}

function bounded(server: Server, times: Times): Server {
  server.maxConnections = CONNECTIONS_MAX
  server.maxHeadersCount = HEADERS_MAX
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX
  server.headersTimeout = times.request
  server.requestTimeout = times.request
  server.keepAliveTimeout = times.idle
  server.setTimeout(times.silent)
  return server.on('clientError', (error, socket) => brokenRequest(error, socket as Socket))
}

/** Bytes that are no request: answered in the same form, and hung up. */
export function brokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = codeOfBroken(error.code)
  const status = statusOfError(code)
  const body = JSON.stringify(apiError(code))
  const head = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
