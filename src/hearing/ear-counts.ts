/** What one block adds to the counts of the ear that gave it. */

import type { Ear } from '../capture/ear.js'
import * as b from './board.js'
import type { Clock } from './clock.js'
import type { Hearing } from './hearing.js'

/** Columns of an ear that are the growth of what hearing counts over all ears. */
const GROWN = [
  b.UNDECODED,
  b.DUPLICATES,
  b.SAME,
  b.CHECKED,
  b.BROKEN_SUMS,
  b.UNCHECKED,
  b.JUMPS,
] as const

/** Of a block, targets of so many frames are looked at, evenly; each stands for its neighbours. */
const TARGETS_MAX = 256
const ETHERNET = 1
const MAC_BYTES = 6

export class EarCounts {
  private readonly hearing: Hearing
  private readonly clock: Clock
  private readonly before = new Float64Array(GROWN.length)
  private readonly after = new Float64Array(GROWN.length)

  constructor(hearing: Hearing, clock: Clock) {
    this.hearing = hearing
    this.clock = clock
  }

  /** A block is about to be heard. */
  begin(): void {
    this.sums(this.before)
  }

  /** It was heard: adds to the columns that begin at `at`. */
  add(columns: Float64Array, at: number, ear: Ear): void {
    const { before, after, clock } = this
    this.sums(after)
    for (let i = 0; i < GROWN.length; i++) columns[at + GROWN[i]!]! += after[i]! - before[i]!
    columns[at + b.LAST_HEARD] = clock.seconds * 1e6 + clock.micros
    if (ear.station !== undefined) addTargets(columns, at, ear, ear.station)
  }

  private sums(into: Float64Array): void {
    const { undecoded, duplicates, checksums } = this.hearing
    let sum = 0
    for (let i = 0; i < undecoded.length; i++) sum += undecoded[i]!
    into[0] = sum
    into[1] = duplicates.same + duplicates.routed
    into[2] = duplicates.same
    into[3] = checksums.checked
    into[4] = checksums.broken
    into[5] = checksums.unchecked
    into[6] = this.clock.epochs
  }
}

/** Whether frames are for this machine itself: a mirror's are for others. */
function addTargets(columns: Float64Array, at: number, ear: Ear, station: Uint8Array): void {
  const { batch } = ear
  const step = Math.max(1, Math.ceil(batch.count / TARGETS_MAX))
  for (let i = 0; i < batch.count; i += step) {
    if (batch.link[i] !== ETHERNET || batch.length[i]! < MAC_BYTES) continue
    const frames = Math.min(step, batch.count - i)
    const from = batch.at[i]!
    columns[at + b.TARGETS]! += frames
    if ((batch.bytes[from]! & 1) === 1) continue
    columns[at + (isAt(batch.bytes, from, station) ? b.OURS : b.OTHERS)]! += frames
  }
}

function isAt(bytes: Uint8Array, at: number, station: Uint8Array): boolean {
  for (let i = 0; i < MAC_BYTES; i++) if (bytes[at + i] !== station[i]) return false
  return true
}
