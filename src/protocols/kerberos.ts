/**
 * Kerberos (RFC 4120): which realm a machine belongs to, as whom it signs in, whom it asks for,
 * and which encryption it still puts up with. Whoever answers is a domain controller.
 */

import { OCTETS, SEQUENCE, enter, expect, leave, readInteger } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import * as named from './kerberos-ticket.js'
import { IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** The realm a key distribution centre answers for. */
const kdc = fact('kerberos.kdc', text, 'set')
/** Whom a client wants a ticket for: `cifs/files.corp.example`. */
const asks = fact('kerberos.asks', text, 'set')
/** Kinds of encryption a client offers, by number: `18,17,23`. */
const encryptions = fact('kerberos.encryptions', text, 'set')
/** What a client calls itself among its addresses. */
const netbiosName = fact('kerberos.netbios_name', text, 'set')
/** About the client: why it was refused. */
const error = fact('kerberos.error', text, 'set')

const { FIELD, principal, readPrincipal, readString, string } = named

const AS_REQUEST = 0x6a
const AS_REPLY = 0x6b
const TGS_REQUEST = 0x6c
const TGS_REPLY = 0x6d
const ERROR = 0x7e

/** Over TCP, a length stands before each message; its first bit is for what never came. */
const LENGTH_MAX = 0xffffff
const ENCRYPTIONS_MAX = 24
const NETBIOS = 20
const NETBIOS_LENGTH = 16
const SPACE = 0x20
const COMMA = 0x2c
const MINUS = 0x2d

const ERRORS: Readonly<Record<number, string>> = {
  6: 'client unknown',
  7: 'service unknown',
  14: 'encryption not supported',
  18: 'client revoked',
  23: 'password expired',
  24: 'preauthentication failed',
  25: 'preauthentication required',
  32: 'ticket expired',
  37: 'clock skew',
  41: 'message modified',
  52: 'response too big',
  60: 'generic',
  68: 'wrong realm',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  // A datagram is a message; a stream has a length before each, which never begins like one.
  if (isMessage(c.peek())) return readMessage(c, notes, talk)
  let messages = 0
  while (c.left > 0) {
    const length = c.u32()
    const isBad = length <= 0 || length > LENGTH_MAX
    // Behind a message that was read, this is where bytes were missed.
    if (messages++ > 0 && (isBad || !isMessage(c.peek()))) return
    if (c.fault === '' && isBad) return c.fail('bad length')
    if (c.left > 0 && !isMessage(c.peek())) return c.fail('no message')
    const outer = c.end
    const missing = length - c.left
    if (missing < 0) c.end = c.at + length
    if (c.left > 0) readMessage(c, notes, talk)
    if (missing > 0) c.take(c.left + missing)
    leave(c, outer)
  }
}

const isMessage = (tag: number): boolean =>
  (tag >= AS_REQUEST && tag <= TGS_REPLY) ||
  tag === named.AP_REQUEST ||
  tag === ERROR ||
  tag === 0x6f

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  const tag = c.peek()
  notes.about(SENDER)
  const application = enter(c, tag)
  const outer = enter(c, SEQUENCE)
  if (tag === AS_REQUEST || tag === TGS_REQUEST) readRequest(c, notes)
  else if (tag === AS_REPLY || tag === TGS_REPLY) readReply(c, notes, talk)
  else if (tag === ERROR) readError(c, notes, talk)
  leave(c, outer)
  leave(c, application)
}

function readRequest(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const tag = c.peek()
    const field = enter(c, tag)
    if (tag === (FIELD | 4)) {
      const outer = enter(c, SEQUENCE)
      while (c.left > 0) readWish(c, notes)
      leave(c, outer)
    }
    leave(c, field)
  }
}

/** One field of a request's body. */
function readWish(c: Cursor, notes: Notes): void {
  const tag = c.peek()
  const field = enter(c, tag)
  if (tag === (FIELD | 1)) {
    readPrincipal(c, notes)
    named.addClient(notes)
  } else if (tag === (FIELD | 2)) {
    const at = readString(c)
    notes.add(named.realm, at, string.length)
  } else if (tag === (FIELD | 3)) {
    readPrincipal(c, notes)
    // Tickets may be for people, too.
    if (isServer()) notes.add(asks, principal.at, principal.length)
  } else if (tag === (FIELD | 8)) readEncryptions(c, notes)
  else if (tag === (FIELD | 9)) readAddresses(c, notes)
  leave(c, field)
}

