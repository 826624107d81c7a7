/** Apple's binary property lists, as far as devices describe themselves in their outermost one. */

import type { Cursor } from '../bytes/cursor.js'
import { mac, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

export type PropertyRows = readonly (readonly [key: string, said: Fact])[]

const MAGIC = 8
const TRAILER = 32
const MEMBERS_MAX = 96
const NUMBER_MAX = 4

const INTEGER = 0x1
const ASCII = 0x5
const WIDE = 0x6
const DICTIONARY = 0xd
const MANY = 15

/** Where things lie in the list that is read. */
const list = { start: 0, offsets: 0, offsetSize: 0, referenceSize: 0, objects: 0 }
/** The object looked at last: its kind, how many parts it has, and where they begin. */
const object = { kind: 0, count: 0, at: 0 }

/** Notes strings by their keys, from the whole list that the cursor is over; leaves nothing. */
export function readPropertyList(c: Cursor, notes: Notes, rows: PropertyRows): void {
  list.start = c.at
  const { end } = c
  if (!c.starts('bplist00') || c.left < MAGIC + TRAILER) return c.fail('no list')
  c.at = end - TRAILER + 6
  list.offsetSize = c.u8()
  list.referenceSize = c.u8()
  list.objects = readWide(c)
  const top = readWide(c)
  list.offsets = readWide(c)
  if (list.offsetSize > NUMBER_MAX || list.referenceSize > NUMBER_MAX) return c.fail('bad trailer')
  visit(c, top)
  const { count, at } = object
  const good = object.kind === DICTIONARY && list.referenceSize > 0 && list.offsetSize > 0
  if (!good || c.fault !== '') return c.fail('no dictionary')
  const members = Math.min(count, MEMBERS_MAX)
  let i = 0
  while (i < members && c.fault === '') {
    c.at = at + i * list.referenceSize
    const said = meant(c, rows)
    c.at = at + (count + i++) * list.referenceSize
    if (said !== undefined) noteString(c, notes, said)
  }
  c.at = end
}

/** A number of eight bytes, whose upper half says nothing but that the list is a lie. */
function readWide(c: Cursor): number {
  return c.u32() === 0 ? c.u32() & 0x7fffffff : c.u32() | 0x7fffffff
}

function readNumber(c: Cursor, size: number): number {
  let value = 0
  let rest = size
  while (rest-- > 0) value = (value << 8) | c.u8()
  return value & 0x7fffffff
}

/** Looks at an object by its number. */
function visit(c: Cursor, number: number): void {
  object.kind = 0
  if (number >= list.objects) return
  if (!moveTo(c, list.offsets + number * list.offsetSize)) return
  if (!moveTo(c, readNumber(c, list.offsetSize))) return
  const head = c.u8()
  object.count = head & 15
  if (object.count === MANY && head >> 4 !== INTEGER) {
    const size = 1 << (c.u8() & 15)
    object.count = size > NUMBER_MAX ? 0 : readNumber(c, size)
  }
  object.kind = head >> 4
  object.at = c.at
}

/** Moves to a place counted from the list's start; false if there is none such. */
function moveTo(c: Cursor, place: number): boolean {
  if (place < 0 || place > c.end - list.start) return false
  c.at = list.start + place
  return true
}

/** What the key says whose reference is at the cursor. */
function meant(c: Cursor, rows: PropertyRows): Fact | undefined {
  visit(c, readNumber(c, list.referenceSize))
  if (object.kind !== ASCII) return undefined
  let i = 0
  while (i < rows.length) {
    const [key, said] = rows[i++]!
    if (key.length === object.count && c.starts(key)) return said
  }
  return undefined
}

function noteString(c: Cursor, notes: Notes, said: Fact): void {
  visit(c, readNumber(c, list.referenceSize))
  const { kind, count } = object
  if (kind === ASCII && count <= c.left) {
    if (said.form === mac) noteTypedMac(c, notes, said, c.at, count)
    else notes.add(said, c.at, count)
  } else if (kind === WIDE && count <= c.left / 2 && count < 256) {
    const to = notes.here
    let rest = count
    while (rest-- > 0) putUnit(notes, c.u16())
    notes.add(said, to, notes.here - to)
  }
}

/** A letter in UTF-8; halves of pairs are written as question marks. */
function putUnit(notes: Notes, unit: number): void {
  if (unit < 0x80) notes.put(unit)
  else if (unit >= 0xd800 && unit < 0xe000) notes.put(0x3f)
  else {
    if (unit < 0x800) notes.put(0xc0 | (unit >> 6))
    else {
      notes.put(0xe0 | (unit >> 12))
      notes.put(0x80 | ((unit >> 6) & 0x3f))
    }
    notes.put(0x80 | (unit & 0x3f))
  }
}
