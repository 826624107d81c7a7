/**
 * Numbers of tunnelled frames (ERSPAN, GRE), second by second: what never came shows in them. A
 * session's frames are spread over workers, so each tells only how many frames it heard of which
 * numbers; the control plane puts that together (`sequence-book.ts`).
 */

import { hashBytes, mix } from '../bytes/hash.js'
import type { Frame } from '../layers/frame.js'
import { SEQUENCE_BACK, SEQUENCE_JUMP, SEQUENCE_LOG_MAX, SESSIONS_MAX } from './limits.js'

// Words of an entry of the log: who (the network, whether it is ERSPAN's, the ear), the session, both
// addresses; then the second, its first number, how far they reach, frames, and of those the late.
export const WHO = 0
export const SESSION = 1
export const ADDRESSES = 2
export const SECOND = 10
export const FIRST = 11
export const REACH = 12
export const FRAMES = 13
export const LATE = 14
export const ENTRY_WORDS = 16

export const NETWORK = 0xff
export const MIRRORS = 1 << 8
export const EAR_SHIFT = 16

// A row is an entry; then the hash of its key, and the second's largest number.
const HASH = 16
const LAST = 17
const ROW_WORDS = 18
const SLOTS = SESSIONS_MAX * 4

/** The first word of what is taken: entries that found no room. */
export const HEAD_WORDS = 1

export class Sequences {
  entries = 0
  /** Frames of sessions for which there was no room. */
  dropped = 0
  /** Who hears now. */
  ear = 0
  private readonly seed: number
  /** Numbers of rows, from 1; 0 is none. Rows are never given back. */
  private readonly slots = new Uint8Array(SLOTS)
  private readonly rows = new Int32Array(SESSIONS_MAX * ROW_WORDS)
  private readonly log = new Int32Array(HEAD_WORDS + SEQUENCE_LOG_MAX * ENTRY_WORDS)
  private used = HEAD_WORDS

  constructor(seed: number) {
    this.seed = seed
  }

  /** A frame that has a number. */
  hear(frame: Frame, second: number): void {
    const row = this.rowOf(frame)
    if (row < 0) {
      this.dropped++
      return
    }
    const { bytes, numberAt } = frame
    const number = word(bytes, numberAt)
    const { rows } = this
    if (rows[row + FRAMES] === 0) return this.begin(row, number, second)
    // Numbers wrap round, so they are compared by their difference.
    const ahead = (number - rows[row + LAST]!) | 0
    const isFar = ahead > SEQUENCE_JUMP || ahead < -SEQUENCE_BACK
    if (isFar || rows[row + SECOND] !== second) {
      this.write(row)
      return this.begin(row, number, second)
    }
    // The same number again is the same frame, mirrored twice.
    if (ahead === 0) return
    rows[row + FRAMES]!++
    if (ahead > 0) {
      rows[row + LAST] = number
      rows[row + REACH]! += ahead
      return
    }
    rows[row + LATE]!++
    const before = (rows[row + FIRST]! - number) | 0
    if (before <= 0) return
    rows[row + FIRST] = number
    rows[row + REACH]! += before
  }

  /** What was heard since the last call. */
  take(): Int32Array<ArrayBuffer> {
    for (let n = 0; n < this.entries; n++) {
      const row = n * ROW_WORDS
      if (this.rows[row + FRAMES] === 0) continue
      this.write(row)
      this.rows[row + FRAMES] = 0
    }
    const taken = this.log.slice(0, this.used)
    this.used = HEAD_WORDS
    this.log[0] = 0
    return taken
  }

  /** Drops what was heard: nobody wants to know, and whoever asks next is told so. */
  forget(): void {
    const lost = this.take()
    this.log[0] = lost[0]! + (lost.length - HEAD_WORDS) / ENTRY_WORDS
  }

  private begin(row: number, number: number, second: number): void {
    const { rows } = this
    rows[row + SECOND] = second
    rows[row + FIRST] = rows[row + LAST] = number
    rows[row + REACH] = 0
    rows[row + FRAMES] = 1
    rows[row + LATE] = 0
  }

  private write(row: number): void {
    const { log, rows, used } = this
    if (used + ENTRY_WORDS > log.length) {
      log[0]!++
      return
    }
    for (let i = 0; i < ENTRY_WORDS; i++) log[used + i] = rows[row + i]!
    this.used = used + ENTRY_WORDS
  }

  /** The row of the frame's session, or -1 if there are too many already. */
  private rowOf(frame: Frame): number {
    const { bytes, tunnelIp, tunnelNetwork, tunnelSession } = frame
    const length = tunnelNetwork === 4 ? 8 : 32
    const who = tunnelNetwork | (frame.tunnelMirrors ? MIRRORS : 0)
    const hash = hashBytes(mix(mix(this.seed, tunnelSession), who), bytes, tunnelIp, length)
    const { slots, rows } = this
    let slot = hash & (SLOTS - 1)
    for (let number = slots[slot]!; number > 0; number = slots[slot]!) {
      const row = (number - 1) * ROW_WORDS
      if (rows[row + HASH] === hash && this.isSame(row, frame, who)) return row
      slot = (slot + 1) & (SLOTS - 1)
    }
    if (this.entries === SESSIONS_MAX) return -1
    const row = this.entries++ * ROW_WORDS
    slots[slot] = this.entries
    rows[row + HASH] = hash
    rows[row + WHO] = who | (this.ear << EAR_SHIFT)
    rows[row + SESSION] = tunnelSession
    for (let i = 0; i < length; i += 4) {
      rows[row + ADDRESSES + (i >> 2)] = word(bytes, tunnelIp + i)
    }
    return row
  }

  private isSame(row: number, { bytes, tunnelIp, tunnelSession }: Frame, who: number): boolean {
    const { rows } = this
    if (rows[row + SESSION] !== tunnelSession) return false
    if ((rows[row + WHO]! & (NETWORK | MIRRORS)) !== who) return false
    const words = (who & NETWORK) === 4 ? 2 : 8
    for (let i = 0; i < words; i++) {
      if (rows[row + ADDRESSES + i] !== word(bytes, tunnelIp + 4 * i)) return false
    }
    return true
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
