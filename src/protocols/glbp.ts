/** GLBP (Cisco's, udp/3222): routers that share an address and the load. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, number, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const group = fact('glbp.group', number, 'set')
/** The router's own hardware address. */
const owner = fact('glbp.owner', mac)
const state = fact('glbp.state', text, 'set')
const priority = fact('glbp.priority', number, 'set')
const virtual = fact('glbp.virtual_address', ip, 'set')
const virtualMac = fact('glbp.virtual_mac', mac, 'set')
const authentication = fact('glbp.authentication', text, 'set')
const password = secretFact('glbp.password', ['cisco', 'glbp'])

const VERSION = 1
const HELLO = 1
const FORWARDER = 2
const AUTH = 3
const PLAIN = 1
const KINDS = ['none', 'text', 'md5', 'md5'] as const
const STATES: Readonly<Record<number, string>> = {
  1: 'disabled',
  2: 'initial',
  4: 'listen',
  8: 'speak',
  16: 'standby',
  32: 'active',
}

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== VERSION) return c.fail('unknown version')
  c.take(1)
  const shared = c.take(2)
  c.take(2)
  const own = c.take(6)
  const kind = c.peek()
  if (c.fault !== '') return
  if (c.left > 0 && (kind === 0 || kind > 4)) return c.fail('unknown part')
  notes.add(group, shared, 2)
  notes.add(owner, own, 6)
  while (c.left > 0) part(c, notes)
}

function part(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const length = c.u8() - 2
  if (length < 0) return c.fail('part length')
  const outer = c.narrow(length)
  if (c.fault !== '') return
  if (kind === HELLO) hello(c, notes)
  else if (kind === FORWARDER) forwarder(c, notes)
  else if (kind === AUTH) auth(c, notes)
  c.widen(outer)
}

function hello(c: Cursor, notes: Notes): void {
  c.take(1)
  const word = STATES[c.u8()]
  c.take(1)
  const rank = c.take(1)
  c.take(16)
  const family = c.u8()
  const size = c.u8()
  const at = c.take(size)
  if (c.fault !== '') return
  if (word !== undefined) notes.say(state, word)
  notes.add(priority, rank, 1)
  if (family === (size === 4 ? 1 : 2)) notes.add(virtual, at, size)
}

function forwarder(c: Cursor, notes: Notes): void {
  c.take(12)
  notes.add(virtualMac, c.take(6), 6)
}

function auth(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const outer = c.narrow(c.u8())
  if (c.fault !== '' || kind >= KINDS.length) return
  notes.say(authentication, KINDS[kind]!)
  const ends = c.distance(0)
  if (kind === PLAIN) notes.add(password, c.at, ends < 0 ? c.left : ends)
  c.widen(outer)
}

export const glbp: Protocol = {
  name: 'glbp',
  standard: "Cisco's",
  tells: 'Cisco routers that share an address and the load, and their own hardware addresses',
  heard: ['udp/3222'],
  facts: [group, owner, state, priority, virtual, virtualMac, authentication, password],
  parse,
}
