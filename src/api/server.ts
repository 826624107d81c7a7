/** The server behind every door: everything bounded, everybody looked at first, every error in one form. */

import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import type { FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import { QueryError } from '../store/query-error.js'
import { StoreError } from '../store/errors.js'
import { NOBODY, type Caller } from './auth/permissions.js'
import type { Call, Front, Route, Sensor } from './call.js'
import { brokenRequest, HEADER_BYTES_MAX, HEADERS_MAX, TIMES_MS } from './doors.js'
import { apiError, codeOf, Refusal, statusOfError, type ErrorCode } from './errors.js'
import { guard, type Identify } from './guard.js'
import { LOCAL, type Reach } from './hosts.js'
import { openApi } from './openapi.js'
import { typed } from './query.js'
import { frontRoutes, healthRoutes } from './routes/status.js'
import { errorSchema, type Schema } from './schemas.js'
import { complaintOf } from './validation.js'

export const BODY_BYTES_MAX = 65_536

export interface AppOptions<D> {
  readonly routes: readonly Route<D>[]
  readonly desk: D
  readonly identify: Identify
  /** Of a request that came by no door of its own. */
  readonly usual?: Reach
  /** An answer failed: our mistake, which belongs in the log. */
  readonly onError?: ((error: Error) => void) | undefined
}

/** One set of routes, which may stand behind several doors. */
export interface App {
  readonly server: FastifyInstance
  /** By which door a request comes; without one it is as on this machine's own address. */
  readonly reaches: WeakMap<IncomingMessage, Reach>
}

export function apiApp<D>(options: AppOptions<D>): App {
  const reaches = new WeakMap<IncomingMessage, Reach>()
  const callers = new WeakMap<IncomingMessage, Caller>()
  const { routes, desk, identify, usual = LOCAL, onError } = options
  const reachOf = (raw: IncomingMessage): Reach => reaches.get(raw) ?? usual
  const server = bare()
  server.addHook('onRequest', async (request, reply) => {
    callers.set(request.raw, guard(request, reply, { reach: reachOf(request.raw), identify }))
  })
  server.addHook('preClose', done => {
    server.server.closeAllConnections()
    done()
  })
  for (const route of routes) {
    const call = (request: FastifyRequest): Call =>
      callOf(request, callers.get(request.raw)!, reachOf(request.raw))
    addRoute(server, route, async request => route.answer(call(request), desk))
  }
  server.setNotFoundHandler((request, reply) => missing(request, reply, routes))
  server.setErrorHandler((error: FastifyError, request, reply) =>
    refuse(reply, refusalOf(error, request, onError)),
  )
  return { server, reaches }
}

function bare(): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: TIMES_MS.request,
    keepAliveTimeout: TIMES_MS.idle,
    connectionTimeout: TIMES_MS.silent,
    forceCloseConnections: true,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    routerOptions: { maxParamLength: 256 },
    // What is not known is told, not left out; and nothing is taken for what it isn't.
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        allowUnionTypes: true,
      },
    },
    clientErrorHandler: brokenRequest,
    frameworkErrors: (error, _request, reply) =>
      void refuse(reply, new Refusal(codeOf(error.statusCode ?? 400))),
  })
  server.server.maxHeadersCount = HEADERS_MAX
  server.server.headersTimeout = TIMES_MS.request
  server.removeContentTypeParser('text/plain')
  return server
}

type Answering = (request: FastifyRequest) => ReturnType<Route['answer']>

function addRoute<D>(server: FastifyInstance, route: Route<D>, answering: Answering): void {
  const { upload } = route
  if (upload === undefined) return addPlain(server, route, answering)
  // What is read here as bytes is read as something else elsewhere.
  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser([...upload.types], (request: FastifyRequest) =>
      pieces(request, upload.bytes_max),
    )
    addPlain(scope, route, answering)
    done()
  })
}

/** A body as the pieces it came in; nobody waits while they are put together. */
async function pieces({ raw }: FastifyRequest, bytes_max: number): Promise<Uint8Array[]> {
  if (Number(raw.headers['content-length'] ?? 0) > bytes_max) throw tooLarge(bytes_max)
  const taken: Uint8Array[] = []
  let bytes = 0
  for await (const piece of raw as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > bytes_max) throw tooLarge(bytes_max)
    taken.push(piece)
  }
  return taken
}

const tooLarge = (bytes_max: number): Refusal =>
  new Refusal('too-large', undefined, `send no more than ${String(bytes_max >> 20)} MiB at once`)

