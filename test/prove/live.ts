/**
 * `npm run prove:live [-- CAPTURE...]`: the built sensor on a cable of its own, the receiver on one
 * core and the sender on another: nothing is lost that can be sent, at overload every loss is
 * counted, a full ring is heard to its end, and memory, lag and latency keep within their bounds.
 * What is said of each is measured here; a line that misses its goal says so.
 */

import { basename } from 'node:path'
import { argv } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Daemon, Metrics } from '../live/daemon.js'
import type { Mirror, Sent } from '../live/mirror.js'
import { exactly, goal, number, onMirror, rates, say, withDaemon } from '../live/proving.js'
import { captured, mix, small } from '../live/traffic.js'
import { until } from '../live/until.js'

const SECONDS = 6
const RECEIVER = 0
const SENDER = 1
const BUSY_LOOK_MS = 250
/** 256 MB in blocks, and frames of 64 bytes that fit, though some blocks are not quite full. */
const FULL_BLOCKS = 512
const FULL_FRAMES = 1_500_000
const MIB = 1 << 20

/** How busy the worker was in each second in which frames came. */
async function busyWhile(daemon: Daemon, sending: Promise<Sent>): Promise<number[]> {
  const ratios: number[] = []
  let isOver = false
  void sending.then(() => (isOver = true))
  for (let before = 0; !isOver; await sleep(BUSY_LOOK_MS)) {
    const metrics = await daemon.metrics()
    if (metrics.heard > before) ratios.push(metrics.sum('worker_busy_ratio'))
    before = metrics.heard
  }
  return ratios.sort((a, b) => a - b)
}

async function unthrottled(mirror: Mirror, name: string, frames: Uint8Array[]): Promise<void> {
  await withDaemon(mirror, { cpu: RECEIVER }, async daemon => {
    const before = await daemon.metrics()
    const cpu = daemon.cpu()
    const sending = mirror.offer(frames, { rate: 0, seconds: SECONDS, cpu: SENDER })
    const ratios = await busyWhile(daemon, sending)
    const sent = await sending
    const after = await daemon.accountsFor(sent.frames)
    const spent = daemon.cpu() - cpu
    rates(name, sent)
    say(`  the sensor took ${number((spent / sent.seconds) * 100)} % of its core`)
    exactly(sent, after)
    goal(after.dropped === 0, `nothing lost: ${number(after.dropped)} of ${number(sent.frames)}`)
    const busy = ratios[Math.floor(ratios.length / 2)] ?? NaN
    goal(busy < 0.6, `worker busy ${number(busy * 100)} % (median of its seconds), under 60`)
    await prompt(daemon, before)
  })
}

async function prompt(daemon: Daemon, before: Metrics): Promise<void> {
  await sleep(500)
  const after = await daemon.metrics()
  const { facts, p99_ms } = after.latencies(before)
  goal(p99_ms <= 250, `${number(facts)} facts, p99 told within ${number(p99_ms)} ms, goal 250`)
  const lag = after.lag_p99_ms
  goal(lag < 20, `main loop's lag p99 ${number(lag, 1)} ms, goal 20`)
}

/** A ring far too small, and the sender on the same core: it can't keep up. */
async function overload(mirror: Mirror, frames: Uint8Array[]): Promise<void> {
  const settings = 'capture: {ring_blocks: 2, ring_block_bytes: 131072}'
  await withDaemon(mirror, { cpu: RECEIVER, settings }, async daemon => {
    const sent = await mirror.offer(frames, { rate: 0, seconds: SECONDS, cpu: RECEIVER })
    const after = await daemon.accountsFor(sent.frames)
    rates('overload (a ring of 256 KiB, the sender on the same core)', sent)
    exactly(sent, after)
    goal(after.dropped > 0, `too much for it: ${number(after.dropped)} dropped`)
    goal(after.heard > 0, `it keeps hearing: ${number(after.heard / sent.seconds)} frames/s`)
    const [line] = (await daemon.health()).ledger
    goal(line?.exact === true, `the ledger: ${line?.words ?? 'none'}`)
  })
}

/** The whole sensor sleeps until its ring is full. */
async function drains(mirror: Mirror, frames: Uint8Array[]): Promise<void> {
  const settings = `capture: {ring_blocks: ${String(FULL_BLOCKS)}}`
  await withDaemon(mirror, { settings, cpu: RECEIVER }, async daemon => {
    // What never ran before runs slowly: it hears as much once before it counts.
    await mirror.offer(frames, { rate: 200_000, seconds: 3, cpu: SENDER })
    await sleep(500)
    const known = (await daemon.metrics()).heard
    daemon.signal('SIGSTOP')
    const sent = await filled(mirror, frames)
    const begun = performance.now()
    daemon.signal('SIGCONT')
    let metrics = await daemon.metrics()
    await until('the ring is empty', async () => {
      metrics = await daemon.metrics()
      return metrics.heard + metrics.dropped >= known + sent
    })
    const seconds = (performance.now() - begun) / 1000
    const heard = metrics.heard - known
    say(`a full ring of ${String(FULL_BLOCKS / 2)} MiB of 64-byte frames`)
    goal(metrics.dropped === 0, `${number(heard)} heard, ${number(metrics.dropped)} dropped`)
    goal(heard / seconds >= 4e6, `${number(heard / seconds / 1e6, 2)} million/s heard, goal 4`)
  })
}

async function filled(mirror: Mirror, frames: Uint8Array[]): Promise<number> {
  const rate = 300_000
  const { frames: sent } = await mirror.offer(frames, {
    rate,
    seconds: FULL_FRAMES / rate,
    cpu: SENDER,
  })
  return sent
}

async function idle(mirror: Mirror): Promise<void> {
  const used: number[] = []
  for (const workers of [1, 2, 4]) {
    await withDaemon(mirror, { args: ['--workers', String(workers)] }, async daemon => {
      await sleep(2000)
      used.push(daemon.memory('RssAnon') / MIB)
    })
  }
  const [one = NaN, two = NaN, four = NaN] = used
  say('idle')
  goal(one < 120, `RssAnon ${number(one)} MiB with one worker, goal 120`)
  const more = Math.max(two - one, (four - two) / 2)
  goal(more < 25, `${number(more)} MiB for each further worker, goal 25`)
}

async function slowly(mirror: Mirror): Promise<void> {
  await withDaemon(mirror, { cpu: RECEIVER }, async daemon => {
    const before = await daemon.metrics()
    const sent = await mirror.offer(mix().slice(-6000), { rate: 10, seconds: 10 })
    rates('ten frames a second', sent)
    exactly(sent, await daemon.accountsFor(sent.frames))
    await prompt(daemon, before)
  })
}

async function prove(mirror: Mirror): Promise<void> {
  await idle(mirror)
  await slowly(mirror)
  const files = argv.slice(2)
  const loads: [string, () => Promise<Uint8Array[]> | Uint8Array[]][] =
    files.length > 0
      ? files.map(file => [basename(file), () => captured(file)])
      : [
          ['64-byte frames', small],
          ['mix', mix],
        ]
  for (const [name, frames] of loads) await unthrottled(mirror, name, await frames())
  await overload(mirror, small())
  await drains(mirror, small())
}

await onMirror(prove)
