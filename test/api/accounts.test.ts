/** Who may do what: accounts, sessions, tokens, and those who try without. */

import { readFileSync, statSync } from 'node:fs'
import { request as requestTls } from 'node:https'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { PERMISSIONS, ROLES } from '../../src/api/auth/permissions.js'
import {
  cookieIn,
  house,
  listenOf,
  originOf,
  PASSWORD,
  type Asking,
  type House,
  type Reply,
} from './house.js'

type Json = Record<string, unknown>

const DAY_MS = 86_400_000
const login = (name: string, password: string): Asking => ({
  method: 'POST',
  path: '/api/v1/login',
  body: { name, password },
})
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** As a browser on the sensor's own page would ask. */
const asPage = (known: House, cookie: string) => ({ cookie, origin: originOf(known) })

async function tokenFor(known: House, user: string, permissions: readonly string[], days = 1) {
  const body = { name: 'script', user, permissions, days }
  const made = await known.ask({ local: true, method: 'POST', path: '/api/v1/tokens', body })
  return made.json<{ token: string; id: string }>()
}

const code = (answer: Reply): unknown => answer.json<{ error: { code: string } }>().error.code

interface Operation {
  readonly method: string
  readonly path: string
  readonly permission: string | undefined
}

async function operations(known: House): Promise<Operation[]> {
  const { paths } = (await known.ask({ path: '/api/openapi.json' })).json<{
    paths: Record<string, Record<string, { 'x-permission'?: string }>>
  }>()
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{\w+\}/g, 'd1'),
      permission: operation['x-permission'],
    })),
  )
}

/** What every route asks for: a route that is not here, or asks for something else, is a mistake. */
const EXPECTED: Readonly<Record<string, string>> = {
  'GET /api/v1/census': 'read',
  'GET /api/v1/recommendations': 'read',
  'GET /api/v1/recommendations/d1': 'read',
  'POST /api/v1/recommendations/d1/accept': 'triage',
  'POST /api/v1/recommendations/d1/unaccept': 'triage',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /api/openapi.json': 'anyone',
  'POST /api/v1/login': 'anyone',
  'GET /api/v1/health': 'anyone',
  'GET /api/v1/sensors': 'read',
  'GET /api/v1/devices': 'read',
  'GET /api/v1/counts': 'read',
  'GET /api/v1/facts': 'read',
  'GET /api/v1/conversations': 'read',
  'GET /api/v1/devices/d1': 'read',
  'GET /api/v1/devices/d1/facts': 'read',
  'GET /api/v1/devices/d1/conversations': 'read',
  'GET /api/v1/devices/d1/history': 'read',
  'GET /api/v1/devices/d1/addresses': 'read',
  'GET /api/v1/devices/d1/export': 'read',
  'PATCH /api/v1/devices/d1': 'edit',
  'POST /api/v1/devices/merge': 'edit',
  'POST /api/v1/devices/d1/split': 'edit',
  'POST /api/v1/devices/d1/pin': 'edit',
  'POST /api/v1/devices/d1/forget': 'erase',
  'GET /api/v1/endpoints': 'read',
  'POST /api/v1/endpoints': 'edit',
  'GET /api/v1/learning': 'read',
  'POST /api/v1/learning/end': 'edit',
  'POST /api/v1/rules/reload': 'rules_and_feeds',
  'GET /api/v1/events': 'read',
  'POST /api/v1/logout': 'known',
  'GET /api/v1/me': 'known',
  'POST /api/v1/me/password': 'known',
  'GET /api/v1/tokens': 'known',
  'POST /api/v1/tokens': 'known',
  'DELETE /api/v1/tokens/d1': 'known',
  'GET /api/v1/users': 'users',
  'POST /api/v1/users': 'users',
  'PATCH /api/v1/users/d1': 'users',
  'DELETE /api/v1/users/d1': 'users',
  'GET /api/v1/audit': 'users',
  'POST /api/v1/backup': 'users',
  'GET /api/v1/backup': 'users',
  'GET /api/v1/backup/file': 'users',
  'DELETE /api/v1/backup': 'users',
  'POST /api/v1/restore': 'users',
  'POST /api/v1/restore/check': 'users',
  'GET /api/v1/restore': 'users',
  'DELETE /api/v1/restore': 'users',
}

