/** Proves that no bytes do harm: `node dist/test/prove/fuzz.js [FRAMES] [SEED]`, 5,000,000 by default. */

import { Assault } from './assault.js'
import { loadCases } from './cases.js'

const FRAMES = 5_000_000
/** Of these one in so many strikes is followed by a capture through the whole data plane. */
const STRIKES = 40_000
const PROGRESS_MS = 2000

const frames = Number(process.argv[2] ?? FRAMES)
const seed = Number(process.argv[3] ?? 1)
if (!(frames > 0) || Number.isNaN(seed)) {
  process.stderr.write('usage: node dist/test/prove/fuzz.js [FRAMES] [SEED]\n')
  process.exit(2)
}

const cases = await loadCases()
const assault = new Assault(
  cases.flatMap(one => one.frames.map(({ bytes }) => bytes)),
  seed,
)
const begun = performance.now()
let told = begun

function progress(): void {
  if (performance.now() - told < PROGRESS_MS) return
  told = performance.now()
  process.stderr.write(
    `${assault.frames.toLocaleString('en')} of ${frames.toLocaleString('en')} frames\n`,
  )
}

try {
  while (assault.frames < frames) {
    const until = Math.min(assault.frames + STRIKES, frames)
    while (assault.frames < until) assault.strike()
    if (assault.frames < frames) await assault.hear()
    progress()
  }
} catch (error) {
  process.stderr.write(`seed ${String(seed)}, frame ${String(assault.frames)}\n`)
  throw error
}
const seconds = ((performance.now() - begun) / 1000).toFixed(1)
process.stdout.write(
  `${assault.frames.toLocaleString('en')} frames in ${seconds} s: nothing thrown\n`,
)
