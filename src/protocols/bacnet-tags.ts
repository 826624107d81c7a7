/** Tagged values of BACnet (ASHRAE 135, 20.2): a number for what it is, a length, and the bytes. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const CONTEXT = 0x08
const BOOLEAN = 1
const OPENING = 6
const CLOSING = 7
const LONG = 5
const LENGTH_16 = 254
const LENGTH_32 = 255
const UTF8 = 0
const LATIN = 5
const UTF16 = 4
const DEPTH_MAX = 8

/** The tag that was read last; an opening or closing one has no length. */
export const tag = { number: 0, isContext: false, isOpening: false, isClosing: false, length: 0 }

/** Reads a tag; the cursor then stands at the value. */
export function readTag(c: Cursor): void {
  const lead = c.u8()
  const kind = lead & 7
  tag.number = lead >> 4
  if (tag.number === 15) tag.number = c.u8()
  tag.isContext = (lead & CONTEXT) !== 0
  tag.isOpening = tag.isContext && kind === OPENING
  tag.isClosing = tag.isContext && kind === CLOSING
  tag.length = tag.isOpening || tag.isClosing ? 0 : kind
  if (kind !== LONG) return
  const length = c.u8()
  tag.length = length
  if (length === LENGTH_16) tag.length = c.u16()
  else if (length === LENGTH_32) tag.length = c.u32() & 0x7fffffff
}

export const isContext = (number: number): boolean =>
  tag.isContext && tag.number === number && !tag.isOpening && !tag.isClosing

export const opens = (number: number): boolean => tag.isOpening && tag.number === number
export const closes = (number: number): boolean => tag.isClosing && tag.number === number

/** The value of the last tag as a number. */
export function readUnsigned(c: Cursor): number {
  let value = 0
  let rest = tag.length
  if (rest > 4) c.take(rest)
  else while (rest-- > 0) value = (value << 8) | c.u8()
  return value
}

/** Steps over values up to and including the tag that closes `number`. */
export function passUntilClosed(c: Cursor, number: number): void {
  let depth = 0
  while (c.left > 0) {
    readTag(c)
    if (tag.isOpening && ++depth > DEPTH_MAX) return c.fail('too deep')
    if (tag.isClosing && depth-- === 0) return tag.number === number ? undefined : c.fail('bad tag')
    // A boolean's value stands in its tag, but in a context it has a byte.
    const hasValue = tag.isContext || tag.number !== BOOLEAN
    if (hasValue) c.take(tag.length)
  }
}

/** Notes the text that the last tag announced, in whichever letters. */
export function noteText(c: Cursor, notes: Notes, said: Fact): void {
  const { length } = tag
  if (length < 1) return
  const letters = c.u8()
  const rest = length - 1
  if (letters === UTF8 || letters === LATIN) notes.add(said, c.take(rest), rest)
  else if (letters === UTF16) noteWide(c, notes, said, rest)
  else c.take(rest)
}

/** UTF-16, big-endian: what is not Latin is written as a question mark. */
function noteWide(c: Cursor, notes: Notes, said: Fact, length: number): void {
  const outer = c.narrow(length)
  const at = notes.here
  while (c.left > 1) {
    const letter = c.u16()
    notes.put(letter > 0x1f && letter < 0x7f ? letter : 0x3f)
  }
  if (c.fault === '') notes.add(said, at, notes.here - at)
  c.widen(outer)
}
