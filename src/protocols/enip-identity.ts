/** CIP's identity object (CIP volume 1, 5A-2): what a device, or a module in a rack, is. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'
import { writeHexByte } from './sub-address.js'

const vendorId = fact('enip.vendor_id', text)
const deviceType = fact('enip.device_type', text)
const productCode = fact('enip.product_code', text)
const revision = fact('enip.revision', text)
/** Eight digits; together with the maker's number there is no other like it. */
const serial = fact('enip.serial', text)
/** `1756-ENBT/A`. */
const product = fact('enip.product', text)
const state = fact('enip.state', text)

export const identityFacts: readonly Fact[] = [
  ...[vendorId, deviceType, productCode, revision, serial, product, state],
]

const TYPES: Readonly<Record<number, string>> = {
  0x00: 'generic',
  0x02: 'ac drive',
  0x03: 'motor overload',
  0x07: 'discrete i/o',
  0x0c: 'communications adapter',
  0x0e: 'programmable controller',
  0x10: 'position controller',
  0x13: 'dc drive',
  0x16: 'motor starter',
  0x18: 'human-machine interface',
  0x1b: 'pneumatic valve',
  0x22: 'encoder',
  0x23: 'safety discrete i/o',
  0x25: 'motion drive',
  0x2b: 'generic',
  0x2c: 'managed switch',
  0x73: 'motion drive',
}
const STATES: readonly string[] = [
  'nonexistent',
  'self-testing',
  'standby',
  'operational',
  'recoverable fault',
  'unrecoverable fault',
]

/** All attributes in a row, as lists and answers to "get all" have them. */
export function readIdentity(c: Cursor, notes: Notes): void {
  readAttribute(c, notes, 1)
  readAttribute(c, notes, 2)
  readAttribute(c, notes, 3)
  readAttribute(c, notes, 4)
  c.take(2)
  readAttribute(c, notes, 6)
  readAttribute(c, notes, 7)
  if (c.left > 0) readAttribute(c, notes, 8)
}

/** One attribute by its number. */
export function readAttribute(c: Cursor, notes: Notes, attribute: number): void {
  switch (attribute) {
    case 1:
      return sayNumber(c, notes, vendorId)
    case 2:
      return sayType(notes, c.u16le(), c.fault === '')
    case 3:
      return sayNumber(c, notes, productCode)
    case 4:
      return sayRevision(c, notes)
    case 6:
      return saySerial(c, notes)
    case 7:
      return sayProduct(c, notes)
    case 8:
      return sayState(notes, c.u8(), c.fault === '')
  }
}

function sayNumber(c: Cursor, notes: Notes, said: Fact): void {
  const number = c.u16le()
  if (c.fault === '') notes.count32(said, number)
}

function sayType(notes: Notes, type: number, isThere: boolean): void {
  const word = TYPES[type]
  if (!isThere) return
  if (word === undefined) notes.count32(deviceType, type)
  else notes.say(deviceType, word)
}

function sayRevision(c: Cursor, notes: Notes): void {
  const at = notes.here
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  if (c.fault === '') notes.add(revision, at, notes.here - at)
}

function saySerial(c: Cursor, notes: Notes): void {
  const number = c.u32le()
  if (c.fault !== '' || number === 0) return
  const at = notes.here
  writeSerial(notes, number)
  notes.add(serial, at, notes.here - at)
}

export function writeSerial(notes: Notes, number: number): void {
  writeHexByte(notes, (number >> 24) & 255)
  writeHexByte(notes, (number >> 16) & 255)
  writeHexByte(notes, (number >> 8) & 255)
  writeHexByte(notes, number & 255)
}

function sayProduct(c: Cursor, notes: Notes): void {
  const length = c.u8()
  notes.add(product, c.take(length), length)
}

function sayState(notes: Notes, value: number, isThere: boolean): void {
  const word = STATES[value]
  if (isThere && word !== undefined) notes.say(state, word)
}
