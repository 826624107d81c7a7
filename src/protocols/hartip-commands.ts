/** HART commands (FieldComm TS20099, TS20127, TS20151) that name an instrument or set it. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text, type Fact } from '../model/fact.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { notePadded } from './padded-text.js'
import { NAME, SENDER, type Notes, type Talk } from './protocol.js'
import { writeHexByte } from './sub-address.js'

/** Type and number of a device: no other instrument has the same. */
const device = fact('hartip.device', hex, 'set')
const maker = fact('hartip.maker', hex, 'set')
const deviceType = fact('hartip.device_type', hex, 'set')
/** Of the protocol, the device, its software and its hardware: `7.1.2.3`. */
const revision = fact('hartip.revision', text, 'set')
const tag = fact('hartip.tag', text, 'set')
const longTag = fact('hartip.long_tag', text, 'set')
const descriptor = fact('hartip.descriptor', text, 'set')
const message = fact('hartip.message', text, 'set')
const speaksFor = fact('hartip.speaks_for', text, 'set')
const orders = ordersOf('hartip')

export const hartFacts: readonly Fact[] = [
  ...[device, maker, deviceType, revision, tag, longTag, descriptor, message, speaksFor],
  ...orderFacts(orders),
]

const LONG_ADDRESS = 0x80
const EXPANSION = 5
const UNIQUE_TYPE = 0x3f
const IDENTITY = 0
const IDENTITY_BY_TAG = 11
const MESSAGE = 12
const TAG = 13
const LONG_TAG = 20
const IDENTITY_BY_LONG_TAG = 21
const SUB_DEVICE = 84
const SUB_DEVICE_HEAD = 4
const EXPANDED = 254
/** Instead of an answer: the question was not heard well. */
const UNHEARD = 0x80

const COMMANDS: Readonly<Record<number, string>> = {
  6: 'write address',
  17: 'write message',
  18: 'write tag',
  19: 'write assembly',
  22: 'write tag',
  34: 'write damping',
  35: 'write range',
  36: 'write range',
  37: 'write range',
  38: 'reset flag',
  40: 'fix current',
  41: 'self-test',
  42: 'reset',
  43: 'set zero',
  44: 'write unit',
  45: 'trim',
  46: 'trim',
  47: 'write transfer',
  49: 'write serial',
  51: 'assign variables',
  53: 'write unit',
  71: 'lock',
  79: 'write variable',
  82: 'trim',
  89: 'set clock',
}

/** A frame of HART: an address, a command, and its data, in an answer behind two bytes of status. */
export function readHart(c: Cursor, notes: Notes, talk: Talk, isAnswer: boolean): void {
  const delimiter = c.u8()
  const isLong = (delimiter & LONG_ADDRESS) !== 0
  const address = c.at
  const lead = c.peek() & UNIQUE_TYPE
  c.take(isLong ? 5 : 1)
  c.take((delimiter >> EXPANSION) & 3)
  const command = c.u8()
  const outer = c.narrow(c.u8())
  if (c.fault !== '') return
  if (isLong && isAnswer) tellDevice(c, notes, address, lead)
  if (!isAnswer) readCommand(notes, talk, command)
  else if (c.left > 2 && (c.u8() & UNHEARD) === 0) {
    c.take(1)
    readAnswer(c, notes, command)
  }
  c.widen(outer)
}

/** The two highest bits of a long address say who is master; they are no part of it. */
function tellDevice(c: Cursor, notes: Notes, address: number, lead: number): void {
  const outer = c.at
  c.at = address + 1
  const at = notes.here
  notes.put(lead)
  let rest = 4
  while (rest-- > 0) notes.put(c.u8())
  notes.add(device, at, 5)
  c.at = outer
}

function readCommand(notes: Notes, talk: Talk, command: number): void {
  const word = COMMANDS[command]
  if (word !== undefined) tellOrder(notes, talk, orders, word)
}

function readAnswer(c: Cursor, notes: Notes, command: number): void {
  switch (command) {
    case IDENTITY:
    case IDENTITY_BY_TAG:
    case IDENTITY_BY_LONG_TAG:
      return readIdentity(c, notes)
    case MESSAGE:
      return notePacked(c, notes, message, 24)
    case TAG:
      notePacked(c, notes, tag, 6)
      return notePacked(c, notes, descriptor, 12)
    case LONG_TAG:
      return notePadded(c, notes, longTag, 32)
    case SUB_DEVICE:
      return readSubDevice(c, notes)
  }
}

function readIdentity(c: Cursor, notes: Notes): void {
  if (c.left < 12 || c.u8() !== EXPANDED) return
  notes.add(deviceType, c.take(2), 2)
  c.take(1)
  const at = notes.here
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8() >> 3)
  notes.add(revision, at, notes.here - at)
  c.take(4)
  if (c.left < 7) return
  c.take(5)
  notes.add(maker, c.take(2), 2)
}

/** An instrument behind a gateway, which speaks for it. */
function readSubDevice(c: Cursor, notes: Notes): void {
  if (c.left < SUB_DEVICE_HEAD + 40) return
  c.take(SUB_DEVICE_HEAD)
  const makerAt = c.take(2)
  const typeAt = c.at
  const at = notes.here
  notes.write('hartip:')
  let rest = 5
  while (rest-- > 0) writeHexByte(notes, c.u8())
  notes.add(speaksFor, at, notes.here - at)
  notes.about(NAME, at, notes.here - at)
  notes.add(maker, makerAt, 2)
  notes.add(deviceType, typeAt, 2)
  c.take(1)
  notePadded(c, notes, longTag, 32)
  notes.about(SENDER)
}

/**
 * Letters of six bits each: four in three bytes, the lower half of ASCII turned over. A field where
 * all of them are the same was never written.
 */
function notePacked(c: Cursor, notes: Notes, said: Fact, length: number): void {
  if (c.left < length) return
  const at = notes.here
  const first = c.peek() >> 2
  let differs = false
  let rest = length
  while (rest > 0) {
    const bits = c.u24()
    const isSame = bits === first * 0x041041
    differs ||= !isSame
    putLetter(notes, bits >> 18)
    putLetter(notes, bits >> 12)
    putLetter(notes, bits >> 6)
    putLetter(notes, bits)
    rest -= 3
  }
  if (differs) notes.add(said, at, notes.here - at)
}

function putLetter(notes: Notes, bits: number): void {
  const letter = bits & 0x3f
  notes.put(letter < 0x20 ? letter | 0x40 : letter)
}
