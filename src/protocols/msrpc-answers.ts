/** Answers that tell where services are: of the endpoint mapper (C706, appendix L) and of DCOM. */

import { Cursor } from '../bytes/cursor.js'
import * as say from './msrpc-words.js'
import { number16, number32 } from './msrpc-unit.js'
import type { Notes } from './protocol.js'
import { writeWide } from './wide-text.js'

const TOWERS_MAX = 64
const FLOORS_MAX = 8
const NUMBER_FLOOR = 0x0d
const TCP = 0x07
const UDP = 0x08
const PIPE = 0x0f
const HTTP = 0x1f
const NOTATION_MAX = 256

/** A tower, or one binding, which is little-endian whatever the machine is. */
const part = new Cursor()

/** What `ept_map` answers: a handle, and towers behind their references. */
export function readMapped(c: Cursor, notes: Notes): void {
  c.take(20)
  const count = number32(c)
  c.take(12)
  if (count < 0 || count > TOWERS_MAX) return
  c.take(4 * count)
  readTowers(c, notes, count)
}

/** What `ept_lookup` answers: a row of entries with notes for people, then their towers. */
export function readLookedUp(c: Cursor, notes: Notes): void {
  const from = c.at
  c.take(20)
  const count = number32(c)
  c.take(12)
  if (count < 0 || count > TOWERS_MAX) return
  let rest = count
  while (rest-- > 0 && c.left > 0) {
    c.take(24)
    const length = number32(c)
    if (length < 0 || length > NOTATION_MAX) return
    c.take(length)
    align(c, from)
  }
  readTowers(c, notes, count)
}

function align(c: Cursor, from: number): void {
  c.take(Math.min(c.left, -(c.at - from) & 3))
}

function readTowers(c: Cursor, notes: Notes, count: number): void {
  const from = c.at
  let rest = count
  while (rest-- > 0 && c.left > 8) {
    c.take(4)
    const length = number32(c)
    const at = c.take(length)
    if (at < 0) return
    readTower(part.over(c.bytes, at, at + length), notes)
    align(c, from)
  }
}

/** Floors: the interface, how numbers are written, and the way there. */
function readTower(tower: Cursor, notes: Notes): void {
  const at = notes.here
  let rest = Math.min(tower.u16le(), FLOORS_MAX)
  let isFirst = true
  let isPlaced = false
  while (rest-- > 0 && tower.left > 0) {
    const outer = tower.narrow(tower.u16le())
    const kind = tower.u8()
    if (isFirst && kind === NUMBER_FLOOR) say.writeInterface(tower, notes)
    tower.widen(outer)
    const end = tower.narrow(tower.u16le())
    if (kind === TCP || kind === UDP || kind === HTTP) {
      notes.write(kind === TCP ? ' tcp/' : kind === UDP ? ' udp/' : ' http/')
      notes.writeNumber(tower.u16())
      isPlaced = true
    } else if (kind === PIPE) {
      writePipe(tower, notes)
      isPlaced = true
    }
    tower.widen(end)
    isFirst = false
  }
  if (tower.fault === '' && isPlaced) notes.add(say.endpoint, at, notes.here - at)
}

function writePipe(tower: Cursor, notes: Notes): void {
  notes.write(' pipe')
  while (tower.left > 0 && tower.peek() !== 0) notes.put(tower.u8())
}

/** DCOM's resolver: ways to reach the machine, each its kind and a text, until a kind of 0. */
export function readAlive(c: Cursor, notes: Notes): void {
  c.take(8)
  c.take(4)
  const units = number16(c)
  const security = number16(c)
  const length = 2 * Math.min(units, security)
  const at = c.take(length)
  if (at < 0) return
  part.over(c.bytes, at, at + length)
  while (part.left > 2 && part.u16le() !== 0) readBinding(notes)
}

const LETTERS_MAX = 240
const DOT = 0x2e
const COLON = 0x3a
const BRACKET = 0x5b
const ZERO = 0x30
const NINE = 0x39

/** A name or an address; some have a port behind it in brackets. */
function readBinding(notes: Notes): void {
  const from = part.at
  let isAddress = true
  let letter = part.u16le()
  let length = 0
  while (letter !== 0 && part.left > 0) {
    const isDigit = (letter >= ZERO && letter <= NINE) || letter === DOT
    if (letter === COLON) isAddress = true
    else if (letter === BRACKET && length === 0) length = part.at - 2 - from
    else if (!isDigit && length === 0) isAddress = false
    letter = part.u16le()
  }
  const end = part.at
  if (length === 0) length = end - 2 - from
  if (part.fault !== '' || length > 2 * LETTERS_MAX) return
  const limit = part.end
  part.at = from
  part.end = from + length
  const at = notes.here
  const isWhole = writeWide(part, notes)
  part.end = limit
  part.at = end
  if (isWhole) notes.add(isAddress ? say.address : say.hostName, at, notes.here - at)
}
