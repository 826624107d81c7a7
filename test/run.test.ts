/** The sensor as a process, in a network of its own: from its start without privilege to its end. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { office } from '../fixtures/network/office.js'
import type { Health } from '../src/model/health.js'
import { built } from './native/blocks.js'
import { inOwnNet, ip, plug, send } from './native/own-net.js'
import { MAIN } from './program.js'

const PLACE = 'http://127.0.0.1:8470'
const PATIENCE_MS = 20_000
const FRAMES = 4000

/** For sockets and settings: a path of a socket must be short. */
let folder = ''
let sent: readonly Uint8Array[] = []

/** Frames of the office that fit a cable. */
function frames(count: number): Uint8Array[] {
  const taken: Uint8Array[] = []
  for (const { bytes } of office().frames) {
    if (bytes.length <= 1514) taken.push(bytes)
    if (taken.length === count) break
  }
  return taken
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`in vain: ${what}`)
    await sleep(50)
  }
}

class Sensor {
  said = ''
  complained = ''
  readonly child: ChildProcess
  private readonly done: Promise<number | null>

  constructor(args: string[], environment: Record<string, string> = {}) {
    const env = { ...process.env, ONLOOKER_CONFIG: '', ...environment }
    this.child = spawn(execPath, [MAIN, 'run', ...args], { env })
    this.child.stdout?.on('data', (text: Buffer) => (this.said += text.toString()))
    this.child.stderr?.on('data', (text: Buffer) => (this.complained += text.toString()))
    this.done = new Promise(resolve => this.child.on('exit', resolve))
  }

  async ready(): Promise<void> {
    await until(`ready (${this.complained})`, async () => {
      const answer = await fetch(`${PLACE}/readyz`).catch(() => undefined)
      return answer?.status === 200
    })
  }

  says(pattern: RegExp): Promise<void> {
    return until(`${String(pattern)} in ${this.said}`, () => pattern.test(this.said))
  }

