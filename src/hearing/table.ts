/**
 * The one bounded table of the data plane.
 *
 * Rows of 32-bit words lie densely in one flat array, in the order they came, so that what is busy
 * now lies together: last seen, standing, key, and whatever the owner keeps. An index of twice as
 * many slots as rows finds them: a key may be in either of two sets of four slots, chosen by two
 * hashes under secret seeds, and a tag of 16 bits is compared before the key is.
 *
 * When there is no room, the newcomer takes the place of a stale row that has not proved to be real
 * (`protect`). Real rows are never pushed out by a flood: if only they are left, the newcomer is
 * turned away and counted.
 */

import { PROTECTED_SHARE, SEGMENT_SHARE, SHARDS } from './limits.js'

/** Words every row begins with: last seen (seconds), and standing, of which 24 bits are the owner's. */
export const SEEN = 0
export const STANDING = 1
export const KEY = 2

const PROTECTED = 1
const OWN_BITS = 0xff
const SEGMENTS = 64

// A slot of the index holds a tag in its upper half, and a row's number within its shard, from 1,
// in its lower; FREE ends a search, LEFT does not.
const FREE = 0
const LEFT = 0xffff
const NUMBER = 0xffff
const TAG = ~NUMBER
const SET_SLOTS = 4
const SLOTS_PER_ROW = 2
const UNUSED = -1
const SAMPLE_BITS = 0x3f << 24

/** How far the hand looks for a stale row in a full shard, and how far if it finds none. */
const LOOK_ROWS = 16
const LOOK_ROWS_MAX = 256

/** So many keys may be looked for together. */
export const GROUP_MAX = 128

const LINE_BYTES = 64
/** Large memory begins 16 bytes into a page; from here on, rows of whole cache lines lie in whole lines. */
const ALIGNMENT = 48

export interface Shape {
  readonly name: string
  /** Words of the longest key, and of a whole row with the two words it begins with (even). */
  readonly keyWords: number
  readonly rowWords: number
  /** Rows in all shards together. */
  readonly rows: number
}

/** Rows wherever they lie: in a table, or packed for another thread. */
export interface Rows {
  readonly words: Int32Array
  readonly reals: Float64Array
}

export class Table implements Rows {
  readonly name: string
  readonly words: Int32Array
  /** The same memory as `words`; index with (row + word) >> 1. */
  readonly reals: Float64Array
  /** The keys being looked for, `keyWords` each; callers fill the nth before `hash(n)`. */
  readonly key: Int32Array
  readonly keyWords: number
  readonly rowWords: number
  readonly capacity: number

  entries = 0
  evicted = 0
  dropped = 0

  /** Called with the row that is about to make room, so that its owner can tell what it held. */
  onEvict: (row: number) => void = () => undefined

  private readonly index: Int32Array
  private readonly slotOf: Int32Array
  private readonly rowsPerShard: number
  private readonly slotsPerShard: number
  private readonly setMask: number
  private readonly seed1: number
  private readonly seed2: number
  /** Rows of each shard that were ever used; those before it are in use or in the free list. */
  private readonly begun = new Int32Array(SHARDS)
  private readonly free: Int32Array
  private readonly freeCount = new Int32Array(SHARDS)
  private readonly hand = new Int32Array(SHARDS)
  private readonly protectedRows = new Int32Array(SHARDS)
  private readonly protectedBySegment = new Int32Array(SHARDS * SEGMENTS)
  private readonly protectedMax: number
  /** The row taken last had held something before; memory that was never used is zero. */
  private isUsed = false
  private readonly hashes = new Int32Array(2 * GROUP_MAX)
  /** Kept so that touching has an effect, and is not optimised away. */
  touched = 0

  constructor(shape: Shape, seed: number) {
    const words = shape.rows * shape.rowWords
    const memory = new ArrayBuffer(words * 4 + LINE_BYTES)
    this.name = shape.name
    this.words = new Int32Array(memory, ALIGNMENT, words)
    this.reals = new Float64Array(memory, ALIGNMENT, words >> 1)
    this.key = new Int32Array(shape.keyWords * GROUP_MAX)
    this.keyWords = shape.keyWords
    this.rowWords = shape.rowWords
    this.capacity = shape.rows
    this.rowsPerShard = shape.rows / SHARDS
    this.slotsPerShard = this.rowsPerShard * SLOTS_PER_ROW
    this.index = new Int32Array(shape.rows * SLOTS_PER_ROW)
    this.slotOf = new Int32Array(shape.rows)
    this.free = new Int32Array(shape.rows)
    this.setMask = this.slotsPerShard / SET_SLOTS - 1
    this.seed1 = Math.imul(seed ^ 0x2545f491, 0x85ebca6b) | 0
    this.seed2 = Math.imul(seed ^ 0x4f6cdd1d, 0xc2b2ae35) | 0
    this.protectedMax = Math.floor(this.rowsPerShard * PROTECTED_SHARE)
  }

