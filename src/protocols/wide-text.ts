/** Text in UTF-16, little-endian, as Windows has it on the wire: noted as UTF-8. */

import { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** So many letters of a value are kept; what is longer is cut. */
const LETTERS_MAX = 240

const wide = new Cursor()

/** Claims the next `length` bytes and notes their text, up to its first NUL. */
export function addWide(c: Cursor, notes: Notes, said: Fact, length: number): void {
  const from = c.take(length)
  if (from < 0) return
  const at = notes.here
  if (writeWide(wide.over(c.bytes, from, from + length), notes)) {
    notes.add(said, at, notes.here - at)
  }
}

/** Writes what is left of `from`, up to a NUL, into the scratch; false if it found no room. */
export function writeWide(from: Cursor, notes: Notes): boolean {
  let letters = 0
  while (from.left > 1 && letters++ < LETTERS_MAX) {
    const unit = from.u16le()
    if (unit === 0) return true
    const pair = (unit & 0xfc00) === 0xd800 && (lookAhead(from) & 0xfc00) === 0xdc00
    const code = pair ? 0x10000 + ((unit & 0x3ff) << 10) + (from.u16le() & 0x3ff) : unit
    if (!putCode(notes, code)) return false
  }
  return true
}

const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/**
 * Whether the next letters, of `size` bytes each, are digits and dots alone: a name that is no more
 * than an address says nothing.
 */
export function isAddress(c: Cursor, length: number, size: number): boolean {
  let at = 0
  while (at < length) {
    const letter = c.peek(at)
    if (letter !== DOT && (letter < ZERO || letter > NINE)) return false
    at += size
  }
  return true
}

const lookAhead = (from: Cursor): number => from.peek() | (from.peek(1) << 8)

function putCode(notes: Notes, code: number): boolean {
  if (code < 0x80) return notes.put(code)
  if (code < 0x800) return notes.put(0xc0 | (code >> 6)) && putTail(notes, code)
  if (code < 0x10000) {
    return notes.put(0xe0 | (code >> 12)) && putTail(notes, code >> 6) && putTail(notes, code)
  }
  const lead = notes.put(0xf0 | (code >> 18)) && putTail(notes, code >> 12)
  return lead && putTail(notes, code >> 6) && putTail(notes, code)
}

const putTail = (notes: Notes, bits: number): boolean => notes.put(0x80 | (bits & 0x3f))
