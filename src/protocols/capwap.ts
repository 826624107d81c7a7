/**
 * CAPWAP (RFC 5415, 5416), its control channel: access points and the controllers they look for,
 * with make, model, serial number and versions, as long as they speak in the open.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, number, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const role = fact('capwap.role', text, 'set')
const message = fact('capwap.message', number, 'set')
/** `dtls` where a channel is hidden, `none` where it is not. */
const encryption = fact('capwap.encryption', text, 'set')
const vendor = fact('capwap.vendor', number, 'set')
const model = fact('capwap.model', text, 'set')
const serial = fact('capwap.serial', text, 'set')
const board = fact('capwap.board', text, 'set')
const address = fact('capwap.mac', mac, 'set')
const radio = fact('capwap.radio_mac', mac, 'set')
const hardware = fact('capwap.hardware', text, 'set')
const software = fact('capwap.software', text, 'set')
const boot = fact('capwap.boot', text, 'set')
const name = fact('capwap.name', text, 'set')
const location = fact('capwap.location', text, 'set')
const controller = fact('capwap.controller', text, 'set')
const controllerAddress = fact('capwap.controller_address', ip, 'set')

const DTLS = 1
const DISCOVERY = 1
const LAST = 26

const AC_DESCRIPTOR = 1
const AC_NAME = 4
const CONTROL_ADDRESS = 10
const LOCATION = 28
const BOARD = 38
const DESCRIPTOR = 39
const NAME = 45
const AC_FIXED = 12
const WTP_FIXED = 2
const MAC_BYTES = 6

const BOARD_PARTS: readonly (Fact | undefined)[] = [model, serial, board, hardware, address]
/** Of the access point's description, and of the controller's. */
const WTP_VERSIONS: readonly (Fact | undefined)[] = [hardware, software, boot]
const AC_VERSIONS: readonly (Fact | undefined)[] = [
  ...[undefined, undefined, undefined, undefined, hardware, software],
]

function parse(c: Cursor, notes: Notes): void {
  const lead = c.u8()
  if (lead >> 4 !== 0 || (lead & 15) > DTLS) return c.fail('unknown version')
  if ((lead & 15) === DTLS) {
    c.take(3)
    return c.fault === '' ? notes.say(encryption, 'dtls') : undefined
  }
  const head = (c.peek() >> 3) * 4
  const flags = c.peek(2)
  c.take(7)
  if (c.fault !== '') return
  if (head < 8) return c.fail('bad header')
  const outer = c.narrow(head - 8)
  const radioLength = (flags & 0x10) !== 0 ? c.u8() : 0
  const radioAt = radioLength === MAC_BYTES ? c.take(MAC_BYTES) : -1
  c.widen(outer)
  if ((flags & 0x80) !== 0) return
  control(c, notes, radioAt)
}

function control(c: Cursor, notes: Notes, radioAt: number): void {
  const enterprise = c.u24()
  const at = c.take(1)
  c.at -= c.fault === '' ? 1 : 0
  const type = c.u8()
  c.take(1)
  const length = c.u16() - 3
  c.take(1)
  if (c.fault !== '') return
  if (length < 0 || (enterprise === 0 && (type < DISCOVERY || type > LAST))) {
    return c.fail('unknown message')
  }
  notes.add(message, at, 1)
  notes.say(encryption, 'none')
  const isController = roleOf(notes, type)
  notes.add(radio, radioAt, MAC_BYTES)
  const outer = c.narrow(Math.min(length, c.left))
  const isCut = length > outer - c.at
  while (c.left > 0) element(c, notes, isController)
  c.widen(outer)
  if (isCut) c.take(c.left + 1)
}

/** Discoveries, joins and events are asked by access points, updates by controllers. */
function roleOf(notes: Notes, type: number): boolean {
  const isUpdate = type === 7 || type === 8 || type >= 17
  const isController = ((type & 1) === 0) !== isUpdate
  notes.say(role, isController ? 'controller' : 'access point')
  return isController
}

function element(c: Cursor, notes: Notes, isController: boolean): void {
  const kind = c.u16()
  const outer = c.narrow(c.u16())
  if (c.fault !== '') return
  if (kind === BOARD) {
    notes.add(vendor, c.take(4), 4)
    while (c.left > 0) noteSized(c, notes, BOARD_PARTS)
  } else if (kind === DESCRIPTOR) wtp(c, notes)
  else if (kind === AC_DESCRIPTOR) {
    c.take(AC_FIXED)
    versions(c, notes, AC_VERSIONS)
  } else if (kind === AC_NAME && isController) notes.add(controller, c.at, c.left)
  else if (kind === NAME && !isController) notes.add(name, c.at, c.left)
  else if (kind === LOCATION && !isController) notes.add(location, c.at, c.left)
  else if (kind === CONTROL_ADDRESS && isController) notes.add(controllerAddress, c.take(4), 4)
  c.widen(outer)
}

function wtp(c: Cursor, notes: Notes): void {
  c.take(WTP_FIXED)
  c.take(c.u8() * 3)
  versions(c, notes, WTP_VERSIONS)
}

function versions(c: Cursor, notes: Notes, list: readonly (Fact | undefined)[]): void {
  while (c.left > 0) {
    notes.add(vendor, c.take(4), 4)
    noteSized(c, notes, list)
  }
}

/** A kind, a length and a value, which may be filled up with zeros. */
function noteSized(c: Cursor, notes: Notes, list: readonly (Fact | undefined)[]): void {
  const said = list[c.u16()]
  const outer = c.narrow(c.u16())
  if (c.fault !== '') return
  const ends = said === address ? -1 : c.distance(0)
  if (said !== undefined) notes.add(said, c.at, ends < 0 ? c.left : ends)
  c.widen(outer)
}

export const capwap: Protocol = {
  name: 'capwap',
  standard: 'RFC 5415, 5416',
  tells: 'access points: make, model, serial number, versions, name and place; their controllers',
  heard: ['udp/5246'],
  facts: [
    ...[role, message, encryption, vendor, model, serial, board, address, radio],
    ...[hardware, software, boot, name, location, controller, controllerAddress],
  ],
  parse,
}
