/** A table from keys of a few words to small numbers, counted from 0 in the order they came. */

import { mix } from '../bytes/hash.js'
import { reaching, START_OF_ROWS } from './columns.js'

const SLOTS_START = 32_768
/** A table this small grows fourfold, so that a middling capture grows it once or twice. */
const SLOTS_SMALL = 262_144

export class KeyTable {
  /** Filled by the caller before `find` and `claim`. */
  readonly key: Int32Array
  count = 0
  /** How many keys found no room. */
  dropped = 0

  private readonly words: number
  private readonly max: number
  private readonly seed: number
  private keys: Int32Array
  /** Pairs of a number and 1, or 0 where there is none, and the hash of its key. */
  private slots = new Int32Array(SLOTS_START * 2)
  private mask = SLOTS_START - 1

  constructor(words: number, max: number, seed: number) {
    this.words = words
    this.max = max
    this.seed = seed
    this.key = new Int32Array(words)
    this.keys = new Int32Array(START_OF_ROWS)
  }

  /** How full it is, from 0 to 1. */
  get crowding(): number {
    return this.count / this.max
  }

  /** The number of `key`, or -1. */
  find(): number {
    return this.slots[this.slot(this.hash())]! - 1
  }

  /** The number of `key`, which is given one if it has none; -1 when the table is full. */
  claim(): number {
    const hash = this.hash()
    const slot = this.slot(hash)
    const found = this.slots[slot]!
    if (found > 0) return found - 1
    if (this.count === this.max) {
      this.dropped++
      return -1
    }
    return this.add(hash, slot)
  }

  /** A word of a key that was claimed. */
  word(index: number, i: number): number {
    return this.keys[index * this.words + i]!
  }

  /** Compares two keys as unsigned words, as bytes would compare. */
  compare(a: number, b: number): number {
    for (let i = 0; i < this.words; i++) {
      const difference = (this.word(a, i) >>> 0) - (this.word(b, i) >>> 0)
      if (difference !== 0) return difference
    }
    return 0
  }

  private add(hash: number, slot: number): number {
    const { key, words } = this
    const index = this.count++
    const from = index * words
    if (from + words > this.keys.length) this.keys = reaching(this.keys, from + words)
    for (let i = 0; i < words; i++) this.keys[from + i] = key[i]!
    this.slots[slot] = index + 1
    this.slots[slot + 1] = hash
    if (this.count * 2 > this.mask) this.widen()
    return index
  }

  /** Where in `slots` the number of `key` stands, or where it belongs. */
  private slot(hash: number): number {
    const { slots, mask, keys, key, words } = this
    let slot = (hash & mask) << 1
    for (;;) {
      const found = slots[slot]!
      if (found === 0) return slot
      if (slots[slot + 1] === hash) {
        const from = (found - 1) * words
        let same = 0
        while (same < words && keys[from + same] === key[same]) same++
        if (same === words) return slot
      }
      slot = (slot + 2) & ((mask << 1) | 1)
    }
  }

  private hash(): number {
    const { key, words } = this
    let hash = this.seed
    for (let i = 0; i < words; i++) hash = mix(hash, key[i]!)
    return mix(hash, words)
  }

  private widen(): void {
    const old = this.slots
    const slots = new Int32Array(old.length * (old.length < SLOTS_SMALL ? 4 : 2))
    const mask = (slots.length >> 1) - 1
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue
      let slot = (old[from + 1]! & mask) << 1
      while (slots[slot] !== 0) slot = (slot + 2) & ((mask << 1) | 1)
      slots[slot] = old[from]!
      slots[slot + 1] = old[from + 1]!
    }
    this.slots = slots
    this.mask = mask
  }
}
