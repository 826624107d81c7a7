/**
 * Hears an office over and over in this process and says when it begins and ends to be measured:
 * run with --trace-gc, nothing may be collected in between. With --expose-gc it begins with what the
 * warm-up left swept away; --no-concurrent-recompilation warms it up on a busy machine, too.
 */

import { office } from '../../fixtures/network/office.js'
import { Batch, FRAMES_MAX } from '../../src/capture/source.js'
import { Hearing } from '../../src/hearing/hearing.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { facts, protocols } from '../../src/protocols/index.js'

const WARM_UP_FRAMES = 1_500_000
const FRAMES = Number(process.argv[2] ?? 1_000_000)
const CHUNK_BYTES = 8 << 20
const START_SECONDS = 1_700_000_000

const batch = new Batch(CHUNK_BYTES)
const hearing = new Hearing({ protocols, facts, secrets: new Secrets(new Uint8Array(32)), seed: 1 })
hearing.telling.onFull = () => hearing.telling.emptied()

/** As much of the office's day as one batch holds. */
function load(): void {
  let at = 0
  let count = 0
  for (const { bytes, at: seconds = 0 } of office().frames) {
    if (count === FRAMES_MAX || at + bytes.length > CHUNK_BYTES) break
    batch.bytes.set(bytes, at)
    batch.at[count] = at
    batch.length[count] = batch.wire[count] = bytes.length
    batch.seconds[count] = START_SECONDS + Math.floor(seconds)
    batch.micros[count] = Math.floor((seconds % 1) * 1e6)
    batch.link[count] = 1
    at += bytes.length
    count++
  }
  batch.count = count
}

function hear(frames: number): void {
  for (let heard = 0; heard < frames; heard += batch.count) {
    hearing.hear(batch, 1, undefined, batch.count)
    hearing.telling.emptied()
    hearing.coverage.forget()
  }
}

load()
hear(WARM_UP_FRAMES)
globalThis.gc?.()
const before = process.memoryUsage().heapUsed
process.stdout.write('measuring begins\n')
hear(FRAMES)
process.stdout.write(`measuring ends: ${process.memoryUsage().heapUsed - before} bytes allocated\n`)
