/** Routes of whoever asks: log in, log out, who am I, and a password of one's own. */

import { audit } from '../auditing.js'
import { SESSION_MS } from '../auth/authority.js'
import { NOBODY, permissionsOf, type Caller } from '../auth/permissions.js'
import { setCookie } from '../auth/secrets.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import { Refusal } from '../errors.js'
import { loginBody, meSchema, ownPasswordBody } from '../people-schemas.js'
import { doneSchema } from '../schemas.js'

const meOf = ({ name, role, permissions, by }: Caller): object => ({ name, role, permissions, by })

async function login(call: Call, desk: Desk): Promise<Answer> {
  const { authority, store } = desk
  const { name, password } = call.body as { name: string; password: string }
  const shown = { authorization: undefined, cookie: cookieOf(call), secure: call.secure }
  // What is no name of ours may be a password in the wrong field: it is not written down.
  const known = store.people.user(name) === undefined ? 'unknown user' : name
  const caller = { ...NOBODY, name: known, by: 'session' as const }
  try {
    const session = await authority.login(name, password, { ...shown, address: call.from })
    audit({ ...call, caller }, desk, { what: 'login', about: known })
    const { role } = authority.user(name)
    const me = { name, role, permissions: permissionsOf(role), by: 'session' }
    const cookie = setCookie(session, call.secure, SESSION_MS / 1000)
    return { status: 200, body: me, headers: { 'set-cookie': cookie } }
  } catch (error) {
    if (error instanceof Refusal && error.code === 'wrong-login') {
      audit({ ...call, caller }, desk, { what: 'login', about: known, outcome: 'refused' })
    }
    throw error
  }
}

const cookieOf = ({ headers }: Call): string | undefined =>
  typeof headers.cookie === 'string' ? headers.cookie : undefined

async function ownPassword(call: Call, desk: Desk): Promise<Answer> {
  const { caller, from } = call
  if (caller.by !== 'session') {
    throw new Refusal(
      'not-allowed',
      'only who has logged in can do this',
      'use onlooker user passwd',
    )
  }
  const { old, new: fresh } = call.body as { old: string; new: string }
  await desk.authority.changeOwnPassword(caller, old, fresh, from)
  audit(call, desk, { what: 'user.password', about: caller.name })
  // All sessions have ended, this one too.
  return { ...ok({ done: true }), headers: { 'set-cookie': setCookie('', call.secure, 0) } }
}

export const sessionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/login',
    summary: 'Begins a session, which the browser keeps in a cookie.',
    permission: 'anyone',
    body: loginBody,
    answers: { 200: meSchema },
    answer: login,
  },
  {
    method: 'POST',
    path: '/api/v1/logout',
    summary: 'Ends the session.',
    permission: 'known',
    answers: { 200: doneSchema },
    answer: (call, desk) => {
      desk.authority.logout(call.caller)
      audit(call, desk, { what: 'logout', about: call.caller.name })
      return { ...ok({ done: true }), headers: { 'set-cookie': setCookie('', call.secure, 0) } }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/me',
    summary: 'Who asks, and what they may do.',
    permission: 'known',
    answers: { 200: meSchema },
    answer: ({ caller }) => ok(meOf(caller)),
  },
  {
    method: 'POST',
    path: '/api/v1/me/password',
    summary: 'Changes the password of whoever asks; every session ends.',
    permission: 'known',
    body: ownPasswordBody,
    answers: { 200: doneSchema },
    answer: ownPassword,
  },
]