  /** Hashes the first `used` words of the nth key. */
  hash(n: number, used: number): void {
    const key = this.key
    const from = n * this.keyWords
    let a = this.seed1
    let b = this.seed2
    for (let i = from; i < from + used; i++) {
      const word = key[i]!
      a = Math.imul(a ^ word, 0x9e3779b1)
      b = Math.imul(b ^ word, 0x85ebca77)
      a ^= a >>> 15
      b ^= b >>> 13
    }
    a = Math.imul(a, 0x2c1b3c6d)
    this.hashes[2 * n] = a ^ (a >>> 16)
    this.hashes[2 * n + 1] = b ^ (b >>> 16)
  }

  /** The row of the nth key, once hashed, or -1. */
  find(n: number, used: number, shard: number): number {
    const index = this.index
    const tag = this.hashes[2 * n + 1]! & TAG
    const base = shard * this.rowsPerShard - 1
    const first = this.firstSet(n, shard)
    for (let i = first; i < first + SET_SLOTS; i++) {
      const slot = index[i]!
      if (slot === FREE) return -1
      if ((slot & TAG) !== tag || (slot & NUMBER) === LEFT) continue
      const row = (base + (slot & NUMBER)) * this.rowWords
      if (this.same(row, n, used)) return row
    }
    return this.findSecond(n, used, shard)
  }

  /** True for one key in 64, always the same ones. */
  isSample(n: number): boolean {
    return (this.hashes[2 * n]! & SAMPLE_BITS) === 0
  }

  /**
   * Reads, for their own sake, the index and then the rows of a group of hashed keys: all at once,
   * so that their ways from memory overlap.
   */
  touch(count: number, shards: Int32Array): void {
    const { index, words, hashes, rowWords } = this
    let touched = 0
    for (let n = 0; n < count; n++) touched ^= index[this.firstSet(n, shards[n]!)]!
    for (let n = 0; n < count; n++) {
      const shard = shards[n]!
      const slot = index[this.firstSet(n, shard)]!
      if (slot === FREE || (slot & TAG) !== (hashes[2 * n + 1]! & TAG)) continue
      const row = (shard * this.rowsPerShard + ((slot - 1) & NUMBER)) * rowWords
      touched ^= words[row]! ^ words[row + rowWords - 1]!
    }
    this.touched = touched
  }

  /** A fresh row for the nth key, zeroed but for it, or -1 when only real rows are in its way. */
  claim(n: number, used: number, shard: number, now: number): number {
    let slot = this.freeSlot(this.firstSet(n, shard))
    if (slot < 0) slot = this.freeSlot(this.secondSet(n, shard))
    if (slot < 0) slot = this.stalestSlot(n, shard)
    const number = slot < 0 ? UNUSED : this.freeRow(shard)
    if (number < 0) {
      this.dropped++
      return -1
    }
    this.entries++
    this.index[slot] = (this.hashes[2 * n + 1]! & TAG) | (number - shard * this.rowsPerShard + 1)
    this.slotOf[number] = slot
    const row = number * this.rowWords
    const words = this.words
    if (this.isUsed) for (let i = row; i < row + this.rowWords; i++) words[i] = 0
    words[row + SEEN] = now
    const key = n * this.keyWords
    for (let i = 0; i < used; i++) words[row + KEY + i] = this.key[key + i]!
    return row
  }

  /** Grants a row the standing of something real, as far as its shard and segment have room for it. */
  protect(row: number, segment: number): void {
    const words = this.words
    if (words[row + STANDING]! & PROTECTED) return
    const shard = this.shardOf(row)
    const bySegment = shard * SEGMENTS + (segment & (SEGMENTS - 1))
    if (this.protectedRows[shard]! >= this.protectedMax) return
    if (
      this.protectedBySegment[bySegment]! >= this.protectedMax * SEGMENT_SHARE &&
      this.isShared(shard)
    )
      return
    this.protectedRows[shard]!++
    this.protectedBySegment[bySegment]!++
    words[row + STANDING]! |= PROTECTED | ((segment & (SEGMENTS - 1)) << 1)
  }

  /** Takes that standing back: what has ended makes room first. */
  release(row: number): void {
    const standing = this.words[row + STANDING]!
    if (!(standing & PROTECTED)) return
    const shard = this.shardOf(row)
    this.protectedRows[shard]!--
    this.protectedBySegment[shard * SEGMENTS + ((standing & OWN_BITS) >>> 1)]!--
    this.words[row + STANDING] = standing & ~OWN_BITS
  }

  /** Calls back with every row of a shard. */
  each(shard: number, visit: (row: number) => void): void {
    const from = shard * this.rowsPerShard
    for (let number = from; number < from + this.begun[shard]!; number++) {
      if (this.slotOf[number] !== UNUSED) visit(number * this.rowWords)
    }
  }

