/** What the protocols that configure hosts have in common: their names, prefixes and addresses. */

import { Cursor } from '../bytes/cursor.js'
import { readName } from '../bytes/names.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** How one option is noted: as values of `size` bytes each (0: as one), or by its own reader. */
export interface Option {
  readonly fact: Fact
  readonly size: number
  readonly read: ((value: Cursor, notes: Notes) => void) | undefined
}

/** Options by code. */
export type Options = readonly (Option | undefined)[]

/** `[3, router, 4]` is a list of values of 4 bytes, `[12, hostname]` one value of any length. */
export type Row = readonly [code: number, fact: Fact, form?: number | Option['read']]

const LABEL_MAX = 63

export function tableOf(rows: readonly Row[]): Options {
  const table = new Array<Option | undefined>(256).fill(undefined)
  rows.forEach(([code, said, form = 0]) => {
    const own = typeof form === 'function'
    table[code] = { fact: said, size: own ? 0 : form, read: own ? form : undefined }
  })
  return table
}

/** Notes an option whose value is all that `c` has left. */
export function noteOption(option: Option, c: Cursor, notes: Notes): void {
  const { fact, size, read } = option
  if (read !== undefined) read(c, notes)
  else if (size === 0) notes.add(fact, c.at, c.left)
  else while (c.left >= size) notes.add(fact, c.take(size), size)
}

/**
 * Notes a prefix of `bits` bits: as many of its bytes as `c` has left, zeros for the others, up to
 * `size` bytes. Bits that are not part of the prefix are cleared.
 */
export function notePrefix(notes: Notes, fact: Fact, c: Cursor, size: number, bits: number): void {
  if (bits > size * 8) return
  const at = notes.here
  let room = true
  let left = size
  let kept = bits
  while (left > 0) {
    const byte = c.left > 0 ? c.u8() : 0
    room = notes.put(byte & maskOf(kept))
    kept -= 8
    left--
  }
  room = notes.put(bits) && room
  if (room) notes.add(fact, at, size + 1)
}

const maskOf = (bits: number): number =>
  bits >= 8 ? 0xff : bits <= 0 ? 0 : 0xff & (0xff00 >> bits)

/** Notes each of the names that fill `c`; zeros may fill it up. False if one is no name. */
export function noteNames(notes: Notes, fact: Fact, c: Cursor): boolean {
  while (c.left > 0) {
    if (c.peek() === 0) {
      c.take(1)
      continue
    }
    const at = notes.here
    const length = readName(c, notes)
    if (length > 0) notes.add(fact, at, length)
  }
  return c.fault === ''
}

/** Notes the one name in `c`, which may lack its end (RFC 4704: `printer` without a domain). */
export function notePartialName(notes: Notes, fact: Fact, c: Cursor): void {
  const from = c.at
  while (c.left > 0) {
    const length = c.u8()
    if (length === 0) break
    if (length > LABEL_MAX) return
    c.take(length)
  }
  if (c.fault !== '') return
  c.at = from
  const at = notes.here
  readName(c, notes)
  notes.add(fact, at, notes.here - at)
}

/** Each item behind its own length of one or two bytes, if they fill `c` exactly; else false. */
export function noteItems(notes: Notes, fact: Fact, c: Cursor, wide: boolean): boolean {
  const from = c.at
  while (c.left > 0) c.take(wide ? c.u16() : c.u8())
  if (c.fault !== '') return false
  c.at = from
  while (c.left > 0) {
    const length = wide ? c.u16() : c.u8()
    notes.add(fact, c.take(length), length)
  }
  return true
}

const one = new Cursor()
const other = new Cursor()

/** True if these six bytes are the hardware address of one machine. */
export function isStation(bytes: Uint8Array, at: number): boolean {
  const maker = one.over(bytes, at, at + 6).u24()
  return (maker & 0x010000) === 0 && (maker | one.u24()) !== 0
}

/** True if the same six bytes stand at both places. */
export function isSameStation(bytes: Uint8Array, a: number, b: number): boolean {
  one.over(bytes, a, a + 6)
  other.over(bytes, b, b + 6)
  return one.u24() === other.u24() && one.u24() === other.u24()
}

/** True if these sixteen bytes are the address `::`. */
export function isUnspecified(bytes: Uint8Array, at: number): boolean {
  one.over(bytes, at, at + 16)
  return (one.u32() | one.u32() | one.u32() | one.u32()) === 0
}
