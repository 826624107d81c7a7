/**
 * A client's hello (RFC 8446, 4.1.2; RFC 6066, 7301), as TLS, DTLS and QUIC send it: for whom it
 * asks, what it speaks, and which software it seems to be.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Talk } from './protocol.js'
import { sayWeak, weaknessBit, weaknessOf } from './tls-ciphers.js'
import { Offer } from './tls-fingerprint.js'
import { ALPN, isGrease, placed, VERSIONS, versionWord } from './tls-words.js'

const sni = fact('tls.sni', text, 'set')
/** With an encrypted hello inside (or a pretended one), the name outside need not be the server's. */
const outerName = fact('tls.outer_name', text, 'set')
/** About the server's address: what a client calls it. */
const name = fact('tls.name', text, 'set')
const alpn = fact('tls.alpn', text, 'set')
const clientVersion = fact('tls.client_version', text, 'set')
const weakOffered = fact('tls.weak_offered', text, 'set')
const ja3 = fact('tls.ja3', text, 'set')
const ja4 = fact('tls.ja4', text, 'set')

export const helloFacts = [sni, outerName, name, alpn, clientVersion, weakOffered, ja3, ja4]

// Extensions.
const SERVER_NAME = 0
const GROUPS = 10
const FORMATS = 11
const SIGNATURES = 13
const ENCRYPTED_HELLO = 0xfe0d
const APPLICATION_SETTINGS = 0x4469
const APPLICATION_SETTINGS_NEW = 0x44cd

const RANDOM = 32
const HOST_NAME = 0
const HOST_MAX = 255
const PROTOCOLS_MAX = 8

/** What the last hello offered. Who reads a hello says first over what it came. */
export const offer = new Offer()

const server = { at: -1, length: 0 }
const offered = { weak: 0, highest: 0 }

/** Reads the body of a hello, which is all that the cursor has. */
export function readClientHello(c: Cursor, notes: Notes, talk: Talk): void {
  offer.clear()
  server.at = -1
  offered.weak = 0
  offer.version = c.u16()
  c.take(RANDOM)
  c.take(c.u8())
  if (offer.transport === 'd') c.take(c.u8())
  readCiphers(c)
  c.take(c.u8())
  offered.highest = 0
  notes.about(SENDER)
  // SSL 3.0 and the oldest TLS know no extensions.
  if (c.left > 0) readExtensions(c, notes)
  if (c.fault === 'short') c.fault = 'bad hello'
  if (c.fault !== '') return
  offer.highest = offered.highest === 0 ? offer.version : offered.highest
  offer.close()
  tell(c, notes, talk)
}

function readCiphers(c: Cursor): void {
  const outer = c.narrow(c.u16())
  while (c.left > 0) {
    const suite = c.u16()
    offered.weak |= weaknessOf(suite)
    if (!offer.ciphers.add(suite)) offer.isTooLong = true
  }
  c.widen(outer)
}

function readExtensions(c: Cursor, notes: Notes): void {
  const all = c.narrow(c.u16())
  while (c.left > 0) {
    const type = c.u16()
    const outer = c.narrow(c.u16())
    if (!offer.extensions.add(type)) offer.isTooLong = true
    if (c.left > 0) readExtension(c, notes, type)
    c.widen(outer)
  }
  c.widen(all)
}

function readExtension(c: Cursor, notes: Notes, type: number): void {
  switch (type) {
    case SERVER_NAME:
      return readName(c)
    case GROUPS:
    case SIGNATURES:
      return readNumbers(c, type)
    case FORMATS:
      return readFormats(c)
    case ALPN:
      return readProtocols(c, notes)
    case VERSIONS:
      return readVersions(c)
  }
}

function readName(c: Cursor): void {
  offer.hasName = true
  c.u16()
  if (c.u8() !== HOST_NAME) return
  const length = c.u16()
  server.length = length
  server.at = c.take(length)
}