t.test('every route asks for its permission, of everybody', async t => {
  const known = await house(t)
  const all = await operations(known)
  const found = all.map(({ method, path, permission }) => [`${method} ${path}`, permission])
  t.strictSame(Object.fromEntries(found), EXPECTED)
  await known.account('ann', 'admin')
  const tokens = new Map<string, string>()
  for (const permission of PERMISSIONS) {
    tokens.set(permission, (await tokenFor(known, 'ann', [permission])).token)
  }
  for (const { method, path, permission } of all) {
    const nobody = await known.ask({ method, path: path === '/api/v1/events' ? `${path}?x` : path })
    if (permission === 'anyone') t.not(nobody.status, 401, `${method} ${path} is for anyone`)
    else t.equal(nobody.status, 401, `${method} ${path} is not for nobody`)
    if (permission === 'anyone' || permission === 'known') continue
    for (const [has, token] of tokens) {
      if (path === '/api/v1/events' && has === permission) continue
      const answer = await known.ask({ method, path, headers: bearer(token) })
      const may = has === permission
      t.equal(answer.status !== 403, may, `${method} ${path} with ${has}`)
    }
  }
  t.strictSame(known.errors, [], 'and nothing of it is our mistake')
})

t.test('a role is a set of permissions, and holds at once', async t => {
  const known = await house(t)
  t.strictSame(ROLES.reader, ['read'])
  const cookie = await known.account('bob', 'reader')
  const me = await known.ask({ path: '/api/v1/me', headers: { cookie } })
  t.strictSame(me.json(), { name: 'bob', role: 'reader', permissions: ['read'], by: 'session' })
  const { token } = await tokenFor(known, 'bob', ['read'])
  const change = { local: true, method: 'PATCH', path: '/api/v1/users/bob' }
  t.equal((await known.ask({ ...change, body: { role: 'analyst' } })).status, 200)
  t.equal(
    (await known.ask({ path: '/api/v1/me', headers: { cookie } })).status,
    401,
    'log in again',
  )
  t.equal((await known.ask({ path: '/api/v1/me', headers: bearer(token) })).status, 200)
  await known.ask({ ...change, body: { disabled: true } })
  t.equal((await known.ask({ path: '/api/v1/me', headers: bearer(token) })).status, 401)
  t.equal(code(await known.ask(login('bob', PASSWORD))), 'wrong-login', 'a closed account is none')
  const body = { name: 'more', user: 'bob', permissions: ['erase'] }
  const more = await known.ask({ local: true, method: 'POST', path: '/api/v1/tokens', body })
  t.equal(more.status, 403, 'nobody gives what the user does not have')
})

t.test('a session is new at every login, and ends', async t => {
  const known = await house(t)
  await known.account('ann', 'admin')
  const planted = `onlooker=${'A'.repeat(43)}`
  const answer = await known.ask({ ...login('ann', PASSWORD), headers: { cookie: planted } })
  const [set = ''] = answer.headers['set-cookie'] ?? []
  t.match(set, /^onlooker=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/)
  const cookie = cookieIn(answer)
  t.not(cookie, planted, 'what was planted is not taken')
  const me = async (cookie: string): Promise<number> =>
    (await known.ask({ path: '/api/v1/me', headers: { cookie } })).status
  t.equal(await me(planted), 401)
  t.equal(await me(cookie), 200)
  t.equal(await me(`${cookie}; ${cookie}`), 401, 'two are none')
  const again = await known.ask({ ...login('ann', PASSWORD), headers: asPage(known, cookie) })
  t.equal(await me(cookie), 401, 'the one before has ended')
  const second = cookieIn(again)
  const logout = { method: 'POST', path: '/api/v1/logout', headers: asPage(known, second) }
  t.match((await known.ask(logout)).headers['set-cookie'], [/^onlooker=; .*Max-Age=0/])
  t.equal(await me(second), 401)
  const idle = cookieIn(await known.ask(login('ann', PASSWORD)))
  known.clock.now += DAY_MS / 2 - 1
  t.equal(await me(idle), 200)
  known.clock.now += DAY_MS / 2
  t.equal(await me(idle), 401, 'twelve hours unused')
  const old = cookieIn(await known.ask(login('ann', PASSWORD)))
  for (let i = 0; i < 14; i++) {
    known.clock.now += DAY_MS / 2 - 1
    await me(old)
  }
  known.clock.now += 15
  t.equal(await me(old), 401, 'seven days in all')
})

