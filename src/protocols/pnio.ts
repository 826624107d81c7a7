/**
 * PROFINET's acyclic calls (IEC 61158-6-10, context management over DCE RPC): who controls which
 * station, and what stations answer about themselves, their modules and their neighbours.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { aboutTarget, orderFacts, ordersOf, tellOrder } from './orders.js'
import { notePadded } from './padded-text.js'
import { blockFacts, readBlocks } from './pnio-blocks.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `device`, `controller` or `supervisor`. */
const role = fact('pnio.role', text, 'set')
const vendorId = fact('pnio.vendor_id', hex, 'set')
const deviceId = fact('pnio.device_id', hex, 'set')
/** What a station tells who looks for its services: type, order number and versions in a row. */
const annotation = fact('pnio.annotation', text, 'set')
const orders = ordersOf('pnio')

const VERSION = 4
const KIND_MAX = 10
const REQUEST = 0
const RESPONSE = 2
const LITTLE = 0x10

const PROFINET_LITTLE = '\x97\x6c\xd1\x11\x82\x71'
const PROFINET_BIG = '\x6c\x97\x11\xd1\x82\x71'
const MAPPER_LITTLE = '\x08\x83\xaf\xe1'
const MAPPER_BIG = '\xe1\xaf\x83\x08'

const DEVICE = 1
const SUPERVISOR = 3
const ASKERS: readonly string[] = ['', 'controller', 'device', 'device']
const ANSWERERS: readonly string[] = ['', 'device', 'controller', 'supervisor']

const LOOKUP = 2
const WRITE = 3
const ARGUMENTS_HEAD = 20
const ANNOTATION_BYTES = 64

/** What the last call's head said. */
const call = { isRequest: false, spoken: 0, operation: 0, object: -1 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const version = c.u8()
  const kind = c.u8() & 31
  c.take(2)
  const isLittle = (c.u8() & LITTLE) !== 0
  c.take(3)
  if (c.fault === '' && (version !== VERSION || kind > KIND_MAX)) return c.fail('no call')
  const object = c.take(16)
  const isMapper = c.starts(isLittle ? MAPPER_LITTLE : MAPPER_BIG)
  const spoken = readInterface(c, isLittle)
  c.take(28)
  const operation = isLittle ? c.u16le() : c.u16()
  c.take(6)
  const fragment = isLittle ? c.u16le() : c.u16()
  c.take(2)
  if (c.fault !== '') return
  if (!isMapper && spoken === 0) return c.fail('no profinet')
  if (fragment !== 0 || (kind !== REQUEST && kind !== RESPONSE)) return
  call.isRequest = kind === REQUEST
  call.spoken = spoken
  call.operation = operation
  call.object = object
  if (!isMapper) readCall(c, notes, talk)
  else if (kind === RESPONSE && operation === LOOKUP) readLookedUp(c, notes)
}

/** Which of PROFINET's interfaces is spoken with; 0 if it is none of them. */
function readInterface(c: Cursor, isLittle: boolean): number {
  const at = isLittle ? c.peek(0) : c.peek(3)
  c.take(4)
  const isOurs = c.starts(isLittle ? PROFINET_LITTLE : PROFINET_BIG)
  c.take(12)
  return isOurs && at >= DEVICE && at <= SUPERVISOR ? at : 0
}

function readCall(c: Cursor, notes: Notes, talk: Talk): void {
  const { isRequest, spoken, operation, object } = call
  notes.say(role, (isRequest ? ASKERS : ANSWERERS)[spoken]!)
  if (isRequest) aboutTarget(notes, talk)
  // The object is numbered by who answers: instance, device and maker.
  notes.add(deviceId, object + 12, 2)
  notes.add(vendorId, object + 14, 2)
  notes.about(SENDER)
  if (isRequest && operation === WRITE && spoken === DEVICE) tellOrder(notes, talk, orders, 'write')
  if (operation === WRITE || c.left < ARGUMENTS_HEAD) return
  c.take(ARGUMENTS_HEAD)
  readBlocks(c, notes)
}

/** The answer of a station's endpoint mapper: a handle, a count, and the first entry. */
function readLookedUp(c: Cursor, notes: Notes): void {
  c.take(20 + 16 + 28)
  if (c.fault === '') notePadded(c, notes, annotation, ANNOTATION_BYTES)
}

export const pnio: Protocol = {
  name: 'pnio',
  standard: 'IEC 61158-6-10',
  tells: 'names, order numbers, serial numbers and firmware of stations, their neighbours',
  heard: [
    'udp/34964',
    'udp @8 "\\x00\\x00\\xa0\\xde\\x97\\x6c\\xd1\\x11"',
    'udp @8 "\\xde\\xa0\\x00\\x00\\x6c\\x97\\x11\\xd1"',
  ],
  facts: [role, vendorId, deviceId, annotation, ...blockFacts, ...orderFacts(orders)],
  parse,
}
