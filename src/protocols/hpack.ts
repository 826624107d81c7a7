/**
 * HPACK (RFC 7541), as far as the first header block of a connection needs it: the table of names
 * that both sides have from the beginning, and the Huffman code of everything that is printed.
 */

import { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'

/** Numbers of the table that both sides have. */
export const AUTHORITY = 1
export const SCHEME_LAST = 7
export const SERVER = 54
export const USER_AGENT = 58
export const VIA = 60

const INDEXED = 0x80
const KEPT = 0x40
const RESIZED = 0x20
const HUFFMAN = 0x80
const INTEGER_BYTES_MAX = 4

/** Appendix B: codes of one length follow each other, and those of the next length follow them. */
const CODES: readonly (readonly [bits: number, symbols: string])[] = [
  [5, '012aceiost'],
  [6, ' %-./3456789=A_bdfghlmnpru'],
  [7, ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'],
  [8, '&*,;XZ'],
  [10, '!"()?'],
  [11, "'+|"],
  [12, '#>'],
  [13, '\0$@[]~'],
  [14, '^}'],
  [15, '<`{'],
]
const BITS_MAX = 15
/** By length: the first code, how many there are, and their symbols. */
const firsts = new Int32Array(BITS_MAX + 1)
const counts = new Int32Array(BITS_MAX + 1)
const symbols: readonly number[][] = Array.from({ length: BITS_MAX + 1 }, (_, bits) =>
  Array.from(CODES.find(([length]) => length === bits)?.[1] ?? '', letter => letter.charCodeAt(0)),
)
symbols.reduce((next, { length }, bits) => {
  firsts[bits] = next << 1
  counts[bits] = length
  return (next << 1) + length
}, 0)

const inner = new Cursor()

/** One field of a header block, read again and again. */
export class Field {
  /** The number of its name in the common table, 0 if it is spelled out, -1 if neither is known. */
  name = -1
  /** Where its value stands, for notes; nothing where it is in a table. */
  at = -1
  length = 0

  /** Reads the next field; false where the block ends. */
  next(c: Cursor, notes: Notes): boolean {
    this.at = -1
    this.length = 0
    if (c.left === 0) return false
    const first = c.peek()
    if ((first & INDEXED) !== 0) this.name = readInteger(c, 7)
    else if ((first & KEPT) !== 0) this.readValue(c, notes, readInteger(c, 6))
    else if ((first & RESIZED) !== 0) {
      readInteger(c, 5)
      this.name = -1
    } else this.readValue(c, notes, readInteger(c, 4))
    return c.fault === ''
  }

  private readValue(c: Cursor, notes: Notes, name: number): void {
    this.name = name
    if (name === 0) passString(c)
    const coded = (c.peek() & HUFFMAN) !== 0
    const length = readInteger(c, 7)
    const at = c.take(length)
    if (at < 0) return
    this.at = at
    this.length = length
    if (!coded || !isWanted(name)) return
    this.at = notes.here
    const good = decode(inner.over(c.bytes, at, at + length), notes)
    this.length = good ? notes.here - this.at : 0
  }
}

/** Only these are worth the work. */
const isWanted = (name: number): boolean =>
  name === AUTHORITY || name === SERVER || name === USER_AGENT || name === VIA

function passString(c: Cursor): void {
  c.take(readInteger(c, 7))
}

/** An integer that begins in the last `bits` of a byte (5.1). */
function readInteger(c: Cursor, bits: number): number {
  const most = (1 << bits) - 1
  let value = c.u8() & most
  if (value < most) return value
  let shift = 0
  let count = 0
  let more = 0x80
  while ((more & 0x80) !== 0 && count++ < INTEGER_BYTES_MAX) {
    more = c.u8()
    value += (more & 0x7f) << shift
    shift += 7
  }
  return value
}

/** Writes what these bytes stand for into the scratch; false if it isn't all printable. */
function decode(c: Cursor, notes: Notes): boolean {
  let code = 0
  let bits = 0
  while (c.left > 0) {
    const byte = c.u8()
    let bit = 7
    while (bit >= 0) {
      code = (code << 1) | ((byte >> bit--) & 1)
      const place = ++bits > BITS_MAX ? -1 : code - firsts[bits]!
      if (bits > BITS_MAX) return false
      if (place < 0 || place >= counts[bits]!) continue
      if (!notes.put(symbols[bits]![place]!)) return false
      code = bits = 0
    }
  }
  // What fills up the last byte are ones.
  return bits < 8 && code === (1 << bits) - 1
}
