/**
 * CC-Link IE Field Network Basic (CLPA): a master and its slaves, whose answers name their maker and
 * model by number; and the search by which they are found.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, mac, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `master` or `slave`. */
const role = fact('cclink.role', text, 'set')
/** The number CLPA gave to the maker. */
const vendor = fact('cclink.vendor_id', text, 'set')
const model = fact('cclink.model_id', hex, 'set')
const version = fact('cclink.version', text, 'set')
const state = fact('cclink.state', text, 'set')
const address = fact('cclink.mac', mac, 'set')
const network = fact('cclink.ip', ip, 'set')
const hostName = fact('cclink.host_name', text, 'set')

const REQUEST = 0x5000
const ANSWER = 0xd000
const SERIAL_REQUEST = 0x5400
const SERIAL_ANSWER = 0xd400
const CYCLIC = 0x0e70
const SEARCH = 0x0e30
const OWN_STATION = 0xff
/** How far behind an answer's end code the data begin, and how what they are about is laid out. */
const CYCLIC_DATA = 40
const MAC = 6
const IP = 4

function parse(c: Cursor, notes: Notes): void {
  const kind = c.u16()
  if (kind === SERIAL_REQUEST || kind === SERIAL_ANSWER) c.take(4)
  else if (c.fault === '' && kind !== REQUEST && kind !== ANSWER) return c.fail('no cclink')
  c.take(1)
  const station = c.u8()
  c.take(3)
  const length = c.u16le()
  c.take(2)
  if (c.fault === '' && (station !== OWN_STATION || length < 2)) return c.fail('no cclink')
  if (kind === REQUEST || kind === SERIAL_REQUEST) readRequest(c, notes)
  else readAnswer(c, notes, length - 2)
}

function readRequest(c: Cursor, notes: Notes): void {
  const command = c.u16le()
  if (c.fault !== '') return
  if (command !== CYCLIC && command !== SEARCH) return c.fail('no cclink')
  notes.say(role, 'master')
}

function readAnswer(c: Cursor, notes: Notes, length: number): void {
  const isFound = length > 2 * MAC + 1 && c.peek(MAC) === IP
  if (isFound) return readFound(c, notes)
  const revision = c.u16le()
  c.take(2)
  const offset = c.u16le()
  c.take(14)
  if (c.fault !== '') return
  if (revision === 0 || revision > 9 || offset !== CYCLIC_DATA) return c.fail('no cclink')
  notes.say(role, 'slave')
  noteProduct(c, notes, 2)
  c.take(2)
  const unit = c.u16le()
  if (c.fault === '') notes.say(state, unit === 1 ? 'run' : 'stop')
}

/** Maker, model and version; between maker and model some bytes may be left out. */
function noteProduct(c: Cursor, notes: Notes, gap: number): void {
  const maker = c.u16le()
  c.take(gap)
  const id = c.u32le()
  const revision = c.u16le()
  // A simulated slave has no maker.
  if (c.fault !== '' || maker === 0) return
  notes.count32(vendor, maker)
  const at = notes.here
  notes.put(id >>> 24)
  notes.put((id >> 16) & 255)
  notes.put((id >> 8) & 255)
  notes.put(id & 255)
  if (id !== 0) notes.add(model, at, 4)
  notes.count32(version, revision)
}

/** Both ends by hardware address and address, the mask and the way out, a name, and the product. */
function readFound(c: Cursor, notes: Notes): void {
  c.take(MAC + 1 + IP)
  const own = c.take(MAC)
  const size = c.u8()
  if (c.fault === '' && size !== IP) return c.fail('no cclink')
  notes.say(role, 'slave')
  notes.add(address, own, MAC)
  noteTurned(c, notes)
  c.take(2 * IP)
  const length = c.u8()
  notes.add(hostName, c.take(length), length)
  noteProduct(c, notes, 0)
}

/** Addresses stand there with their last byte first. */
function noteTurned(c: Cursor, notes: Notes): void {
  const at = notes.here
  const turned = c.u32le()
  if (c.fault !== '') return
  notes.put(turned >>> 24)
  notes.put((turned >> 16) & 255)
  notes.put((turned >> 8) & 255)
  notes.put(turned & 255)
  notes.add(network, at, IP)
}

export const cclink: Protocol = {
  name: 'cclink',
  standard: 'CLPA, CC-Link IE Field Network Basic',
  tells: 'masters and slaves of CC-Link, and the maker and model of slaves',
  heard: ['udp/61450-61451'],
  facts: [role, vendor, model, version, state, address, network, hostName],
  parse,
}
