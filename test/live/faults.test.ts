/** What goes wrong around the sensor while frames come: it goes on, or ends in order, and counts. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { Daemon, isInstalled } from './daemon.js'
import { Mirror, whyNoMirror } from './mirror.js'
import { mix, small } from './traffic.js'
import { until } from './until.js'

/** A busy machine starts six sensors slowly. */
const PATIENCE_MS = 120_000
const FRAMES = 5000
const frames = small().slice(0, FRAMES)

async function drains(t: Test, mirror: Mirror): Promise<void> {
  const daemon = await new Daemon(mirror).ready()
  daemon.signal('SIGSTOP')
  mirror.send(frames)
  daemon.signal('SIGTERM')
  daemon.signal('SIGCONT')
  await daemon.says(/heard/)
  t.equal(await daemon.end(), 0)
  t.match(daemon.said, /heard 5,000 packets of .* 0 dropped/)
}

async function isKilled(t: Test, mirror: Mirror): Promise<void> {
  const first = await new Daemon(mirror).ready()
  t.equal(mirror.promiscuity(), 1)
  mirror.send(frames)
  t.equal(await first.end('SIGKILL'), 'SIGKILL')
  await until('nothing listens any more', () => mirror.promiscuity() === 0)
  const second = await new Daemon(mirror).ready()
  mirror.send(frames)
  const { heard, dropped } = await second.accountsFor(FRAMES)
  t.strictSame([heard, dropped], [FRAMES, 0], 'it begins anew')
  t.equal(await second.end(), 0)
}

async function sharesItsInterface(t: Test, mirror: Mirror): Promise<void> {
  if (!isInstalled('tcpdump')) {
    t.pass('tcpdump is not installed here')
    return
  }
  const daemon = await new Daemon(mirror, { args: ['--workers', '2'] }).ready()
  const [command, ...words] = mirror.inside(['tcpdump', '-ni', 'near', '-w', '/dev/null'])
  const other = spawn(command!, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  other.stderr.on('data', (text: Buffer) => (said += text.toString()))
  await until('tcpdump listens', () => said.includes('listening'))
  mirror.send(frames)
  await daemon.accountsFor(FRAMES)
  other.kill('SIGINT')
  await once(other, 'close')
  t.match(said, /5000 packets received by filter/)
  mirror.send(frames)
  const { heard, dropped } = await daemon.accountsFor(2 * FRAMES)
  t.strictSame([heard, dropped], [2 * FRAMES, 0], 'before and after')
  t.equal(await daemon.end(), 0)
}

async function losesItsInterface(t: Test, mirror: Mirror): Promise<void> {
  const daemon = await new Daemon(mirror, { args: ['--workers', '2'] }).ready()
  const sending = mirror.offer(frames, { rate: 2000, seconds: 4 }).catch(() => undefined)
  await until('it hears', async () => (await daemon.metrics()).heard > 100)
  mirror.ip('link', 'set', 'near', 'mtu', '1400')
  mirror.ip('link', 'set', 'near', 'down')
  await daemon.says(/near was taken down/)
  mirror.ip('link', 'set', 'near', 'up')
  await daemon.says(/near is up again/)
  const before = (await daemon.metrics()).heard
  await until('it hears again', async () => (await daemon.metrics()).heard > before)
  mirror.ip('link', 'del', 'near')
  await daemon.says(/near went away/)
  await sending
  mirror.plug()
  await daemon.ready()
  const known = (await daemon.metrics()).heard
  mirror.send(frames)
  const { heard } = await daemon.accountsFor(known + FRAMES)
  t.equal(heard, known + FRAMES, 'heard to the last frame')
  const [line] = (await daemon.health()).ledger
  t.equal(line?.exact, true, line?.words ?? 'no ledger')
  t.equal(await daemon.end(), 0)
}

/** A soak is thirty minutes long; this is whether it would begin well. */
async function bears(t: Test, mirror: Mirror): Promise<void> {
  const daemon = await new Daemon(mirror).ready()
  const sending = mirror.offer(mix(), { rate: 5000, seconds: 6 })
  await until('half of it', async () => (await daemon.metrics()).heard > 15_000)
  const before = daemon.memory('RssAnon')
  const sent = await sending
  const { heard, dropped } = await daemon.accountsFor(sent.frames)
  t.strictSame([heard, dropped], [sent.frames, 0], 'nothing is lost')
  const grown = (daemon.memory('RssAnon') - before) / (1 << 20)
  t.ok(grown < 48, `RssAnon grew by ${grown.toFixed(1)} MiB in its second half`)
  t.equal(mirror.counted('far', 'rx_packets'), 0, 'and nothing came out of the mirror')
  t.equal(await daemon.end(), 0)
}

async function onMirror(t: Test, body: (t: Test, mirror: Mirror) => Promise<void>): Promise<void> {
  const mirror = new Mirror()
  t.teardown(() => mirror.remove())
  await body(t, mirror)
}

t.setTimeout(PATIENCE_MS)
const why = whyNoMirror()
if (why !== '') t.pass(`no network namespaces here: ${why}`)
else {
  t.test('it bears a while of load without loss or growth', t => onMirror(t, bears))
  t.test('told to end, it hears what waits before', t => onMirror(t, drains))
  t.test('killed, it leaves nothing behind, and can be started again', t => onMirror(t, isKilled))
  t.test('it hears all beside another program on the same interface', t =>
    onMirror(t, sharesItsInterface),
  )
  t.test('an interface that changes, goes and comes back amid frames is heard on', t =>
    onMirror(t, losesItsInterface),
  )
}
