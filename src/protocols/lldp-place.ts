/** Where a port is, as LLDP-MED tells it: an address (RFC 4776), coordinates (RFC 6225), or an ELIN. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** Each part of an address with its name: `room: 4.12`, `building: 7`, `country: DE`. */
const civic = fact('lldp.civic', text, 'set')
/** Degrees of latitude and longitude. */
const coordinates = fact('lldp.coordinates', text, 'set')
/** The number under which an emergency call is known to come from here. */
const elin = fact('lldp.elin', text, 'set')

const COORDINATES = 1
const CIVIC = 2
const ELIN = 3

const PART_MAX = 128
const PARTS: readonly (string | undefined)[] = [
  ...[undefined, 'state', 'county', 'city', 'district', 'block', 'street'],
  ...Array.from({ length: 9 }, () => undefined),
  ...['leading direction', 'trailing direction', 'street suffix', 'number', 'number suffix'],
  ...['landmark', 'additional', 'name', 'postcode', 'building', 'unit', 'floor', 'room', 'place'],
  ...['community', 'post box', 'code', 'seat', 'road', 'section', 'branch', 'sub-branch'],
]

export function readPlace(c: Cursor, notes: Notes): void {
  const format = c.u8()
  if (format === CIVIC) readCivic(c, notes)
  else if (format === COORDINATES) readCoordinates(c, notes)
  else if (format === ELIN) notes.add(elin, c.at, c.left)
}

function readCivic(c: Cursor, notes: Notes): void {
  const length = c.u8()
  c.u8()
  // The length counts the country and the kind of place; some count the length itself, too.
  if (c.fault !== '' || length > c.left + 2) return
  notePart(c, notes, 'country', 2)
  while (c.left > 0) {
    const word = PARTS[c.u8()]
    const size = c.u8()
    notePart(c, notes, word, size)
  }
}

function notePart(c: Cursor, notes: Notes, word: string | undefined, length: number): void {
  const end = c.at + length
  if (length > c.left || length > PART_MAX) return c.fail('short')
  const from = notes.here
  if (word === undefined || length === 0) {
    c.take(length)
    return
  }
  notes.write(word)
  notes.write(': ')
  while (c.at < end) notes.put(c.u8())
  notes.add(civic, from, notes.here - from)
}

/** Both are 34 bits with a sign, 25 of them behind the point, each after 6 bits of precision. */
function readCoordinates(c: Cursor, notes: Notes): void {
  const north = c.u32()
  const middle = c.u8()
  const east = c.u32()
  const last = c.u8()
  if (c.fault !== '') return
  const from = notes.here
  writeDegrees(notes, north, middle)
  notes.write(', ')
  writeDegrees(notes, east, last)
  notes.add(coordinates, from, notes.here - from)
}

const FRACTION = 0x2000000
const DECIMALS = 10_000
const SIGN = 0x2000000

function writeDegrees(notes: Notes, high: number, low: number): void {
  const whole = high & 0x3ffffff
  const signed = ((whole & SIGN) !== 0 ? whole - 2 * SIGN : whole) * 256 + low
  const parts = Math.round((Math.abs(signed) * DECIMALS) / FRACTION)
  if (signed < 0) notes.write('-')
  notes.writeNumber(Math.floor(parts / DECIMALS))
  notes.write('.')
  let place = DECIMALS / 10
  while (place >= 1) {
    notes.put(48 + (Math.floor(parts / place) % 10))
    place = Math.floor(place / 10)
  }
}

export const placeFacts: readonly Fact[] = [civic, coordinates, elin]