const isServer = (): boolean => !principal.isOfRealm && (principal.parts > 1 || principal.isMachine)

function readEncryptions(c: Cursor, notes: Notes): void {
  // Half a list is none.
  const outer = c.narrow(expect(c, SEQUENCE))
  const at = notes.here
  let count = 0
  while (c.left > 0 && count < ENCRYPTIONS_MAX) {
    if (count++ > 0) notes.put(COMMA)
    const kind = readInteger(c)
    if (kind < 0) notes.put(MINUS)
    notes.writeNumber(Math.abs(kind))
  }
  if (c.fault === '') notes.add(encryptions, at, notes.here - at)
  c.widen(outer)
}

function readAddresses(c: Cursor, notes: Notes): void {
  const outer = enter(c, SEQUENCE)
  while (c.left > 0) {
    const address = enter(c, SEQUENCE)
    const kindField = enter(c, FIELD)
    const kind = readInteger(c)
    leave(c, kindField)
    const field = enter(c, FIELD | 1)
    const length = expect(c, OCTETS)
    const at = c.at
    const used = kind === NETBIOS && length === NETBIOS_LENGTH ? usedLength(c, length - 1) : 0
    if (c.take(length) >= 0) notes.add(netbiosName, at, used)
    leave(c, field)
    leave(c, address)
  }
  leave(c, outer)
}

/** How much of a padded name is not padding. */
function usedLength(c: Cursor, length: number): number {
  let used = length
  while (used > 0 && (c.peek(used - 1) === SPACE || c.peek(used - 1) === 0)) used--
  return used
}

function readReply(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const tag = c.peek()
    const field = enter(c, tag)
    if (tag === (FIELD | 4)) {
      readPrincipal(c, notes)
      aboutReceiver(notes, talk)
      if (c.fault === '') named.addClient(notes)
      notes.about(SENDER)
    } else if (tag === (FIELD | 5)) {
      named.readTicket(c, notes)
      if (c.fault === '') addIssued(notes)
    }
    leave(c, field)
  }
}

function addIssued(notes: Notes): void {
  named.addTicketEncryption(notes)
  notes.add(kdc, named.ticket.realm, named.ticket.realmLength)
}

function readError(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const tag = c.peek()
    const field = enter(c, tag)
    if (tag === (FIELD | 6)) {
      const code = readInteger(c)
      aboutReceiver(notes, talk)
      if (c.fault === '') addError(notes, code)
      notes.about(SENDER)
    } else if (tag === (FIELD | 9)) {
      const at = readString(c)
      notes.add(kdc, at, string.length)
    }
    leave(c, field)
  }
}

function addError(notes: Notes, code: number): void {
  const word = ERRORS[code]
  if (word !== undefined) notes.say(error, word)
  else notes.count32(error, code)
}

/** What a reply says of the client is about whom it goes to. */
function aboutReceiver(notes: Notes, talk: Talk): void {
  if (talk.targetIp >= 0) notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
}

export const kerberos: Protocol = {
  name: 'kerberos',
  standard: 'RFC 4120',
  tells: 'realms, names of machines and services, domain controllers, and weak encryption',
  // In the middle of a connection: version 5 and a kind, behind lengths of one byte or two.
  heard: [
    'udp/88',
    'tcp/88',
    'tcp @10 "\\xa1\\x03\\x02\\x01\\x05\\xa2\\x03\\x02\\x01"',
    'tcp @12 "\\xa1\\x03\\x02\\x01\\x05\\xa2\\x03\\x02\\x01"',
    'tcp @10 "\\xa0\\x03\\x02\\x01\\x05\\xa1\\x03\\x02\\x01"',
    'tcp @12 "\\xa0\\x03\\x02\\x01\\x05\\xa1\\x03\\x02\\x01"',
  ],
  facts: [
    named.realm,
    named.machine,
    named.user,
    named.service,
    named.ticketEncryption,
    kdc,
    asks,
    encryptions,
    netbiosName,
    error,
  ],
  parse,
}
