/** IPv4 addresses that are written out in text: `http://10.0.0.7:49152/`. */

import type { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'

const DOT = 0x2e
const ZERO = 0x30

/**
 * Writes the four bytes of the address at the cursor into the scratch and steps over it; false if
 * there is none, and then nothing is claimed or faulted but digits and dots.
 */
export function readDotted(c: Cursor, notes: Notes): boolean {
  let parts = 0
  while (parts < 4) {
    if (parts > 0 && c.peek() !== DOT) return false
    if (parts > 0) c.take(1)
    const part = readPart(c)
    if (part < 0 || !notes.put(part)) return false
    parts++
  }
  return true
}

function readPart(c: Cursor): number {
  let part = 0
  let digits = 0
  while (digits < 3 && isDigit(c.peek())) {
    part = part * 10 + c.u8() - ZERO
    digits++
  }
  return digits === 0 || part > 255 ? -1 : part
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9
