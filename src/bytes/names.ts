/** Domain names as messages carry them (RFC 1035, 4.1.4): labels, and pointers to earlier labels. */

import type { Cursor } from './cursor.js'

/** Wherever a name's text goes, byte by byte; false means there is no room left. */
export interface Text {
  put(byte: number): boolean
}

const NAME_MAX = 255
const LABEL_MAX = 63
const JUMPS_MAX = 16
const POINTER = 0xc0

const DOT = 0x2e
const BACKSLASH = 0x5c
const SPACE = 0x20
const DELETE = 0x7f
const ZERO = 0x30
const NO_ROOM = -1

/** What each byte is written as; 0 where it must be escaped. */
const KEPT = Uint8Array.from({ length: 256 }, (_, byte) => (isPlain(byte) ? byte : 0))
const FOLDED = KEPT.map(folded)

/**
 * Writes the name at the cursor into `out` and leaves the cursor behind it: `printer.local`, with
 * dots and backslashes inside of a label written `\.` and `\\`, and control bytes `\007`. Bytes
 * above 0x7f stay as they are: mDNS names are UTF-8.
 *
 * Returns how many bytes were written: 0 for the root, or where `out` had no room for all of it;
 * -1 once the cursor has a fault. Pointers count from `c.start` and lead only backwards, each to
 * labels that end before the labels that led there begin: so no name can loop.
 */
export const readName = (c: Cursor, out: Text): number => read(c, out, KEPT)

/** Like `readName`, in lower case: for names whose case says nothing, or is chosen by dice. */
export const readFoldedName = (c: Cursor, out: Text): number => read(c, out, FOLDED)

function read(c: Cursor, out: Text, as: Uint8Array): number {
  const { bytes, start } = c
  let from = c.at
  let at = from
  let end = c.end
  let behind = -1
  let wire = 0
  let jumps = 0
  let written = 0
  while (at < end) {
    const length = bytes[at++]!
    if (length === 0) {
      c.at = behind < 0 ? at : behind
      return written < 0 ? 0 : written
    }
    if (length >= POINTER) {
      if (at >= end) break
      const target = start + (((length & 0x3f) << 8) | bytes[at++]!)
      if (target >= from || ++jumps > JUMPS_MAX) return bad(c)
      if (behind < 0) behind = at
      end = from
      at = from = target
      continue
    }
    wire += length + 1
    if (length > LABEL_MAX || wire >= NAME_MAX) return bad(c)
    if (length > end - at) break
    if (written > 0) written = out.put(DOT) ? written + 1 : NO_ROOM
    const label = at
    at += length
    for (let i = label; i < at && written >= 0; i++) {
      const byte = as[bytes[i]!]!
      const size = byte > 0 ? (out.put(byte) ? 1 : 0) : putEscaped(out, bytes[i]!)
      written = size > 0 ? written + size : NO_ROOM
    }
  }
  if (behind >= 0) return bad(c)
  c.take(c.left + 1)
  return -1
}

function bad(c: Cursor): number {
  c.fail('bad name')
  return -1
}

/** Returns how many bytes were written: 0 if there was no room. */
function putEscaped(out: Text, byte: number): number {
  if (!out.put(BACKSLASH)) return 0
  if (byte === DOT || byte === BACKSLASH) return out.put(byte) ? 2 : 0
  const digit = (unit: number): number => ZERO + (Math.trunc(byte / unit) % 10)
  return out.put(digit(100)) && out.put(digit(10)) && out.put(digit(1)) ? 4 : 0
}

/** Steps over the name at the cursor without reading where its pointer leads. */
export function skipName(c: Cursor): void {
  const { bytes, end } = c
  let at = c.at
  while (at < end) {
    const length = bytes[at]!
    if (length === 0 || length >= POINTER) {
      c.take(at - c.at + (length === 0 ? 1 : 2))
      return
    }
    if (length > LABEL_MAX) return c.fail('bad name')
    at += length + 1
  }
  c.take(at - c.at + 1)
}

/**
 * True if the names at two places of the cursor's message are the same, whatever their case.
 * Both must have been read or skipped before; moves nothing, and faults nothing.
 */
export function sameName(c: Cursor, one: number, other: number): boolean {
  let a = landing(c, one)
  let b = landing(c, other)
  for (let labels = 0; labels < NAME_MAX / 2; labels++) {
    if (a < 0 || b < 0) return false
    if (a === b) return true
    const length = c.bytes[a]!
    if (length !== c.bytes[b]! || a + length >= c.end || b + length >= c.end) return false
    if (length === 0) return true
    for (let i = 1; i <= length; i++) {
      if (folded(c.bytes[a + i]!) !== folded(c.bytes[b + i]!)) return false
    }
    a = landing(c, a + length + 1)
    b = landing(c, b + length + 1)
  }
  return false
}

/** The place of the next label's length byte, pointers followed; -1 if there is none. */
export function landing(c: Cursor, at: number): number {
  for (let jumps = 0; jumps <= JUMPS_MAX; jumps++) {
    if (at < c.start || at >= c.end) return -1
    const length = c.bytes[at]!
    if (length < POINTER) return length > LABEL_MAX ? -1 : at
    if (at + 1 >= c.end) return -1
    const target = c.start + (((length & 0x3f) << 8) | c.bytes[at + 1]!)
    if (target >= at) return -1
    at = target
  }
  return -1
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

function isPlain(byte: number): boolean {
  return byte >= SPACE && byte !== DOT && byte !== BACKSLASH && byte !== DELETE
}
