/** Values in OPC UA's binary encoding (OPC 10000-6, 5.2). */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const STRING_MAX = 0x100000
const LOCALE = 1
const TEXT = 2

/** The length of a string or of bytes; what is not there at all has none either. */
function readLength(c: Cursor): number {
  const length = c.u32le()
  if (length > STRING_MAX) c.fail('bad string')
  return Math.max(0, length)
}

export function passString(c: Cursor): void {
  c.take(readLength(c))
}

export function noteString(c: Cursor, notes: Notes, said: Fact): void {
  const length = readLength(c)
  notes.add(said, c.take(length), length)
}

/** Text with its language, which is of no interest. */
export function noteLocalized(c: Cursor, notes: Notes, said: Fact): void {
  const parts = c.u8()
  if ((parts & LOCALE) !== 0) passString(c)
  if ((parts & TEXT) !== 0) noteString(c, notes, said)
}

/** How many elements an array has. */
export const readCount = (c: Cursor): number => Math.max(0, c.u32le())

export function passStrings(c: Cursor): void {
  let rest = readCount(c)
  while (rest-- > 0 && c.left > 0) passString(c)
}

/** A node's number if it is a plain one of the standard's own namespace, else 0. */
export function readNode(c: Cursor): number {
  const form = c.u8() & 0x3f
  if (form === 0) return c.u8()
  if (form === 1) {
    const namespace = c.u8()
    const id = c.u16le()
    return namespace === 0 ? id : 0
  }
  const namespace = c.u16le()
  if (form === 2) {
    const id = c.u32le()
    return namespace === 0 ? id : 0
  }
  if (form === 3 || form === 5) passString(c)
  else if (form === 4) c.take(16)
  else c.fail('bad node')
  return 0
}

/** An object inside a message: its kind's number; then its bytes, if there are any, stand here. */
export const extension = { kind: 0, end: 0 }

export function readExtension(c: Cursor): void {
  extension.kind = readNode(c)
  const hasBody = c.u8() !== 0
  const length = hasBody ? readLength(c) : 0
  extension.end = c.at + length
}
