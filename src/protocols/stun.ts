/**
 * STUN and TURN (RFC 8489, 8656): who asks for its public address, what the answer was, and which
 * software answers.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, text } from '../model/fact.js'
import { IN_SCRATCH, IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const software = fact('stun.software', text, 'set')
const realm = fact('stun.realm', text, 'set')
/** What is asked for and what is granted: `binding`, `allocate`. */
const asks = fact('stun.asks', text, 'set')
const serves = fact('stun.serves', text, 'set')
/** `required` where a relay wants a password. */
const authentication = fact('stun.authentication', text)
/** The address that the world sees: of whoever asked. */
const mapped = fact('stun.public_address', ip, 'set')
/** The address that a relay lends: of whoever asked. */
const relayed = fact('stun.relayed_address', ip, 'set')

const COOKIE = 0x2112a442
const CLASS = 0x0110
const REQUEST = 0x0000
const SUCCESS = 0x0100
const REFUSAL = 0x0110
const METHODS: readonly string[] = [
  ...['', 'binding', 'secret', 'allocate', 'refresh', '', 'send', 'data', 'permission', 'channel'],
  ...['connect', 'bind', 'attempt'],
]
const CHANNEL = 0x40
const UNAUTHORIZED = 401

const MAPPED = 0x0001
const ERROR = 0x0009
const REALM = 0x0014
const RELAYED = 0x0016
const XOR_MAPPED = 0x0020
const XOR_MAPPED_OLD = 0x8020
const SOFTWARE = 0x8022

/** Where the message's cookie and number stand, by which addresses are hidden. */
let cookieAt = 0

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    if ((c.peek() & 0xf0) === CHANNEL) return readChannel(c)
    if (isCounted(c)) c.take(2)
    readMessage(c, notes, talk)
  }
}

/** Calls over TCP count each message's bytes ahead of it (RFC 4571). */
const isCounted = (c: Cursor): boolean =>
  c.peek(6) === 0x21 && c.peek(7) === 0x12 && c.peek(8) === 0xa4 && c.peek(4) !== 0x21

/** Data by a relay's channel, between messages. */
function readChannel(c: Cursor): void {
  c.take(2)
  const length = c.u16()
  if (c.left > length + 3) return c.fail('not stun')
  c.take(Math.min(length, c.left))
  c.take(c.left)
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  const type = c.u16()
  const length = c.u16()
  cookieAt = c.at
  const cookie = c.u32()
  const method = methodOf(type)
  // The oldest form has no cookie; it knows the two oldest methods.
  const isOld = cookie !== COOKIE
  if (type > 0x3fff || method >= METHODS.length || method === 0 || (length & 3) !== 0) {
    return c.fail('not stun')
  }
  if (isOld && (method > 2 || length !== c.left - 12)) return c.fail('not stun')
  c.take(12)
  if (c.fault !== '') return
  const kind = type & CLASS
  notes.about(SENDER)
  if (kind === REQUEST) notes.say(asks, METHODS[method]!)
  else if (kind === SUCCESS) notes.say(serves, METHODS[method]!)
  const end = c.at + length
  while (c.left > 0 && c.at < end) readAttribute(c, notes, talk, kind)
}

/** The method's bits stand around those of the class. */
const methodOf = (type: number): number =>
  (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2)

function readAttribute(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  const type = c.u16()
  const length = c.u16()
  const at = c.take(length)
  c.take(Math.min(c.left, -length & 3))
  if (c.fault !== '') return
  switch (type) {
    case SOFTWARE:
      return notes.add(software, at, length)
    case REALM:
      if (kind !== REQUEST) notes.add(realm, at, length)
      return
    case ERROR:
      if (kind === REFUSAL) readError(c, notes, at)
      return
    case MAPPED:
    case XOR_MAPPED:
    case XOR_MAPPED_OLD:
    case RELAYED:
      if (kind === SUCCESS) readAddress(c, notes, talk, type, at)
  }
}

function readError(c: Cursor, notes: Notes, at: number): void {
  const back = c.at
  c.at = at + 2
  if (c.u8() * 100 + c.u8() === UNAUTHORIZED) notes.say(authentication, 'required')
  c.at = back
}

/** An address that differs from the one that asked says that there is a translator between. */
function readAddress(c: Cursor, notes: Notes, talk: Talk, type: number, at: number): void {
  const back = c.at
  c.at = at + 1
  const size = c.u8() === 2 ? 16 : 4
  c.at = at + 4
  const from = c.at
  const to = notes.here
  let i = 0
  while (i < size) {
    c.at = cookieAt + i
    const hidden = type === MAPPED ? 0 : c.u8()
    c.at = from + i++
    notes.put(c.u8() ^ hidden)
  }
  c.at = back
  if (talk.targetIp < 0 || (isTarget(c, notes, talk, to, size) && type !== RELAYED)) return
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  notes.add(type === RELAYED ? relayed : mapped, to, size)
  notes.about(SENDER)
}

function isTarget(c: Cursor, notes: Notes, talk: Talk, to: number, size: number): boolean {
  if ((talk.network === 4) !== (size === 4)) return false
  const back = c.at
  c.at = talk.targetIp
  let i = 0
  while (i < size && c.u8() === notes.scratch[to - IN_SCRATCH + i]) i++
  c.at = back
  return i === size
}

export const stun: Protocol = {
  name: 'stun',
  standard: 'RFC 8489, 8656',
  tells: 'public addresses behind translators, and the software of servers and calls',
  heard: [
    ...['udp @4 "\\x21\\x12\\xa4\\x42"', 'tcp @4 "\\x21\\x12\\xa4\\x42"'],
    ...['udp/3478-3479', 'tcp/3478-3479', 'tcp @6 "\\x21\\x12\\xa4\\x42"'],
  ],
  messages: true,
  facts: [software, realm, asks, serves, authentication, mapped, relayed],
  parse,
}