  /** All rows of all shards, packed into one array that may cross to another thread. */
  pack(): Int32Array<ArrayBuffer> {
    const packed = new Int32Array(this.entries * this.rowWords)
    let used = 0
    const take = (row: number): void => {
      packed.set(this.words.subarray(row, row + this.rowWords), used)
      used += this.rowWords
    }
    for (let shard = 0; shard < SHARDS; shard++) this.each(shard, take)
    return packed
  }

  private firstSet(n: number, shard: number): number {
    return shard * this.slotsPerShard + (this.hashes[2 * n]! & this.setMask) * SET_SLOTS
  }

  private secondSet(n: number, shard: number): number {
    const hash = Math.imul(this.hashes[2 * n]! ^ this.hashes[2 * n + 1]!, 0x7feb352d)
    return shard * this.slotsPerShard + ((hash ^ (hash >>> 15)) & this.setMask) * SET_SLOTS
  }

  /** Only keys that found their first set full are here. */
  private findSecond(n: number, used: number, shard: number): number {
    const index = this.index
    const tag = this.hashes[2 * n + 1]! & TAG
    const base = shard * this.rowsPerShard - 1
    const second = this.secondSet(n, shard)
    for (let i = second; i < second + SET_SLOTS; i++) {
      const slot = index[i]!
      if (slot === FREE) return -1
      if ((slot & TAG) !== tag || (slot & NUMBER) === LEFT) continue
      const row = (base + (slot & NUMBER)) * this.rowWords
      if (this.same(row, n, used)) return row
    }
    return -1
  }

  private shardOf(row: number): number {
    return Math.floor(row / this.rowWords / this.rowsPerShard)
  }

  private same(row: number, n: number, used: number): boolean {
    const words = this.words
    const key = this.key
    const from = n * this.keyWords
    for (let i = 0; i < used; i++) if (words[row + KEY + i]! !== key[from + i]!) return false
    return true
  }

  private freeSlot(set: number): number {
    for (let i = set; i < set + SET_SLOTS; i++) {
      if (this.index[i]! === FREE || (this.index[i]! & NUMBER) === LEFT) return i
    }
    return -1
  }

  /** Both sets are full: empties the slot of their stalest row without standing, if there is one. */
  private stalestSlot(n: number, shard: number): number {
    const base = shard * this.rowsPerShard - 1
    const first = this.firstSet(n, shard)
    const second = this.secondSet(n, shard)
    let stalest = UNUSED
    for (let i = 0; i < SET_SLOTS; i++) {
      stalest = this.staler(base + (this.index[first + i]! & NUMBER), stalest)
      stalest = this.staler(base + (this.index[second + i]! & NUMBER), stalest)
    }
    if (stalest < 0) return -1
    const slot = this.slotOf[stalest]!
    this.evict(stalest, shard)
    return slot
  }

  private freeRow(shard: number): number {
    this.isUsed = this.freeCount[shard]! > 0 || this.begun[shard]! === this.rowsPerShard
    if (this.freeCount[shard]! > 0) {
      return this.free[shard * this.rowsPerShard + --this.freeCount[shard]!]!
    }
    if (!this.isUsed) return shard * this.rowsPerShard + this.begun[shard]!++
    const stalest = this.stalestRow(shard)
    if (stalest < 0) return -1
    this.evict(stalest, shard)
    return this.free[shard * this.rowsPerShard + --this.freeCount[shard]!]!
  }

  /** The shard is full: the stalest without standing of the next few rows in turn. */
  private stalestRow(shard: number): number {
    const from = shard * this.rowsPerShard
    let stalest = -1
    for (let looked = 0; looked < this.rowsPerShard; looked++) {
      if (looked >= LOOK_ROWS && stalest >= 0) break
      stalest = this.staler(from + this.hand[shard]!, stalest)
      this.hand[shard] = (this.hand[shard]! + 1) % this.rowsPerShard
      if (looked === LOOK_ROWS_MAX) break
    }
    return stalest
  }

  private evict(number: number, shard: number): void {
    this.onEvict(number * this.rowWords)
    this.evicted++
    this.entries--
    this.index[this.slotOf[number]!] = LEFT
    this.slotOf[number] = UNUSED
    this.free[shard * this.rowsPerShard + this.freeCount[shard]!++] = number
  }

  private staler(number: number, than: number): number {
    const words = this.words
    const row = number * this.rowWords
    if (words[row + STANDING]! & PROTECTED) return than
    if (than < 0) return number
    return words[row + SEEN]! < words[than * this.rowWords + SEEN]! ? number : than
  }

  /** A segment's cap only bites where there are other segments to protect. */
  private isShared(shard: number): boolean {
    const own = this.protectedRows[shard]!
    for (let i = 0; i < SEGMENTS; i++) {
      const held = this.protectedBySegment[shard * SEGMENTS + i]!
      if (held > 0 && held < own) return true
    }
    return false
  }
}
