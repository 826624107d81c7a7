/**
 * Modbus over TCP and UDP (Modbus Application Protocol 1.1b3, Messaging on TCP/IP 1.0b): which units
 * answer and what they say they are, who asks them, and who writes to them.
 *
 * Units other than 0, 1 and 255 stand behind a gateway: what they say is about `modbus:ADDRESS:UNIT`.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, label, number, text, type Fact } from '../model/fact.js'
import { ADU_HEAD, EXCEPTION, isPlausible } from './modbus-shape.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { aboutUnit, writeEnd } from './sub-address.js'
import { MARK, sunspec } from './sunspec.js'
import { umas } from './umas.js'

const role = fact('modbus.role', text, 'set')
/** The units that a server answers for: several mean a gateway. */
const unit = fact('modbus.unit', number, 'set')
const speaksFor = fact('modbus.speaks_for', text, 'set')
/** What a client asks for: `read holding registers`. */
const asks = fact('modbus.function', text, 'set')
const vendor = fact('modbus.vendor', text, 'set')
const productCode = fact('modbus.product_code', text, 'set')
const revision = fact('modbus.revision', text, 'set')
const url = fact('modbus.vendor_url', text, 'set')
const product = fact('modbus.product', text, 'set')
const model = fact('modbus.model', text, 'set')
const application = fact('modbus.application', text, 'set')
/** The answer to function 17, as each maker likes it. */
const serverId = fact('modbus.server_id', label, 'set')
const exception = fact('modbus.exception', text, 'set')
const orders = ordersOf('modbus')

const PORT = 502
const FUNCTIONS: Readonly<Record<number, string>> = {
  1: 'read coils',
  2: 'read discrete inputs',
  3: 'read holding registers',
  4: 'read input registers',
  7: 'read exception status',
  11: 'read event counter',
  12: 'read event log',
  17: 'report server id',
  20: 'read file',
  24: 'read fifo',
  43: 'read device identification',
  90: 'umas',
}
const COMMANDS: Readonly<Record<number, string>> = {
  5: 'write coil',
  6: 'write register',
  15: 'write coils',
  16: 'write registers',
  21: 'write file',
  22: 'mask write register',
  23: 'read and write registers',
}
const DIAGNOSTICS: Readonly<Record<number, string>> = {
  1: 'restart communications',
  4: 'force listen only',
  10: 'clear counters',
}
const EXCEPTIONS: readonly string[] = [
  '',
  'illegal function',
  'illegal address',
  'illegal value',
  'server failure',
  'acknowledge',
  'server busy',
  'negative acknowledge',
  'parity error',
  '',
  'gateway path unavailable',
  'gateway target failed',
]
/** The objects of a device identification, by number. */
const OBJECTS: readonly Fact[] = [vendor, productCode, revision, url, product, model, application]
const REPORT_SERVER_ID = 17
/** What stands before the unit's address. */
const ADU_BYTES = 6
const DIAGNOSE = 8
const ENCAPSULATED = 43
const DEVICE_IDENTIFICATION = 14
const UMAS = 90
const READ_HOLDING = 3
const OWN_UNITS = 1
const BROADCAST_UNIT = 255
/** So many bytes of an identification are its head. */
const IDENTIFICATION_HEAD = 4

const behind = { protocol: 'modbus', number: 0, isTarget: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isClient = talk.side === 'client' || (talk.side === 'unknown' && talk.to === PORT)
  const isKnownPort = talk.from === PORT || talk.to === PORT
  notes.about(SENDER)
  while (c.left > 0) {
    c.take(2)
    const protocol = c.u16()
    const length = c.u16()
    if (c.fault !== '') return
    if (protocol !== 0 || length < 2 || length > 260) return c.fail('no modbus')
    if (!isKnownPort && !isPlausible(c, length, isClient)) return c.fail('no modbus')
    const outer = c.narrow(length)
    readUnit(c, notes, talk, isClient)
    c.widen(outer)
  }
}

