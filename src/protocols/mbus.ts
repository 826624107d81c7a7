/**
 * M-Bus (EN 13757-3) over TCP, as converters from the bus speak it: the meters that answer, each told
 * as `mbus:ADDRESS:METER`, by maker, number, generation and medium. Of what they count nothing is read.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { NAME, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { writeEnd, writeHexByte } from './sub-address.js'

/** `converter` or `client`. */
const role = fact('mbus.role', text, 'set')
const speaksFor = fact('mbus.speaks_for', text, 'set')
const vendor = fact('mbus.vendor', text, 'set')
const serial = fact('mbus.serial', text, 'set')
const version = fact('mbus.version', text, 'set')
const medium = fact('mbus.medium', text, 'set')

const LONG = 0x68
const SHORT = 0x10
const GOOD = 0xe5
const END = 0x16
const VARIABLE = 0x72
const FIRST_LETTER = 0x40
const MEDIA: Readonly<Record<number, string>> = {
  0: 'other',
  2: 'electricity',
  3: 'gas',
  4: 'heat',
  5: 'steam',
  6: 'warm water',
  7: 'water',
  8: 'heat cost',
  10: 'cooling',
  12: 'heat',
  13: 'heat and cooling',
  21: 'hot water',
  22: 'cold water',
  27: 'room sensor',
  32: 'breaker',
  37: 'valve',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  while (c.left > 0) {
    const lead = c.u8()
    if (lead === GOOD) continue
    if (lead === SHORT) readShort(c, notes)
    else if (lead === LONG) readLong(c, notes, talk)
    else return c.fail('no mbus')
    if (c.fault !== '') return
  }
}

/** Control, address, check: who polls. */
function readShort(c: Cursor, notes: Notes): void {
  const sum = (c.u8() + c.u8()) & 255
  const check = c.u8()
  const end = c.u8()
  if (c.fault !== '') return
  if (sum !== check || end !== END) return c.fail('no mbus')
  notes.say(role, 'client')
}

function readLong(c: Cursor, notes: Notes, talk: Talk): void {
  const length = c.u8()
  const again = c.u8()
  const lead = c.u8()
  if (c.fault !== '') return
  if (length !== again || lead !== LONG || length < 3) return c.fail('no mbus')
  const outer = c.narrow(length)
  c.take(2)
  const isAnswer = c.u8() === VARIABLE && length > 14
  if (isAnswer) readMeter(c, notes, talk)
  c.widen(outer)
  c.take(1)
  const end = c.u8()
  if (c.fault === '' && end !== END) c.fail('no mbus')
}

/** Eight decimal digits, three letters in fifteen bits, a generation, and a medium. */
function readMeter(c: Cursor, notes: Notes, talk: Talk): void {
  const digits = c.u32le()
  const letters = c.u16le()
  const generation = c.u8()
  const word = MEDIA[c.u8()]
  if (c.fault !== '') return
  notes.say(role, 'converter')
  const subject = notes.here
  notes.write('mbus:')
  writeEnd(notes, c.bytes, talk)
  notes.write(':')
  const number = notes.here
  writeHexByte(notes, digits >>> 24)
  writeHexByte(notes, (digits >> 16) & 255)
  writeHexByte(notes, (digits >> 8) & 255)
  writeHexByte(notes, digits & 255)
  notes.add(speaksFor, subject, notes.here - subject)
  notes.about(NAME, subject, notes.here - subject)
  const maker = notes.here
  notes.put(FIRST_LETTER + ((letters >> 10) & 31))
  notes.put(FIRST_LETTER + ((letters >> 5) & 31))
  notes.put(FIRST_LETTER + (letters & 31))
  notes.add(vendor, maker, 3)
  notes.add(serial, number, 8)
  notes.count32(version, generation)
  if (word !== undefined) notes.say(medium, word)
  notes.about(SENDER)
}

export const mbus: Protocol = {
  name: 'mbus',
  standard: 'EN 13757-2, -3',
  tells: 'meters behind converters: maker, number, generation and medium',
  heard: ['tcp/10001', 'tcp "\\x10\\x40\\xfd\\x3d\\x16"', 'tcp "\\x10\\x5b\\xfe\\x59\\x16"'],
  messages: true,
  facts: [role, speaksFor, vendor, serial, version, medium],
  parse,
}
