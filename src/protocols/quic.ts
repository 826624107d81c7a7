/**
 * QUIC (RFC 8999, 9000, 9001, 9369), and what Google spoke before it: which versions are spoken, and
 * the TLS hello in the first packets of a client, whose keys are known to everybody.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import {
  IN_SCRATCH,
  SENDER,
  type Notes,
  type Pieces,
  type Protocol,
  type Talk,
} from './protocol.js'
import { dialectOf, openInitial, packet, type Dialect } from './quic-keys.js'
import { readNumber, versionWord } from './quic-words.js'
import { offer, readClientHello } from './tls-hello.js'
import { CLIENT_HELLO } from './tls-words.js'

const version = fact('quic.version', text, 'set')
/** What a server speaks that was spoken to in a version it does not know. */
const serverVersion = fact('quic.server_version', text, 'set')
/** A server that wants to be sure of its clients' addresses. */
const retry = fact('quic.retry', text, 'set')

const LONG = 0x80
const FIXED = 0x40
const ID_MAX = 20
/** Google's ids have more than the standard's; what a client chooses has at least eight bytes. */
const CHOSEN_ID_MIN = 8
/** The least that a packet with a short header has: an id, a number, and its seal. */
const SHORT_MIN = 21
const TAG = 16
const HELLO_HEAD = 4
const VERSIONS_MAX = 16

// Google's head before the standard: a version and an id of eight bytes.
const GOOGLE_FLAGS = 0x09
const GOOGLE_ID = 8
const GOOGLE_VERSION = 0x51

// Frames of an Initial packet.
const PADDING = 0
const PING = 1
const ACK = 2
const ACK_COUNTED = 3
const CRYPTO = 6
const CLOSE = 0x1c
const RANGES_MAX = 256

const frames = new Cursor()
const hello = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const at = c.at
  const first = c.u8()
  if ((first & LONG) === 0) return readShort(c, notes, talk, first)
  const spoken = c.u32()
  const idLength = c.u8()
  const idAt = c.take(idLength)
  const otherLength = c.u8()
  c.take(otherLength)
  if (c.fault !== '') return
  if (spoken === 0) return readVersions(c, notes)
  const dialect = dialectOf(spoken)
  // Who agreed to may leave out the bit that is always set (RFC 9287).
  const isFixed = (first & FIXED) !== 0 || dialect !== undefined
  if (!isFixed || idLength > ID_MAX || otherLength > ID_MAX) return c.fail('no quic')
  // Of a version that nobody told us, no more than its beginning is known.
  const word = versionWord(spoken)
  notes.say(version, word)
  if (dialect === undefined) return
  const kind = (first >> 4) & 3
  if (kind === dialect.retry) return readRetry(c, notes)
  if (kind !== dialect.initial) return
  c.take(readNumber(c))
  const length = readNumber(c)
  packet.at = at
  packet.idAt = idAt
  packet.idLength = idLength
  packet.numberAt = c.at
  c.take(length)
  packet.end = c.at
  if (c.fault !== '' || length < TAG) return
  if (talk.side !== 'server' && idLength >= CHOSEN_ID_MIN) readInitial(c, notes, talk, dialect)
}

/** A connection that has begun; or how Google began one. */
function readShort(c: Cursor, notes: Notes, talk: Talk, first: number): void {
  if ((first & FIXED) !== 0) {
    if (c.left + 1 < SHORT_MIN) return c.fail('no quic')
    talk.enough = true
    return
  }
  c.take(GOOGLE_ID)
  if ((first & GOOGLE_FLAGS) !== GOOGLE_FLAGS || c.peek() !== GOOGLE_VERSION) {
    return c.fail('no quic')
  }
  const spoken = c.u32()
  if (c.fault !== '') return
  notes.say(version, versionWord(spoken))
  // What follows does not say what it is.
  talk.enough = true
}

function readVersions(c: Cursor, notes: Notes): void {
  if (c.left === 0 || c.left % 4 !== 0) return c.fail('bad versions')
  let count = 0
  while (c.left > 0 && count++ < VERSIONS_MAX) notes.say(serverVersion, versionWord(c.u32()))
}

function readRetry(c: Cursor, notes: Notes): void {
  if (c.left < TAG) c.take(TAG)
  else notes.say(retry, 'yes')
}

function readInitial(c: Cursor, notes: Notes, talk: Talk, dialect: Dialect): void {
  const { pieces } = talk
  if (!pieces.open()) return
  const said = openInitial(c, dialect)
  if (said === undefined) return
  frames.over(said, 0, said.length)
  while (frames.left > 0) readFrame(pieces)
  if (frames.fault !== '') return c.fail('bad frame')
  readHello(c, notes, talk)
}

function readFrame(pieces: Pieces): void {
  const kind = frames.u8()
  switch (kind) {
    case PADDING:
    case PING:
      return
    case ACK:
    case ACK_COUNTED:
      return passRanges(kind === ACK_COUNTED)
    case CRYPTO:
      return readPiece(pieces)
    case CLOSE:
      frames.at = frames.end
      return
    default:
      frames.fail('bad frame')
  }
}

function passRanges(isCounted: boolean): void {
  readNumber(frames)
  readNumber(frames)
  let numbers = readNumber(frames)
  if (numbers > RANGES_MAX) return frames.fail('bad frame')
  numbers = 1 + numbers * 2 + (isCounted ? 3 : 0)
  while (numbers-- > 0 && frames.fault === '') readNumber(frames)
}

function readPiece(pieces: Pieces): void {
  const offset = readNumber(frames)
  const length = readNumber(frames)
  const at = frames.take(length)
  if (at >= 0) pieces.put(offset, frames.bytes, at, length)
}

/** Reads the hello once all of it is there. */
function readHello(c: Cursor, notes: Notes, talk: Talk): void {
  const { pieces } = talk
  const { at, whole } = pieces
  hello.over(pieces.bytes, at, at + whole)
  if (whole < HELLO_HEAD) return
  const kind = hello.u8()
  const length = hello.u24()
  if (kind !== CLIENT_HELLO) return c.fail('no hello')
  if (length > hello.left) return
  // Whoever hears of it later must still find it when the pieces are somebody else's.
  const from = notes.here - IN_SCRATCH
  let rest = length
  while (rest-- > 0) notes.put(hello.u8())
  pieces.close()
  offer.transport = 'q'
  hello.over(notes.scratch, from, from + length)
  readClientHello(hello, notes, talk)
  if (hello.fault !== '') c.fail(hello.fault)
}

export const quic: Protocol = {
  name: 'quic',
  standard: 'RFC 8999, 9000, 9001, 9369',
  tells: 'which servers browsers and apps ask for over UDP, and what software they are (JA4)',
  heard: [
    ...['udp/443', 'udp/8443', 'udp/853', 'udp/784', 'udp/4433'],
    ...[
      'udp @1 "\\x00\\x00\\x00\\x01"',
      'udp @1 "\\x6b\\x33\\x43\\xcf"',
      'udp @1 "\\xff\\x00\\x00"',
    ],
  ],
  facts: [version, serverVersion, retry],
  parse,
}
