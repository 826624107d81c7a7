/**
 * KNXnet/IP (ISO 22510, EN 13321-2): gateways of building buses describe themselves to who looks
 * for them, and carry telegrams: those which program or restart a device are orders to it.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, number, text } from '../model/fact.js'
import { noteFixedText, noteUnlessZero } from './fixed-text.js'
import { readTelegram, telegramFacts, writeAddress } from './knxnetip-telegram.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const name = fact('knxnetip.name', text)
const serial = fact('knxnetip.serial', hex)
const address = fact('knxnetip.address', text, 'set')
const hardware = fact('knxnetip.mac', mac)
const project = fact('knxnetip.project', number, 'set')
const vendor = fact('knxnetip.vendor', text)
const medium = fact('knxnetip.medium', text, 'set')
/** `tunnelling`, `routing`: what a gateway offers. */
const service = fact('knxnetip.service', text, 'set')
/** Whether anybody may program a device now. */
const programming = fact('knxnetip.programming', text)
/** `gateway` or `client`. */
const role = fact('knxnetip.role', text, 'set')
const security = fact('knxnetip.secure', text, 'set')

const LEAD = 0x0610
const SEARCH = 0x0201
const FOUND = 0x0202
const DESCRIBE = 0x0203
const DESCRIBED = 0x0204
const CONNECT = 0x0205
const CONNECTED = 0x0206
const SEARCH_MORE = 0x020b
const FOUND_MORE = 0x020c
const CONFIGURE = 0x0310
const TUNNEL = 0x0420
const ROUTE = 0x0530
const SECURE = 0x0950
const FAMILIES: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9]
const HEAD = 6
const HPAI = 8
const DEVICE = 1
const SERVICES = 2
const DEVICE_BYTES = 54
const MEDIA: Readonly<Record<number, string>> = {
  2: 'twisted pair',
  4: 'power line',
  16: 'radio',
  32: 'ip',
}
const OFFERS: Readonly<Record<number, string>> = {
  3: 'device management',
  4: 'tunnelling',
  5: 'routing',
  6: 'logging',
  7: 'remote configuration',
  8: 'object server',
  9: 'security',
}
/** A serial number begins with the number of the maker. */
const VENDORS: Readonly<Record<number, string>> = {
  1: 'Siemens',
  2: 'ABB',
  4: 'Jung',
  5: 'Bticino',
  6: 'Berker',
  7: 'Busch-Jaeger',
  8: 'Gira',
  9: 'Hager',
  11: 'Insta',
  12: 'Legrand',
  14: 'Merten',
  131: 'MDT',
  197: 'Weinzierl',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  while (c.left > 0) {
    const lead = c.u16()
    if (c.fault === '' && lead !== LEAD) return c.fail('no knx')
    const kind = c.u16()
    const length = c.u16()
    if (c.fault !== '') return
    if (!FAMILIES.includes(kind >> 8) || length < HEAD) return c.fail('no knx')
    const outer = c.narrow(length - HEAD)
    readBody(c, notes, talk, kind)
    if (c.fault === 'short' && c.end < outer) c.fault = 'bad length'
    c.widen(outer)
  }
}

function readBody(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  if (kind === SEARCH || kind === DESCRIBE || kind === CONNECT || kind === SEARCH_MORE) {
    c.take(HPAI)
    if (c.fault === '') notes.say(role, 'client')
  } else if (kind === FOUND || kind === FOUND_MORE) {
    c.take(HPAI)
    readBlocks(c, notes)
  } else if (kind === DESCRIBED) readBlocks(c, notes)
  else if (kind === CONNECTED) notes.say(role, 'gateway')
  else if (kind === TUNNEL || kind === CONFIGURE) {
    c.take(4)
    readTelegram(c, notes, talk)
  } else if (kind === ROUTE) readTelegram(c, notes, talk)
  else if (kind === SECURE) notes.say(security, 'yes')
}

function readBlocks(c: Cursor, notes: Notes): void {
  if (c.fault === '') notes.say(role, 'gateway')
  while (c.left > 1) {
    const length = c.u8()
    const type = c.u8()
    if (length < 2) return
    const outer = c.narrow(length - 2)
    if (type === DEVICE && length >= DEVICE_BYTES) readDevice(c, notes)
    else if (type === SERVICES) readServices(c, notes)
    c.widen(outer)
  }
}

function readDevice(c: Cursor, notes: Notes): void {
  const word = MEDIA[c.u8()]
  const isProgramming = (c.u8() & 1) !== 0
  if (word !== undefined && c.fault === '') notes.say(medium, word)
  if (c.fault === '') notes.say(programming, isProgramming ? 'open' : 'closed')
  const at = notes.here
  writeAddress(notes, c.u16())
  if (c.fault === '') notes.add(address, at, notes.here - at)
  noteUnlessZero(c, notes, project, 2)
  const maker = VENDORS[(c.peek() << 8) | c.peek(1)]
  noteUnlessZero(c, notes, serial, 6)
  if (maker !== undefined && c.fault === '') notes.say(vendor, maker)
  c.take(4)
  noteUnlessZero(c, notes, hardware, 6)
  noteFixedText(c, notes, name, 30)
}

function readServices(c: Cursor, notes: Notes): void {
  while (c.left > 1) {
    const word = OFFERS[c.u8()]
    c.take(1)
    if (word !== undefined && c.fault === '') notes.say(service, word)
  }
}

export const knxnetip: Protocol = {
  name: 'knxnetip',
  standard: 'ISO 22510, EN 13321-2',
  tells: 'gateways of building buses: name, serial number, address and services; who programs what',
  heard: [
    ...['udp/3671', 'tcp/3671', 'udp "\\x06\\x10\\x02\\x01"', 'udp "\\x06\\x10\\x02\\x02"'],
    ...['udp "\\x06\\x10\\x02\\x04"', 'udp "\\x06\\x10\\x02\\x0c"', 'udp "\\x06\\x10\\x04\\x20"'],
  ],
  messages: true,
  facts: [
    ...[name, serial, address, hardware, project, vendor, medium, service, programming, role],
    ...[security, ...telegramFacts],
  ],
  parse,
}
