/**
 * Which ports a fragmented packet has: only its first fragment tells, and the others count for the
 * same conversation. A small table for each shard; who finds no room takes the oldest's.
 */

import { hashBytes, mix } from '../bytes/hash.js'
import { FIRST_FRAGMENT, type Frame } from '../layers/frame.js'
import { shardOf } from '../layers/shard.js'
import { FRAGMENT_SECONDS, FRAGMENTS_MAX, SHARDS } from './limits.js'

const ROW_WORDS = 2
const SET_ROWS = 4
const SETS = FRAGMENTS_MAX / SHARDS / SET_ROWS
// A row: the ports; then a tag in the upper 24 bits (never 0) and the second in the lower 8.
const TAG = ~0xff
const TAG_MIN = 0x100
const SECOND = 0xff

export class Fragments {
  entries = 0
  evicted = 0
  private readonly rows = new Int32Array(FRAGMENTS_MAX * ROW_WORDS)
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  /** Remembers the ports of a first fragment, or lends them to a later one; `seconds` is now. */
  hear(frame: Frame, seconds: number): void {
    const { bytes, network, sourceIp, protocol, fragmentId } = frame
    if (network === 0) return
    const start = mix(mix(this.seed, fragmentId), protocol)
    const hash = hashBytes(start, bytes, sourceIp, network === 4 ? 8 : 32)
    const set = shardOf(frame) * SETS + (hash & (SETS - 1))
    const tag = (hash & TAG) | TAG_MIN
    if (frame.fragment !== FIRST_FRAGMENT) this.lend(frame, set, tag, seconds)
    else if ((frame.sourcePort | frame.targetPort) !== 0) this.keep(frame, set, tag, seconds)
  }

  private lend(frame: Frame, set: number, tag: number, seconds: number): void {
    const { rows } = this
    const from = set * SET_ROWS * ROW_WORDS
    for (let at = from; at < from + SET_ROWS * ROW_WORDS; at += ROW_WORDS) {
      const mark = rows[at + 1]!
      if ((mark & TAG) !== tag || age(mark, seconds) > FRAGMENT_SECONDS) continue
      frame.sourcePort = rows[at]! >>> 16
      frame.targetPort = rows[at]! & 0xffff
      return
    }
  }

  private keep(frame: Frame, set: number, tag: number, seconds: number): void {
    const { rows } = this
    const from = set * SET_ROWS * ROW_WORDS
    let place = from
    let oldest = -1
    for (let at = from; at < from + SET_ROWS * ROW_WORDS; at += ROW_WORDS) {
      const mark = rows[at + 1]!
      const isOurs = mark === 0 || (mark & TAG) === tag
      const old = isOurs ? SECOND + 1 : age(mark, seconds)
      if (old <= oldest) continue
      oldest = old
      place = at
    }
    if (rows[place + 1] === 0) this.entries++
    else if (oldest <= FRAGMENT_SECONDS) this.evicted++
    rows[place] = (frame.sourcePort << 16) | frame.targetPort
    rows[place + 1] = tag | (seconds & SECOND)
  }
}

/** Seconds since then, as far as eight bits tell. */
const age = (mark: number, seconds: number): number => (seconds - mark) & SECOND
