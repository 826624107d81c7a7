/** BACnet's application layer (ASHRAE 135, 20.1): announcements, answers, and what is commanded. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import {
  noteInstance,
  noteProperty,
  propertyFacts,
  readPropertyLists,
  vendorId,
} from './bacnet-properties.js'
import { subject } from './bacnet-subject.js'
import {
  isContext,
  noteText,
  opens,
  passUntilClosed,
  readTag,
  readUnsigned,
  tag,
} from './bacnet-tags.js'
import { noteOrder, orderFacts, ordersOf } from './orders.js'
import type { Notes, Talk } from './protocol.js'

const segmentation = fact('bacnet.segmentation', text)
/** What it has, as it answers to who looks for a name. */
const has = fact('bacnet.has', text, 'set')
/** What it asks of others: `who is`, `read property`. */
const asks = fact('bacnet.asks', text, 'set')
const orders = ordersOf('bacnet')

export const applicationFacts: readonly Fact[] = [
  ...[segmentation, has, asks],
  ...propertyFacts,
  ...orderFacts(orders),
]

const CONFIRMED = 0
const UNCONFIRMED = 1
const COMPLEX = 3
const KIND_MAX = 7
const SEGMENTED = 0x08

const I_AM = 0
const I_HAVE = 1
const UNCONFIRMED_ASKS: Readonly<Record<number, string>> = { 7: 'who has', 8: 'who is' }
const CONFIRMED_ASKS: Readonly<Record<number, string>> = {
  5: 'subscribe',
  6: 'read file',
  12: 'read property',
  14: 'read properties',
  26: 'read range',
  28: 'subscribe',
}
const COMMANDS: Readonly<Record<number, string>> = {
  7: 'write file',
  8: 'add to list',
  9: 'remove from list',
  10: 'create object',
  11: 'delete object',
  15: 'write',
  16: 'write',
}
const CONTROL = 17
const RESTART = 20
const READ_PROPERTY = 12
const READ_PROPERTIES = 14
const SILENCES: readonly string[] = ['enable', 'silence', 'silence']
const RESTARTS: readonly string[] = [
  ...['cold start', 'warm start', 'start backup', 'end backup', 'start restore', 'end restore'],
  ...['abort restore', 'activate changes'],
]
const SEGMENTATIONS: readonly string[] = ['both', 'transmit', 'receive', 'none']

const OBJECT = 12
const DEVICE = 8
const INSTANCE_BITS = 22
const INSTANCE_MASK = 0x3fffff

export function readApplication(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u8()
  const kind = lead >> 4
  if (c.fault === '' && kind > KIND_MAX) return c.fail('bad kind')
  const isPart = (lead & SEGMENTED) !== 0
  if (kind === UNCONFIRMED) readUnconfirmed(c, notes)
  else if (kind === CONFIRMED) readConfirmed(c, notes, talk, isPart)
  else if (kind === COMPLEX) readAnswer(c, notes, isPart)
}

function readUnconfirmed(c: Cursor, notes: Notes): void {
  const service = c.u8()
  if (c.fault !== '') return
  if (service === I_AM) readPresence(c, notes)
  else if (service === I_HAVE) readPossession(c, notes)
  else sayWord(notes, UNCONFIRMED_ASKS[service])
}

const sayWord = (notes: Notes, word: string | undefined): void => {
  if (word !== undefined) notes.say(asks, word)
}

/** The number behind an object's kind; -1 if that is no device. */
function readDevice(c: Cursor): number {
  readTag(c)
  if (tag.number !== OBJECT || tag.isContext || tag.length !== 4) c.fail('no device')
  const object = c.u32()
  return object >>> INSTANCE_BITS === DEVICE ? object & INSTANCE_MASK : -1
}

function readPresence(c: Cursor, notes: Notes): void {
  const number = readDevice(c)
  readTag(c)
  readUnsigned(c)
  readTag(c)
  const parts = readUnsigned(c)
  readTag(c)
  const maker = readUnsigned(c)
  if (c.fault !== '' || number < 0) return
  noteInstance(notes, number)
  notes.count32(vendorId, maker)
  const word = SEGMENTATIONS[parts]
  if (word !== undefined) notes.say(segmentation, word)
}

function readPossession(c: Cursor, notes: Notes): void {
  const number = readDevice(c)
  readTag(c)
  c.take(tag.length)
  if (c.fault !== '' || number < 0) return
  noteInstance(notes, number)
  readTag(c)
  noteText(c, notes, has)
}

function readConfirmed(c: Cursor, notes: Notes, talk: Talk, isPart: boolean): void {
  c.take(2)
  if (isPart) c.take(2)
  const service = c.u8()
  if (c.fault !== '') return
  sayWord(notes, CONFIRMED_ASKS[service])
  const word = commandOf(c, service)
  if (word === '' || c.fault !== '') return
  const { bytes } = c
  if (subject.aboutTarget(bytes, notes, talk)) noteOrder(notes, talk, orders, word)
  subject.aboutSender(notes)
  notes.say(orders.commands, word)
}

function commandOf(c: Cursor, service: number): string {
  if (service === RESTART) {
    readTag(c)
    return isContext(0) ? (RESTARTS[readUnsigned(c)] ?? '') : ''
  }
  if (service !== CONTROL) return COMMANDS[service] ?? ''
  readTag(c)
  if (isContext(0)) {
    c.take(tag.length)
    readTag(c)
  }
  return isContext(1) ? (SILENCES[readUnsigned(c)] ?? '') : ''
}

function readAnswer(c: Cursor, notes: Notes, isPart: boolean): void {
  c.take(1)
  // Only the first part of an answer begins with what it is.
  if (isPart && c.u16() >> 8 !== 0) return
  const service = c.u8()
  if (service === READ_PROPERTY) readOne(c, notes)
  else if (service === READ_PROPERTIES) readPropertyLists(c, notes)
  // What is still to come is no fault.
  if (isPart && c.fault === 'short') c.fault = ''
}

function readOne(c: Cursor, notes: Notes): void {
  readTag(c)
  const object = c.u32()
  const isDevice = isContext(0) && object >>> INSTANCE_BITS === DEVICE
  readTag(c)
  const property = isContext(1) ? readUnsigned(c) : -1
  readTag(c)
  if (isContext(2)) {
    c.take(tag.length)
    readTag(c)
  }
  if (!opens(3) || c.fault !== '') return
  if (isDevice) {
    noteInstance(notes, object & INSTANCE_MASK)
    noteProperty(c, notes, property)
  }
  passUntilClosed(c, 3)
}
