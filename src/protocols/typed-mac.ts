/** Hardware addresses that a device wrote as text: `50:C7:BF:01:02:03`, `50-c7-bf-...`, `50c7bf...`. */

import { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'
import { writeMac } from './text-search.js'

const SPELLED_MIN = 12
const SPELLED_MAX = 17
const MAC = 6

const spelled = new Cursor()

/**
 * Notes the address that is spelled in these bytes of the cursor, as its six bytes. What is no
 * address, is a group's or nobody's is no note. The cursor stays where it is.
 */
export function noteTypedMac(
  c: Cursor,
  notes: Notes,
  said: Fact,
  at: number,
  length: number,
): void {
  if (at < 0 || length < SPELLED_MIN || length > SPELLED_MAX) return
  const written = writeMac(spelled.over(c.bytes, at, at + length), notes)
  if (written >= 0) notes.add(said, written, MAC)
}

/** What a hexadecimal digit is worth, or -1. */
export function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
