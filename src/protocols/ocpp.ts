/**
 * OCPP (Open Charge Alliance) in WebSockets (RFC 6455): charging stations boot and tell what they are,
 * and what their central system orders. Who charges is not read. It is handed a request from its
 * path on, or what follows the head of an answer.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import { IN_SCRATCH, type Notes, type Protocol, type Talk } from './protocol.js'
import { contains } from './text-contains.js'
import { find, found } from './text-search.js'

/** By which its system knows it: the last part of the path. */
const identity = fact('ocpp.identity', text, 'set')
const version = fact('ocpp.version', text, 'set')
const vendor = fact('ocpp.vendor', text, 'set')
const model = fact('ocpp.model', text, 'set')
const serial = fact('ocpp.serial', text, 'set')
const firmware = fact('ocpp.firmware', text, 'set')
const meterSerial = fact('ocpp.meter_serial', text, 'set')
const meterType = fact('ocpp.meter_type', text, 'set')
/** `station` or `system`. */
const role = fact('ocpp.role', text, 'set')
const commands = fact('ocpp.commands', text, 'set')

const BOOT = 'BootNotification'
const MEMBERS = membersOf([
  ['chargePointVendor', vendor],
  ['chargePointModel', model],
  ['chargePointSerialNumber', serial],
  ['chargeBoxSerialNumber', serial],
  ['firmwareVersion', firmware],
  ['meterSerialNumber', meterSerial],
  ['meterType', meterType],
  ['vendorName', vendor],
  ['model', model],
  ['serialNumber', serial],
])
const ORDERED: readonly (readonly [action: string, word: string])[] = [
  ['Reset"', 'reset'],
  ['StartTransaction"', 'start charging'],
  ['StopTransaction"', 'stop charging'],
  ['UnlockConnector"', 'unlock'],
  ['UpdateFirmware"', 'update firmware'],
  ['ChangeConfiguration"', 'configure'],
  ['SetVariables"', 'configure'],
  ['ChangeAvailability"', 'change availability'],
  ['SetChargingProfile"', 'limit'],
]
const SPACE = 0x20
const SLASH = 0x2f
const RETURN = 0x0d
const MASKED = 0x80
const OPCODE = 0x0f
const TEXT = 1
const LONG = 126
const LENGTH_MAX = 4096
const ACTION_MAX = 120
/** An array that begins with 2 is a call. */
const CALL = '[2,'

const message = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isStation = talk.side === 'client'
  notes.say(role, isStation ? 'station' : 'system')
  if (isStation) readHead(c, notes)
  while (c.left > 0) readFrame(c, notes, isStation)
}

function readHead(c: Cursor, notes: Notes): void {
  const from = c.until(SPACE)
  if (c.fault !== '') return
  noteIdentity(c, notes, from, c.at - 1 - from)
  if (!find(c, c.at, c.left, '\r\n\r\n')) return void c.take(c.left + 1)
  const end = found.at
  if (find(c, c.at, end - c.at, 'websocket-protocol:')) {
    while (found.peek() === SPACE) found.take(1)
    let length = 0
    while (found.peek(length) !== RETURN && found.peek(length) !== 0x2c) length++
    notes.add(version, found.at, length)
  }
  c.at = end
}

function noteIdentity(c: Cursor, notes: Notes, at: number, length: number): void {
  message.over(c.bytes, at, at + length)
  const query = message.distance(0x3f)
  if (query >= 0) message.end = message.at + query
  while (message.distance(SLASH) >= 0) message.until(SLASH)
  notes.add(identity, message.at, message.left)
}

function readFrame(c: Cursor, notes: Notes, isStation: boolean): void {
  const opcode = c.u8() & OPCODE
  const second = c.u8()
  const short = second & ~MASKED
  const length = short === LONG ? c.u16() : short
  if (short > LONG) return c.fail('long frame')
  const isMasked = (second & MASKED) !== 0
  const key = isMasked ? c.u32() : 0
  const at = c.take(length)
  if (at < 0 || opcode !== TEXT || length > LENGTH_MAX) return
  if (!isMasked) readMessage(message.over(c.bytes, at, at + length), notes, isStation, 0)
  else {
    const to = notes.scratchUsed
    if (unmask(message.over(c.bytes, at, at + length), notes, key)) {
      message.over(notes.scratch, to, to + length)
      readMessage(message, notes, isStation, IN_SCRATCH)
    }
  }
}

/** Writes what is left of `from` into the scratch, as it was before it was masked. */
function unmask(from: Cursor, notes: Notes, key: number): boolean {
  let shift = 24
  while (from.left > 0) {
    if (!notes.put(from.u8() ^ ((key >> shift) & 255))) return false
    shift = shift === 0 ? 24 : shift - 8
  }
  return true
}

function readMessage(from: Cursor, notes: Notes, isStation: boolean, base: number): void {
  if (!from.starts(CALL)) return
  if (isStation) {
    if (contains(from, BOOT, ACTION_MAX)) readMembers(from, notes, MEMBERS, base)
    return
  }
  let i = 0
  while (i < ORDERED.length) {
    const [action, word] = ORDERED[i++]!
    if (contains(from, action, ACTION_MAX)) return notes.say(commands, word)
  }
}

export const ocpp: Protocol = {
  name: 'ocpp',
  standard: 'OCPP 1.6-J, 2.0.1',
  tells: 'charging stations: identity, maker, model, serial number and firmware; what is ordered',
  heard: [],
  facts: [
    ...[identity, version, vendor, model, serial, firmware, meterSerial, meterType, role, commands],
  ],
  parse,
}
