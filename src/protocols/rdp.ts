/**
 * RDP (MS-RDPBCGR, MS-RDPEUDP): which protection a client offers and a server takes. Without any
 * of today's, the client's name, build and keyboard cross in the clear.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import * as core from './rdp-core.js'
import { tls } from './tls.js'
import {
  CONFIRM,
  CONNECT,
  DISCONNECT,
  PAYLOAD,
  cotp,
  enterTpkt,
  leaveTpkt,
  readCotp,
} from './tpkt.js'

/** The user whom the client names before anything else, cut to nine letters. */
const user = secretFact('rdp.user', [
  'Administr',
  'Administrator',
  'hello',
  'admin',
  'test',
  'Test',
])
/** What a client could do: `tls`, `credssp` and so on in a row, or no more than `standard`. */
const offers = fact('rdp.offers', text, 'set')
/** What the server chose; `standard` and `tls` let anybody see its login screen. */
const security = fact('rdp.security', text, 'set')
/** Why the server refused: `credssp required` is a good sign. */
const refusal = fact('rdp.refusal', text, 'set')
/** The way of RDP over UDP is `offered` by a client, or `accepted`. */
const datagrams = fact('rdp.udp', text, 'set')

const COOKIE = 'Cookie: mstshash='
const TOKEN = 'Cookie: '
const RETURN = 0x0d

const ASK = 1
const ANSWER = 2
const FAILURE = 3
const NEGOTIATION_LENGTH = 8
const BITS: readonly string[] = ['tls', 'credssp', 'rdstls', 'credssp-early', 'entra']
const CHOICES: Readonly<Record<number, string>> = {
  0: 'standard',
  1: 'tls',
  2: 'credssp',
  4: 'rdstls',
  8: 'credssp-early',
  16: 'entra',
}
const FAILURES: Readonly<Record<number, string>> = {
  1: 'tls required',
  2: 'tls not allowed',
  3: 'no certificate',
  4: 'inconsistent',
  5: 'credssp required',
  6: 'certificate of user required',
}

const TPKT_VERSION = 3
const TLS_LEAST = 0x14
const TLS_MOST = 0x17

const PORT = 3389
const NEW_CONNECTION = -1
const SYN = 1
const ACKNOWLEDGED = 4

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  // Of a datagram there are no turns.
  if (talk.turnCount === 0) return readDatagram(c, notes, talk)
  let units = 0
  while (c.left > 0) {
    if (units > 0 && c.peek() !== TPKT_VERSION) return readSealed(c, notes)
    const outer = enterTpkt(c)
    if (c.fault !== '') return
    const kind = readCotp(c)
    if (units++ === 0 && kind !== CONNECT && kind !== CONFIRM) return c.fail('no connect')
    if (kind === CONNECT) readConnect(c, notes)
    else if (kind === CONFIRM) readConfirm(c, notes)
    else if (kind === PAYLOAD) core.readCore(c, notes)
    else if (kind !== DISCONNECT) c.fail('bad unit')
    leaveTpkt(c, outer)
  }
}

/** What follows a negotiation may be TLS; else it is RDP's own fast path, and says nothing. */
function readSealed(c: Cursor, notes: Notes): void {
  if (c.peek() >= TLS_LEAST && c.peek() <= TLS_MOST && c.peek(1) === 3) {
    notes.handOver(tls, c.at, c.end)
  }
}

function readConnect(c: Cursor, notes: Notes): void {
  const outer = c.narrow(cotp.headEnd - c.at)
  if (c.starts(TOKEN)) readCookie(c, notes)
  let bits = 0
  if (c.left >= NEGOTIATION_LENGTH && c.u8() === ASK) {
    c.take(3)
    bits = c.u32le()
  }
  if (c.fault === '') addOffers(notes, bits)
  c.widen(outer)
}

function addOffers(notes: Notes, bits: number): void {
  if (bits === 0) return notes.say(offers, 'standard')
  const at = notes.here
  let i = -1
  while (++i < BITS.length) {
    if ((bits & (1 << i)) === 0) continue
    if (notes.here > at) notes.write(',')
    notes.write(BITS[i]!)
  }
  notes.add(offers, at, notes.here - at)
}

/** A line: the user, or where a broker wants the session to go. */
function readCookie(c: Cursor, notes: Notes): void {
  const isUser = c.starts(COOKIE)
  c.take(isUser ? COOKIE.length : TOKEN.length)
  const at = c.at
  c.until(RETURN)
  if (c.fault !== '') return
  if (isUser) notes.add(user, at, c.at - 1 - at)
  c.take(1)
}

/** Servers from before there was a choice confirm and say no more. */
function readConfirm(c: Cursor, notes: Notes): void {
  const kind = c.left >= NEGOTIATION_LENGTH ? c.u8() : 0
  if (kind === 0) return notes.say(security, 'standard')
  c.take(3)
  const value = c.u32le()
  if (kind === ANSWER) notes.say(security, CHOICES[value] ?? 'unknown')
  else if (kind === FAILURE) notes.say(refusal, FAILURES[value] ?? 'unknown')
  else c.fail('bad negotiation')
}

/** Of datagrams only the first two tell who speaks first; what follows is sealed. */
function readDatagram(c: Cursor, notes: Notes, talk: Talk): void {
  const acknowledged = c.u32()
  c.take(2)
  const flags = c.u16()
  if (c.fault !== '' || (flags & SYN) === 0) return
  if (acknowledged === NEW_CONNECTION) notes.say(datagrams, 'offered')
  else if ((flags & ACKNOWLEDGED) !== 0 && talk.from === PORT) notes.say(datagrams, 'accepted')
}

export const rdp: Protocol = {
  name: 'rdp',
  standard: 'MS-RDPBCGR, MS-RDPEUDP',
  tells: 'remote desktops and how they are protected, and names and builds of old clients',
  heard: [
    'tcp/3389',
    'udp/3389',
    'tcp @11 "Cookie: msts"',
    'tcp @5 "\\xe0\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x08\\x00"',
  ],
  facts: [user, offers, security, refusal, datagrams, ...core.facts],
  parse,
}
