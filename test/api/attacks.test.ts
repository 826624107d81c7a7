/** Those who try to come in otherwise: other pages, other hosts, bytes that mean two things, and patience. */

import { connect } from 'node:net'
import t from 'tap'
import { NOBODY } from '../../src/api/auth/permissions.js'
import type { Sensor } from '../../src/api/call.js'
import { openDoor } from '../../src/api/doors.js'
import { LOCAL } from '../../src/api/hosts.js'
import { frontRoutes } from '../../src/api/routes/status.js'
import { apiApp, BODY_BYTES_MAX } from '../../src/api/server.js'
import { changesOf, deviceOf, house, listenOf, originOf, type Reply } from './house.js'

const code = (answer: Reply): unknown => answer.json<{ error: { code: string } }>().error.code

t.test('pages of others change nothing and are told nothing', async t => {
  const known = await house(t)
  known.store.commit(changesOf({ devices: [deviceOf('d1')] }))
  const cookie = await known.account('ann', 'admin')
  const own = originOf(known)
  const edit = (headers: Record<string, string>): Promise<Reply> =>
    known.ask({
      ...{ method: 'PATCH', path: '/api/v1/devices/d1', body: { name: 'x' } },
      headers: { cookie, ...headers },
    })
  t.equal((await edit({ origin: own })).status, 200)
  t.equal((await edit({ 'sec-fetch-site': 'same-origin' })).status, 200)
  for (const origin of [
    'http://evil.example',
    'null',
    'http://127.0.0.1:1',
    `${own}.evil.example`,
  ]) {
    t.equal(code(await edit({ origin })), 'wrong-origin', origin)
    const read = await known.ask({ path: '/api/v1/devices', headers: { cookie, origin } })
    t.equal(code(read), 'wrong-origin', `${origin} reads nothing`)
  }
  t.equal(code(await edit({})), 'wrong-origin', 'who says nothing of its page is no page of ours')
  const form = { cookie, origin: own, 'content-type': 'application/x-www-form-urlencoded' }
  t.equal(code(await edit(form)), 'unsupported-type')
  t.equal(code(await edit({ ...form, 'content-type': 'text/plain' })), 'unsupported-type')
  for (const host of [
    'evil.example',
    `evil.example:${String(known.port)}`,
    '127.0.0.1.evil.example',
  ]) {
    const answer = await known.ask({ path: '/api/v1/devices', headers: { cookie, host } })
    t.equal(code(answer), 'wrong-host', host)
  }
  const headers = (await known.ask({ path: '/api/v1/devices', headers: { cookie } })).headers
  t.notOk('access-control-allow-origin' in headers)
  t.match(headers['content-security-policy'], /default-src 'none'/)
})

/** What the server says to these bytes, until it hangs up or a second has gone by. */
function say(port: number, bytes: string, patience_ms = 1000): Promise<string> {
  return new Promise(resolve => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(patience_ms, () => socket.destroy())
    socket.setEncoding('latin1').on('data', part => (text += String(part)))
    socket.on('close', () => resolve(text)).on('error', () => undefined)
  })
}

t.test('bytes that mean two things are refused', async t => {
  const known = await house(t)
  const { port } = known
  const head =
    'POST /api/v1/login HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n'
  const smuggled = 'GET /api/v1/devices HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
  const cases: readonly (readonly [what: string, bytes: string])[] = [
    ['two lengths', `${head}content-length: 0\r\ncontent-length: 50\r\n\r\n${smuggled}`],
    [
      'length and chunks',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['odd chunks', `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a folded header', `${head}x: a\r\n b: c\r\n\r\n`],
    ['a space before the colon', `${head}content-length : 5\r\n\r\nhello`],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ]
  for (const [what, bytes] of cases) {
    const text = await say(port, bytes)
    t.match(text, /^HTTP\/1\.1 4\d\d /, what)
    t.equal(text.split('HTTP/1.1 ').length, 2, `${what}: one answer`)
  }
  const big = `${head}content-length: ${String(BODY_BYTES_MAX + 1)}\r\n\r\n`
  t.match(await say(port, big), /^HTTP\/1\.1 413 /)
  const chunks = `${head}transfer-encoding: chunked\r\n\r\n`
  const endless = `${chunks}10000\r\n${'x'.repeat(65_536)}\r\n10000\r\n${'x'.repeat(65_536)}\r\n`
  t.match(await say(port, endless), /^HTTP\/1\.1 413 /)
})

t.test('odd paths lead nowhere', async t => {
  const known = await house(t)
  known.store.commit(changesOf({ devices: [deviceOf('d1')] }))
  const paths = [
    ...['//api/v1/devices', '/api/v1/devices/', '/API/v1/devices', '/api/v1/./devices'],
    ...['/api/v1/../v1/devices', '/api/v1%2fdevices', '/api/v1/devices;x=1', '/api/v1/devices%00'],
    ...['/healthz/../api/v1/devices', '/api/v1/devices/%2e%2e', '/\\api/v1/devices', '/%c0%af'],
  ]
  for (const path of paths) {
    const answer = await say(
      known.port,
      `GET ${path} HTTP/1.1\r\nhost: a.localhost\r\nconnection: close\r\n\r\n`,
    )
    t.match(answer, /^HTTP\/1\.1 40[014] /, path)
    t.notMatch(answer, /DCS-930L/, path)
  }
})

t.test('who is slow is hung up on, and others are answered meanwhile', async t => {
  const routes = frontRoutes('anyone')
  const sensor = { unready: () => [] } as unknown as Sensor
  const app = apiApp({ routes, desk: { sensor }, identify: () => NOBODY })
  const times = { request: 300, idle: 300, silent: 600 }
  const door = await openDoor(app, { listen: listenOf('127.0.0.1:0'), reach: LOCAL, times })
  t.teardown(async () => {
    await door.close()
    await app.server.close()
  })
  const port = Number(new URL(door.place).port)
  const began = Date.now()
  const slow = say(port, 'GET /healthz HTTP/1.1\r\nhost: a.localhost\r\nx: ', 5000)
  const silent = say(port, '', 5000)
  const fine = await say(port, 'GET /healthz HTTP/1.1\r\nhost: a.localhost\r\n\r\n', 5000)
  t.match(fine, /^HTTP\/1\.1 200 /)
  t.match(await slow, /^HTTP\/1\.1 408 .*"code":"timed-out"/s)
  t.match(await silent, /^HTTP\/1\.1 408 /)
  t.ok(Date.now() - began < 4000)
})
