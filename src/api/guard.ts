/** What is looked at before anything of a request is read: for whom it is, from whose page, and by whom. */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Shown } from './auth/authority.js'
import { may, PERMISSIONS, type Caller, type Wanted } from './auth/permissions.js'
import { Refusal } from './errors.js'
import { isOurs, isOwnPage, type Reach } from './hosts.js'

export type Identify = (shown: Shown) => Caller

/** What everybody is told, so that no browser makes more of an answer than it is. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const

/** Who comes by the command line's socket says who they are; nobody doubts it. */
const LOCAL_NAME = /^[\w.-]{1,32}$/

export interface GuardParts {
  readonly reach: Reach
  readonly identify: Identify
}

/** Who asks; throws a Refusal where they may not. */
export function guard(request: FastifyRequest, reply: FastifyReply, parts: GuardParts): Caller {
  reply.headers(HEADERS)
  const { method, headers } = request
  const isReading = method === 'GET' || method === 'HEAD'
  // An unread body ends the connection.
  if (!isReading) reply.header('connection', 'close')
  refuseBody(request, reply)
  const { reach } = parts
  if (!isOurs(headers.host, reach)) throw new Refusal('wrong-host')
  if (!reach.trusted && !isOwnPage(headers.origin, headers.host)) throw new Refusal('wrong-origin')
  const caller = callerOf(request, parts)
  refuseForged(request, caller)
  if (!isReading) reply.removeHeader('connection')
  return caller
}

/** Nobody has to send anything to be told something. */
function refuseBody({ method, headers }: FastifyRequest, reply: FastifyReply): void {
  if (method !== 'GET' && method !== 'HEAD') return
  const isEndless = headers['transfer-encoding'] !== undefined
  if (!isEndless && Number(headers['content-length'] ?? 0) === 0) return
  reply.header('connection', 'close')
  throw new Refusal('too-large')
}

function callerOf(request: FastifyRequest, { reach, identify }: GuardParts): Caller {
  const { headers } = request
  const { authorization, cookie } = headers
  const wanted = wantedBy(request)
  if (reach.trusted) return localCaller(headers['onlooker-user'])
  try {
    const caller = identify({ authorization, cookie, secure: reach.secure })
    if (wanted === undefined || may(caller, wanted)) return caller
    if (caller.by === 'nothing') throw new Refusal('not-signed-in')
    const needs = wanted === 'known' ? undefined : `your account lacks the permission ${wanted}`
    throw new Refusal('not-allowed', needs)
  } catch (error) {
    // What is for anyone is also for those whose session has ended.
    if (wanted === 'anyone' && error instanceof Refusal) return identify(NOTHING)
    throw error
  }
}

const NOTHING: Shown = { authorization: undefined, cookie: undefined, secure: false }

/** undefined where there is no such path: then there is nothing to be kept from. */
const wantedBy = ({ routeOptions }: FastifyRequest): Wanted | undefined =>
  (routeOptions.config as { permission?: Wanted }).permission

function localCaller(said: string | string[] | undefined): Caller {
  const name = typeof said === 'string' && LOCAL_NAME.test(said) ? `local:${said}` : 'local'
  return { name, role: 'admin', permissions: PERMISSIONS, by: 'socket', hash: '' }
}

/** A browser sends its cookie along unasked, but tells from which page: without that it changes nothing. */
function refuseForged({ method, headers }: FastifyRequest, { by }: Caller): void {
  if (by !== 'session' || method === 'GET' || method === 'HEAD') return
  const isOwn = headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin'
  if (!isOwn) throw new Refusal('wrong-origin', 'it does not say from which page', 'send `origin`')
}
