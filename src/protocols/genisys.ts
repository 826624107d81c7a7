/**
 * Genisys (Union Switch & Signal, Wabtec): offices of railways poll interlockings and field stations
 * over serial lines that have become TCP, and control them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { addToCrc16, CRC_START } from './checksums.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `office` or `station`. */
const role = fact('genisys.role', text, 'set')
/** By which a station is told apart on its line. */
const station = fact('genisys.station', text, 'set')
const orders = ordersOf('genisys')

const FIRST_ANSWER = 0xf1
const LAST_ANSWER = 0xf3
const ACKNOWLEDGES = 0xf1
const FIRST_REQUEST = 0xf9
const LAST_REQUEST = 0xfe
const POLL = 0xfb
const END = 0xf6
const ESCAPE = 0xf0
const CHECKED_LEAST = 3
const ORDERED: Readonly<Record<number, string>> = {
  0xf9: 'common control',
  0xfc: 'control',
  0xfe: 'execute',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const kind = c.u8()
    const isAnswer = kind >= FIRST_ANSWER && kind <= LAST_ANSWER
    if (!isAnswer && (kind < FIRST_REQUEST || kind > LAST_REQUEST)) return c.fail('no genisys')
    const length = c.distance(END)
    if (length < 0) return void c.take(c.left + 1)
    if (length === 0 || !isRight(c, kind, length)) return c.fail('no genisys')
    notes.say(role, isAnswer ? 'station' : 'office')
    if (isAnswer) notes.count32(station, unescaped(c))
    c.take(length + 1)
    const ordered = ORDERED[kind]
    if (ordered !== undefined) tellOrder(notes, talk, orders, ordered)
  }
}

const unescaped = (c: Cursor): number => (c.peek() === ESCAPE ? ESCAPE | c.peek(1) : c.peek())

/** Bytes that would be marks are escaped; the check behind them is over what they stand for. */
function isRight(c: Cursor, kind: number, length: number): boolean {
  if (length < CHECKED_LEAST) return (kind === ACKNOWLEDGES || kind === POLL) && length <= 2
  let crc = addToCrc16(CRC_START, kind)
  let before = 0
  let last = 0
  let count = 0
  let i = 0
  while (i < length) {
    const byte = c.peek(i) === ESCAPE ? ESCAPE | c.peek(++i) : c.peek(i)
    if (byte > 0xff || i >= length) return false
    if (count >= 2) crc = addToCrc16(crc, before)
    before = last
    last = byte
    count++
    i++
  }
  return count > 2 && crc === (before | (last << 8))
}

const STATIONS = 32
const DIGITS = '0123456789abcdef'

/** Polls of the first stations, by which an odd port is known. */
const POLLS = Array.from({ length: STATIONS }, (_, i) => {
  const crc = addToCrc16(addToCrc16(CRC_START, POLL), i + 1)
  return `tcp "${[POLL, i + 1, crc & 255, crc >> 8, END].map(escaped).join('')}"`
})

function escaped(byte: number): string {
  return `\\x${DIGITS.charAt(byte >> 4)}${DIGITS.charAt(byte & 15)}`
}

export const genisys: Protocol = {
  name: 'genisys',
  standard: 'Union Switch & Signal, Genisys',
  tells: 'field stations of railways, and who controls them',
  heard: ['tcp/10001', ...POLLS],
  messages: true,
  facts: [role, station, ...orderFacts(orders)],
  parse,
}
