/**
 * Messages that come in several datagrams, put together: a few KiB for a few seconds, and only so
 * many datagrams, since each is dear to read. Of what one machine says to another, one message is
 * enough for some minutes.
 */

import { hashBytes, mix } from '../bytes/hash.js'
import { Frame } from '../layers/frame.js'
import type { Pieces as Contract } from '../protocols/protocol.js'
import {
  PIECE_BYTES,
  PIECE_DATAGRAMS_MAX,
  PIECE_SECONDS,
  PIECES_MAX,
  PIECES_PER_SECOND,
  PIECES_READ_MAX,
  PIECES_READ_SECONDS,
  SHARDS,
} from './limits.js'
import type { Moment } from './telling.js'

const SLOTS = PIECES_MAX / SHARDS
const READ = PIECES_READ_MAX / SHARDS
const WAYS = 4
const GAPS_MAX = 32
const NONE = -1

// Words of a slot: two hashes of the ends, since when, and how many datagrams and stretches.
const FIRST = 0
const SECOND = 1
const SINCE = 2
const DATAGRAMS = 3
const STRETCHES = 4
const WORDS = 5
// Words of what was read: two hashes of the machines, and when.
const READ_AT = 2
const READ_WORDS = 3

export class Pieces implements Contract {
  /** The datagram that is read; set before a parser runs. */
  frame = new Frame()
  readonly bytes = new Uint8Array(PIECES_MAX * PIECE_BYTES)
  at = 0
  whole = 0

  /** Datagrams that were not read because too many came in one second. */
  refused = 0
  /** Messages that were given up for newer ones, or had too many holes. */
  dropped = 0

  private readonly moment: Moment
  private readonly seed: number
  private readonly words = new Int32Array(PIECES_MAX * WORDS)
  /** By slot: from and to of each stretch that is there, in their order. */
  private readonly stretches = new Uint16Array(PIECES_MAX * GAPS_MAX * 2)
  private readonly read = new Int32Array(PIECES_READ_MAX * READ_WORDS)
  private readonly spentAt = new Int32Array(SHARDS).fill(NONE)
  private readonly spent = new Int32Array(SHARDS)
  private slot = NONE
  // Hashes of the two machines, and of the two ends.
  private pair = 0
  private otherPair = 0
  private ends = 0
  private otherEnds = 0

  constructor(seed: number, moment: Moment) {
    this.seed = seed
    this.moment = moment
  }

  open(): boolean {
    this.slot = NONE
    this.whole = 0
    if (this.frame.network === 0) return false
    this.aim()
    if (this.wasRead()) return false
    const slot = this.find()
    const datagrams = this.words[slot * WORDS + DATAGRAMS]!
    if (datagrams >= PIECE_DATAGRAMS_MAX || !this.spend()) return false
    this.words[slot * WORDS + DATAGRAMS] = datagrams + 1
    this.slot = slot
    this.at = slot * PIECE_BYTES
    this.measure()
    return true
  }

  put(offset: number, bytes: Uint8Array, at: number, length: number): void {
    const { slot } = this
    const end = offset + length
    if (slot === NONE || length <= 0 || offset < 0 || end > PIECE_BYTES) return
    if (!this.join(offset, end)) {
      this.dropped++
      return
    }
    const to = slot * PIECE_BYTES + offset
    for (let i = 0; i < length; i++) this.bytes[to + i] = bytes[at + i]!
    this.measure()
  }

  close(): void {
    if (this.slot === NONE) return
    this.words.fill(0, this.slot * WORDS, (this.slot + 1) * WORDS)
    const at = this.readAt()
    this.read[at] = this.pair
    this.read[at + 1] = this.otherPair
    this.read[at + READ_AT] = this.moment.seconds
    this.slot = NONE
    this.whole = 0
  }

  private aim(): void {
    const { frame, seed } = this
    const length = frame.network === 4 ? 4 : 16
    const { bytes, sourceIp, targetIp, sourcePort, targetPort } = frame
    const source = hashBytes(seed ^ this.moment.session, bytes, sourceIp, length)
    this.pair = hashBytes(source, bytes, targetIp, length)
    this.otherPair = hashBytes(~source, bytes, targetIp, length)
    const ports = (sourcePort << 16) | targetPort
    this.ends = mix(this.pair, ports)
    this.otherEnds = mix(this.otherPair, ports)
  }

  private readAt(): number {
    return (this.moment.shard * READ + ((this.pair >>> 0) % READ)) * READ_WORDS
  }

  private wasRead(): boolean {
    const { read } = this
    const at = this.readAt()
    if (read[at] !== this.pair || read[at + 1] !== this.otherPair) return false
    const since = this.moment.seconds - read[at + READ_AT]!
    return since >= 0 && since < PIECES_READ_SECONDS
  }

  /** The slot of these ends, begun anew if there was none: in place of the oldest of a few. */
  private find(): number {
    const { words, moment } = this
    const from = moment.shard * SLOTS + ((this.ends >>> 0) % (SLOTS / WAYS)) * WAYS
    let oldest = from
    for (let slot = from; slot < from + WAYS; slot++) {
      const at = slot * WORDS
      if (words[at] === this.ends && words[at + SECOND] === this.otherEnds && !this.isOld(at)) {
        return slot
      }
      if (words[at + SINCE]! < words[oldest * WORDS + SINCE]!) oldest = slot
    }
    const at = oldest * WORDS
    if (words[at + DATAGRAMS]! > 0 && !this.isOld(at)) this.dropped++
    words[at + FIRST] = this.ends
    words[at + SECOND] = this.otherEnds
    words[at + SINCE] = moment.seconds
    words[at + DATAGRAMS] = words[at + STRETCHES] = 0
    return oldest
  }

  private isOld(at: number): boolean {
    const age = this.moment.seconds - this.words[at + SINCE]!
    return age < 0 || age > PIECE_SECONDS
  }

  private spend(): boolean {
    const { shard, seconds } = this.moment
    if (this.spentAt[shard] !== seconds) {
      this.spentAt[shard] = seconds
      this.spent[shard] = 0
    }
    if (this.spent[shard]! >= PIECES_PER_SECOND) {
      this.refused++
      return false
    }
    this.spent[shard]!++
    return true
  }

  /** Adds a stretch and joins it with those it touches; false if there are too many. */
  private join(from: number, to: number): boolean {
    const { stretches, slot } = this
    const base = slot * GAPS_MAX * 2
    const at = slot * WORDS + STRETCHES
    const count = this.words[at]!
    let first = 0
    while (first < count && stretches[base + 2 * first + 1]! < from) first++
    let last = first
    let begin = from
    let end = to
    while (last < count && stretches[base + 2 * last]! <= end) {
      begin = Math.min(begin, stretches[base + 2 * last]!)
      end = Math.max(end, stretches[base + 2 * last + 1]!)
      last++
    }
    const joined = last - first
    if (joined === 0 && count === GAPS_MAX) return false
    if (joined !== 1) {
      stretches.copyWithin(base + 2 * (first + 1), base + 2 * last, base + 2 * count)
    }
    stretches[base + 2 * first] = begin
    stretches[base + 2 * first + 1] = end
    this.words[at] = count - joined + 1
    return true
  }

  private measure(): void {
    const from = this.slot * GAPS_MAX * 2
    const isBegun = this.words[this.slot * WORDS + STRETCHES]! > 0 && this.stretches[from] === 0
    this.whole = isBegun ? this.stretches[from + 1]! : 0
  }
}
