/**
 * CIP messages in EtherNet/IP (CIP volume 1): what is asked of which object, and what an answer says
 * if it is an identity's. What is routed to a slot is about the module there, `enip:ADDRESS:1/0`.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { identityFacts, readAttribute, readIdentity, writeSerial } from './enip-identity.js'
import { cpu, orderOfPccc, readPcccAnswer } from './enip-pccc.js'
import { noteOrder, orderFacts, ordersOf, tellOrder } from './orders.js'
import { NAME, SENDER, type Notes, type Talk } from './protocol.js'
import { writeEnd } from './sub-address.js'

/** Maker and serial number of who opens a connection: `1/0024af31`. */
const originator = fact('enip.originator', text, 'set')
/** About who has a rack behind it: the module that answered. */
const speaksFor = fact('enip.speaks_for', text, 'set')
const orders = ordersOf('enip')

export { readIdentity }
export const cipFacts: readonly Fact[] = [
  ...identityFacts,
  ...[cpu, originator, speaksFor, ...orderFacts(orders)],
]

const ANSWER = 0x80
const GET_ALL = 0x01
const SET_ALL = 0x02
const SEVERAL = 0x0a
const GET_ONE = 0x0e
const SET_ONE = 0x10
const PCCC_CALL = 0x4b
const SEND_ON = 0x52
const OPEN = 0x54
const OPEN_LARGE = 0x5b

const IDENTITY = 0x01
const ROUTER = 0x02
const MANAGER = 0x06
const FILE = 0x37
const PCCC = 0x67
const SYMBOL = 0x6b
const NETWORK = 0xf5

const COMMON: Readonly<Record<number, string>> = {
  0x05: 'reset',
  0x06: 'start',
  0x07: 'stop',
  0x08: 'create',
  0x09: 'delete',
}
const TAGS: Readonly<Record<number, string>> = { 0x4d: 'write', 0x4e: 'write', 0x53: 'write' }
const FILES: Readonly<Record<number, string>> = { 0x4b: 'upload', 0x4c: 'download' }
const SERVICES_MAX = 32

/** The path of the last request: 0 where nothing was said, and a name in place of a class. */
const path = { class: 0, attribute: 0, isNamed: false }
/** The slot to which the request is sent on. */
const route = { isGiven: false, port: 0, link: 0 }

/** Reads a request, which is remembered by `key`, or the answer to it. */
export function readCip(c: Cursor, notes: Notes, talk: Talk, key: number): void {
  route.isGiven = false
  if ((c.peek() & ANSWER) !== 0) readAnswer(c, notes, talk, talk.memory.recall(key))
  else readRequest(c, notes, talk, key)
}

function readRequest(c: Cursor, notes: Notes, talk: Talk, key: number): void {
  const service = c.u8()
  readPath(c)
  if (c.fault !== '') return
  const isManager = path.class === MANAGER
  if (service === SEND_ON && isManager && !route.isGiven) return readSentOn(c, notes, talk, key)
  if (service === SEVERAL && path.class === ROUTER) return readSeveral(c, notes, talk)
  if (isManager && (service === OPEN || service === OPEN_LARGE)) return readOpen(c, notes)
  talk.memory.remember(key, pack(service))
  tell(c, notes, talk, service)
}

function tell(c: Cursor, notes: Notes, talk: Talk, service: number): boolean {
  const word = orderOf(c, service)
  if (word === '' || c.fault !== '') return false
  if (route.isGiven) {
    const at = notes.here
    writeSlot(c, notes, talk, true)
    notes.about(NAME, at, notes.here - at)
    noteOrder(notes, talk, orders, word)
    notes.about(SENDER)
    notes.say(orders.commands, word)
  } else tellOrder(notes, talk, orders, word)
  return true
}

function orderOf(c: Cursor, service: number): string {
  if (service === SET_ONE || service === SET_ALL)
    return path.class === NETWORK ? 'set network' : 'set attribute'
  if (path.class === PCCC && service === PCCC_CALL) return orderOfPccc(c)
  if (path.class === FILE) return FILES[service] ?? ''
  if (path.isNamed || path.class === SYMBOL) return TAGS[service] ?? ''
  return path.class === MANAGER ? '' : (COMMON[service] ?? '')
}

