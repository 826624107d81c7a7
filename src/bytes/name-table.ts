/** The distinct domain names of one message, numbered: so that matching records compares integers. */

import type { Cursor } from './cursor.js'
import { landing, readName, sameName, skipName, type Text } from './names.js'

/** How many distinct names of one message are told apart. */
export const NAMES_MAX = 256

export class NameTable {
  count = 0
  private readonly first = new Int32Array(NAMES_MAX)
  private readonly shape = new Int32Array(NAMES_MAX)
  /** Zero until it was needed: most names differ in their first label already. */
  private readonly hash = new Int32Array(NAMES_MAX)

  clear(): void {
    this.count = 0
  }

  /** Steps over the name at the cursor and returns its number, or -1 if it has none. */
  take(c: Cursor): number {
    const at = c.at
    skipName(c)
    if (c.fault !== '') return -1
    const first = c.at - at === 2 ? landing(c, at) : at
    if (first < 0) {
      c.fail('bad name')
      return -1
    }
    for (let i = 0; i < this.count; i++) if (this.first[i] === first) return i
    return this.add(c, first)
  }

  /** Writes a name's text like `readName`, without moving the cursor. */
  write(c: Cursor, name: number, out: Text): number {
    const at = c.at
    c.at = this.first[name]!
    const length = readName(c, out)
    if (c.fault === '') c.at = at
    return length
  }

  private add(c: Cursor, first: number): number {
    const shape = shapeOf(c, first)
    const i = this.count
    if (i === NAMES_MAX) {
      c.fail('too many names')
      return -1
    }
    this.first[i] = first
    this.shape[i] = shape
    this.hash[i] = 0
    for (let other = 0; other < i; other++) {
      if (this.shape[other] !== shape || this.hashOf(c, other) !== this.hashOf(c, i)) continue
      if (sameName(c, first, this.first[other]!)) return other
    }
    this.count = i + 1
    return i
  }

  private hashOf(c: Cursor, name: number): number {
    if (this.hash[name] === 0) this.hash[name] = hashName(c, this.first[name]!)
    return this.hash[name]!
  }
}

/** Lengths of the first two labels and a letter: enough to tell most names apart. */
function shapeOf(c: Cursor, first: number): number {
  const length = c.bytes[first]!
  const letter = length > 0 ? c.bytes[first + 1]! | 0x20 : 0
  const second = length > 0 ? landing(c, first + length + 1) : -1
  return (length << 16) | (letter << 8) | (second < 0 ? 0xff : c.bytes[second]!)
}

/** Folds more than letters together, which `sameName` then tells apart. */
function hashName(c: Cursor, first: number): number {
  let hash = 1
  let at = first
  for (let labels = 0; labels < 128 && at >= 0; labels++) {
    const length = c.bytes[at]!
    if (length === 0 || at + length >= c.end) break
    for (let i = 1; i <= length; i++) hash = Math.imul(hash ^ (c.bytes[at + i]! | 0x20), 0x9e3779b1)
    at = landing(c, at + length + 1)
  }
  return hash === 0 ? 1 : hash
}
