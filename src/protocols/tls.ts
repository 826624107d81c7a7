/**
 * TLS 1.0 to 1.3, and SSL before it (RFC 2246 to 8446): for which servers clients ask, which software
 * they are, and what servers chose and prove.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { certificateFacts, readCertificate } from './tls-certificate.js'
import { helloFacts, offer, readClientHello, readOldHello } from './tls-hello.js'
import { isSealed, Records } from './tls-records.js'
import { readOldServerHello, readServerHello, serverFacts } from './tls-server.js'
import {
  ALERT,
  alertWord,
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CHANGE,
  CLIENT_HELLO,
  SERVER_HELLO,
} from './tls-words.js'

/** Why a side gave up, before everything was sealed. */
const alert = fact('tls.alert', text, 'set')
/** The server wants to see the client's certificate. */
const asksCertificate = fact('tls.asks_certificate', text, 'set')

const HEAD = 4
const HELLO_MAX = 0x4000
const CHAIN_HEAD = 6
const OLD = 0x80
const OLD_MIN = 9
const MAJOR = 3
const OLD_CLIENT_HELLO = 1
const OLD_SERVER_HELLO = 4
const FATAL = 2

const records = new Records()
/** What of a side's handshake was read: who it is, and whether the rest is sealed. */
const read = { isServer: false, isBegun: false, isSealed: false, isOver: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  read.isServer = talk.side === 'server'
  read.isBegun = read.isSealed = read.isOver = false
  records.over(c, notes)
  if ((c.peek() & OLD) !== 0) return readOld(c, notes)
  while (c.left > 0 && !read.isOver) readRecord(c, notes, talk)
  // A server seals last: what a client still had to say in the open was said before.
  if (read.isOver && read.isServer && c.fault === '') talk.enough = true
}

function readRecord(c: Cursor, notes: Notes, talk: Talk): void {
  const at = c.at
  records.open()
  if (c.fault !== '') return
  const { type, length } = records
  if (isSealed(type)) read.isOver = true
  else if (type === CHANGE) {
    read.isSealed = true
    records.close()
  } else if (type === ALERT) readAlert(c, notes, length)
  else if (read.isSealed && !isHello(c, length)) read.isOver = true
  else readMessages(c, notes, talk)
  // What is not wanted is left unread, so that whoever asks sees that there was enough.
  if (read.isOver && c.fault === '') c.at = at
}

/** After asking or being asked to say hello again, that hello comes behind the change of ciphers. */
function isHello(c: Cursor, length: number): boolean {
  const kind = c.peek()
  const isOpen = kind === CLIENT_HELLO || kind === SERVER_HELLO
  return isOpen && c.peek(1) === 0 && (c.peek(2) << 8) + c.peek(3) + HEAD === length
}

function readAlert(c: Cursor, notes: Notes, length: number): void {
  if (length !== 2 || read.isSealed) {
    read.isOver = true
    return
  }
  const level = c.u8()
  const word = alertWord(c.u8())
  records.left = 0
  if (c.fault !== '') return
  if (level === 0 || level > FATAL || word === '') return c.fail('bad alert')
  notes.about(SENDER)
  notes.say(alert, word)
}

/** Messages until a record ends where a message does. */
function readMessages(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.fault === '' && !read.isOver && records.left > 0) {
    if (!records.claim(HEAD)) return
    const kind = records.part.u8()
    const length = records.part.u24()
    readMessage(c, kind, length, notes, talk)
  }
}

function readMessage(c: Cursor, kind: number, length: number, notes: Notes, talk: Talk): void {
  const isAgain = read.isBegun
  const before = notes.count
  switch (kind) {
    case CLIENT_HELLO:
      read.isServer = false
      offer.transport = 't'
      if (claimHello(c, length)) readClientHello(records.part, notes, talk)
      break
    case SERVER_HELLO:
      read.isServer = true
      if (claimHello(c, length)) readServerHello(records.part, notes)
      break
    case CERTIFICATE:
      readChain(length, notes)
      break
    case CERTIFICATE_REQUEST:
      if (records.pass(length) && read.isServer) notes.say(asksCertificate, 'yes')
      break
    default:
      if (length > HELLO_MAX) read.isOver = true
      else records.pass(length)
  }
  const { fault } = records.part
  if (fault === '') return
  // What was sealed unnoticed may look like anything.
  if (isAgain) {
    read.isOver = true
    notes.count = before
  } else c.fail(fault)
}

function claimHello(c: Cursor, length: number): boolean {
  if (length <= HELLO_MAX) {
    read.isBegun = true
    return records.claim(length)
  }
  if (read.isBegun) read.isOver = true
  else c.fail('bad hello')
  return false
}

/** Of a chain only its first certificate is read: it is the side's own. */
function readChain(length: number, notes: Notes): void {
  if (length < CHAIN_HEAD) {
    records.pass(length)
    return
  }
  if (!records.claim(CHAIN_HEAD)) return
  const { part } = records
  part.u24()
  const first = part.u24()
  if (first > length - CHAIN_HEAD) {
    read.isOver = true
    return
  }
  if (!records.claim(first)) return
  readCertificate(part, first, notes, read.isServer)
  records.pass(length - CHAIN_HEAD - first)
}

/** A hello of SSL 2.0, which also clients of later versions said. */
function readOld(c: Cursor, notes: Notes): void {
  const length = c.u16() & 0x7fff
  const kind = c.u8()
  if (kind !== OLD_CLIENT_HELLO && kind !== OLD_SERVER_HELLO) return c.fail('no record')
  const next = c.peek()
  const isHello = kind === OLD_SERVER_HELLO ? next <= 1 : next === 0 || next === MAJOR
  if (!isHello || length < OLD_MIN) return c.fail('no record')
  const outer = c.narrow(length - 1)
  if (c.fault !== '') return
  if (kind === OLD_CLIENT_HELLO) readOldHello(c, notes)
  else readOldServerHello(c, notes)
  c.widen(outer)
}

export const tls: Protocol = {
  name: 'tls',
  standard: 'RFC 5246, 8446, 5280',
  tells:
    'which servers are asked for, what software clients are (JA3, JA4), versions, ciphers and certificates of servers',
  heard: [
    ...['tcp/443', 'tcp/465', 'tcp/563', 'tcp/636', 'tcp/853', 'tcp/989-995', 'tcp/2376'],
    ...['tcp/3269', 'tcp/4433', 'tcp/5061', 'tcp/5223', 'tcp/5349', 'tcp/5671', 'tcp/6514'],
    ...['tcp/6697', 'tcp/8006', 'tcp/8009', 'tcp/8443', 'tcp/8883', 'tcp/9443', 'tcp/10443'],
    // A connection that was heard from its middle on: a change, an alert, or data.
    ...['tcp "\\x14\\x03\\x01"', 'tcp "\\x14\\x03\\x03"', 'tcp "\\x15\\x03\\x01"'],
    ...['tcp "\\x15\\x03\\x02"', 'tcp "\\x15\\x03\\x03"', 'tcp "\\x17\\x03\\x01"'],
    ...['tcp "\\x17\\x03\\x02"', 'tcp "\\x17\\x03\\x03"'],
    ...['tcp "\\x16\\x03\\x00"', 'tcp "\\x16\\x03\\x01"', 'tcp "\\x16\\x03\\x02"'],
    ...['tcp "\\x16\\x03\\x03"', 'tcp "\\x16\\x03\\x04"'],
  ],
  facts: [...helloFacts, ...serverFacts, ...certificateFacts, alert, asksCertificate],
  parse,
}
