/**
 * LDAP (RFC 4511), and over UDP the ping by which Windows finds a domain controller (MS-ADTS): what
 * a directory says of itself before anybody signs in, and how clients then do.
 */

import {
  INTEGER,
  OCTETS,
  SEQUENCE,
  enter,
  expect,
  leave,
  readInteger,
  readLength,
} from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import { readToken } from './gss.js'
import { readNetlogon } from './ldap-netlogon.js'
import * as say from './ldap-words.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { tls } from './tls.js'

const BIND = 0x60
const BIND_ANSWER = 0x61
const SEARCH = 0x63
const ENTRY = 0x64
const EXTENDED = 0x77
const EXTENDED_ANSWER = 0x78
/** All kinds of messages, for what else begins like one. */
const KINDS = [
  ...[BIND, BIND_ANSWER, 0x42, SEARCH, ENTRY, 0x65, 0x73, 0x66, 0x67, 0x68, 0x69, 0x4a, 0x6b],
  ...[0x6c, 0x6d, 0x6e, 0x6f, 0x50, EXTENDED, EXTENDED_ANSWER, 0x79],
]

const ENUMERATED = 0x0a
const SET = 0x31
const SIMPLE = 0x80
const SASL = 0xa3
const SASL_ANSWER = 0x87
/** Microsoft's own ways, from before SASL: packages are asked for, then NTLM goes to and fro. */
const SICILY_FIRST = 0x89
const SICILY_LAST = 0x8b
const EXTENDED_NAME = 0x80
const START_TLS = '1.3.6.1.4.1.1466.20037'
const EQUAL = 0xa3
const CONSTRUCTED = 0x20
const TLS_HANDSHAKE = 0x16
const TLS_MAJOR = 3

const VERSION_MAX = 3
const LOWER = 0x20

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  let messages = 0
  while (c.left > 0) {
    if (messages > 0 && c.peek() !== SEQUENCE) return end(c, notes)
    const outer = c.narrow(lengthAhead(c))
    readMessage(c, notes, talk)
    c.widen(outer)
    messages++
  }
}

/** What is not LDAP any more is TLS, or what was agreed to be signed or sealed. */
function end(c: Cursor, notes: Notes): void {
  if (c.peek() === TLS_HANDSHAKE && c.peek(1) === TLS_MAJOR) notes.handOver(tls, c.at, c.end)
}

/** Steps into a message and returns how long it is; what it cannot be is seen at once. */
function lengthAhead(c: Cursor): number {
  const length = expect(c, SEQUENCE)
  if (c.left > 0 && c.peek() !== INTEGER) c.fail('no message')
  return length
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  readInteger(c)
  const kind = c.peek()
  if (c.fault === '' && !KINDS.includes(kind)) return c.fail('no operation')
  const outer = enter(c, kind)
  if (kind === BIND) readBind(c, notes, talk)
  else if (kind === BIND_ANSWER) readBindAnswer(c, notes, talk)
  else if (kind === SEARCH) readSearch(c, notes)
  else if (kind === ENTRY) readEntry(c, notes, talk)
  else if (kind === EXTENDED) readExtended(c, notes)
  leave(c, outer)
}

function readBind(c: Cursor, notes: Notes, talk: Talk): void {
  if (readInteger(c) > VERSION_MAX) return c.fail('bad version')
  const name = expect(c, OCTETS)
  const nameAt = c.take(name)
  const way = c.u8()
  const length = readLength(c)
  if (c.fault !== '') return
  if (way === SASL) return readSasl(c, notes, talk)
  if (way >= SICILY_FIRST && way <= SICILY_LAST) {
    notes.say(say.bind, 'ntlm')
    readToken(c, Math.min(length, c.left), notes, talk)
  } else if (way === SIMPLE) {
    notes.say(say.bind, length > 0 ? 'simple' : 'anonymous')
    if (length > 0) notes.add(say.bindName, nameAt, name)
  }
}

/** The cursor stands behind tag and length of the credentials. */
function readSasl(c: Cursor, notes: Notes, talk: Talk): void {
  const length = expect(c, OCTETS)
  const at = notes.here
  notes.write('sasl ')
  let rest = length
  while (rest-- > 0 && c.left > 0) notes.put(c.u8())
  if (c.fault === '') notes.add(say.bind, at, notes.here - at)
  if (c.left > 0) readToken(c, Math.min(expect(c, OCTETS), c.left), notes, talk)
}

