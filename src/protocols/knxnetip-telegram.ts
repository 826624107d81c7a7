/** Telegrams of the KNX bus in the form that gateways carry (cEMI, EN 50090-4-3): who orders what. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { noteOrder, orderFacts, ordersOf } from './orders.js'
import { NAME, SENDER, type Notes, type Talk } from './protocol.js'

/** Which devices of the bus a gateway speaks for. */
const carries = fact('knxnetip.carries', text, 'set')
const orders = ordersOf('knxnetip')

export const telegramFacts = [carries, ...orderFacts(orders)]

const REQUEST = 0x11
const CONFIRM = 0x2e
const INDICATION = 0x29
const TO_GROUP = 0x80
const WRITES_GROUP = 0x080
/** By the ten bits that say what a telegram is for; shorter ones have values in the lower six. */
const SERVICES: Readonly<Record<number, string>> = {
  0x0c0: 'write address',
  0x280: 'write memory',
  0x2c2: 'write memory',
  0x380: 'restart',
  0x3d7: 'write property',
  0x3d3: 'set key',
}

/** Writes an address of a device as `1.1.4`. */
export function writeAddress(notes: Notes, address: number): void {
  notes.writeNumber(address >> 12)
  notes.write('.')
  notes.writeNumber((address >> 8) & 15)
  notes.write('.')
  notes.writeNumber(address & 255)
}

export function readTelegram(c: Cursor, notes: Notes, talk: Talk): void {
  const code = c.u8()
  if (code !== REQUEST && code !== INDICATION && code !== CONFIRM) return
  c.take(c.u8())
  c.take(1)
  const isGroup = (c.u8() & TO_GROUP) !== 0
  const source = c.u16()
  const target = c.u16()
  const length = c.u8()
  const service = length === 0 ? 0 : c.u16() & 0x3ff
  if (c.fault !== '') return
  if (source !== 0 && code === INDICATION) noteAddress(notes, source)
  if (code === CONFIRM || length === 0) return
  const word = wordOf(service)
  if (isGroup) {
    if ((service & 0x3c0) === WRITES_GROUP) notes.say(orders.commands, 'write group')
  } else if (word !== undefined) order(notes, talk, target, word)
}

/** Memory is written by so many bytes, and restarts come in kinds. */
const wordOf = (service: number): string | undefined => {
  const isMemory = (service & 0x3c0) === 0x280
  return SERVICES[isMemory ? 0x280 : (service & 0x3fe) === 0x380 ? 0x380 : service]
}

function noteAddress(notes: Notes, source: number): void {
  const at = notes.here
  notes.write('knx:')
  writeAddress(notes, source)
  notes.add(carries, at, notes.here - at)
}

/** Tells of an order to the device that has this address on the bus. */
function order(notes: Notes, talk: Talk, target: number, word: string): void {
  const at = notes.here
  notes.write('knx:')
  writeAddress(notes, target)
  notes.about(NAME, at, notes.here - at)
  noteOrder(notes, talk, orders, word)
  notes.about(SENDER)
  notes.say(orders.commands, word)
}