function readUnit(c: Cursor, notes: Notes, talk: Talk, isClient: boolean): void {
  const unitAt = c.at
  const address = c.u8()
  const code = c.u8()
  if (c.fault !== '') return
  notes.about(SENDER)
  followOther(c, notes, unitAt, code)
  if (isClient) return readRequest(c, notes, talk, code)
  notes.say(role, 'server')
  // What is not there or does not answer is no unit.
  const isMissing = (code & EXCEPTION) !== 0 && (c.peek() === 10 || c.peek() === 11)
  if (!isMissing) notes.add(unit, unitAt, 1)
  if ((code & EXCEPTION) !== 0) readException(c, notes)
  else if (code === REPORT_SERVER_ID) {
    aboutAnswerer(c, notes, talk, address)
    readServerId(c, notes)
  } else if (code === ENCAPSULATED && c.peek() === DEVICE_IDENTIFICATION) {
    aboutAnswerer(c, notes, talk, address)
    readIdentification(c, notes)
  }
}

/** Lets others read what only they know: UMAS with the head before the unit, SunSpec from the unit on. */
function followOther(c: Cursor, notes: Notes, unitAt: number, code: number): void {
  if (code === UMAS) notes.handOver(umas, unitAt - ADU_BYTES, c.end)
  else if (code === READ_HOLDING && c.peek(1) === MARK.charCodeAt(0)) {
    const back = c.at
    c.take(1)
    if (c.starts(MARK)) notes.handOver(sunspec, unitAt, c.end)
    c.at = back
  }
}

function readRequest(c: Cursor, notes: Notes, talk: Talk, code: number): void {
  notes.say(role, 'client')
  const known = FUNCTIONS[code]
  if (known !== undefined) notes.say(asks, known)
  const command = code === DIAGNOSE ? DIAGNOSTICS[c.u16()] : COMMANDS[code]
  if (command !== undefined && c.fault === '') tellOrder(notes, talk, orders, command)
}

function readException(c: Cursor, notes: Notes): void {
  const word = EXCEPTIONS[c.u8()]
  if (word !== undefined && word !== '' && c.fault === '') notes.say(exception, word)
}

/** Units of their own answer through a gateway, which is told as their relay. */
function aboutAnswerer(c: Cursor, notes: Notes, talk: Talk, address: number): void {
  if (address <= OWN_UNITS || address === BROADCAST_UNIT) return
  const at = notes.here
  notes.write('modbus:')
  writeEnd(notes, c.bytes, talk)
  notes.write(':')
  notes.writeNumber(address)
  notes.add(speaksFor, at, notes.here - at)
  behind.number = address
  aboutUnit(notes, c.bytes, talk, behind)
}

/** A number, 0 or 255 for stopped or running, and then what the maker likes: often its name. */
function readServerId(c: Cursor, notes: Notes): void {
  const length = c.u8()
  const run = c.peek(1)
  const hasHead = length > 2 && (run === 0 || run === 255)
  if (hasHead) c.take(2)
  const rest = hasHead ? length - 2 : length
  notes.add(serverId, c.take(rest), rest)
}

function readIdentification(c: Cursor, notes: Notes): void {
  c.take(IDENTIFICATION_HEAD + 1)
  let rest = c.u8()
  while (rest-- > 0 && c.left > 0) {
    const object = c.u8()
    const length = c.u8()
    const at = c.take(length)
    const said = OBJECTS[object]
    if (said !== undefined) notes.add(said, at, length)
  }
}

export const modbus: Protocol = {
  name: 'modbus',
  standard: 'Modbus Application Protocol 1.1b3',
  tells: 'make, model and firmware of controllers, units behind gateways, who reads and who writes',
  heard: ['tcp/502', 'udp/502', `tcp @${ADU_HEAD} "\\x00\\x00\\x00"`],
  messages: true,
  facts: [
    ...[role, unit, speaksFor, asks, vendor, productCode, revision, url, product, model],
    ...[application, serverId, exception, ...orderFacts(orders)],
  ],
  parse,
}