t.test('a token ends with its day, its user, or at once', async t => {
  const known = await house(t)
  await known.account('ann', 'admin')
  const { token, id } = await tokenFor(known, 'ann', ['read', 'edit'])
  t.match(token, /^onl_[\w-]{43}$/)
  const me = async (token: string): Promise<Reply> =>
    known.ask({ path: '/api/v1/me', headers: bearer(token) })
  t.match((await me(token)).json(), { by: 'token', permissions: ['read', 'edit'] })
  const listed = await known.ask({ local: true, path: '/api/v1/tokens' })
  t.notMatch(listed.body, token.slice(4))
  t.notMatch(listed.body, /hash/)
  const minting = { name: 'child', permissions: ['read'] }
  const child = { method: 'POST', path: '/api/v1/tokens', headers: bearer(token), body: minting }
  t.equal((await known.ask(child)).status, 403, 'it makes no others')
  known.clock.now += DAY_MS
  const late = await me(token)
  t.match(late.json(), { error: { code: 'not-signed-in', message: 'the token has expired' } })
  const other = await tokenFor(known, 'ann', ['read'], 30)
  t.equal((await me(other.token)).status, 200)
  await known.ask({ local: true, method: 'DELETE', path: `/api/v1/tokens/${other.id}` })
  t.equal((await me(other.token)).status, 401)
  const last = await tokenFor(known, 'ann', ['read'], 30)
  await known.ask({ local: true, method: 'DELETE', path: '/api/v1/users/ann' })
  t.equal((await me(last.token)).status, 401)
  for (const wrong of ['', 'onl_', `onl_${'A'.repeat(43)}`, `${token}x`, 'Basic YTpi']) {
    t.equal((await me(wrong)).status, 401, wrong)
  }
  t.ok(id)
})

t.test('nobody is told whether a user is there, and guessing becomes slow', async t => {
  const known = await house(t)
  await known.account('ann', 'admin')
  const wrong = await known.ask(login('ann', 'not the password'))
  const unknown = await known.ask(login('nobody', 'not the password'))
  t.equal(wrong.status, 401)
  t.equal(unknown.body, wrong.body)
  let limited: Reply | undefined
  for (let i = 0; i < 12 && limited === undefined; i++) {
    const answer = await known.ask(login('ann', 'not the password'))
    if (answer.status === 429) limited = answer
  }
  t.ok(limited, 'after a few')
  t.ok(Number(limited!.headers['retry-after']) >= 1)
  t.equal((await known.ask(login('ann', PASSWORD))).status, 429, 'the right one must wait too')
  known.clock.now += 30_000
  t.equal((await known.ask(login('ann', PASSWORD))).status, 200)
  const guesses = Array.from({ length: 30 }, () => known.ask(login('eve', 'guess guess')))
  const answers = (await Promise.all(guesses)).map(({ status }) => status)
  t.ok(answers.filter(status => status === 401).length <= 10, 'many at once are no way around')
  const log = await known.ask({ local: true, path: '/api/v1/audit' })
  t.notMatch(
    log.body,
    /guess|not the password|nobody|eve|correct horse/,
    'and nothing of it is kept',
  )
  t.match(log.body, /"what":"login","about":"unknown user","outcome":"refused"/)
})