function addPlain<D>(server: FastifyInstance, route: Route<D>, answering: Answering): void {
  const { method, path, permission, query = {}, isEndless } = route
  server.route({
    method,
    url: path,
    schema: schemaOf(route),
    config: { permission },
    ...(method === 'GET' ? { exposeHeadRoute: isEndless !== true } : {}),
    preValidation: async request => {
      request.query = typed(request.query as Record<string, unknown>, query)
    },
    handler: async (request, reply) => {
      const { status, body, type, headers } = await answering(request)
      if (type !== undefined) reply.type(type)
      if (headers !== undefined) reply.headers(headers)
      return reply.code(status).send(body)
    },
  })
}

function schemaOf<D>({ query = {}, body, upload, answers }: Route<D>): Schema {
  const known = Object.entries(answers).filter(([, schema]) => schema !== undefined)
  const response = { ...Object.fromEntries(known), '4xx': errorSchema, '5xx': errorSchema }
  const querystring = { type: 'object', additionalProperties: false, properties: query }
  if (body === undefined || upload !== undefined) return { querystring, response }
  return { querystring, body, response }
}

function callOf(request: FastifyRequest, caller: Caller, reach: Reach): Call {
  const { method, params, query, body, headers, raw } = request
  return {
    caller,
    from: reach.trusted ? 'local' : addressOf(raw),
    secure: reach.secure,
    method,
    path: request.url,
    params: params as Record<string, string>,
    query: query as Record<string, unknown>,
    body,
    headers,
    isGone: () => raw.socket.destroyed,
  }
}

/** An address of IPv4 is one, however it came. */
const addressOf = ({ socket }: IncomingMessage): string =>
  (socket.remoteAddress ?? 'local').replace(/^::ffff:(?=\d+\.)/, '')

/** A path that is known takes other methods; of any other path there is nothing to say. */
function missing<D>(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly Route<D>[],
): FastifyReply {
  const path = request.url.split('?')[0]!
  const methods = routes
    .filter(route => new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`).test(path))
    .flatMap(({ method }) => (method === 'GET' ? [method, 'HEAD'] : [method]))
  if (request.method !== 'GET' && request.method !== 'HEAD') reply.header('connection', 'close')
  if (methods.length === 0) return refuse(reply, new Refusal('not-found'))
  reply.header('allow', [...new Set(methods)].join(', '))
  return refuse(reply, new Refusal('method-not-allowed'))
}

const STORE_CODES: Readonly<Record<string, ErrorCode>> = { crowded: 'crowded', slow: 'too-slow' }
const QUERY_CODES: Readonly<Record<string, ErrorCode>> = { unknown_field: 'unknown-field' }

/** Whatever went wrong, as it is told; what is our mistake goes into the log and is not told. */
function refusalOf(
  error: FastifyError | Error,
  request: FastifyRequest,
  onError?: (error: Error) => void,
): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof QueryError) {
    return new Refusal(QUERY_CODES[error.code] ?? 'wrong-value', error.message, error.mend)
  }
  if (error instanceof StoreError) {
    const code = STORE_CODES[error.fault] ?? 'store'
    // Where it lies is nobody's business who asks from elsewhere.
    const words = code === 'store' ? error.message.split(':')[0] : undefined
    return new Refusal(code, words, undefined, code === 'store' ? undefined : 1)
  }
  const { validation, validationContext, statusCode = 500 } = error as FastifyError
  if (validation !== undefined) return complaintOf(validation, validationContext, request)
  const code = codeOf(statusCode)
  if (code === 'failed') onError?.(error)
  return new Refusal(code)
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { code, message, mend, retry_s } = refusal
  if (retry_s !== undefined) reply.header('retry-after', String(retry_s))
  const status = statusOfError(code)
  // What was not read to its end would be taken for the next request.
  if (status === 413) reply.header('connection', 'close')
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="onlooker"')
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(apiError(code, message, mend))
}

/** Health and metrics for whoever can ask: what a sensor without a store answers. */
export function apiServer(
  sensor: Sensor,
  options: { readonly loopback: boolean; readonly onError?: (error: Error) => void },
): FastifyInstance {
  const { loopback, onError } = options
  const routes: Route<Front>[] = [...frontRoutes('anyone'), ...healthRoutes('anyone')]
  const description: Route<Front> = {
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'This description.',
    permission: 'anyone',
    answers: { 200: { type: 'object', additionalProperties: true } },
    answer: () => ({ status: 200, body: openApi(routes, sensor.version) }),
  }
  routes.push(description)
  const usual = loopback ? LOCAL : { ...LOCAL, knows: () => true }
  return apiApp({ routes, desk: { sensor }, identify: () => NOBODY, usual, onError }).server
}
