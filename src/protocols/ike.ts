/**
 * IKE 1 and 2 (RFC 2409, 7296): who negotiates tunnels with whom, by which vendors' programs, and
 * whether what they offer is weak; and ESP in UDP (RFC 3948), which is told by its existence.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, label, secretFact, text } from '../model/fact.js'
import { readProposals, weak } from './ike-proposals.js'
import { vendorName } from './ike-vendors.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const version = fact('ike.version', text, 'set')
const role = fact('ike.role', text, 'set')
/** `aggressive` shows who one is, and a hash to guess passwords by. */
const exchange = fact('ike.exchange', text, 'set')
const vendor = fact('ike.vendor', text, 'set')
const vendorId = fact('ike.vendor_id', label, 'set')
/** What an end calls itself where that is shown: a name of a machine. */
const identity = fact('ike.identity', text, 'set')
const user = secretFact('ike.user', [])
/** `udp`: a tunnel through a translator. */
const tunnel = fact('ike.esp', text, 'set')

const ENCAPSULATED = 4500
const KEEP_ALIVE = 0xff
const HEAD = 28
const EXCHANGES: Readonly<Record<number, string>> = {
  1: 'base',
  2: 'main',
  4: 'aggressive',
  5: 'informational',
  6: 'transaction',
  32: 'quick',
  33: 'new group',
  34: 'init',
  35: 'auth',
  36: 'child',
  37: 'informational',
  38: 'resume',
  43: 'intermediate',
}
const ENCRYPTED = 0x01
const INITIATOR = 0x08
const PAYLOADS_MAX = 40
const LENGTH_MAX = 65_535

const ASSOCIATION = 1
const IDENTITY = 5
const VENDOR = 13
const ASSOCIATION_2 = 33
const VENDOR_2 = 43
const SEALED = 46
const SEALED_FRAGMENT = 53

const NAME = 2
const USER = 3

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.from === ENCAPSULATED || talk.to === ENCAPSULATED) {
    if (c.left === 1 && c.peek() === KEEP_ALIVE) return void c.take(1)
    // Four zeros stand before IKE; all else is a tunnel's number.
    if (c.u32() !== 0) {
      if (c.left < 4) c.fail('not ike')
      else notes.say(tunnel, 'udp')
      return
    }
  }
  readMessage(c, notes)
}

function readMessage(c: Cursor, notes: Notes): void {
  const from = c.at
  const initiator = c.u32() | c.u32()
  const responder = c.u32() | c.u32()
  const first = c.u8()
  const spoken = c.u8() >> 4
  const kind = c.u8()
  const flags = c.u8()
  c.take(4)
  const length = c.u32()
  const known = EXCHANGES[kind]
  if ((spoken !== 1 && spoken !== 2) || (initiator === 0 && responder === 0)) {
    return c.fail('not ike')
  }
  if (length < HEAD || length > LENGTH_MAX || known === undefined) return c.fail('bad head')
  const missing = from + length - c.end
  if (missing < 0) c.end = from + length
  if (c.fault !== '') return
  notes.say(version, spoken === 1 ? '1' : '2')
  notes.say(exchange, known)
  if (spoken === 2) notes.say(role, (flags & INITIATOR) !== 0 ? 'initiator' : 'responder')
  else if (responder === 0) notes.say(role, 'initiator')
  if (spoken === 2 || (flags & ENCRYPTED) === 0) readPayloads(c, notes, spoken, first)
  if (missing > 0) c.take(c.left + missing)
}

function readPayloads(c: Cursor, notes: Notes, spoken: number, first: number): void {
  let type = first
  let payloads = 0
  while (type !== 0 && type !== SEALED && type !== SEALED_FRAGMENT && payloads++ < PAYLOADS_MAX) {
    const next = c.u8()
    c.take(1)
    const length = c.u16()
    if (c.fault === '' && length < 4) return c.fail('bad payload')
    const outer = c.narrow(length - 4)
    if (c.fault !== '') return
    if (type === VENDOR || type === VENDOR_2) noteVendor(c, notes)
    else if (type === ASSOCIATION || type === ASSOCIATION_2) readProposals(c, notes, spoken)
    else if (type === IDENTITY && spoken === 1) readIdentity(c, notes)
    if (c.fault !== '') return
    c.widen(outer)
    type = next
  }
}

function noteVendor(c: Cursor, notes: Notes): void {
  const name = vendorName(c, c.left)
  if (name !== '') notes.say(vendor, name)
  else notes.add(vendorId, c.at, c.left)
}

function readIdentity(c: Cursor, notes: Notes): void {
  const type = c.u8()
  c.take(3)
  if (type === NAME) notes.add(identity, c.at, c.left)
  else if (type === USER) notes.add(user, c.at, c.left)
}

export const ike: Protocol = {
  name: 'ike',
  standard: 'RFC 2409, 7296, 3948',
  tells: 'ends of tunnels, the makers of their software, and weak ciphers',
  heard: ['udp/500', 'udp/4500'],
  facts: [version, role, exchange, vendor, vendorId, identity, user, tunnel, weak],
  parse,
}
