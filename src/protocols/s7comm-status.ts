/** S7's system status lists (SZL): what a controller says of itself when it is asked. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { notePadded } from './padded-text.js'
import type { Notes } from './protocol.js'

/** `6ES7 315-2EH14-0AB0`. */
const order = fact('s7comm.order', text)
const hardware = fact('s7comm.hardware', text)
const firmware = fact('s7comm.firmware', text)
const systemName = fact('s7comm.system_name', text)
const moduleName = fact('s7comm.module_name', text)
const plant = fact('s7comm.plant', text)
const copyright = fact('s7comm.copyright', text)
const serial = fact('s7comm.serial', text)
/** `CPU 315-2 PN/DP`. */
const moduleType = fact('s7comm.module_type', text)
const cardSerial = fact('s7comm.card_serial', text)
const location = fact('s7comm.location', text)
const mode = fact('s7comm.mode', text)
/** 1 is none, 2 asks for a password to write, 3 to read and write. */
const protection = fact('s7comm.protection', text)

export const statusFacts: readonly Fact[] = [
  ...[order, hardware, firmware, systemName, moduleName, plant, copyright, serial, moduleType],
  ...[cardSerial, location, mode, protection],
]

const SUCCESS = 0xff
const IDENTIFICATION = 0x11
const COMPONENTS = 0x1c
const TRANSITIONS = 0x24
const COMMUNICATION = 0x32
const PROTECTION = 4

const MODULE = 1
const BASIC_HARDWARE = 6
const BASIC_FIRMWARE = 7
const IDENTIFICATION_BYTES = 28
const ORDER_BYTES = 20
const LETTER_V = 0x56

/** Facts by the index of a component, and how long their text may be. */
const COMPONENT_FACTS: readonly (Fact | undefined)[] = [
  undefined,
  systemName,
  moduleName,
  plant,
  copyright,
  serial,
  undefined,
  moduleType,
  cardSerial,
  undefined,
  undefined,
  location,
]
const COMPONENT_BYTES = 34
const NAME_BYTES = 32

const MODES: readonly string[] = [
  ...['', 'stop', 'stop', 'stop', 'stop', 'start-up', 'start-up', 'start-up'],
  ...['run', 'run', 'hold', '', '', 'defect'],
]

/** Reads the data of an answer: a list's number, and then its rows. */
export function readStatus(c: Cursor, notes: Notes): void {
  const result = c.u8()
  c.take(3)
  const list = c.u16() & 0xff
  const index = c.u16()
  const size = c.u16()
  let rows = c.u16()
  if (result !== SUCCESS || c.fault !== '' || size === 0) return
  while (rows-- > 0 && c.left > 0) {
    const outer = c.narrow(size)
    readRow(c, notes, list, index)
    c.widen(outer)
  }
}

function readRow(c: Cursor, notes: Notes, list: number, index: number): void {
  if (list === IDENTIFICATION && c.left === IDENTIFICATION_BYTES) readIdentification(c, notes)
  else if (list === COMPONENTS && c.left === COMPONENT_BYTES) readComponent(c, notes)
  else if (list === TRANSITIONS && c.left > 3) readMode(c, notes)
  else if (list === COMMUNICATION && index === PROTECTION && c.left > 7) readProtection(c, notes)
}

function readIdentification(c: Cursor, notes: Notes): void {
  const index = c.u16()
  if (index === MODULE) notePadded(c, notes, order, ORDER_BYTES)
  else c.take(ORDER_BYTES)
  c.take(2)
  const lead = c.u8()
  const major = c.u8()
  const minor = c.u8()
  const patch = c.u8()
  if (c.fault !== '') return
  if (index === BASIC_HARDWARE) notes.count32(hardware, major)
  if (index !== BASIC_FIRMWARE || lead !== LETTER_V) return
  const at = notes.here
  notes.write('V')
  notes.writeNumber(major)
  notes.write('.')
  notes.writeNumber(minor)
  notes.write('.')
  notes.writeNumber(patch)
  notes.add(firmware, at, notes.here - at)
}

function readComponent(c: Cursor, notes: Notes): void {
  const said = COMPONENT_FACTS[c.u16()]
  if (said !== undefined) notePadded(c, notes, said, NAME_BYTES)
}

/** The lower half of the fourth byte is the mode it is in now. */
function readMode(c: Cursor, notes: Notes): void {
  c.take(3)
  const word = MODES[c.u8() & 15]
  if (word !== undefined && word !== '' && c.fault === '') notes.say(mode, word)
}

function readProtection(c: Cursor, notes: Notes): void {
  c.take(6)
  const level = c.u16()
  if (c.fault === '' && level > 0) notes.count32(protection, level)
}
