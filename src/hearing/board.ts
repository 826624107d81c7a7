/**
 * What a worker counts where the main thread can read it at any time, even after the worker's
 * death: numbers in shared memory, each written by the worker alone.
 */

import { EARS_MAX } from './live-limits.js'

// Of the worker: frames heard, their bytes on the wire, those cut, how often time jumped back;
// milliseconds it was busy and waited; the first and last frame's time.
export const FRAMES = 0
export const OCTETS = 1
export const TRUNCATED = 2
export const EPOCHS = 3
export const BUSY_MS = 4
export const WAITED_MS = 5
export const FIRST_TIME = 6
export const LAST_TIME = 7
/** Facts and rows that were told, that found no room, and the packets those rows had counted. */
export const FACTS_TOLD = 8
export const FACTS_UNTOLD = 9
export const ROWS_TOLD = 10
export const ROWS_UNTOLD = 11
export const PACKETS_UNTOLD = 12
/** Seconds whose coverage nobody took. */
export const SECONDS_UNTOLD = 13
/** When it last looked up, by the clock that was passed in. */
export const AWAKE_MS = 14
export const WORKER_COLUMNS = 16

// Of an ear: as RingStatistics, and what was made of its frames.
export const RECEIVED = 0
export const DROPPED = 1
export const FREEZES = 2
export const DISCARDED = 3
export const BROKEN = 4
export const LOSING = 5
export const UNSUMMED = 6
export const MERGED = 7
export const FULLEST = 8
export const HEARD = 9
export const HEARD_OCTETS = 10
export const CUT = 11
/** Of blocks whose hearing failed. */
export const LOST = 12
/** Of those discarded, frames of a block in which a worker had died. */
export const TAKEN_OVER = 13
export const UNDECODED = 14
export const DUPLICATES = 15
/** By the clock of frames, as it is now. */
export const LAST_HEARD = 16
/** Frames that the ear gave: those it found, less those it discarded. */
export const GIVEN = 17
/** Of the duplicates, those that no router had touched. */
export const SAME = 18
/** Checksums looked at, wrong ones, and frames believed without. */
export const CHECKED = 19
export const BROKEN_SUMS = 20
export const UNCHECKED = 21
/** Times the clock of frames jumped so far that a new epoch began. */
export const JUMPS = 22
/** Frames whose target was looked at; those to one station: the interface itself, and others. */
export const TARGETS = 23
export const OURS = 24
export const OTHERS = 25
export const EAR_COLUMNS = 26

// Signs, written by both.
/** The main thread was told that there is something. */
const RUNG = 0
/** The ear whose block is being heard, and 1. */
const HOLDING = 1
/** Up to when all facts were told: milliseconds since 1970, in two parts. */
const HORIZON_HIGH = 2
const HORIZON_LOW = 3
/** Reports of counts that were taken. */
const TAKEN = 4
/** Odd while an ear's counts are being changed. */
const VERSION = 5
const SIGNS = 8

const HORIZON_PART = 2 ** 20
export const FOREVER_MS = 2 ** 31 * HORIZON_PART - 1

export function boardMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(SIGNS * 4 + (WORKER_COLUMNS + EARS_MAX * EAR_COLUMNS) * 8)
}

export class Board {
  private readonly signs: Int32Array
  readonly worker: Float64Array
  /** By ear, EAR_COLUMNS each. */
  readonly ears: Float64Array

  constructor(memory: SharedArrayBuffer) {
    this.signs = new Int32Array(memory, 0, SIGNS)
    this.worker = new Float64Array(memory, SIGNS * 4, WORKER_COLUMNS)
    this.ears = new Float64Array(memory, SIGNS * 4 + WORKER_COLUMNS * 8)
  }

  /** True if nobody had rung since `answer`. */
  ring(): boolean {
    return Atomics.exchange(this.signs, RUNG, 1) === 0
  }

  answer(): void {
    Atomics.store(this.signs, RUNG, 0)
  }

  /** Around changes of an ear's counts that belong together. */
  turnPage(): void {
    Atomics.add(this.signs, VERSION, 1)
  }

  get version(): number {
    return Atomics.load(this.signs, VERSION)
  }

  /** Which ear's block is in the worker's hands; -1 is none. */
  set holding(ear: number) {
    Atomics.store(this.signs, HOLDING, ear + 1)
  }

  get holding(): number {
    return Atomics.load(this.signs, HOLDING) - 1
  }

  set taken(reports: number) {
    Atomics.store(this.signs, TAKEN, reports)
  }

  get taken(): number {
    return Atomics.load(this.signs, TAKEN)
  }

  /** The low part first, so that whoever reads in between reads something earlier. */
  set horizon_ms(time: number) {
    Atomics.store(this.signs, HORIZON_LOW, time % HORIZON_PART)
    Atomics.store(this.signs, HORIZON_HIGH, Math.floor(time / HORIZON_PART))
  }

  get horizon_ms(): number {
    const high = Atomics.load(this.signs, HORIZON_HIGH)
    return high * HORIZON_PART + Atomics.load(this.signs, HORIZON_LOW)
  }
}