t.test('a password has its bounds, and its owner may change it', async t => {
  const known = await house(t)
  const add = (name: string, password: string): Promise<Reply> =>
    known.ask({
      ...{ local: true, method: 'POST', path: '/api/v1/users' },
      body: { name, password, role: 'reader' },
    })
  t.equal((await add('bob', 'short')).status, 400)
  t.equal((await add('bob', 'x'.repeat(257))).status, 400)
  t.equal((await add('robert', 'robert1234')).status, 400)
  t.equal((await add('Bad Name', PASSWORD)).status, 400)
  t.equal((await add('bob', PASSWORD)).status, 201)
  t.equal((await add('bob', PASSWORD)).status, 409)
  const cookie = cookieIn(await known.ask(login('bob', PASSWORD)))
  const change = (old: string): Promise<Reply> =>
    known.ask({
      ...{ method: 'POST', path: '/api/v1/me/password', headers: asPage(known, cookie) },
      body: { old, new: 'another one entirely' },
    })
  t.equal((await change('wrong wrong')).status, 401)
  t.equal((await change(PASSWORD)).status, 200)
  t.equal((await known.ask({ path: '/api/v1/me', headers: { cookie } })).status, 401)
  t.equal((await known.ask(login('bob', 'another one entirely'))).status, 200)
  const users = await known.ask({ local: true, path: '/api/v1/users' })
  t.notMatch(users.body, /scrypt|password/)
})

t.test('the socket is for those whom the system lets in', async t => {
  const known = await house(t)
  t.equal(statSync(known.socket).mode & 0o777, 0o660)
  const asked = { local: true, path: '/api/v1/me', headers: { 'onlooker-user': 'root' } }
  t.match((await known.ask(asked)).json(), { name: 'local:root', role: 'admin', by: 'socket' })
  t.match((await known.ask({ ...asked, headers: { 'onlooker-user': 'a b' } })).json(), {
    name: 'local',
  })
  const forged = await known.ask({ path: '/api/v1/me', headers: { 'onlooker-user': 'root' } })
  t.equal(forged.status, 401, 'at another door it says nothing')
  t.match(known.answering.notes, [/nobody has an account yet: onlooker user add/])
})

t.test('who shows what is no token is told how to come in', async t => {
  const known = await house(t)
  const answer = await known.ask({ path: '/api/v1/devices/d1', headers: { authorization: 'x' } })
  t.equal(answer.status, 401)
  t.match(answer.headers['www-authenticate'], /^Bearer/)
})

function overTls(
  t: Test,
  port: number,
  ca: string,
  path: string,
): Promise<Json & { status: number }> {
  return new Promise((resolve, reject) => {
    const at = { host: '127.0.0.1', servername: 'localhost', port, ca, path, agent: false }
    const body = JSON.stringify({ name: 'ann', password: PASSWORD })
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    requestTls({ ...at, method: 'POST', headers }, answer => {
      answer.resume()
      resolve({ status: answer.statusCode!, ...answer.headers })
    })
      .on('error', reject)
      .end(body)
    t.ok(port > 0)
  })
}

t.test('beyond this machine it answers over TLS, by a certificate of its own', async t => {
  const known = await house(t, { listen: listenOf('0.0.0.0:0'), certificate: 'self-signed' })
  t.match(known.answering.places[0], /^https:\/\/0\.0\.0\.0:\d+$/)
  t.match(known.answering.notes[0], /fingerprint ([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  await known.ask({
    ...{ local: true, method: 'POST', path: '/api/v1/users' },
    body: { name: 'ann', password: PASSWORD, role: 'admin' },
  })
  const path = join(known.folder, 'onlooker.crt')
  const ca = readFileSync(path, 'utf8')
  const answer = await overTls(t, known.port, ca, '/api/v1/login')
  t.equal(answer.status, 200)
  t.match(answer['set-cookie'], [/^__Host-onlooker=.*; Secure$/])
  t.equal(statSync(join(known.folder, 'onlooker.key')).mode & 0o777, 0o600)
  const again = await known.api.reopen(known.settings, known.settings)
  t.equal(again.places.length, known.answering.places.length)
  t.equal(readFileSync(path, 'utf8'), ca, 'it is kept')
  t.ok(new X509Certificate(ca).checkHost('localhost'))
})
