/**
 * DLMS/COSEM (IEC 62056-5-3, -46, -47): meters by their titles and names, who associates with them
 * and how well he proves himself; and who sets and switches them. Of what they count nothing is read.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { associationFacts, readAssociation } from './dlms-association.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const role = fact('dlms.role', text, 'set')
/** One meter in the world: three letters of its maker, and what that one made of it. */
const deviceName = fact('dlms.device_name', text, 'set')
const serial = fact('dlms.serial', text, 'set')
const firmware = fact('dlms.firmware', text, 'set')
const orders = ordersOf('dlms')

const FRAME = 0x7e
const VERSION = 1
const ASSOCIATE = 0x60
const ASSOCIATED = 0x61
const GET = 0xc0
const SET = 0xc1
const ACT = 0xc3
const GOT = 0xc4
const NORMAL = 1
const OCTETS = 9
const STRING = 10
/** What a meter is called, its number, and its firmware. */
const NAMES: readonly string[] = [
  '\x00\x00\x2a\x00\x00\xff',
  '\x00\x00\x60\x01\x00\xff',
  '\x01\x00\x00\x02\x00\xff',
]
const TOLD = [deviceName, serial, firmware]
const SWITCH = 70
const SWITCHES: readonly string[] = ['', 'disconnect', 'reconnect']
const VALUE_MAX = 64
const SPACE = 0x20
const DELETE = 0x7f

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.peek() === FRAME) return readFrames(c, notes, talk)
  while (c.left > 0) {
    const version = c.u16()
    c.take(4)
    const length = c.u16()
    if (c.fault !== '') return
    if (version !== VERSION || length === 0 || !isUnit(c.peek())) return c.fail('no dlms')
    const outer = c.narrow(length)
    readUnit(c, notes, talk)
    c.widen(outer)
  }
}

/** In frames as on a serial line: flag, length, two addresses, control, check. */
function readFrames(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const flag = c.u8()
    const head = c.u16()
    if (c.fault === '' && (flag !== FRAME || head >> 12 !== 0xa || (head & 0x7ff) < 5)) {
      return c.fail('no dlms')
    }
    const outer = c.narrow((head & 0x7ff) - 2)
    readFrame(c, notes, talk)
    c.widen(outer)
    // One flag may end a frame and begin the next.
    if (c.left === 1 || c.peek(1) === FRAME) c.take(1)
  }
}

function readFrame(c: Cursor, notes: Notes, talk: Talk): void {
  passAddress(c)
  passAddress(c)
  c.take(1)
  // Beyond the check of the head stand data, behind who they are for.
  if (c.left < 6) return
  c.take(2)
  if (c.peek() !== 0xe6) return
  c.take(3)
  const outer = c.narrow(c.left - 2)
  if (isUnit(c.peek())) readUnit(c, notes, talk)
  c.widen(outer)
}

/** An address goes on to its first odd byte. */
function passAddress(c: Cursor): void {
  while (c.left > 0 && (c.u8() & 1) === 0) continue
}

const isUnit = (tag: number): boolean =>
  (tag >= ASSOCIATE && tag <= 0x63) || (tag >= GET && tag <= 0xdf) || (tag >= 0x01 && tag <= 0x18)

function readUnit(c: Cursor, notes: Notes, talk: Talk): void {
  const tag = c.u8()
  if (c.fault !== '') return
  const isMeter = tag === ASSOCIATED || (tag >= GOT && tag <= 0xc7) || tag === 0x63
  notes.say(role, isMeter ? 'meter' : 'client')
  if (tag === ASSOCIATE || tag === ASSOCIATED) readAssociation(c, notes, tag === ASSOCIATE)
  else if (tag === GET) ask(c, talk)
  else if (tag === GOT) readAnswer(c, notes, talk)
  else if (tag === SET) tellOrder(notes, talk, orders, 'set')
  else if (tag === ACT) readAction(c, notes, talk)
}

function ask(c: Cursor, talk: Talk): void {
  const kind = c.u8()
  const key = c.u8()
  c.take(2)
  if (kind !== NORMAL || c.fault !== '') return
  let asked = NAMES.length
  while (asked > 0 && !c.starts(NAMES[asked - 1]!)) asked--
  talk.memory.remember(key, asked)
}

function readAnswer(c: Cursor, notes: Notes, talk: Talk): void {
  const kind = c.u8()
  const asked = talk.memory.recall(c.u8())
  const result = c.u8()
  const type = c.u8()
  if (kind !== NORMAL || result !== 0 || (type !== OCTETS && type !== STRING)) return
  const said = TOLD[asked - 1]
  const length = c.u8()
  const at = c.take(length)
  if (said === undefined || at < 0 || length > VALUE_MAX) return
  // Some fill their names up with bytes that are no letters.
  let printed = 0
  c.at = at
  while (printed < length && c.peek(printed) > SPACE && c.peek(printed) < DELETE) printed++
  notes.add(said, at, said === firmware ? length : printed)
  c.take(length)
}

function readAction(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(2)
  const kind = c.u16()
  c.take(6)
  const method = c.u8()
  if (c.fault !== '') return
  tellOrder(notes, talk, orders, (kind === SWITCH ? SWITCHES[method] : undefined) ?? 'action')
}

export const dlms: Protocol = {
  name: 'dlms',
  standard: 'IEC 62056-5-3, 62056-46, 62056-47',
  tells: 'meters: maker, title and number; who reads, sets and switches them, and how he proves it',
  heard: [
    ...['tcp/4059-4061', 'udp/4059', 'tcp "\\x00\\x01\\x00\\x01\\x00\\x01\\x00"'],
    ...['tcp "\\x00\\x01\\x00\\x10\\x00\\x01\\x00"', 'tcp "\\x7e\\xa0\\x07\\x03"'],
    ...['udp "\\x00\\x01\\x00\\x10\\x00\\x01\\x00"', 'tcp "\\x00\\x01\\x00\\x01\\x00\\x10\\x00"'],
    // The name of the application that a client wants to associate with.
    'tcp @10 "\\xa1\\x09\\x06\\x07\\x60\\x85\\x74\\x05\\x08"',
  ],
  messages: true,
  facts: [role, deviceName, serial, firmware, ...associationFacts, ...orderFacts(orders)],
  parse,
}