function readBindAnswer(c: Cursor, notes: Notes, talk: Talk): void {
  if (expect(c, ENUMERATED) !== 1) return c.fail('bad result')
  const result = c.u8()
  c.take(expect(c, OCTETS))
  const length = expect(c, OCTETS)
  if (c.fault !== '') return
  const word = say.RESULTS[result]
  if (word !== undefined) notes.say(say.bindResult, word)
  else notes.count32(say.bindResult, result)
  addBuild(c, notes, length)
  while (c.left > 0) {
    const tag = c.u8()
    const size = readLength(c)
    if (tag === SASL_ANSWER) readToken(c, size, notes, talk)
    else c.take(size)
  }
}

/** Active Directory ends what it says of an error with its build, `, v4563`, in hexadecimal. */
function addBuild(c: Cursor, notes: Notes, length: number): void {
  const outer = c.narrow(length)
  const isActiveDirectory = c.starts('8') && c.peek(8) === 0x3a
  let build = 0
  while (c.left > 0) {
    if (!c.starts(', v')) c.take(1)
    else {
      c.take(3)
      build = readHex(c)
    }
  }
  if (isActiveDirectory && build > 0 && c.fault === '') notes.count32(say.osBuild, build)
  c.widen(outer)
}

function readHex(c: Cursor): number {
  let value = 0
  while (c.left > 0 && hexDigit(c.peek()) >= 0 && value < 0x100000) {
    value = value * 16 + hexDigit(c.u8())
  }
  return value
}

function hexDigit(letter: number): number {
  if (letter >= 0x30 && letter <= 0x39) return letter - 0x30
  const lower = letter | LOWER
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Of all that is searched for, only what a machine says of itself while it looks for a domain. */
function readSearch(c: Cursor, notes: Notes): void {
  const base = expect(c, OCTETS)
  c.take(base)
  c.take(expect(c, ENUMERATED))
  c.take(expect(c, ENUMERATED))
  readInteger(c)
  readInteger(c)
  c.take(3)
  if (base > 0 || c.fault !== '') return
  while (c.left > 0) {
    const tag = c.u8()
    const length = readLength(c)
    if (tag === EQUAL) readEqual(c, notes, length)
    else if ((tag & CONSTRUCTED) === 0 || tag === SEQUENCE) c.take(length)
  }
}

function readEqual(c: Cursor, notes: Notes, length: number): void {
  const outer = c.narrow(length)
  const name = expect(c, OCTETS)
  const isHost = isWord(c, name, 'host')
  const isDomain = isWord(c, name, 'dnsdomain')
  c.take(name)
  const size = expect(c, OCTETS)
  const at = c.take(size)
  if (isHost) notes.add(say.clientName, at, size)
  else if (isDomain) notes.add(say.asksDomain, at, size)
  c.widen(outer)
}

/** The root of the directory has no name; entries with one are content. */
function readEntry(c: Cursor, notes: Notes, talk: Talk): void {
  const name = expect(c, OCTETS)
  if (name > 0) return
  const list = enter(c, SEQUENCE)
  while (c.left > 0) {
    const outer = enter(c, SEQUENCE)
    const length = expect(c, OCTETS)
    const isNetlogon = isWord(c, length, 'netlogon')
    const said = meant(c, length)
    c.take(length)
    const values = enter(c, SET)
    while (c.left > 0 && (isNetlogon || said !== undefined)) {
      const size = expect(c, OCTETS)
      if (isNetlogon) readNetlogon(c, size, notes, talk)
      else notes.add(said!, c.take(size), size)
    }
    leave(c, values)
    leave(c, outer)
  }
  leave(c, list)
}

function meant(c: Cursor, length: number): Fact | undefined {
  let i = 0
  while (i < say.ATTRIBUTES.length) {
    const [name, said] = say.ATTRIBUTES[i++]!
    if (isWord(c, length, name)) return said
  }
  return undefined
}

/** Whether the next letters are this word, in whatever case. */
function isWord(c: Cursor, length: number, word: string): boolean {
  if (length !== word.length) return false
  let i = 0
  while (i < length && (c.peek(i) | LOWER) === word.charCodeAt(i)) i++
  return i === length
}

function readExtended(c: Cursor, notes: Notes): void {
  const length = expect(c, EXTENDED_NAME)
  if (length === START_TLS.length && c.starts(START_TLS)) notes.say(say.startTls, 'asked')
}

export const ldap: Protocol = {
  name: 'ldap',
  standard: 'RFC 4511, MS-ADTS',
  tells: 'domain controllers, forests, sites and directories, and passwords sent in the clear',
  heard: [
    'tcp/389',
    'tcp/3268',
    'udp/389',
    'tcp "\\x30\\x84\\x00\\x00\\x00"',
    'tcp @2 "\\x02\\x01\\x01\\x60"',
    'tcp @2 "\\x02\\x01\\x01\\x61"',
    'tcp @2 "\\x02\\x01\\x00\\x78"',
  ],
  facts: say.facts,
  parse,
}
