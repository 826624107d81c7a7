/** The sensor's HTTP server: everything bounded, nothing to write to, every error in one form. */

import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import type { FastifyRequest } from 'fastify'
import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import { isAddress, isLoopback, nameIn } from './hosts.js'
import { apiError, codeOf, codeOfBroken, statusOfError, type ErrorCode } from './errors.js'
import { routes, type Route, type Sensor } from './routes.js'
import { errorSchema } from './schemas.js'

export const CONNECTIONS_MAX = 256
export const HEADER_BYTES_MAX = 8192
export const HEADERS_MAX = 64
export const BODY_BYTES_MAX = 65_536
const REQUEST_MS = 10_000
const IDLE_MS = 5_000
/** A connection that says nothing at all. */
const SILENT_MS = 30_000
const REQUESTS_PER_CONNECTION_MAX = 10_000

export interface ServerOptions {
  /** It listens on this machine's own address only: a browser may be made to ask for others. */
  readonly loopback: boolean
  /** An answer failed: our mistake, which belongs in the log. */
  onError?(error: Error): void
}

export function apiServer(sensor: Sensor, options: ServerOptions): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionTimeout: SILENT_MS,
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION_MAX,
    forceCloseConnections: true,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler,
    frameworkErrors: (error, _request, reply) =>
      void refuse(reply, codeOf(error.statusCode ?? 400)),
  })
  server.server.maxConnections = CONNECTIONS_MAX
  server.server.maxHeadersCount = HEADERS_MAX
  server.server.headersTimeout = REQUEST_MS
  server.addHook('onRequest', async (request, reply) => guard(request, reply, options))
  for (const route of routes) addRoute(server, sensor, route)
  server.setNotFoundHandler((_request, reply) => refuse(reply, 'not-found'))
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const code = codeOf(error.statusCode ?? 500)
    if (code === 'failed') options.onError?.(error)
    return refuse(reply, code)
  })
  return server
}

function addRoute(server: FastifyInstance, sensor: Sensor, route: Route): void {
  const known = Object.entries(route.answers).filter(([, schema]) => schema !== undefined)
  const response = { ...Object.fromEntries(known), '4xx': errorSchema, '5xx': errorSchema }
  server.get(route.path, { schema: { response } }, async (_request, reply) => {
    const { status, body, type } = await route.answer(sensor)
    if (type !== undefined) reply.type(type)
    return reply.code(status).send(body)
  })
}

/** What is refused before anything of it is read. */
async function guard(
  request: FastifyRequest,
  reply: FastifyReply,
  { loopback }: ServerOptions,
): Promise<unknown> {
  reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
  if (loopback && !isOurs(request.headers.host)) return refuse(reply, 'wrong-host')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    // An unread body ends the connection.
    reply.header('allow', 'GET, HEAD').header('connection', 'close')
    return refuse(reply, 'method-not-allowed')
  }
  const length = Number(request.headers['content-length'] ?? 0)
  const isEndless = request.headers['transfer-encoding'] !== undefined
  if (length <= BODY_BYTES_MAX && !isEndless) return undefined
  reply.header('connection', 'close')
  return refuse(reply, 'too-large')
}

/**
 * Whether a request is meant for this machine. A page from elsewhere can make its own name lead to
 * 127.0.0.1, and then read what the sensor tells; it can't do that with a number.
 */
function isOurs(host: string | undefined): boolean {
  if (host === undefined) return true
  const name = nameIn(host)
  return isAddress(name) || isLoopback(name)
}

function refuse(reply: FastifyReply, code: ErrorCode): FastifyReply {
  return reply
    .code(statusOfError(code))
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(apiError(code))
}

/** Bytes that are no request: answered in the same form, and hung up. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket): void {
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
