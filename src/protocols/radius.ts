/**
 * RADIUS (RFC 2865, 2866, 3162, 5176): which switches and access points let whom in. What is said
 * of a station that asks to come in is about its hardware address.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, number, secretFact, text, type Fact } from '../model/fact.js'
import { readStation } from './radius-station.js'
import { MAC, SENDER, type Notes, type Protocol } from './protocol.js'

/** `client` for who asks (a switch, an access point), `server` for who decides. */
const role = fact('radius.role', text, 'set')
const message = fact('radius.message', text, 'set')
/** Who asks, as it calls itself. */
const nas = fact('radius.nas', text, 'set')
const nasAddress = fact('radius.nas_address', ip, 'set')
const portType = fact('radius.port_type', text, 'set')
/** The numbers of the enterprises whose own attributes were used. */
const vendor = fact('radius.vendor', number, 'set')
/** An access point's own address and the name of its network. */
const called = fact('radius.called_station', text, 'set')
const connection = fact('radius.connection', text, 'set')

/** About the station: where it is connected, and what its machine account is called. */
const at = fact('radius.at', text, 'set')
const portId = fact('radius.port_id', text, 'set')
const port = fact('radius.port', number, 'set')
const framed = fact('radius.address', ip, 'set')
const machine = fact('radius.machine', text, 'set')
const user = secretFact('radius.user', [])

const HEAD = 20
const REQUEST = 1
const ACCOUNTING = 4
const VENDOR = 26
const USER = 1
const CALLING = 31
const DOLLAR = 0x24

const MESSAGES: Readonly<Record<number, string>> = {
  1: 'request',
  2: 'accept',
  3: 'reject',
  4: 'accounting',
  5: 'accounting-response',
  11: 'challenge',
  12: 'status',
  40: 'disconnect',
  41: 'disconnect-ack',
  42: 'disconnect-nak',
  43: 'change',
  44: 'change-ack',
  45: 'change-nak',
}
const PORT_TYPES: Readonly<Record<number, string>> = {
  0: 'async',
  5: 'virtual',
  15: 'ethernet',
  19: 'wifi',
  32: 'pppoe',
}

/** What the message's own sender says of itself. */
const OF_SENDER: Readonly<Record<number, Fact>> = {
  32: nas,
  4: nasAddress,
  95: nasAddress,
  30: called,
}
const OF_STATION: Readonly<Record<number, Fact>> = {
  32: at,
  87: portId,
  5: port,
  8: framed,
  77: connection,
}

/** Whose hardware address was read, in the scratch. */
const station = { at: -1 }

function parse(c: Cursor, notes: Notes): void {
  const code = c.u8()
  c.take(1)
  const length = c.u16()
  c.take(HEAD - 4)
  const word = MESSAGES[code]
  if (word === undefined) return c.fail('unknown code')
  if (length < HEAD) return c.fail('bad length')
  const missing = length - HEAD - c.left
  if (c.fault !== '') return
  if (missing < 0) c.end = c.at + length - HEAD
  if (!isWhole(c)) return
  const asks = code === REQUEST || code === ACCOUNTING || code === 12
  notes.about(SENDER)
  notes.say(message, word)
  notes.say(role, asks || isAnswered(code) ? 'client' : 'server')
  if (missing > 0) return void c.take(c.left + missing)
  station.at = -1
  const from = c.at
  while (c.left > 0) attribute(c, notes, asks)
  if (!asks || station.at < 0) return
  notes.about(MAC, station.at)
  c.at = from
  while (c.left > 0) ofStation(c, notes)
  notes.about(SENDER)
}

/** Who is told to disconnect somebody is the client of everything else. */
const isAnswered = (code: number): boolean =>
  code === 41 || code === 42 || code === 44 || code === 45

/** Foreign messages seldom are a row of attributes. */
function isWhole(c: Cursor): boolean {
  const from = c.at
  while (c.left > 0) {
    const kind = c.u8()
    const length = c.u8()
    if (c.fault === '' && (kind === 0 || length < 2)) c.fail('attribute length')
    c.take(length - 2)
  }
  if (c.fault !== '') return false
  c.at = from
  return true
}

function attribute(c: Cursor, notes: Notes, asks: boolean): void {
  const kind = c.u8()
  const outer = c.narrow(c.u8() - 2)
  const said = OF_SENDER[kind]
  if (kind === VENDOR && c.left >= 4) notes.add(vendor, c.at, 4)
  else if (asks && said !== undefined) {
    if (said !== nasAddress || c.left === (kind === 4 ? 4 : 16)) notes.add(said, c.at, c.left)
  } else if (asks && kind === 61) {
    c.take(3)
    const word = PORT_TYPES[c.u8()]
    if (word !== undefined) notes.say(portType, word)
  } else if (asks && kind === CALLING) station.at = readStation(c, notes)
  c.widen(outer)
}

function ofStation(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const outer = c.narrow(c.u8() - 2)
  const said = OF_STATION[kind]
  if (kind === USER) noteUser(c, notes)
  else if (said === framed || said === port) {
    if (c.left === 4) notes.add(said, c.at, 4)
  } else if (said !== undefined) notes.add(said, c.at, c.left)
  c.widen(outer)
}

/** Machines ask in their own name: `host/pc-7.example.net`, `EXAMPLE\PC-7$`. */
function noteUser(c: Cursor, notes: Notes): void {
  const isMachine = c.starts('host/') || c.peek(c.left - 1) === DOLLAR
  notes.add(isMachine ? machine : user, c.at, c.left)
}

export const radius: Protocol = {
  name: 'radius',
  standard: 'RFC 2865, 2866, 3162, 5176',
  tells:
    'at which port or access point a station is, what its machine account is called, and who decides',
  heard: ['udp/1812-1813', 'udp/1645-1646', 'udp/1700', 'udp/3799'],
  facts: [
    ...[role, message, nas, nasAddress, portType, vendor, called, connection],
    ...[at, portId, port, framed, machine, user],
  ],
  parse,
}
