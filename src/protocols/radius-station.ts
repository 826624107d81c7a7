/** A station's hardware address as switches and access points write it, read back into six bytes. */

import type { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'

const DIGITS = 12
const TEXT_MAX = 17
const LETTER = 0x20

/**
 * Writes the six bytes of `00-1B-54-10-20-30`, `00:1b:…`, `001b.5410.2030` or `001b54102030` into
 * the scratch and returns where, or -1 if this is something else, such as a telephone number.
 */
export function readStation(c: Cursor, notes: Notes): number {
  if (c.left < DIGITS || c.left > TEXT_MAX || c.left === 13 || c.left === 15) return -1
  const at = notes.here
  let digits = 0
  let value = 0
  while (c.left > 0) {
    const digit = digitOf(c.peek())
    const isMark = isMarkBetween(c.u8())
    if (digit < 0 && !isMark) return -1
    if (digit < 0) continue
    value = ((value << 4) | digit) & 0xff
    if ((++digits & 1) === 0 && !notes.put(value)) return -1
  }
  return digits === DIGITS ? at : -1
}

const isMarkBetween = (byte: number): boolean => byte === 0x2d || byte === 0x3a || byte === 0x2e

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | LETTER
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
