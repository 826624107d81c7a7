/** HSRP (RFC 2281 and Cisco's version 2): routers that share an address, and their open password. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, number, secretFact, text } from '../model/fact.js'
import { noteUnlessZero } from './fixed-text.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('hsrp.version', text, 'set')
const group = fact('hsrp.group', number, 'set')
/** `speak`, `standby`, `active` and so on; a router may be in several groups. */
const state = fact('hsrp.state', text, 'set')
const priority = fact('hsrp.priority', number, 'set')
const virtual = fact('hsrp.virtual_address', ip, 'set')
/** Version 2: the hardware address of the router's own interface. */
const identifier = fact('hsrp.identifier', mac)
const authentication = fact('hsrp.authentication', text, 'set')
const password = secretFact('hsrp.password', ['cisco'])

const HELLO = 0
const ADVERTISE = 3
const PASSWORD_BYTES = 8
/** What version 1 writes for each state; version 2 counts them from 0. */
const STATES: Readonly<Record<number, string>> = {
  0: 'initial',
  1: 'learn',
  2: 'listen',
  4: 'speak',
  8: 'standby',
  16: 'active',
}
const STATES_2 = ['disabled', 'initial', 'learn', 'listen', 'speak', 'standby', 'active'] as const

const GROUP_STATE = 1
const INTERFACE_STATE = 2
const TEXT_AUTH = 3
const MD5_AUTH = 4
const GROUP_BYTES = 40
/** From the password of version 1 to what may follow it all. */
const MD5_AHEAD = 12

function parse(c: Cursor, notes: Notes): void {
  const first = c.peek()
  const second = c.peek(1)
  if (first === 0 && second < ADVERTISE) version1(c, notes)
  else if (first === 0 && second === ADVERTISE) advertisement(c)
  else if ((first === GROUP_STATE && second >= GROUP_BYTES) || first === INTERFACE_STATE) {
    version2(c, notes)
  } else if (c.left === 0) c.take(1)
  else c.fail('unknown version')
}

function version1(c: Cursor, notes: Notes): void {
  c.take(1)
  const kind = c.u8()
  const word = STATES[c.u8()]
  c.take(2)
  const rank = c.take(1)
  const shared = c.take(1)
  c.take(1)
  const secret = c.at
  const first = c.peek()
  c.take(PASSWORD_BYTES)
  const address = c.at
  c.take(4)
  if (c.fault !== '') return
  if (word === undefined) return c.fail('unknown state')
  notes.say(version, '1')
  notes.add(group, shared, 1)
  notes.say(state, word)
  if (kind === HELLO) notes.add(priority, rank, 1)
  c.at = secret
  if (c.peek(MD5_AHEAD) === MD5_AUTH) notes.say(authentication, 'md5')
  else if (first !== 0) notePassword(c, notes)
  c.at = address
  noteUnlessZero(c, notes, virtual, 4)
}

/** Passive routers announce themselves so; groups are only counted. */
function advertisement(c: Cursor): void {
  c.take(2)
  if (c.u16() !== 1) c.fail('unknown advertisement')
  c.take(2 + 10)
}

function notePassword(c: Cursor, notes: Notes): void {
  const ends = c.distance(0)
  notes.say(authentication, 'text')
  if (ends >= 0 && ends < PASSWORD_BYTES) notes.add(password, c.at, ends)
  else if (c.left >= PASSWORD_BYTES) notes.add(password, c.at, PASSWORD_BYTES)
}

function version2(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const kind = c.u8()
    const outer = c.narrow(c.u8())
    if (c.fault !== '') return
    if (kind === GROUP_STATE) groupState(c, notes)
    else if (kind === TEXT_AUTH) notePassword(c, notes)
    else if (kind === MD5_AUTH) notes.say(authentication, 'md5')
    c.widen(outer)
  }
}

function groupState(c: Cursor, notes: Notes): void {
  c.take(2)
  const word = STATES_2[c.u8()]
  const family = c.u8()
  const shared = c.take(2)
  const own = c.take(6)
  const rank = c.take(4)
  c.take(8)
  if (word === undefined) c.fail('unknown state')
  if (c.left < 16) c.take(16)
  if (c.fault !== '') return
  notes.say(version, '2')
  notes.add(group, shared, 2)
  notes.say(state, word ?? '')
  notes.add(priority, rank, 4)
  notes.add(identifier, own, 6)
  noteUnlessZero(c, notes, virtual, family === 4 ? 4 : 16)
}

export const hsrp: Protocol = {
  name: 'hsrp',
  standard: 'RFC 2281',
  tells: 'routers that stand in for each other, the address they share, and a password in the open',
  heard: ['udp/1985', 'udp/2029'],
  facts: [version, group, state, priority, virtual, identifier, authentication, password],
  parse,
}
