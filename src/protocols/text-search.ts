/** Looking for words in a stretch of text, and for hardware addresses written in it. */

import { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'

const MAC_DIGITS = 12
const COLON = 0x3a
const DASH = 0x2d
const SPACE = 0x20
const CASE = 0x20

/** Over the stretch that is looked at; stays behind what was found. */
export const found = new Cursor()

/** Puts `found` behind the first `word` (in lower case) of a stretch of this cursor's bytes. */
export function find(c: Cursor, at: number, length: number, word: string): boolean {
  found.over(c.bytes, at, at + Math.max(0, length))
  return findNext(word)
}

/** Puts `found` behind the next `word` from where it stands; else at the end. */
export function findNext(word: string): boolean {
  const first = word.charCodeAt(0) | CASE
  const last = found.left - word.length
  let ahead = 0
  while (ahead <= last) {
    if ((found.peek(ahead) | CASE) === first && isFolded(ahead, word)) {
      found.take(ahead + word.length)
      return true
    }
    ahead++
  }
  found.take(found.left)
  return false
}

/** Whether this word, in lower case, stands so many bytes `ahead`, in any case. */
function isFolded(ahead: number, word: string): boolean {
  let i = 0
  while (i < word.length) {
    const byte = found.peek(ahead + i)
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | CASE : byte
    if (folded !== word.charCodeAt(i++)) return false
  }
  return true
}

/** Puts `found` at the last word of a stretch of this cursor's bytes. */
export function findLastWord(c: Cursor, at: number, length: number): void {
  found.over(c.bytes, at, at + Math.max(0, length))
  let from = found.left
  while (from > 0 && found.peek(from - 1) !== SPACE) from--
  found.take(from)
}

/**
 * Writes the hardware address in hexadecimal at the cursor (`0004f2…` or `00:04:f2:…`) into the
 * scratch as its six bytes; -1 if none stands there, or none that a device may have.
 */
export function writeMac(c: Cursor, notes: Notes): number {
  const at = notes.here
  const isGroup = (digitAt(c, 1) & 1) !== 0
  let digits = 0
  let sum = 0
  while (c.left > 0 && digits < MAC_DIGITS) {
    const isBetween = digits > 0 && (digits & 1) === 0 && isSeparator(c.peek())
    if (isBetween) c.take(1)
    const high = digitAt(c, 0)
    const low = digitAt(c, 1)
    if (high < 0 || low < 0) return -1
    c.take(2)
    sum |= (high << 4) | low
    if (!notes.put((high << 4) | low)) return -1
    digits += 2
  }
  const goesOn = digitAt(c, 0) >= 0
  return digits === MAC_DIGITS && !isGroup && !goesOn && sum !== 0 ? at : -1
}

const isSeparator = (byte: number): boolean => byte === COLON || byte === DASH

/** The value of a hexadecimal digit, or -1. */
function digitAt(c: Cursor, ahead: number): number {
  const byte = c.peek(ahead)
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
