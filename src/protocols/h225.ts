/**
 * H.225.0 (H.323's signalling: RAS over UDP, Q.931 in TPKT over TCP): video and voice endpoints by
 * their makers' numbers, products and versions.
 *
 * Its messages are packed by PER into trees of options and extensions. Of all that, one thing is
 * wanted, and it has a shape of its own: a vendor's country, extension and number in four bytes,
 * then a product and a version, each behind its length less one. It is sought by that shape; names
 * and numbers of people are written otherwise (two bytes a letter, two digits a byte).
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { enterTpkt, leaveTpkt } from './tpkt.js'

/** T.35's country, its extension, and the maker's number there: `181/0/18` is Cisco. */
const vendor = fact('h225.vendor', text, 'set')
const product = fact('h225.product', text, 'set')
const version = fact('h225.version', text, 'set')
/** `setup`, `connect`, or `gatekeeperRequest` and its like. */
const message = fact('h225.message', text, 'set')
/** `endpoint` or `gatekeeper`. */
const role = fact('h225.role', text, 'set')

const RAS: readonly string[] = [
  ...['gatekeeperRequest', 'gatekeeperConfirm', 'gatekeeperReject', 'registrationRequest'],
  ...[
    'registrationConfirm',
    'registrationReject',
    'unregistrationRequest',
    'unregistrationConfirm',
  ],
  ...['unregistrationReject', 'admissionRequest', 'admissionConfirm', 'admissionReject'],
  ...['bandwidthRequest', 'bandwidthConfirm', 'bandwidthReject', 'disengageRequest'],
  ...['disengageConfirm', 'disengageReject', 'locationRequest', 'locationConfirm'],
  ...['locationReject', 'infoRequest', 'infoRequestResponse', 'nonStandard', 'unknown'],
]
const ADMISSION = 9
const CALLS: Readonly<Partial<Record<number, string>>> = {
  0x01: 'alerting',
  0x02: 'proceeding',
  0x03: 'progress',
  0x05: 'setup',
  0x07: 'connect',
  0x5a: 'release',
  0x62: 'facility',
  0x6e: 'notify',
  0x75: 'inquiry',
  0x7b: 'information',
  0x7d: 'status',
}
const Q931 = 8
const USER_TO_USER = 0x7e
const H323 = 5
const MESSAGES_MAX = 8
const SOUGHT_MAX = 512
const WORDS_MIN = 3
const WORDS_MAX = 64

const part = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.turnCount === 0) return readRas(c, notes)
  let messages = 0
  while (c.left > 0 && messages++ < MESSAGES_MAX) {
    const outer = enterTpkt(c)
    if (c.fault !== '') return
    readCall(c, notes)
    if (c.fault !== '') return
    leaveTpkt(c, outer)
  }
}

/** One bit for an extension, five for the kind; an extension's kinds are not told. */
function readRas(c: Cursor, notes: Notes): void {
  const lead = c.u8()
  if (c.left < 2) return c.fail('no ras')
  if ((lead & 0x80) !== 0) return
  const kind = lead >> 2
  if (kind >= RAS.length) return c.fail('no ras')
  notes.say(message, RAS[kind]!)
  // Requests to come in are an endpoint's, and what follows each of them is a gatekeeper's.
  if (kind <= ADMISSION + 2 && (kind < 6 || kind >= ADMISSION)) {
    notes.say(role, kind % 3 === 0 ? 'endpoint' : 'gatekeeper')
  }
  seek(c, notes)
}

function readCall(c: Cursor, notes: Notes): void {
  if (c.u8() !== Q931) return c.fail('no call')
  const length = c.u8()
  c.take(length & 15)
  const word = CALLS[c.u8()]
  if (length > 3 || word === undefined) return c.fail('no call')
  notes.say(message, word)
  while (c.left > 1) {
    const kind = c.u8()
    if (kind >= 0x80) continue
    const size = kind === USER_TO_USER ? c.u16() : c.u8()
    const outer = c.narrow(size)
    if (c.fault !== '') return
    if (kind === USER_TO_USER && c.u8() === H323) seek(c, notes)
    c.widen(outer)
  }
}

/** Goes through the bytes for a vendor's shape, and notes the first. */
function seek(c: Cursor, notes: Notes): void {
  let at = c.at
  const end = Math.min(c.end, at + SOUGHT_MAX)
  while (at < end - 8) {
    part.over(c.bytes, at++, end)
    if (!isVendor()) continue
    addVendor(notes)
    addWords(notes)
    return
  }
}

/**
 * A country, hardly an extension, a number, and a product and a version in letters that can be printed.
 * Without a version it may be anything that a maker adds.
 */
function isVendor(): boolean {
  if (part.peek(1) > 1 || part.peek() === 0) return false
  const length = part.peek(4) + 1
  if (length < WORDS_MIN || !isWords(5, length) || !isLetter(part.peek(5))) return false
  return isWords(6 + length, part.peek(5 + length) + 1)
}

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/** Whether so many bytes `ahead` are words; products of Cisco and others end with zeros. */
function isWords(ahead: number, length: number): boolean {
  if (length > WORDS_MAX || ahead + length > part.left) return false
  let i = 0
  while (i < length) {
    const byte = part.peek(ahead + i)
    if ((byte < 0x20 || byte > 0x7e) && !(byte === 0 && i > 2)) return false
    i++
  }
  return true
}

function addVendor(notes: Notes): void {
  const at = notes.here
  notes.writeNumber(part.u8())
  notes.write('/')
  notes.writeNumber(part.u8())
  notes.write('/')
  notes.writeNumber(part.u16())
  notes.add(vendor, at, notes.here - at)
}

function addWords(notes: Notes): void {
  const length = part.u8() + 1
  notes.add(product, part.at, trimmed(length))
  part.take(length)
  const other = part.u8() + 1
  notes.add(version, part.at, trimmed(other))
}

function trimmed(length: number): number {
  const zero = part.distance(0)
  return zero >= 0 && zero < length ? zero : length
}

export const h225: Protocol = {
  name: 'h225',
  standard: 'ITU-T H.225.0, Q.931',
  tells: 'makers, products and versions of video and voice endpoints and gatekeepers',
  heard: ['udp/1718-1719', 'tcp/1720'],
  facts: [vendor, product, version, message, role],
  parse,
}
