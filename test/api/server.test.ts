/** The sensor's HTTP server: what it answers, what it refuses, and where it listens. */

import { spawnSync } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { NO_CENSUS } from '../../src/model/census.js'
import { ListenError, listenAt } from '../../src/api/listening.js'
import type { Sensor } from '../../src/api/call.js'
import { HEADER_BYTES_MAX } from '../../src/api/doors.js'
import { apiServer, BODY_BYTES_MAX } from '../../src/api/server.js'
import { statusOf, type Health, type MirrorFinding } from '../../src/model/health.js'
import { ledgerLine } from '../../src/sensor/ledger.js'
import { readListen, type Listen } from '../../src/settings/listen.js'

const noTraffic: MirrorFinding = {
  id: 'no-traffic',
  severity: 'high',
  interface: 'eth1',
  vlan: null,
  title: 'No frame is heard',
  evidence: 'no frame for 60 seconds',
  mend: 'look at the switch',
  since: '2026-11-21T10:01:00.000Z',
}

const healthWith = (findings: readonly MirrorFinding[]): Health => ({
  schema: 'onlooker.health/1',
  ...statusOf([], findings),
  name: 'gate',
  site: null,
  version: '0.1.0',
  started: '2026-11-21T10:00:00.000Z',
  uptime_seconds: 61.5,
  sources: [
    {
      interface: 'eth1',
      source: 'ring',
      state: 'open',
      why: null,
      packets: 5,
      bytes: 320,
      last_frame: null,
      ring: { block_bytes: 524_288, blocks: 128, timeout_ms: 50 },
    },
    {
      interface: 'eth2',
      source: 'libpcap',
      state: 'gone',
      why: 'it was removed',
      packets: 0,
      bytes: 0,
      last_frame: '2026-11-21T10:00:30.000Z',
      ring: null,
    },
  ],
  ledger: [
    ledgerLine({
      interface: 'eth1',
      received: 7,
      dropped: 1,
      walked: 5,
      decoded: 4,
      undecoded: 1,
      duplicate: 0,
      shed: 0,
      early: 0,
      interface_received: null,
    }),
  ],
  findings,
  workers: [{ worker: 0, state: 'hearing', busy_ratio: 0.125, packets: 5, restarts: 0 }],
  tables: { stations: { entries: 2, evicted: 0, dropped: 0 } },
})

const sensor: Sensor = {
  version: '0.1.0',
  health: () => healthWith([]),
  unready: () => [],
  census: () => NO_CENSUS,
  metrics: () => Promise.resolve({ type: 'text/plain; version=0.0.4', text: 'onlooker_up 1\n' }),
}

function serverOf(changed: Partial<Sensor> = {}, loopback = false): FastifyInstance {
  return apiServer({ ...sensor, ...changed }, { loopback })
}

const listenOf = (text: string): Listen => readListen(text) as Listen

