/**
 * BSAP (Bristol, Emerson): controllers of gas and water works, over IP or with their serial frames in
 * datagrams; who reads their database and who writes to it.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `ip` or `serial`. */
const form = fact('bsap.form', text, 'set')
/** `master` asks, `controller` answers. */
const role = fact('bsap.role', text, 'set')
/** The address of the controller that a serial frame is for. */
const node = fact('bsap.node', text, 'set')
const asks = fact('bsap.asks', text, 'set')
const orders = ordersOf('bsap')

const SERIAL = 0x1002
const IP = 0x0e00
const DATABASE = 0xa0
const ASKS = 6
const ANSWERS = 5
const CONFIRMS = 0
const ANY = 32
const GLOBAL = 0x80
const LAST_FUNCTION = 0xb0
const READS: Readonly<Record<number, string>> = {
  0x00: 'read by address',
  0x04: 'read by name',
  0x0c: 'read list',
  0x0d: 'read list',
}
const WRITES: Readonly<Record<number, string>> = {
  0x80: 'write by address',
  0x84: 'write by name',
  0x8c: 'write list',
  0x8d: 'write list',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u16()
  if (lead === SERIAL) readSerial(c, notes, talk)
  else if (lead === IP) readIp(c, notes, talk)
  else if (c.fault === '') c.fail('no bsap')
}

function readSerial(c: Cursor, notes: Notes, talk: Talk): void {
  const address = c.u8()
  c.take(1)
  // Beyond its own branch a frame names both ends.
  if ((address & GLOBAL) !== 0) c.take(5)
  const target = c.u8()
  c.take(2)
  const source = c.u8()
  c.take(1)
  if (c.fault !== '') return
  if (target > LAST_FUNCTION || source > LAST_FUNCTION) return c.fail('no bsap')
  notes.say(form, 'serial')
  const isAsking = target === DATABASE
  if (!isAsking && source !== DATABASE) return
  notes.say(role, isAsking ? 'master' : 'controller')
  if (!isAsking) return
  notes.count32(node, address & ~GLOBAL)
  readFunction(c, notes, talk)
}

function readIp(c: Cursor, notes: Notes, talk: Talk): void {
  const messages = c.u16le()
  const kind = c.u16le()
  c.take(8)
  if (c.fault !== '') return
  if (messages > ANY || (kind !== ASKS && kind !== ANSWERS && kind !== CONFIRMS)) {
    return c.fail('no bsap')
  }
  notes.say(form, 'ip')
  if (kind === CONFIRMS) return
  notes.say(role, kind === ASKS ? 'master' : 'controller')
  if (kind !== ASKS) return
  c.take(9)
  const isDatabase = c.u8() === DATABASE
  c.take(1)
  if (isDatabase) readFunction(c, notes, talk)
}

function readFunction(c: Cursor, notes: Notes, talk: Talk): void {
  const code = c.u8()
  if (c.fault !== '') return
  const read = READS[code]
  if (read !== undefined) notes.say(asks, read)
  const written = WRITES[code]
  if (written !== undefined) tellOrder(notes, talk, orders, written)
}

export const bsap: Protocol = {
  name: 'bsap',
  standard: 'Bristol Standard Asynchronous Protocol',
  tells: 'Bristol controllers, and who reads and writes what they hold',
  heard: ['udp/1234-1235'],
  facts: [form, role, node, asks, ...orderFacts(orders)],
  parse,
}
