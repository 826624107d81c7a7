/** ROC Plus (Emerson): flow computers of gas and oil, who reads them, logs in and writes to them. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import { crc16 } from './checksums.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** Unit and group: `1.2`. */
const unit = fact('rocplus.unit', text, 'set')
const asks = fact('rocplus.asks', text, 'set')
const user = secretFact('rocplus.user', ['LOI'])
const orders = ordersOf('rocplus')

const HEAD = 6
const CHECK = 2
const LOGIN = 17
const LOGIN_NAME = 3
const LOGINS: readonly number[] = [5, 6, 71, 76]
const ASKED: Readonly<Record<number, string>> = {
  6: 'configuration',
  7: 'time',
  10: 'read table',
  [LOGIN]: 'login',
  50: 'points',
  100: 'user command',
  105: 'history',
  118: 'alarms',
  119: 'events',
  120: 'pointers',
  135: 'history',
  139: 'history',
  167: 'read parameters',
  180: 'read parameters',
}
const ORDERED: Readonly<Record<number, string>> = {
  8: 'set time',
  11: 'write table',
  166: 'write parameters',
  181: 'write parameters',
  203: 'transfer file',
  206: 'write history',
}
/** Store and forward, reports by exception, errors, and what else there is. */
const OTHERS: readonly number[] = [
  ...[0, 2, 24, 101, 102, 103, 107, 108, 136, 137, 138, 204, 205, 224, 225, 255],
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const length = c.left > HEAD ? c.peek(HEAD - 1) : 0
    const whole = HEAD + length + CHECK
    if (c.left > HEAD && !isKnown(c.peek(HEAD - 2))) return c.fail('no rocplus')
    if (c.left < whole) return void c.take(whole)
    const sum = crc16(c, HEAD + length)
    const outer = c.narrow(whole)
    c.take(2)
    const at = c.at
    const number = c.u8()
    const group = c.u8()
    const code = c.u8()
    c.take(1)
    const content = c.at
    c.take(length)
    if (c.u16le() !== sum) return c.fail('no rocplus')
    noteUnit(notes, number, group)
    c.at = content
    if (talk.side !== 'server') readRequest(c, notes, talk, { code, length })
    c.at = at
    c.widen(outer)
  }
}

function noteUnit(notes: Notes, number: number, group: number): void {
  const to = notes.here
  notes.writeNumber(number)
  notes.write('.')
  notes.writeNumber(group)
  notes.add(unit, to, notes.here - to)
}

const isKnown = (code: number): boolean =>
  ASKED[code] !== undefined || ORDERED[code] !== undefined || OTHERS.includes(code)

interface Request {
  readonly code: number
  readonly length: number
}

function readRequest(c: Cursor, notes: Notes, talk: Talk, { code, length }: Request): void {
  const asked = ASKED[code]
  if (asked !== undefined) notes.say(asks, asked)
  if (code === LOGIN && LOGINS.includes(length)) notes.add(user, c.at, LOGIN_NAME)
  const ordered = ORDERED[code]
  if (ordered !== undefined) tellOrder(notes, talk, orders, ordered)
}

export const rocplus: Protocol = {
  name: 'rocplus',
  standard: 'Emerson ROC Plus',
  tells: 'flow computers of gas and oil, who reads them and who writes to them',
  heard: ['tcp/4000', 'udp/4000'],
  messages: true,
  facts: [unit, asks, user, ...orderFacts(orders)],
  parse,
}