t.test('it is alive, ready, and says how it is', async t => {
  const server = serverOf()
  t.strictSame((await server.inject('/healthz')).json(), { status: 'alive' })
  t.strictSame((await server.inject('/readyz')).json(), { status: 'ready' })
  const metrics = await server.inject('/metrics')
  t.equal(metrics.body, 'onlooker_up 1\n')
  t.match(metrics.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  const health = await server.inject('/api/v1/health')
  t.strictSame(health.json(), healthWith([]), 'the whole document, nothing left out')
  t.match(health.headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  t.notOk('server' in health.headers || 'x-powered-by' in health.headers)
  const head = await server.inject({ method: 'HEAD', url: '/api/v1/health' })
  t.strictSame([head.statusCode, head.body], [200, ''])
})

t.test('what is not ready says why, and what to do', async t => {
  const why = { what: 'eth1 is gone', mend: 'plug it in again' }
  const answer = await serverOf({ unready: () => [why] }).inject('/readyz')
  t.equal(answer.statusCode, 503)
  t.strictSame(answer.json(), {
    error: { code: 'not-ready', message: 'eth1 is gone', mend: 'plug it in again' },
  })
  t.strictSame(statusOf([why], [noTraffic]), {
    status: 'failing',
    summary: 'failing: eth1 is gone',
  })
})

t.test('no traffic is degraded, and still an answer', async t => {
  const answer = await serverOf({ health: () => healthWith([noTraffic]) }).inject('/api/v1/health')
  t.equal(answer.statusCode, 200)
  t.match(answer.json(), { status: 'degraded', summary: 'degraded: no-traffic' })
  t.strictSame(answer.json(), healthWith([noTraffic]))
  t.equal(statusOf([], [{ ...noTraffic, severity: 'low' }]).status, 'ok', 'what is low is a hint')
})

t.test('the description is made of what answers', async t => {
  const { paths } = (await serverOf().inject('/api/openapi.json')).json<{
    paths: Record<string, { get: { operationId: string; responses: Record<string, object> } }>
  }>()
  t.strictSame(Object.keys(paths), [
    '/healthz',
    '/readyz',
    '/metrics',
    '/api/v1/health',
    '/api/openapi.json',
  ])
  const { get } = paths['/api/v1/health']!
  t.equal(get.operationId, 'v1_health')
  t.match(get.responses, {
    200: { content: { 'application/json': { schema: { properties: { ledger: {} } } } } },
    default: { content: { 'application/json': { schema: { required: ['error'] } } } },
  })
})

t.test('every refusal has one form', async t => {
  const server = serverOf({
    health: () => {
      throw new Error('boom')
    },
  })
  const cases: readonly [what: string, ask: object, status: number, code: string][] = [
    ['an unknown path', { url: '/nothing' }, 404, 'not-found'],
    ['a path that is no path', { url: '/%zz' }, 400, 'bad-request'],
    ['to write', { url: '/healthz', method: 'POST' }, 405, 'method-not-allowed'],
    ['to delete', { url: '/healthz', method: 'DELETE' }, 405, 'method-not-allowed'],
    ['to delete nothing', { url: '/nothing', method: 'DELETE' }, 404, 'not-found'],
    [
      'a body',
      { url: '/healthz', payload: 'x'.repeat(BODY_BYTES_MAX + 1), method: 'GET' },
      413,
      'too-large',
    ],
    [
      'an endless body',
      { url: '/healthz', headers: { 'transfer-encoding': 'chunked' } },
      413,
      'too-large',
    ],
    ['our mistake', { url: '/api/v1/health' }, 500, 'failed'],
  ]
  for (const [what, ask, status, code] of cases) {
    const answer = await server.inject(ask)
    t.equal(answer.statusCode, status, what)
    t.match(answer.json(), { error: { code, message: /^[a-z]/, mend: /^[a-z]/ } }, what)
    t.notMatch(answer.body, /boom|stack/)
  }
  const post = await server.inject({ url: '/healthz', method: 'POST' })
  t.equal(post.headers.allow, 'GET, HEAD')
})

t.test('a mistake of ours reaches the log', async t => {
  const seen: Error[] = []
  const server = apiServer(
    {
      ...sensor,
      metrics: () => Promise.reject(new Error('boom')),
    },
    { loopback: false, onError: error => void seen.push(error) },
  )
  t.equal((await server.inject('/metrics')).statusCode, 500)
  t.match(seen, [{ message: 'boom' }])
})

t.test('on this machine alone, only its own names are answered', async t => {
  const server = serverOf({}, true)
  const status = async (host: string): Promise<number> =>
    (await server.inject({ url: '/healthz', headers: { host } })).statusCode
  for (const host of ['127.0.0.1:8470', 'localhost:8470', 'LOCALHOST', '[::1]:8470', '10.0.0.1']) {
    t.equal(await status(host), 200, host)
  }
  for (const host of [
    'evil.example',
    'evil.example:8470',
    'localhost.evil.example',
    '127.0.0.1.a',
  ]) {
    t.equal(await status(host), 421, host)
  }
  const open = serverOf({}, false)
  const answer = await open.inject({ url: '/healthz', headers: { host: 'sensor.example' } })
  t.equal(answer.statusCode, 200, 'elsewhere its names are not known')
})

/** A folder whose name is short enough for a socket's path. */
function shortFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

/** What a server says to these bytes. */
function say(port: number, bytes: string): Promise<string> {
  return new Promise(resolve => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('latin1').on('data', part => (text += String(part)))
    socket.on('close', () => resolve(text))
    socket.on('error', () => undefined)
  })
}

const portIn = (place: string): number => Number(new URL(place).port)

t.test('bytes that are no request are told so, and hung up on', async t => {
  const server = serverOf()
  t.teardown(() => server.close())
  const port = portIn(await listenAt(server, listenOf('127.0.0.1:0')))
  const garbage = await say(port, 'hello?\r\n\r\n')
  t.match(garbage, /^HTTP\/1\.1 400 /)
  t.match(garbage, /\{"error":\{"code":"bad-request","message":".+","mend":".+"\}\}$/)
  const long = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`
  t.match(await say(port, long), /^HTTP\/1\.1 431 .*"code":"headers-too-large"/s)
  const path = `GET /${'y'.repeat(HEADER_BYTES_MAX)} HTTP/1.1\r\nhost: a\r\n\r\n`
  t.match(await say(port, path), /^HTTP\/1\.1 431 /)
  const upload = 'POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n'
  t.match(await say(port, upload), /^HTTP\/1\.1 405 .*connection: close/is)
  const fine = await say(port, 'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  t.match(fine, /^HTTP\/1\.1 200 OK\r\n/, 'and goes on')
})

t.test('it listens at addresses and paths, and says where', async t => {
  for (const text of ['127.0.0.1:0', ':0', 'localhost:0']) {
    const server = serverOf()
    const place = await listenAt(server, listenOf(text))
    t.match(place, /^http:\/\/(127\.0\.0\.1|localhost):\d+$/, text)
    t.equal((await fetch(`http://127.0.0.1:${String(portIn(place))}/healthz`)).status, 200)
    await server.close()
  }
  const path = join(shortFolder(t), 'http.sock')
  const server = serverOf()
  t.equal(await listenAt(server, listenOf(path)), path)
  t.equal(await statusAt(path), 200)
  await refused(t, serverOf(), path, /^address in use: .*http\.sock: stop who uses it/, 1)
  await server.close()
})

