/**
 * Syslog (RFC 3164, 5424, 6587, and what firewalls and network equipment make of it): who reports,
 * under which name, with which program. What is reported is nobody's business: of a message's
 * words only those are read by which a maker's device names itself.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { noteUbiquiti, noteVendor, syslogVendorFacts } from './syslog-vendors.js'
import { isDigit, noteWord, passSpaces, passWord, wordLength } from './syslog-words.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const format = fact('syslog.format', text, 'set')
const host = fact('syslog.host', text, 'set')
/** The program that reports. */
const tag = fact('syslog.tag', text, 'set')
/** Of messages such as `%SYS-5-CONFIG_I`: `SYS`. */
const facility = fact('syslog.facility', text, 'set')

const LESS = 0x3c
const GREATER = 0x3e
const COLON = 0x3a
const PERCENT = 0x25
const DASH = 0x2d
const STAR = 0x2a
const DOT = 0x2e
const SPACE = 0x20
const BRACKET = 0x5b
const UNDERSCORE = 0x5f
const SLASH = 0x2f
const PRIORITY_MAX = 191
const COUNT_DIGITS_MAX = 6
const HOST_MAX = 255
const TAG_MAX = 48
const FACILITY_MAX = 32
/** `Oct 11 22:14:15`, and where its first colon stands. */
const STAMP_BYTES = 15
const CLOCK_AHEAD = 9

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'server' && talk.from === 514 && talk.other.end > 0) return c.fail('no report')
  if (isDigit(c.peek())) passCount(c)
  if (c.left === 0) return void c.take(1)
  if (c.peek() !== LESS) return c.fail('no priority')
  c.take(1)
  if (!readPriority(c)) return
  passSpaces(c)
  if (noteVendor(c, notes)) return
  if (c.peek() === 0x31 && c.peek(1) === SPACE) version1(c, notes)
  else bsd(c, notes)
}

/** Over TCP a message's length may stand before it. */
function passCount(c: Cursor): void {
  let digits = 0
  while (isDigit(c.peek()) && digits++ < COUNT_DIGITS_MAX) c.take(1)
  if (c.peek() === SPACE) c.take(1)
}

function readPriority(c: Cursor): boolean {
  let value = 0
  let digits = 0
  while (isDigit(c.peek()) && digits++ < 3) value = value * 10 + c.u8() - 0x30
  const end = c.u8()
  if (c.fault === '' && (end !== GREATER || digits === 0 || value > PRIORITY_MAX)) {
    c.fail('bad priority')
  }
  return c.fault === ''
}

/** RFC 5424: everything has its place, and `-` stands for nothing. */
function version1(c: Cursor, notes: Notes): void {
  notes.say(format, 'rfc5424')
  passWord(c)
  passWord(c)
  noteWord(c, notes, host, HOST_MAX)
  noteWord(c, notes, tag, TAG_MAX)
}

/** RFC 3164, as everybody writes it: number, name and time come in any order, or not at all. */
function bsd(c: Cursor, notes: Notes): void {
  let numbered = false
  if (isDigit(c.peek()) && isCounter(c)) {
    numbered = true
    passWord(c)
  }
  const stamped = passStamp(c)
  if (!stamped && !numbered) return tagOf(c, notes)
  if (numbered && !stamped) {
    nameBefore(c, notes)
    passStamp(c)
  } else if (!numbered) hostOf(c, notes)
  tagOf(c, notes)
}

/** Cisco's equipment counts its messages: `123: `. */
function isCounter(c: Cursor): boolean {
  const length = wordLength(c)
  return length > 1 && c.peek(length - 1) === COLON && isDigit(c.peek(length - 2))
}

/** Whether the time stood here; it is then passed, with the year or zone that may follow. */
function passStamp(c: Cursor): boolean {
  if (c.peek() === STAR || c.peek() === DOT) c.take(1)
  const isIso = isDigit(c.peek()) && c.peek(4) === DASH && c.peek(7) === DASH
  if (isIso) {
    passWord(c)
    return true
  }
  if (!isMonth(c)) return false
  if (c.left < STAMP_BYTES) c.take(STAMP_BYTES)
  const early = c.peek(CLOCK_AHEAD) === COLON
  if (early) {
    c.take(STAMP_BYTES)
    if (c.peek() === DOT) passWord(c)
    else if (c.peek() === COLON) c.take(1)
  } else if (c.peek(CLOCK_AHEAD + 5) === COLON && isDigit(c.peek(7))) c.take(STAMP_BYTES + 5)
  else return false
  passSpaces(c)
  passZone(c)
  return true
}