  /** The exit status. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return this.done
  }
}

async function metric(name: string): Promise<number> {
  const page = await (await fetch(`${PLACE}/metrics`)).text()
  const line = page.split('\n').find(one => one.startsWith(name))
  return Number(line?.split(' ').at(-1) ?? NaN)
}

const health = async (): Promise<Health> =>
  (await (await fetch(`${PLACE}/api/v1/health`)).json()) as Health

const counted = (end: string, what: string): number =>
  Number(readFileSync(`/sys/class/net/${end}/statistics/${what}`, 'utf8'))

/** The kernel's own greetings would be counted as sent by this machine. */
function silence(): void {
  for (const end of ['near', 'far']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${end}/disable_ipv6`, '1')
  }
}

function onlooker(...args: string[]) {
  return spawnSync(execPath, [MAIN, ...args], { encoding: 'utf8' })
}

/** What the system says of a process. */
function statusOf({ pid }: ChildProcess): Record<string, string> {
  const text = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
  return Object.fromEntries(text.split('\n').map(line => line.split(/:\s+/) as [string, string]))
}

async function hears(t: Test): Promise<void> {
  const notices = join(folder, 'notify')
  const manager = spawn(built('onlooker-notified'), [notices])
  t.teardown(() => manager.kill())
  let told = ''
  manager.stdout.on('data', (text: Buffer) => (told += text.toString()))
  const before = counted('far', 'rx_packets')
  const sensor = new Sensor(['--interface', 'near'], {
    NOTIFY_SOCKET: notices,
    WATCHDOG_USEC: '400000',
  })
  t.teardown(() => sensor.end('SIGKILL'))
  await until('READY=1', () => told.includes('READY=1'))
  t.match(told, /STATUS=hearing near/)
  t.equal(await metric('onlooker_capture_packets_total'), 0)
  send('far', sent)
  await until('all is heard', async () => {
    return (await metric('onlooker_capture_packets_total{interface="near"}')) >= FRAMES
  })
  t.equal(await metric('onlooker_capture_packets_total{interface="near"}'), FRAMES)
  await until(
    'devices are counted',
    async () => (await metric('onlooker_devices{category="unknown"}')) > 10,
  )
  const { ledger, sources, workers } = await health()
  t.match(ledger[0], { received: FRAMES, dropped: 0, walked: FRAMES, exact: true })
  t.match(sources[0], { interface: 'near', state: 'open', packets: FRAMES })
  t.equal(workers[0]?.state, 'hearing')
  t.equal(await metric('onlooker_interface_transmitted_frames_total'), 0)
  t.equal(counted('far', 'rx_packets') - before, 0, 'nothing came out of the mirror')
  await until('the watchdog', () => told.includes('WATCHDOG=1'))
  t.match(statusOf(sensor.child), { CapEff: /^0+$/, CapBnd: /^0+$/, NoNewPrivs: '1' })
  t.equal(await sensor.end(), 0)
  t.match(told, /STOPPING=1/)
  t.match(sensor.said, /heard 4,000 packets of \d+ devices in \d+ s, 0 dropped/)
}

async function returns(t: Test): Promise<void> {
  const sensor = new Sensor(['-i', 'near', '--workers', '2'])
  t.teardown(() => sensor.end('SIGKILL'))
  await sensor.ready()
  send('far', sent.slice(0, 100))
  ip('link', 'set', 'near', 'down')
  await sensor.says(/near was taken down/)
  t.match((await health()).summary, /failing: near is down/)
  ip('link', 'set', 'near', 'up')
  await sensor.says(/near is up again/)
  ip('link', 'set', 'near', 'mtu', '1400')
  await sensor.says(/an MTU of 1400/)
  ip('link', 'del', 'near')
  await sensor.says(/near went away/)
  t.equal((await fetch(`${PLACE}/readyz`)).status, 503, 'meanwhile it is not ready')
  plug()
  silence()
  const back = performance.now()
  await sensor.ready()
  t.ok(performance.now() - back < 5000, 'soon')
  send('far', sent.slice(0, 200))
  await until('both parts are heard', async () => {
    return (await metric('onlooker_capture_packets_total')) >= 300
  })
  t.equal(await sensor.end('SIGINT'), 0)
  t.match(sensor.said, /heard 300 packets/)
}

async function reloads(t: Test): Promise<void> {
  const config = join(folder, 'onlooker.yaml')
  writeFileSync(config, 'capture: {interfaces: [near]}\n')
  const sensor = new Sensor(['--config', config])
  t.teardown(() => sensor.end('SIGKILL'))
  await sensor.ready()
  writeFileSync(config, 'capture: {interfaecs: [near]}\n')
  sensor.child.kill('SIGHUP')
  await sensor.says(/refused, the old ones hold: .*interfaecs/)
  writeFileSync(config, 'capture: {interfaces: [near], filter: "not ip and not ip6"}\n')
  sensor.child.kill('SIGHUP')
  await sensor.says(/settings read again: changed: capture.filter/)
  const isOther = (frame: Uint8Array): boolean =>
    ![0x0800, 0x86dd, 0x8100].includes((frame[12]! << 8) | frame[13]!)
  const others = sent.slice(0, 1000).filter(isOther)
  send(
    'far',
    sent.slice(0, 1000).filter(frame => frame[12] !== 0x81),
  )
  await until('what is left is heard', async () => {
    return (await metric('onlooker_capture_packets_total')) >= others.length
  })
  t.equal(await metric('onlooker_capture_packets_total'), others.length)
  writeFileSync(config, 'capture: {interfaces: [near], snaplen: 128}\nread: {workers: 2}\n')
  sensor.child.kill('SIGHUP')
  await sensor.says(/changed: capture.filter, capture.snaplen/)
  send('far', sent.slice(0, 10))
  await until('it hears on', async () => {
    return (await metric('onlooker_capture_packets_total')) >= others.length + 10
  })
  t.equal(await sensor.end(), 0)
}

async function outlivesReaders(t: Test): Promise<void> {
  const config = join(folder, 'chatty.yaml')
  writeFileSync(config, 'capture: {interfaces: [near]}\n')
  const sensor = new Sensor(['--config', config, '--log-level', 'trace'])
  t.teardown(() => sensor.end('SIGKILL'))
  sensor.child.stdout?.pause()
  await sensor.ready()
  writeFileSync(config, `capture: {${'x'.repeat(1000)}: 1}\n`)
  for (let i = 0; i < 200; i++) {
    sensor.child.kill('SIGHUP')
    await sleep(2)
  }
  t.equal((await fetch(`${PLACE}/healthz`)).status, 200, 'with a full pipe it answers')
  sensor.child.stdout?.destroy()
  sensor.child.kill('SIGHUP')
  await sleep(200)
  t.equal((await fetch(`${PLACE}/healthz`)).status, 200, 'with a broken one, too')
  t.equal(await sensor.end(), 0)
}

function refuses(t: Test): void {
  const without = [built('onlooker-launch'), '--sockets', '1', '--', 'env', '-uONLOOKER_SOCKETS']
  const powerless = spawnSync(without[0]!, [...without.slice(1), execPath, MAIN, 'run'], {
    encoding: 'utf8',
  })
  t.equal(powerless.status, 1)
  t.match(powerless.stderr, /^onlooker: may not capture \(EPERM\): .*setcap[^\n]*\n$/)
  const cases: readonly (readonly [args: string[], status: number, line: RegExp])[] = [
    [['run', '-i', 'nope'], 2, /^onlooker: no such interface: nope: .*near.*\n$/],
    [['run', '--workers', '0'], 2, /^onlooker: wrong workers: 0: .*\n$/],
    [['run', '--nonsense'], 2, /^onlooker: Unknown option '--nonsense'.*\n$/],
    [['run', '--filter', 'tcp prot 3'], 2, /^onlooker: wrong filter .*\n$/],
    [['run', '--config', '/nowhere.yaml'], 2, /^onlooker: no such file: \/nowhere.yaml: .*\n$/],
  ]
  for (const [args, status, line] of cases) {
    const ended = onlooker(...args)
    t.equal(ended.status, status, args.join(' '))
    t.match(ended.stderr, line)
  }
  t.end()
}

function checks(t: Test): void {
  const { stdout, status } = onlooker('check')
  t.equal(status, 0, stdout)
  t.match(stdout, /^ok {5}would hear (near|far): /m, 'of two ends of a cable, one')
  t.match(stdout, /^ready: /m)
  const config = join(folder, 'missing.yaml')
  writeFileSync(config, 'capture: {interfaces: [eth9]}\n')
  const missing = onlooker('check', '--config', config)
  t.equal(missing.status, 1)
  t.match(missing.stdout, /^wrong {2}no such interface: eth9: known are /m)
  t.end()
}

await inOwnNet(import.meta.url, () => {
  silence()
  sent = frames(FRAMES)
  folder = mkdtempSync(join(tmpdir(), 'onlooker-run-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  t.test('it hears what is sent, tells systemd, and ends well', hears)
  t.test('an interface that goes and comes back is heard again', returns)
  t.test('SIGHUP reads the settings again, and a wrong one changes nothing', reloads)
  t.test('a reader of its log that stops, or leaves, does not hold it up', outlivesReaders)
  t.test('what it cannot do it says in one line', refuses)
  t.test('check says line by line what is there', checks)
})
