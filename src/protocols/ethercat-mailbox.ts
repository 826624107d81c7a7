/** CANopen in EtherCAT's mailboxes (ETG.1000.6): a slave answers who it is, object by object. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text, type Fact } from '../model/fact.js'
import { NAME, type Notes, type Talk } from './protocol.js'
import { writeHexByte } from './sub-address.js'

const vendor = fact('ethercat.vendor_id', hex, 'set')
const product = fact('ethercat.product_code', hex, 'set')
const revision = fact('ethercat.revision', hex, 'set')
const serial = fact('ethercat.serial', text, 'set')
const device = fact('ethercat.device', text, 'set')
const hardware = fact('ethercat.hardware', text, 'set')
const software = fact('ethercat.software', text, 'set')

export const mailboxFacts = [vendor, product, revision, serial, device, hardware, software]

const CANOPEN = 3
const ANSWERS = 3
const UPLOADED = 0x40
const UPLOAD_MASK = 0xe0
const EXPEDITED = 2
const HAS_SIZE = 1
const IDENTITY = 0x1018
/** By the number within the identity. */
const MEMBERS: readonly (Fact | undefined)[] = [undefined, vendor, product, revision, serial]
const NAMES: Readonly<Record<number, Fact>> = { 0x1008: device, 0x1009: hardware, 0x100a: software }

interface Read {
  readonly station: number
  readonly length: number
}

/** Reads the answer that a master took out of a slave's mailbox, if it is one. */
export function readMailbox(c: Cursor, notes: Notes, talk: Talk, read: Read): void {
  const size = c.u16le()
  c.take(3)
  const isCanopen = (c.u8() & 15) === CANOPEN
  const service = c.u16le() >> 12
  if (!isCanopen || service !== ANSWERS || size < 10 || size > read.length - 6) return
  const command = c.u8()
  const index = c.u16le()
  const part = c.u8()
  if ((command & UPLOAD_MASK) !== UPLOADED) return
  const isShort = (command & EXPEDITED) !== 0
  const length = isShort ? 4 - ((command & HAS_SIZE) !== 0 ? (command >> 2) & 3 : 0) : c.u32le()
  const room = size - (isShort ? 6 : 10)
  if (length <= 0 || length > room) return
  aboutSlave(c, notes, talk, read.station)
  if (index === IDENTITY && length === 4) noteMember(c, notes, part)
  else noteName(c, notes, NAMES[index], length)
}

function aboutSlave(c: Cursor, notes: Notes, talk: Talk, station: number): void {
  const at = notes.here
  const back = c.at
  const { end } = c
  notes.write('ethercat:')
  c.at = talk.sourceMac
  c.end = talk.sourceMac + 6
  writeHexByte(notes, c.u8() & ~2)
  while (c.left > 0) {
    notes.write('-')
    writeHexByte(notes, c.u8())
  }
  c.end = end
  c.at = back
  notes.write(':')
  notes.writeNumber(station)
  notes.about(NAME, at, notes.here - at)
}

function noteMember(c: Cursor, notes: Notes, part: number): void {
  const said = MEMBERS[part]
  const value = c.u32le()
  if (said === undefined) return
  if (said === serial) {
    if (value !== 0) notes.count32(serial, value)
    return
  }
  const at = notes.here
  notes.put(value >>> 24)
  notes.put((value >> 16) & 255)
  notes.put((value >> 8) & 255)
  notes.put(value & 255)
  notes.add(said, at, 4)
}

function noteName(c: Cursor, notes: Notes, said: Fact | undefined, length: number): void {
  if (said === undefined) return
  const zero = c.distance(0)
  notes.add(said, c.take(length), zero >= 0 && zero < length ? zero : length)
}
