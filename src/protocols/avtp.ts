/** AVTP (IEEE 1722) and its control (1722.1): audio and video devices, by name and serial number. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import { sayBits } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const speaks = fact('avtp.speaks', text, 'set')
/** One device, and its maker's model. */
const entityId = fact('avtp.entity_id', hex, 'set')
const modelId = fact('avtp.model_id', hex, 'set')
const role = fact('avtp.role', text, 'set')
const stream = fact('avtp.stream', hex, 'set')
const name = fact('avtp.entity_name', text, 'set')
const firmware = fact('avtp.firmware', text, 'set')
const group = fact('avtp.group', text, 'set')
const serial = fact('avtp.serial', text, 'set')

const DISCOVERY = 0xfa
const CONTROL = 0xfb
const CONNECTION = 0xfc
const ALLOCATION = 0xfe
const STREAM_MAX = 0x7f
const FORMATS: Readonly<Partial<Record<number, string>>> = {
  0x00: 'iec 61883',
  0x02: 'audio',
  0x03: 'video',
  0x04: 'clock',
  0x05: 'control',
}

const AVAILABLE = 0
const RESPONSE = 1
const READ_DESCRIPTOR = 4
const ENTITY = 0
const COMMAND = 0x7fff
const NAME_SIZE = 64
/** From the end of the model's number to the name of the entity. */
const TO_NAME = 28
const ROLES: readonly string[] = ['talker', 'listener', 'controller']

function parse(c: Cursor, notes: Notes): void {
  const subtype = c.u8()
  const kind = c.u8()
  c.take(2)
  if (c.fault !== '') return
  if (subtype <= STREAM_MAX) return readStream(c, notes, subtype, (kind & 0x80) !== 0)
  if (subtype === DISCOVERY) readDiscovery(c, notes, kind & 15)
  else if (subtype === CONTROL) readControl(c, notes, kind & 15)
  else if (subtype === CONNECTION) notes.say(speaks, 'connection')
  else if (subtype === ALLOCATION) notes.say(speaks, 'address allocation')
}

function readStream(c: Cursor, notes: Notes, subtype: number, named: boolean): void {
  const at = c.take(8)
  if (c.fault !== '') return
  const word = FORMATS[subtype]
  if (word !== undefined) notes.say(speaks, word)
  if (named) notes.add(stream, at, 8)
}

function readDiscovery(c: Cursor, notes: Notes, kind: number): void {
  const idAt = c.take(8)
  const modelAt = c.take(8)
  c.take(6)
  const talker = c.u16() & 1
  c.take(2)
  const listener = c.u16() & 1
  const controller = c.u32() & 1
  if (c.fault !== '') return
  notes.say(speaks, 'discovery')
  if (kind !== AVAILABLE) return
  notes.add(entityId, idAt, 8)
  notes.add(modelId, modelAt, 8)
  sayBits(notes, role, talker | (listener << 1) | (controller << 2), ROLES)
}

/** The answer that describes the whole device has its name, and often its serial number. */
function readControl(c: Cursor, notes: Notes, kind: number): void {
  c.take(18)
  const command = c.u16() & COMMAND
  if (c.fault !== '') return
  notes.say(speaks, 'control')
  if (kind !== RESPONSE || command !== READ_DESCRIPTOR) return
  c.take(4)
  if (c.u16() !== ENTITY || c.left === 0) return
  c.take(2)
  notes.add(entityId, c.take(8), 8)
  notes.add(modelId, c.take(8), 8)
  c.take(TO_NAME)
  noteFixedText(c, notes, name, NAME_SIZE)
  c.take(4)
  noteFixedText(c, notes, firmware, NAME_SIZE)
  noteFixedText(c, notes, group, NAME_SIZE)
  noteFixedText(c, notes, serial, NAME_SIZE)
}

export const avtp: Protocol = {
  name: 'avtp',
  standard: 'IEEE 1722, 1722.1',
  tells: 'audio and video devices by name, firmware and serial number; who sends and who listens',
  heard: ['ether/22f0'],
  facts: [speaks, entityId, modelId, role, stream, name, firmware, group, serial],
  parse,
}
