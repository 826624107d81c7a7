/** Routes of accounts: users, tokens, and the log of what everybody did. */

import type { AuditEntry, Numbered, Token, User } from '../../store/people.js'
import { audit } from '../auditing.js'
import { TOKEN_DAYS } from '../auth/authority.js'
import { permissionsOf, type Permission } from '../auth/permissions.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import { Refusal } from '../errors.js'
import {
  auditSchema,
  newTokenBody,
  newTokenSchema,
  newUserBody,
  tokenSchema,
  userBody,
  userSchema,
} from '../people-schemas.js'
import { page } from '../device-schemas.js'
import { limitProperty } from '../query.js'
import { doneSchema, type Schema } from '../schemas.js'
import { timeText, timeTextOrNull } from '../views.js'

type Json = Readonly<Record<string, unknown>>

/** Without the password, even hashed. */
const userView = ({ name, role, created, changed, last_login, disabled }: User): Json => ({
  ...{ name, role, disabled },
  created: timeText(created),
  changed: timeText(changed),
  last_login: timeTextOrNull(last_login),
})

/** Without the hash. */
const tokenView = ({ id, name, user, permissions, ...times }: Token): Json => ({
  ...{ id, name, user, permissions },
  created: timeText(times.created),
  expires: timeTextOrNull(times.expires),
  last_used: timeTextOrNull(times.last_used),
})

function auditView({ number, at, who, what, about, outcome, detail }: AuditEntry & Numbered): Json {
  const { from = null, by = null, before = null, after = null } = JSON.parse(detail) as Json
  return { ...{ number, at: timeText(at), who, what, about, outcome }, from, by, before, after }
}

async function addUser(call: Call, desk: Desk): Promise<Answer> {
  const { name, password, role } = call.body as { name: string; password: string; role: string }
  const user = await desk.authority.addUser(name, password, role)
  audit(call, desk, { what: 'user.add', about: name, after: { role } })
  return { status: 201, body: userView(user) }
}

async function changeUser(call: Call, desk: Desk): Promise<Answer> {
  const name = call.params.name!
  const change = call.body as { password?: string; role?: string; disabled?: boolean }
  const { before, after } = await desk.authority.changeUser(name, change)
  audit(call, desk, {
    what: change.password === undefined ? 'user.change' : 'user.password',
    about: name,
    before: { role: before.role, disabled: before.disabled },
    after: { role: after.role, disabled: after.disabled },
  })
  return ok(userView(after))
}

function removeUser(call: Call, desk: Desk): Answer {
  const { name, role } = desk.authority.removeUser(call.params.name!)
  audit(call, desk, { what: 'user.remove', about: name, before: { role } })
  return ok({ done: true })
}

const mayAll = ({ caller }: Call): boolean => caller.permissions.includes('users')

function addToken(call: Call, desk: Desk): Answer {
  const asked = call.body as {
    name: string
    user?: string
    permissions: readonly Permission[]
    days?: number
  }
  const { caller } = call
  const user = asked.user ?? caller.name
  if (!mayAll(call) && user !== caller.name) throw new Refusal('not-allowed')
  // Else a token that was stolen would live for ever.
  if (!mayAll(call) && caller.by === 'token') {
    throw new Refusal('not-allowed', 'a token cannot make tokens', 'log in to make one')
  }
  if (caller.by === 'socket' && asked.user === undefined) {
    throw new Refusal('wrong-value', 'nobody is named whose token it is', 'add user')
  }
  refuseMore(asked.permissions, permissionsOf(desk.authority.user(user).role))
  if (caller.name === user) refuseMore(asked.permissions, caller.permissions)
  const { name, permissions, days = TOKEN_DAYS.usual } = asked
  const { secret, token } = desk.authority.addToken({ name, user, permissions, days })
  audit(call, desk, { what: 'token.add', about: token.id, after: tokenView(token) })
  return { status: 201, body: { ...tokenView(token), token: secret } }
}

/** Nobody gives what they don't have. */
function refuseMore(wanted: readonly Permission[], own: readonly Permission[]): void {
  const missing = wanted.filter(one => !own.includes(one))
  if (missing.length === 0) return
  throw new Refusal('not-allowed', `the user may not: ${missing.join(', ')}`, 'ask for less')
}

function removeToken(call: Call, desk: Desk): Answer {
  const token = tokensFor(call, desk).find(({ id }) => id === call.params.id)
  if (token === undefined) throw new Refusal('no-such-token')
  desk.store.people.removeToken(token.id)
  audit(call, desk, { what: 'token.remove', about: token.id, before: tokenView(token) })
  return ok({ done: true })
}

/** One's own, or all for those who may. */
const tokensFor = (call: Call, { store }: Desk): Token[] =>
  store.people.tokens().filter(({ user }) => mayAll(call) || user === call.caller.name)

function log({ query }: Call, { store }: Desk): Answer {
  const { limit = 100, cursor } = query as { limit?: number; cursor?: string }
  const before = cursor === undefined ? undefined : Number(cursor)
  const entries = store.people.audit(before, limit)
  const last = entries.length < limit ? undefined : entries.at(-1)?.number
  return ok({ items: entries.map(auditView), cursor: last === undefined ? null : String(last) })
}

const numberProperty: Schema = { type: 'string', pattern: '^\\d{1,15}$' }

const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/users',
    summary: 'The accounts there are.',
    permission: 'users',
    answers: { 200: page(userSchema) },
    answer: (_call, { store }) => ok({ items: store.people.users().map(userView), cursor: null }),
  },
  {
    method: 'POST',
    path: '/api/v1/users',
    summary: 'Makes an account.',
    permission: 'users',
    body: newUserBody,
    answers: { 201: userSchema },
    answer: addUser,
  },
  {
    method: 'PATCH',
    path: '/api/v1/users/:name',
    summary: 'Changes an account; its sessions end.',
    permission: 'users',
    body: userBody,
    answers: { 200: userSchema },
    answer: changeUser,
  },
  {
    method: 'DELETE',
    path: '/api/v1/users/:name',
    summary: 'Removes an account with its tokens and sessions.',
    permission: 'users',
    answers: { 200: doneSchema },
    answer: removeUser,
  },
]

const tokenRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/tokens',
    summary: "One's own tokens; all of them for who may manage users.",
    permission: 'known',
    answers: { 200: page(tokenSchema) },
    answer: (call, desk) => ok({ items: tokensFor(call, desk).map(tokenView), cursor: null }),
  },
  {
    method: 'POST',
    path: '/api/v1/tokens',
    summary: 'Makes a token, which is told this once.',
    permission: 'known',
    body: newTokenBody,
    answers: { 201: newTokenSchema },
    answer: addToken,
  },
  {
    method: 'DELETE',
    path: '/api/v1/tokens/:id',
    summary: 'Ends a token.',
    permission: 'known',
    answers: { 200: doneSchema },
    answer: removeToken,
  },
]

export const peopleRoutes: readonly Route[] = [
  ...userRoutes,
  ...tokenRoutes,
  {
    method: 'GET',
    path: '/api/v1/audit',
    summary: 'Who changed what, when and from where; the newest first.',
    permission: 'users',
    query: { limit: limitProperty, cursor: numberProperty },
    answers: { 200: page(auditSchema) },
    answer: log,
  },
]
