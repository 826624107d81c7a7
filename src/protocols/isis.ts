/** IS-IS (ISO 10589, RFC 1195, RFC 5301): routers by system id and name, heard below IP. */

import { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, list, number, secretFact, text } from '../model/fact.js'
import { IP4, SENDER, type Notes, type Protocol } from './protocol.js'

/** `0000.0000.0001` without its dots: often made of an address of the machine. */
const systemId = fact('isis.system_id', hex)
const area = fact('isis.area', hex, 'set')
const name = fact('isis.name', text, 'set')
const level = fact('isis.level', text, 'set')
const address = fact('isis.address', ip, 'set')
const protocols = fact('isis.protocols', list, 'set')
const priority = fact('isis.priority', number, 'set')
const authentication = fact('isis.authentication', text, 'set')
const password = secretFact('isis.password', ['cisco', 'isis', 'password', 'admin', '1234'])

const DISCRIMINATOR = 0x83
const ID_BYTES = 6
/** Kinds of messages: hellos on a network and on a line, then a router's account of its links. */
const HELLO_1 = 15
const HELLO_2 = 16
const HELLO_LINE = 17
const STATE_1 = 18
const STATE_2 = 20
const LAST_KIND = 29

const AREAS = 1
const AUTHENTICATION = 10
const PROTOCOLS = 129
const ADDRESSES = 132
const ROUTER_ID = 134
const NAME = 137
const PLAIN = 1

/** Looks for the address of the router that a state is of. */
const search = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  // Cisco's HDLC puts a byte before it, whose value means nothing.
  if (c.peek() !== DISCRIMINATOR && c.peek(1) === DISCRIMINATOR) c.take(1)
  if (c.peek() !== DISCRIMINATOR && c.left > 0) return c.fail('not is-is')
  c.start = c.at
  c.take(1)
  const head = c.u8()
  const one = c.u8()
  const idLength = c.u8()
  const kind = c.u8() & 0x1f
  c.take(3)
  if (c.fault !== '') return
  if (one !== 1 || head < 8 || kind < 9 || kind > LAST_KIND) return c.fail('bad header')
  if (idLength !== 0 && idLength !== ID_BYTES) return c.fail('id length')
  if (kind >= HELLO_1 && kind <= HELLO_LINE) hello(c, notes, kind)
  else if (kind === STATE_1 || kind === STATE_2) linkState(c, notes)
}

function hello(c: Cursor, notes: Notes, kind: number): void {
  const levels = c.u8() & 3
  const id = c.take(ID_BYTES)
  c.take(2)
  const length = c.u16()
  if (c.fault !== '') return
  notes.about(SENDER)
  notes.add(systemId, id, ID_BYTES)
  notes.say(level, levels === 3 ? '1,2' : kind === HELLO_2 || levels === 2 ? '2' : '1')
  if (kind === HELLO_LINE) c.take(1)
  else {
    const rank = c.take(1)
    notes.add(priority, rank, 1)
    c.take(ID_BYTES + 1)
  }
  cut(c, length)
  while (c.left > 0) part(c, notes)
}

/** What follows the message's own length is padding. */
function cut(c: Cursor, length: number): void {
  const end = c.start + length
  if (end < c.end && end >= c.at) c.end = end
}

/** Whoever passed it on, a state is its router's own word: known by an address of it, or not told. */
function linkState(c: Cursor, notes: Notes): void {
  const length = c.u16()
  c.take(2)
  const id = c.take(ID_BYTES)
  c.take(2 + 4 + 2 + 1)
  cut(c, length)
  const own = addressOf(c)
  if (own < 0 || c.fault !== '') return
  notes.about(IP4, own)
  notes.add(systemId, id, ID_BYTES)
  while (c.left > 0) part(c, notes)
  notes.about(SENDER)
}

function addressOf(c: Cursor): number {
  search.over(c.bytes, c.at, c.end)
  while (search.left > 0) {
    const kind = search.u8()
    const length = search.u8()
    const at = search.take(length)
    if (at >= 0 && length >= 4 && (kind === ROUTER_ID || kind === ADDRESSES)) return at
  }
  return -1
}

function part(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const outer = c.narrow(c.u8())
  if (c.fault !== '') return
  if (kind === AREAS) areas(c, notes)
  else if (kind === AUTHENTICATION) authenticate(c, notes)
  else if (kind === PROTOCOLS) notes.add(protocols, c.at, c.left)
  else if (kind === NAME) notes.add(name, c.at, c.left)
  else if (kind === ADDRESSES) while (c.left >= 4) notes.add(address, c.take(4), 4)
  c.widen(outer)
}

function areas(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const length = c.u8()
    notes.add(area, c.take(length), length)
  }
}

function authenticate(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  if (c.fault !== '') return
  notes.say(authentication, kind === PLAIN ? 'text' : 'cryptographic')
  if (kind === PLAIN) notes.add(password, c.at, c.left)
}

export const isis: Protocol = {
  name: 'isis',
  standard: 'ISO 10589, RFC 1195, 5301',
  tells: 'routers by system id, area and name, and passwords in the open',
  heard: ['llc/fe', 'ether/fefe'],
  facts: [...[systemId, area, name, level, address, protocols, priority, authentication, password]],
  parse,
}
