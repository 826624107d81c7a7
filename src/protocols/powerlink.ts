/**
 * Ethernet POWERLINK (IEC 61158 type 13): a managing node polls controlled nodes, which identify
 * themselves to it, and whom it starts, stops and resets.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, mac, number, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `managing` or `controlled`. */
const role = fact('powerlink.role', text, 'set')
const node = fact('powerlink.node', number, 'set')
const vendor = fact('powerlink.vendor_id', hex)
const product = fact('powerlink.product_code', hex)
const revision = fact('powerlink.revision', hex)
const serial = fact('powerlink.serial', text)
const hostName = fact('powerlink.host_name', text)
const address = fact('powerlink.ip', ip)
const orders = ordersOf('powerlink', mac)

const START = 1
const ANSWER = 4
const SEND = 6
const LAST_KIND = 13
const MANAGING = 240
const IDENTIFIES = 1
const COMMANDS = 4
/** How far behind an identification's beginning the kind of the device stands, and the address. */
const TO_VENDOR = 26
const TO_ADDRESS = 24
const TO_NAME = 8
const NAME = 32
const ORDERED: Readonly<Record<number, string>> = {
  0x21: 'start',
  0x22: 'stop',
  0x28: 'reset',
  0x29: 'reset communication',
  0x2a: 'reset configuration',
  0x2b: 'reset software',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const kind = c.u8() & 0x7f
  c.take(1)
  const from = c.at
  const source = c.u8()
  if (c.fault !== '') return
  if (kind < START || kind > LAST_KIND) return c.fail('no powerlink')
  const isManaging = source === MANAGING
  if (kind !== ANSWER && kind !== SEND && !isManaging) return c.fail('no powerlink')
  notes.say(role, isManaging ? 'managing' : 'controlled')
  notes.add(node, from, 1)
  if (kind !== SEND) return
  const service = c.u8()
  if (service === IDENTIFIES) identify(c, notes)
  else if (service === COMMANDS) {
    const word = ORDERED[c.u8()]
    if (word !== undefined && c.fault === '') tellOrder(notes, talk, orders, word)
  }
}

function identify(c: Cursor, notes: Notes): void {
  c.take(TO_VENDOR)
  noteTurned(c, notes, vendor)
  noteTurned(c, notes, product)
  noteTurned(c, notes, revision)
  const said = c.u32le()
  if (said !== 0 && c.fault === '') notes.count32(serial, said)
  c.take(TO_ADDRESS)
  const at = c.at
  const own = c.u32()
  if (own !== 0) notes.add(address, at, 4)
  c.take(TO_NAME)
  noteFixedText(c, notes, hostName, NAME)
}

/** Numbers stand there with their last byte first. */
function noteTurned(c: Cursor, notes: Notes, said: typeof vendor): void {
  const value = c.u32le()
  if (value === 0 || c.fault !== '') return
  const at = notes.here
  notes.put(value >>> 24)
  notes.put((value >> 16) & 255)
  notes.put((value >> 8) & 255)
  notes.put(value & 255)
  notes.add(said, at, 4)
}

export const powerlink: Protocol = {
  name: 'powerlink',
  standard: 'EPSG DS 301, IEC 61158 type 13',
  tells: 'nodes of POWERLINK: maker, product, serial number and name; who starts and stops them',
  heard: ['ether/88ab'],
  facts: [
    ...[role, node, vendor, product, revision, serial, hostName, address, ...orderFacts(orders)],
  ],
  parse,
}
