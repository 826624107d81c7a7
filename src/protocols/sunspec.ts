/**
 * SunSpec (Information Models, in Modbus registers): inverters, meters and batteries name their maker,
 * model and serial number. It is handed an answer from its unit's address on.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { notePadded } from './padded-text.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { aboutUnit } from './sub-address.js'

const vendor = fact('sunspec.vendor', text, 'set')
const model = fact('sunspec.model', text, 'set')
const options = fact('sunspec.options', text, 'set')
const version = fact('sunspec.version', text, 'set')
const serial = fact('sunspec.serial', text, 'set')
/** `inverter`, `meter`, `battery`: which models follow. */
const kind = fact('sunspec.kind', text, 'set')

export const MARK = 'SunS'
const COMMON = 1
const COMMON_WORDS = 65
const END = 0xffff
const BROADCAST_UNIT = 255
const MODELS_MAX = 24

const behind = { protocol: 'modbus', number: 0, isTarget: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const unit = c.u8()
  c.take(2)
  if (c.left >= MARK.length && !c.starts(MARK)) return c.fail('no sunspec')
  c.take(MARK.length)
  notes.about(SENDER)
  if (unit > 1 && unit !== BROADCAST_UNIT) {
    behind.number = unit
    aboutUnit(notes, c.bytes, talk, behind)
  }
  let models = 0
  while (c.left > 3 && models++ < MODELS_MAX) {
    const id = c.u16()
    const words = c.u16()
    if (id === END) return
    const outer = c.narrow(Math.min(2 * words, c.left))
    if (id === COMMON && words >= COMMON_WORDS) readCommon(c, notes)
    else noteKind(notes, id)
    c.widen(outer)
  }
}

function readCommon(c: Cursor, notes: Notes): void {
  notePadded(c, notes, vendor, 32)
  notePadded(c, notes, model, 32)
  notePadded(c, notes, options, 16)
  notePadded(c, notes, version, 16)
  notePadded(c, notes, serial, 32)
}

function noteKind(notes: Notes, id: number): void {
  const isInverter = (id >= 101 && id <= 103) || (id >= 111 && id <= 113) || id === 701
  if (isInverter) notes.say(kind, 'inverter')
  else if (id >= 201 && id <= 214) notes.say(kind, 'meter')
  else if (id >= 801 && id <= 809) notes.say(kind, 'battery')
  else if (id >= 401 && id <= 404) notes.say(kind, 'string combiner')
  else if (id >= 302 && id <= 308) notes.say(kind, 'weather station')
}

export const sunspec: Protocol = {
  name: 'sunspec',
  standard: 'SunSpec Information Models 1.0',
  tells: 'maker, model, version and serial number of inverters, meters and batteries',
  heard: [],
  facts: [vendor, model, options, version, serial, kind],
  parse,
}
