/**
 * GE-SRTP (General Electric, Emerson): programmers and displays speak to PACSystems and Series 90
 * controllers; in what state these are, and who changes it.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const role = fact('gesrtp.role', text, 'set')
const state = fact('gesrtp.state', text, 'set')
const asks = fact('gesrtp.asks', text, 'set')
/** How far who asks may go, from 1 (look) to 4 (change everything). */
const privilege = fact('gesrtp.privilege', text, 'set')
const orders = ordersOf('gesrtp')

const REQUEST = 2
const ANSWER = 3
const SIZE = 56
const SHORT_REQUEST = 0xc0
const LONG_REQUEST = 0x80
const SHORT_ANSWER = 0xd4
const LONG_ANSWER = 0x94
const ASKED: Readonly<Record<number, string>> = {
  0x00: 'status',
  0x03: 'program names',
  0x04: 'read memory',
  0x05: 'read task memory',
  0x06: 'read program memory',
  0x20: 'programmer logon',
  0x25: 'time',
  0x38: 'faults',
  0x3f: 'upload',
  0x43: 'controller type',
}
const ORDERED: Readonly<Record<number, string>> = {
  0x07: 'write memory',
  0x08: 'write task memory',
  0x09: 'write program memory',
  0x21: 'change privilege',
  0x22: 'set controller id',
  0x23: 'run or stop',
  0x24: 'set time',
  0x39: 'clear faults',
  0x40: 'download',
  0x44: 'force',
}
const STATES: readonly string[] = [
  ...['run', 'run without outputs', 'stop', 'stop by fault', 'halted', 'suspended'],
  'stop with io',
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const kind = c.u8()
    const reserved = c.u8()
    c.take(2)
    const length = c.u16le()
    c.take(3)
    const lead = c.u8()
    if (c.fault !== '') return
    if ((kind !== REQUEST && kind !== ANSWER && !isGreeting(kind)) || reserved !== 0 || lead > 15) {
      return c.fail('no srtp')
    }
    notes.say(role, kind === ANSWER || kind === 1 ? 'controller' : 'client')
    const at = c.at - 10
    c.take(SIZE - 10)
    if (c.fault !== '') return
    if (!isGreeting(kind)) readMessage(c, notes, talk, at)
    c.take(Math.min(length, c.left))
  }
}

/** The first message is empty, and so is its answer. */
const isGreeting = (kind: number): boolean => kind === 0 || kind === 1

function readMessage(c: Cursor, notes: Notes, talk: Talk, at: number): void {
  const back = c.at
  c.at = at + 31
  const type = c.u8()
  if (type === SHORT_REQUEST || type === LONG_REQUEST) {
    c.at = at + (type === SHORT_REQUEST ? 42 : 50)
    const service = c.u8()
    const asked = ASKED[service]
    if (asked !== undefined) notes.say(asks, asked)
    const ordered = ORDERED[service]
    if (ordered !== undefined) tellOrder(notes, talk, orders, ordered)
  } else if (type === SHORT_ANSWER || type === LONG_ANSWER) {
    c.at = at + 51
    const level = c.u8()
    c.take(2)
    const word = STATES[c.u16le() >> 12]
    if (word !== undefined && type === SHORT_ANSWER) notes.say(state, word)
    if (level > 0 && level < 5 && type === SHORT_ANSWER) notes.count32(privilege, level)
  }
  c.at = back
}

export const gesrtp: Protocol = {
  name: 'gesrtp',
  standard: 'GE Fanuc Service Request Transport Protocol',
  tells: 'GE controllers, their state, and who starts, stops, writes and loads them',
  heard: ['tcp/18245-18246'],
  messages: true,
  facts: [role, state, asks, privilege, ...orderFacts(orders)],
  parse,
}