t.test('a socket that a killed sensor left behind is no obstacle', async t => {
  const path = join(shortFolder(t), 'http.sock')
  const die = () => process.kill(process.pid, 'SIGKILL')
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, ${String(die)})`
  spawnSync(process.execPath, ['-e', script])
  t.ok(existsSync(path), 'it is still there')
  const server = serverOf()
  t.equal(await listenAt(server, listenOf(path)), path)
  t.equal(await statusAt(path), 200)
  await server.close()
})

function statusAt(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/healthz' }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

async function refused(
  t: Test,
  server: FastifyInstance,
  ...[text, message, status]: [string, RegExp, number]
): Promise<void> {
  const error = await listenAt(server, listenOf(text)).catch((error: unknown) => error)
  t.ok(error instanceof ListenError, `${text} is refused`)
  t.match(error, { message, status })
  t.notMatch((error as Error).message, /\n/)
  await server.close()
}

t.test('where it cannot listen it says why in a line', async t => {
  const holder = createServer()
  await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as { port: number }
  const taken = `127.0.0.1:${String(port)}`
  await refused(t, serverOf(), taken, /^address in use: 127\.0\.0\.1:\d+: stop .*http\.listen$/, 1)
  holder.close()
  await refused(t, serverOf(), '192.0.2.1:8470', /^no such address here: 192\.0\.2\.1:8470: /, 2)
  await refused(t, serverOf(), 'no-such-host.invalid:8470', /^unknown host: /, 2)
  const folder = shortFolder(t)
  await refused(t, serverOf(), `${folder}/none/http.sock`, /^no such folder: .*: make it, or/, 2)
  const file = join(folder, 'file')
  writeFileSync(file, 'kept')
  await refused(t, serverOf(), file, /^address in use: /, 1)
  t.ok(existsSync(file), 'a file is not taken for a socket')
})
