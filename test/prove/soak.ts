/**
 * `npm run prove:soak [-- MINUTES [RATE]]`: the sensor hears a mix for so long, 30 minutes at 20,000
 * frames a second if not told otherwise: once it is warm its memory stays as it is, nothing is
 * dropped, and the main loop keeps up. The last line is the verdict.
 */

import { argv } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Daemon } from '../live/daemon.js'
import type { Mirror } from '../live/mirror.js'
import { exactly, goal, number, onMirror, rates, say, withDaemon } from '../live/proving.js'
import { mix } from '../live/traffic.js'

const MINUTES = Number(argv[2] ?? 30)
const RATE = Number(argv[3] ?? 20_000)
/** Samples of memory in all; those of the first part are its warming up. */
const SAMPLES = 120
const WARM_UP = 1 / 3
/** Noise of garbage that is collected later: so much from the warm end to the last sample. */
const GROWTH_MAX_MIB = 8
const LAG_MAX_MS = 20
const MIB = 1 << 20

interface Sample {
  readonly minute: number
  readonly mib: number
  readonly lag_ms: number
}

async function samples(daemon: Daemon, seconds: number): Promise<Sample[]> {
  const taken: Sample[] = []
  const begun = performance.now()
  for (let i = 0; i < SAMPLES; i++) {
    const due = (i * seconds * 1000) / SAMPLES - (performance.now() - begun)
    await sleep(Math.max(0, due))
    const { lag_p99_ms: lag_ms } = await daemon.metrics()
    const mib = daemon.memory('RssAnon') / MIB
    taken.push({ minute: (performance.now() - begun) / 60_000, mib, lag_ms })
  }
  return taken
}

/** Least squares: how many MiB a minute. */
function slope(taken: readonly Sample[]): number {
  const mean = (of: (one: Sample) => number): number =>
    taken.reduce((sum, one) => sum + of(one), 0) / taken.length
  const [at, mib] = [mean(({ minute }) => minute), mean(one => one.mib)]
  const across = taken.reduce((sum, one) => sum + (one.minute - at) * (one.mib - mib), 0)
  const along = taken.reduce((sum, { minute }) => sum + (minute - at) ** 2, 0)
  return along === 0 ? 0 : across / along
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

async function soak(mirror: Mirror, daemon: Daemon): Promise<void> {
  const seconds = MINUTES * 60
  const sending = mirror.offer(mix(), { rate: RATE, seconds })
  const taken = await samples(daemon, seconds)
  const sent = await sending
  const after = await daemon.accountsFor(sent.frames)
  const warm = taken.slice(Math.ceil(SAMPLES * WARM_UP))
  const growth = slope(warm) * MINUTES * (1 - WARM_UP)
  const lags = warm.map(({ lag_ms }) => lag_ms)
  rates(`${number(MINUTES, 1)} minutes`, sent)
  exactly(sent, after)
  goal(after.dropped === 0, `${number(after.dropped)} dropped`)
  const from = `${number(warm[0]?.mib ?? NaN, 1)} to ${number(warm.at(-1)?.mib ?? NaN, 1)} MiB`
  const rise = `${number(slope(warm), 3)} MiB/minute, ${number(growth, 1)} MiB in all`
  goal(Math.abs(growth) < GROWTH_MAX_MIB, `RssAnon once warm ${from}: ${rise}`)
  goal(median(lags) < LAG_MAX_MS, `main loop's lag p99 ${number(median(lags), 1)} ms (median)`)
  say(`  the sensor took ${number((daemon.cpu() / sent.seconds) * 100)} % of a core`)
}

await onMirror(mirror => withDaemon(mirror, {}, daemon => soak(mirror, daemon)))