function readNumbers(c: Cursor, type: number): void {
  const numbers = type === GROUPS ? offer.groups : offer.signatures
  const outer = c.narrow(c.u16())
  while (c.left > 0) if (!numbers.add(c.u16())) offer.isTooLong = true
  c.widen(outer)
}

function readFormats(c: Cursor): void {
  const outer = c.narrow(c.u8())
  while (c.left > 0) if (!offer.formats.add(c.u8())) offer.isTooLong = true
  c.widen(outer)
}

function readProtocols(c: Cursor, notes: Notes): void {
  const outer = c.narrow(c.u16())
  let count = 0
  while (c.left > 0) {
    const length = c.u8()
    const letter = c.peek()
    const last = c.peek(length - 1)
    const at = c.take(length)
    if (count++ === 0) {
      offer.letters = length
      offer.firstLetter = letter
      offer.lastLetter = last
    }
    const means = length !== 2 || !isGrease((letter << 8) | last)
    if (means && count <= PROTOCOLS_MAX) notes.add(alpn, placed(c, notes, at), length)
  }
  c.widen(outer)
}

/** Numbers fall from version to version in DTLS, where they rise in TLS. */
function readVersions(c: Cursor): void {
  const isDatagram = offer.transport === 'd'
  const outer = c.narrow(c.u8())
  while (c.left > 0) {
    const version = c.u16()
    if (isGrease(version)) continue
    const { highest } = offered
    const isHigher = isDatagram ? highest === 0 || version < highest : version > highest
    if (isHigher) offered.highest = version
  }
  c.widen(outer)
}

function tell(c: Cursor, notes: Notes, talk: Talk): void {
  const { extensions, transport } = offer
  const hides = extensions.has(ENCRYPTED_HELLO)
  if (server.length <= HOST_MAX) tellName(c, notes, hides, talk)
  if (transport === 't') notes.say(clientVersion, versionWord(offer.highest))
  sayWeak(notes, weakOffered, offered.weak)
  if (offer.isTooLong) return
  // Browsers that shuffle their extensions would have another JA3 with every connection.
  const shuffles =
    hides || extensions.has(APPLICATION_SETTINGS) || extensions.has(APPLICATION_SETTINGS_NEW)
  if (transport === 't' && !shuffles) notes.say(ja3, offer.ja3())
  notes.say(ja4, offer.ja4())
}

function tellName(c: Cursor, notes: Notes, hides: boolean, talk: Talk): void {
  if (server.at < 0) return
  const at = placed(c, notes, server.at)
  notes.add(hides ? outerName : sni, at, server.length)
  if (hides || talk.targetIp < 0) return
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  notes.add(name, at, server.length)
  notes.about(SENDER)
}

/** The hello of SSL 2.0, whatever version it offers: its suites have three bytes. */
export function readOldHello(c: Cursor, notes: Notes): void {
  const version = c.u16()
  const suites = c.u16()
  const session = c.u16()
  const challenge = c.u16()
  if (suites % 3 !== 0) return c.fail('bad hello')
  let weak = 0
  const outer = c.narrow(suites)
  while (c.left > 0) weak |= oldWeakness(c.u8(), c.u16())
  c.widen(outer)
  c.take(session)
  c.take(challenge)
  if (c.fault === 'short') c.fault = 'bad hello'
  if (c.fault !== '') return
  notes.about(SENDER)
  notes.say(clientVersion, versionWord(version))
  sayWeak(notes, weakOffered, weak)
}

/** SSL 2.0 suites are a kind and a key length: EXPORT, RC4, DES and 3DES. */
function oldWeakness(kind: number, rest: number): number {
  if (kind === 0) return weaknessOf(rest)
  return OLD_WEAKNESSES[kind] ?? 0
}

const EXPORT = weaknessBit('EXPORT')
const RC4 = weaknessBit('RC4')
const DES = weaknessBit('DES')
const TRIPLE = weaknessBit('3DES')
const OLD_WEAKNESSES: readonly number[] = [0, RC4, RC4 | EXPORT, 0, EXPORT, 0, DES, TRIPLE]
