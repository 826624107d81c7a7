/** ASN.1 as it is written in BER (X.690): tags of one byte, lengths that are definite. */

import type { Cursor } from './cursor.js'

export const INTEGER = 0x02
export const OCTETS = 0x04
export const OBJECT = 0x06
export const SEQUENCE = 0x30

const LONG = 0x80
const LONG_MAX = 4
const ZERO = 0x30
const DOT = 0x2e

/** Reads a length; never negative. */
export function readLength(c: Cursor): number {
  const first = c.u8()
  if (first < LONG) return first
  const count = first & 0x7f
  if (count === 0 || count > LONG_MAX) {
    c.fail(count === 0 ? 'indefinite length' : 'bad length')
    return 0
  }
  let length = 0
  for (let i = 0; i < count; i++) {
    if (length >= 0x800000) c.fail('bad length')
    length = ((length << 8) | c.u8()) & 0x7fffffff
  }
  return c.fault === '' ? length : 0
}

/** Reads a tag and a length where this tag must stand. */
export function expect(c: Cursor, tag: number): number {
  if (c.u8() !== tag) c.fail('bad tag')
  return readLength(c)
}

/**
 * Steps into a constructed value: what it holds is then all there is, and `leave` takes what this
 * returns. If its end is missing it holds what there is, so that what is whole can be read.
 */
export function enter(c: Cursor, tag: number): number {
  const length = expect(c, tag)
  const outer = c.end
  if (length < c.left) c.end = c.at + length
  return outer
}

/** Steps behind the value that was entered; what was left unread in it does not matter. */
export function leave(c: Cursor, outer: number): void {
  c.at = c.fault === '' ? c.end : outer
  c.end = outer
}

/** Reads an INTEGER of up to four bytes. */
export function readInteger(c: Cursor): number {
  const length = expect(c, INTEGER)
  if (length === 0 || length > 5) {
    c.fail('bad integer')
    return 0
  }
  let value = (c.peek() & 0x80) === 0 ? 0 : -1
  for (let i = 0; i < length; i++) value = (value << 8) | c.u8()
  return value
}

/** Wherever numbers are written as text. */
interface Digits {
  put(byte: number): boolean
}

/**
 * Writes `length` bytes of an OBJECT IDENTIFIER as `1.3.6.1` and steps over them. Returns how
 * many bytes were written: 0 if there is no room, or an arc has more than 32 bits.
 */
export function readObject(c: Cursor, length: number, out: Digits): number {
  const outer = c.end
  if (length > c.left || length === 0) {
    c.take(length)
    return 0
  }
  c.end = c.at + length
  let written = 0
  let arc = 0
  let open = false
  let whole = true
  while (c.left > 0) {
    const byte = c.u8()
    whole = whole && arc >>> 25 === 0
    arc = (arc << 7) | (byte & 0x7f)
    open = (byte & 0x80) !== 0
    if (open) continue
    if (written === 0) {
      const root = arc < 80 && arc >= 0 ? Math.trunc(arc / 40) : 2
      written = putNumber(out, root)
      arc -= root * 40
    }
    if (written > 0) written = whole && out.put(DOT) ? written + 1 : 0
    const digits = written > 0 ? putNumber(out, arc) : 0
    written = digits > 0 ? written + digits : 0
    if (written === 0) break
    arc = 0
  }
  c.at = c.end
  c.end = outer
  return open ? 0 : written
}

function putNumber(out: Digits, value: number): number {
  if (value >= 0 && value < 10) return out.put(ZERO + value) ? 1 : 0
  const whole = value >>> 0
  let unit = 10
  let digits = 2
  while (whole / unit >= 10) {
    unit *= 10
    digits++
  }
  for (; unit >= 1; unit /= 10) if (!out.put(ZERO + (Math.floor(whole / unit) % 10))) return 0
  return digits
}
