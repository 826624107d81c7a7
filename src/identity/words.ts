/** Every text once, as a number: names that are said again and again. */

import { hashBytes } from '../bytes/hash.js'
import { plainText } from '../bytes/text.js'
import { ByteStore } from './byte-store.js'
import { reaching } from './columns.js'
import { NAMES_MAX, NAME_BYTES_MAX } from './limits.js'

const SLOTS_START = 4096

export class Words {
  count = 0
  private readonly store = new ByteStore(NAME_BYTES_MAX)
  private place = new Int32Array(0)
  private length = new Int32Array(0)
  private hash = new Int32Array(0)
  /** A number and 1, or 0 where there is none. */
  private slots = new Int32Array(SLOTS_START)
  private readonly seed: number
  /** The one that was asked for last: it is often asked for again. */
  private last = -1

  constructor(seed: number) {
    this.seed = seed
  }

  /** The number of a text, or -1 when there is no room for it. */
  at(bytes: Uint8Array, at: number, length: number): number {
    const { last } = this
    if (last >= 0 && this.length[last] === length) {
      if (this.store.holds(this.place[last]!, bytes, at, length)) return last
    }
    return (this.last = this.look(bytes, at, length))
  }

  private look(bytes: Uint8Array, at: number, length: number): number {
    const hash = hashBytes(this.seed, bytes, at, length)
    const mask = this.slots.length - 1
    let slot = hash & mask
    for (let i = this.slots[slot]! - 1; i >= 0; i = this.slots[slot]! - 1) {
      const alike = this.hash[i] === hash && this.length[i] === length
      if (alike && this.store.holds(this.place[i]!, bytes, at, length)) return i
      slot = (slot + 1) & mask
    }
    const place = this.count < NAMES_MAX ? this.store.keep(bytes, at, length) : -1
    if (place < 0) return -1
    const index = this.count++
    this.place = reaching(this.place, index)
    this.length = reaching(this.length, index)
    this.hash = reaching(this.hash, index)
    this.place[index] = place
    this.length[index] = length
    this.hash[index] = hash
    this.slots[slot] = index + 1
    if (this.count * 2 > this.slots.length) this.widen()
    return index
  }

  text(index: number): string {
    const place = this.place[index]!
    return plainText(this.store.chunk(place), this.store.offset(place), this.length[index]!)
  }

  private widen(): void {
    const slots = new Int32Array(this.slots.length * 2)
    const mask = slots.length - 1
    for (let i = 0; i < this.count; i++) {
      let slot = this.hash[i]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = i + 1
    }
    this.slots = slots
  }
}
