/**
 * DTLS (RFC 6347, 9147): TLS over datagrams, as browsers, tunnels and things speak it. Hellos and
 * certificates are those of TLS; of a message in several datagrams only its first piece is read.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { readCertificate } from './tls-certificate.js'
import { offer, readClientHello } from './tls-hello.js'
import { chosen, readServerHello } from './tls-server.js'
import {
  ALERT,
  alertWord,
  APPLICATION,
  CERTIFICATE,
  CHANGE,
  CLIENT_HELLO,
  HANDSHAKE,
  SERVER_HELLO,
  versionWord,
} from './tls-words.js'

const version = fact('dtls.version', text, 'set')
const clientVersion = fact('dtls.client_version', text, 'set')
const alert = fact('dtls.alert', text, 'set')

/** Connection ids (RFC 9146), and acknowledgements. */
const LAST_KIND = 26
const CONNECTION_ID = 25
const VERSION_10 = 0xfeff
const VERSION_12 = 0xfefd
/** What one maker of tunnels has always said. */
const VERSION_OLD = 0x0100
const RECORD_MAX = 0x4800
/** RFC 9147, 4: a short head, for what is sealed. */
const SHORT_MASK = 0xe0
const SHORT = 0x20
const SEQUENCE = 6
const CHAIN_HEAD = 6
const FATAL = 2

const part = new Cursor()
const read = { isServer: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  read.isServer = talk.side === 'server'
  let count = 0
  while (c.left > 0) {
    const kind = c.u8()
    if (count++ > 0 && (kind & SHORT_MASK) === SHORT) return
    const spoken = c.u16()
    const epoch = c.u16()
    c.take(SEQUENCE)
    const isVersion = spoken === VERSION_10 || spoken === VERSION_12 || spoken === VERSION_OLD
    if (!isVersion || kind < CHANGE || kind > LAST_KIND) return c.fail('no record')
    // How long an id stands before the length, only the two ends know.
    if (kind === CONNECTION_ID) return
    const length = c.u16()
    if (length === 0 || length > RECORD_MAX) return c.fail('no record')
    const outer = c.narrow(length)
    if (c.fault !== '') return
    if (kind === APPLICATION) talk.enough = true
    else if (epoch === 0) readRecord(c, notes, talk, kind)
    if (c.fault === 'short') c.fault = 'bad record'
    c.widen(outer)
  }
}

function readRecord(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  if (kind === HANDSHAKE) while (c.left > 0) readPiece(c, notes, talk)
  else if (kind === ALERT && c.left === 2) {
    const level = c.u8()
    const word = alertWord(c.u8())
    if (level === 0 || level > FATAL || word === '') return c.fail('bad alert')
    notes.say(alert, word)
  }
}

/** A handshake message, or a piece of one. */
function readPiece(c: Cursor, notes: Notes, talk: Talk): void {
  const kind = c.u8()
  const length = c.u24()
  c.u16()
  const offset = c.u24()
  const size = c.u24()
  const at = c.take(size)
  if (offset + size > length) c.fail('bad record')
  if (c.fault !== '' || offset > 0) return
  part.over(c.bytes, at, at + size)
  if (kind === CERTIFICATE) readChain(notes)
  else if (size === length) readHello(notes, talk, kind)
  if (part.fault !== '' && part.fault !== 'short') c.fail(part.fault)
}

function readHello(notes: Notes, talk: Talk, kind: number): void {
  if (kind === CLIENT_HELLO) {
    read.isServer = false
    offer.transport = 'd'
    readClientHello(part, notes, talk)
    if (part.fault === '') notes.say(clientVersion, versionWord(offer.highest))
  } else if (kind === SERVER_HELLO) {
    read.isServer = true
    const isRetry = readServerHello(part, notes)
    if (part.fault === '' && !isRetry) notes.say(version, versionWord(chosen.version))
  }
}

/** The first certificate of a chain, if the piece has all of it. */
function readChain(notes: Notes): void {
  if (part.left <= CHAIN_HEAD) return
  part.u24()
  const first = part.u24()
  if (first <= part.left) readCertificate(part, first, notes, read.isServer)
}

export const dtls: Protocol = {
  name: 'dtls',
  standard: 'RFC 6347, 9147',
  tells:
    'names, software (JA4) and certificates of tunnels, calls and things that encrypt datagrams',
  heard: [
    ...['udp "\\x16\\xfe\\xff"', 'udp "\\x16\\xfe\\xfd"', 'udp "\\x16\\x01\\x00\\x00\\x00"'],
    ...['udp "\\x15\\xfe\\xff"', 'udp "\\x15\\xfe\\xfd"', 'udp "\\x14\\xfe\\xff"'],
    ...['udp "\\x14\\xfe\\xfd"', 'udp "\\x17\\xfe\\xff"', 'udp "\\x17\\xfe\\xfd"'],
    ...['udp "\\x17\\x01\\x00\\x00\\x01"', 'udp "\\x19\\xfe\\xfd"'],
  ],
  facts: [version, clientVersion, alert],
  parse,
}