/** Class, instance and attribute; or the name of a variable. */
function readPath(c: Cursor): void {
  path.class = path.attribute = 0
  path.isNamed = false
  const outer = c.narrow(c.u8() * 2)
  while (c.left > 0) {
    const segment = c.u8()
    const isWide = (segment & 3) === 1
    const kind = segment & 0xfc
    if (segment === 0x91) {
      path.isNamed = true
      const length = c.u8()
      c.take(length + (length & 1))
    } else if ((segment & 0xe0) === 0x20 && (segment & 3) < 2) {
      if (isWide) c.take(1)
      const value = isWide ? c.u16le() : c.u8()
      if (kind === 0x20) path.class = value
      else if (kind === 0x30) path.attribute = value
    } else c.at = c.end
  }
  c.widen(outer)
}

/** A request inside a request, and behind it to which slot it goes. */
function readSentOn(c: Cursor, notes: Notes, talk: Talk, key: number): void {
  c.take(2)
  const length = c.u16le()
  const { at } = c
  c.take(length + (length & 1))
  const words = c.u8()
  c.take(1)
  const port = c.u8()
  const link = c.u8()
  if (c.fault !== '') return
  route.isGiven = words === 1 && (port & 0xf0) === 0
  route.port = port
  route.link = link
  const outer = c.end
  c.at = at
  c.end = at + length
  readRequest(c, notes, talk, key)
  c.end = outer
}

function readSeveral(c: Cursor, notes: Notes, talk: Talk): void {
  const from = c.at
  let services = Math.min(c.u16le(), SERVICES_MAX)
  while (services-- > 0 && c.left > 0) {
    const next = from + c.u16le()
    const { at } = c
    if (c.fault !== '' || next < at || next >= c.end) return
    c.at = next
    const service = c.u8()
    readPath(c)
    // Once is enough to know that it writes.
    if (tell(c, notes, talk, service)) return
    c.at = at
  }
}

function readOpen(c: Cursor, notes: Notes): void {
  c.take(12)
  const maker = c.u16le()
  const number = c.u32le()
  if (c.fault !== '' || number === 0) return
  const at = notes.here
  notes.writeNumber(maker)
  notes.write('/')
  writeSerial(notes, number)
  notes.add(originator, at, notes.here - at)
}

const pack = (service: number): number =>
  service |
  (path.class > 0xff ? 0 : path.class << 8) |
  ((path.attribute & 15) << 16) |
  (route.isGiven ? (1 << 29) | ((route.port & 15) << 20) | ((route.link & 31) << 24) : 0)

function readAnswer(c: Cursor, notes: Notes, talk: Talk, asked: number): void {
  const service = c.u8() & ~ANSWER
  c.take(1)
  const status = c.u8()
  c.take(c.u8() * 2)
  if (asked < 0 || status !== 0 || c.fault !== '' || (asked & 0xff) !== service) return
  const object = (asked >> 8) & 0xff
  route.isGiven = asked >> 29 !== 0
  route.port = (asked >> 20) & 15
  route.link = (asked >> 24) & 31
  if (object === IDENTITY && (service === GET_ALL || service === GET_ONE)) {
    aboutSlot(c, notes, talk)
    if (service === GET_ALL) readIdentity(c, notes)
    else readAttribute(c, notes, (asked >> 16) & 15)
  } else if (object === PCCC && service === PCCC_CALL) {
    aboutSlot(c, notes, talk)
    readPcccAnswer(c, notes)
  }
}

function aboutSlot(c: Cursor, notes: Notes, talk: Talk): void {
  if (!route.isGiven) return
  const at = notes.here
  writeSlot(c, notes, talk, false)
  notes.add(speaksFor, at, notes.here - at)
  notes.about(NAME, at, notes.here - at)
}

function writeSlot(c: Cursor, notes: Notes, talk: Talk, isTarget: boolean): void {
  notes.write('enip:')
  writeEnd(notes, c.bytes, talk, isTarget)
  notes.write(':')
  notes.writeNumber(route.port)
  notes.write('/')
  notes.writeNumber(route.link)
}