/** Three letters, the first of them a capital one. */
function isMonth(c: Cursor): boolean {
  const isCapital = c.peek() >= 0x41 && c.peek() <= 0x5a
  const isLower = c.peek(1) >= 0x61 && c.peek(2) >= 0x61
  return isCapital && isLower && (c.peek(3) === SPACE || c.left === 3)
}

/** `UTC: ` behind the time. */
function passZone(c: Cursor): void {
  const length = wordLength(c)
  if (c.peek() === COLON || (length > 2 && length < 6 && c.peek(length - 1) === COLON)) {
    if (c.peek() !== PERCENT) passWord(c)
  }
}

/** `router-1: ` before a time. */
function nameBefore(c: Cursor, notes: Notes): void {
  const length = wordLength(c)
  if (length < 2 || c.peek(length - 1) !== COLON || c.peek() === PERCENT) return
  notes.add(host, c.at, length - 1)
  passWord(c)
}

/** A name, unless the next word is the program already: that ends with a colon or `[12]:`. */
function hostOf(c: Cursor, notes: Notes): void {
  const length = wordLength(c)
  if (length < 1 || length > HOST_MAX) return
  const last = c.peek(length - 1)
  if (last === COLON) {
    if (c.peek() === PERCENT || c.peek(length) !== SPACE || c.peek(length + 1) !== PERCENT) return
    notes.add(host, c.at, length - 1)
    return passWord(c)
  }
  if (c.peek() === PERCENT || !isHost(c, length)) return
  notes.add(host, c.at, length)
  passWord(c)
  if (c.peek() === COLON) passWord(c)
}

/** Names and addresses consist of letters, digits, dots, colons, dashes and underscores. */
function isHost(c: Cursor, length: number): boolean {
  let i = 0
  while (i < length) {
    const byte = c.peek(i++)
    const letter = byte | 0x20
    const isSign = byte === DASH || byte === DOT || byte === COLON || byte === UNDERSCORE
    if (!isSign && !isDigit(byte) && !(letter >= 0x61 && letter <= 0x7a)) return false
  }
  return true
}

function tagOf(c: Cursor, notes: Notes): void {
  if (noteUbiquiti(c, notes)) return
  if (c.starts('CEF:') || c.starts('LEEF:')) return notes.say(format, 'cef')
  const length = wordLength(c)
  if (length < 0) return void c.take(c.left + 1)
  if (c.peek() === PERCENT) return mnemonic(c, notes, length)
  notes.say(format, 'rfc3164')
  if (length < 2) return
  const bracket = c.distance(BRACKET)
  const colon = c.distance(COLON)
  const isNamed = bracket > 0 && bracket < length && c.peek(length - 1) === COLON
  const size = isNamed ? bracket : colon > 0 && colon === length - 1 ? colon : -1
  if (size <= 0 || size > TAG_MAX || !isName(c, size)) return
  const at = c.at
  c.take(size)
  notes.add(tag, at, size)
  c.at = at
  c.take(length)
  passSpaces(c)
  if (c.peek() === PERCENT) mnemonic(c, notes, wordLength(c))
}

/** Programs are named in letters, digits and a few signs. */
function isName(c: Cursor, size: number): boolean {
  let i = 0
  while (i < size) {
    const byte = c.peek(i++)
    const letter = byte | 0x20
    const isLetter = letter >= 0x61 && letter <= 0x7a
    const isSign = byte === DASH || byte === UNDERSCORE || byte === DOT || byte === SLASH
    if (!isLetter && !isSign && !(isDigit(byte) && i > 1)) return false
  }
  return true
}

/** `%ASA-6-302013:`, `%SYS-5-CONFIG_I:`, `%LINK-SW1-3-UPDOWN:`. */
function mnemonic(c: Cursor, notes: Notes, length: number): void {
  notes.say(format, 'cisco')
  const dash = c.distance(DASH)
  if (dash < 2 || dash >= length || dash > FACILITY_MAX) return
  c.take(1)
  notes.add(facility, c.at, dash - 1)
}

export const syslog: Protocol = {
  name: 'syslog',
  standard: 'RFC 3164, 5424, 6587',
  tells: 'names of those who report, their programs, and make and serial number of firewalls',
  heard: ['udp/514', 'tcp/514', 'tcp/601'],
  facts: [format, host, tag, facility, ...syslogVendorFacts],
  parse,
}
