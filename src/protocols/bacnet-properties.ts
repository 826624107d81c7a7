/** What properties of a BACnet device object say of the device (ASHRAE 135, 12.11). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import {
  closes,
  isContext,
  noteText,
  opens,
  passUntilClosed,
  readTag,
  readUnsigned,
  tag,
} from './bacnet-tags.js'
import type { Notes } from './protocol.js'

/** The number of a device; no other in its internetwork has the same. */
const instance = fact('bacnet.instance', text)
export const vendorId = fact('bacnet.vendor_id', text)
const name = fact('bacnet.name', text)
const model = fact('bacnet.model', text)
const vendor = fact('bacnet.vendor', text)
const firmware = fact('bacnet.firmware', text)
const software = fact('bacnet.software', text)
const location = fact('bacnet.location', text)
const description = fact('bacnet.description', text)
const serial = fact('bacnet.serial', text)
const profile = fact('bacnet.profile', text)
const status = fact('bacnet.status', text)
const revision = fact('bacnet.protocol_revision', text)

/** Who does not know a device's number may ask for this one, and gets it back. */
const ANY_INSTANCE = 0x3fffff

export function noteInstance(notes: Notes, number: number): void {
  if (number !== ANY_INSTANCE) notes.count32(instance, number)
}

export const propertyFacts: readonly Fact[] = [
  ...[name, model, vendor, firmware, software, location, description, serial, profile, status],
  ...[revision, instance, vendorId],
]

const PROPERTIES: Readonly<Record<number, Fact>> = {
  12: software,
  28: description,
  44: firmware,
  58: location,
  70: model,
  77: name,
  112: status,
  120: vendorId,
  121: vendor,
  139: revision,
  168: profile,
  372: serial,
}
const STATUSES: readonly string[] = [
  ...['operational', 'read only', 'download required', 'downloading', 'out of service', 'backup'],
]
const CONTEXT = 0x08
const BOOLEAN = 1
const UNSIGNED = 2
const CHARACTERS = 7
const ENUMERATED = 9
const DEVICE = 8
const INSTANCE_BITS = 22
const INSTANCE_MASK = 0x3fffff

/** Notes the value of a property at the cursor, if it is one that names. */
export function noteProperty(c: Cursor, notes: Notes, property: number): void {
  const said = PROPERTIES[property]
  if (said === undefined || (c.peek() & CONTEXT) !== 0) return
  readTag(c)
  if (c.fault !== '') return
  if (tag.number === CHARACTERS) noteText(c, notes, said)
  else if (tag.number === UNSIGNED) sayNumber(c, notes, said)
  else if (tag.number === ENUMERATED && said === status) sayStatus(c, notes)
  else if (tag.number !== BOOLEAN) c.take(tag.length)
}

function sayNumber(c: Cursor, notes: Notes, said: Fact): void {
  const number = readUnsigned(c)
  if (c.fault === '') notes.count32(said, number)
}

function sayStatus(c: Cursor, notes: Notes): void {
  const word = STATUSES[readUnsigned(c)]
  if (word !== undefined && c.fault === '') notes.say(status, word)
}

/** Objects, and of each several properties with their values or why there is none. */
export function readPropertyLists(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    readTag(c)
    const object = c.u32()
    if (!isContext(0) || c.fault !== '') return
    const isDevice = object >>> INSTANCE_BITS === DEVICE
    readTag(c)
    if (!opens(1)) return
    if (isDevice) noteInstance(notes, object & INSTANCE_MASK)
    readList(c, notes, isDevice)
  }
}

function readList(c: Cursor, notes: Notes, isDevice: boolean): void {
  while (c.left > 0) {
    readTag(c)
    if (closes(1) || !isContext(2)) return
    const property = readUnsigned(c)
    readTag(c)
    if (isContext(3)) {
      c.take(tag.length)
      readTag(c)
    }
    if (c.fault !== '') return
    const { number } = tag
    if (opens(4) && isDevice) noteProperty(c, notes, property)
    passUntilClosed(c, number)
  }
}
