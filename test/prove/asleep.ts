/**
 * `npm run prove:asleep`: the whole sensor is stopped for two seconds while frames come, and goes
 * on: with the default ring nothing is lost, at 10, 1,000 and 100,000 frames a second.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Daemon } from '../live/daemon.js'
import type { Mirror } from '../live/mirror.js'
import { exactly, goal, number, onMirror, say, withDaemon } from '../live/proving.js'
import { small } from '../live/traffic.js'

const ASLEEP_MS = 2000
const AWAKE_MS = 500
const RATES = [10, 1000, 100_000]
const RECEIVER = 0
const SENDER = 1

async function sleeps(mirror: Mirror, daemon: Daemon, rate: number): Promise<void> {
  const before = (await daemon.metrics()).heard
  const seconds = (ASLEEP_MS + 2 * AWAKE_MS) / 1000
  const sending = mirror.offer(small(), { rate, seconds, cpu: SENDER })
  await sleep(AWAKE_MS)
  daemon.signal('SIGSTOP')
  await sleep(ASLEEP_MS)
  daemon.signal('SIGCONT')
  const sent = await sending
  const after = await daemon.accountsFor(before + sent.frames)
  const [source] = (await daemon.health()).sources
  const ring = ((source?.ring?.block_bytes ?? 0) * (source?.ring?.blocks ?? 0)) / (1 << 20)
  say(`asleep for 2 s at ${number(rate)} frames/s, with a ring of ${number(ring)} MiB`)
  exactly({ ...sent, frames: before + sent.frames }, after)
  goal(after.dropped === 0, `${number(after.dropped)} of ${number(sent.frames)} lost`)
}

await onMirror(async mirror => {
  for (const rate of RATES) {
    await withDaemon(mirror, { cpu: RECEIVER }, daemon => sleeps(mirror, daemon, rate))
  }
})
