/**
 * UMAS (Schneider Electric): what engineering stations ask of Modicon controllers by Modbus'
 * function 90. It is handed a whole unit of Modbus, head and all.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const name = fact('umas.name', text, 'set')
/** `02.50` */
const firmware = fact('umas.firmware', text, 'set')
const role = fact('umas.role', text, 'set')
const asks = fact('umas.asks', text, 'set')
/** Who has the right to change the controller calls himself so. */
const reservedBy = fact('umas.reserved_by', text, 'set')
const orders = ordersOf('umas')

const FUNCTION = 90
const IDENTIFIED = 0x02
const RESERVED = 0x10
const GOOD = 0xfe
const BAD = 0xfd
const ASKED: Readonly<Record<number, string>> = {
  1: 'greeting',
  [IDENTIFIED]: 'identity',
  3: 'project',
  4: 'status',
  6: 'memory card',
  0x20: 'read memory',
  0x22: 'read variables',
  0x24: 'read registers',
  0x26: 'upload',
}
const ORDERED: Readonly<Record<number, string>> = {
  [RESERVED]: 'reserve',
  0x11: 'release',
  0x21: 'write memory',
  0x23: 'write variables',
  0x25: 'write registers',
  0x29: 'download',
  0x2b: 'end download',
  0x40: 'start',
  0x41: 'stop',
  0x71: 'write io',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const transaction = c.u16()
  c.take(5)
  const code = c.u8()
  c.take(1)
  const kind = c.u8()
  if (c.fault !== '') return
  if (code !== FUNCTION) return c.fail('no umas')
  if (kind === GOOD || kind === BAD) {
    notes.say(role, 'controller')
    if (kind === GOOD) readAnswer(c, notes, talk.memory.recall(transaction))
    return
  }
  notes.say(role, 'station')
  talk.memory.remember(transaction, kind)
  const asked = ASKED[kind]
  if (asked !== undefined) notes.say(asks, asked)
  const ordered = ORDERED[kind]
  if (ordered !== undefined) tellOrder(notes, talk, orders, ordered)
  // Who reserves says who he is: four bytes, a length, and a name.
  if (kind === RESERVED && c.left > 5) {
    c.take(4)
    const length = c.u8()
    notes.add(reservedBy, c.take(length), length)
  }
}

function readAnswer(c: Cursor, notes: Notes, asked: number): void {
  if (asked !== IDENTIFIED) return
  c.take(8)
  noteFirmware(c, notes)
  c.take(12)
  const length = c.u8()
  notes.add(name, c.take(length), length)
}

/** Two bytes, whose hexadecimal digits are the version's. */
function noteFirmware(c: Cursor, notes: Notes): void {
  const minor = c.u8()
  const major = c.u8()
  if (c.fault !== '' || major + minor === 0) return
  const at = notes.here
  writeDigits(notes, major)
  notes.write('.')
  writeDigits(notes, minor)
  notes.add(firmware, at, notes.here - at)
}

function writeDigits(notes: Notes, byte: number): void {
  notes.put('0123456789ABCDEF'.charCodeAt(byte >> 4))
  notes.put('0123456789ABCDEF'.charCodeAt(byte & 15))
}

export const umas: Protocol = {
  name: 'umas',
  standard: 'Schneider Electric UMAS',
  tells: 'Modicon controllers: model and firmware; who reserves, stops, starts and loads them',
  heard: [],
  facts: [name, firmware, role, asks, reservedBy, ...orderFacts(orders)],
  parse,
}
