/** A server's hello (RFC 8446, 4.1.3): what it chose of all that was offered. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes } from './protocol.js'
import { readCertificate } from './tls-certificate.js'
import { cipherName, sayWeak, weaknessOf } from './tls-ciphers.js'
import { Numbers, ja3s } from './tls-fingerprint.js'
import { ALPN, placed, VERSIONS, versionWord } from './tls-words.js'

const version = fact('tls.version', text, 'set')
const cipher = fact('tls.cipher', text, 'set')
const weakChosen = fact('tls.weak_chosen', text, 'set')
const protocol = fact('tls.server_alpn', text, 'set')
const fingerprint = fact('tls.ja3s', text, 'set')

export const serverFacts = [version, cipher, weakChosen, protocol, fingerprint]

const RANDOM = 32
/** Of drafts of TLS 1.3, those up to this one left out the session and compression. */
const LAST_SHORT_DRAFT = 0x7f15
/** From here on versions are those of DTLS, which has its own words for them. */
const DATAGRAMS = 0xfe00
/** And one maker of tunnels says less than SSL 3.0 did. */
const FIRST = 0x0300
const FIRST_DRAFT = 0x7f00
/** How the random bytes begin that say: not like this, say hello again. */
const RETRY = '\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91'

const extensions = new Numbers()
/** What the last hello chose. */
export const chosen = { version: 0, at: -1, length: 0 }

/** Reads the body of a hello, which is all that the cursor has; true if it asks for another one. */
export function readServerHello(c: Cursor, notes: Notes): boolean {
  const head = c.u16()
  const isRetry = c.starts(RETRY)
  const isShort = head >= FIRST_DRAFT && head <= LAST_SHORT_DRAFT
  chosen.version = head
  chosen.at = -1
  extensions.count = 0
  c.take(RANDOM)
  if (!isShort) c.take(c.u8())
  const suite = c.u16()
  if (!isShort) c.u8()
  if (c.left > 0) readExtensions(c)
  if (c.fault === 'short') c.fault = 'bad hello'
  if (c.fault !== '' || isRetry) return isRetry
  notes.about(SENDER)
  if (head < DATAGRAMS && head >= FIRST) notes.say(version, versionWord(chosen.version))
  notes.say(cipher, cipherName(suite))
  sayWeak(notes, weakChosen, weaknessOf(suite))
  if (chosen.at >= 0) notes.add(protocol, placed(c, notes, chosen.at), chosen.length)
  if (head < DATAGRAMS && head >= FIRST) notes.say(fingerprint, ja3s(head, suite, extensions))
  return false
}

function readExtensions(c: Cursor): void {
  const all = c.narrow(c.u16())
  while (c.left > 0) {
    const type = c.u16()
    const outer = c.narrow(c.u16())
    extensions.add(type)
    if (type === VERSIONS) chosen.version = c.u16()
    else if (type === ALPN) {
      c.u16()
      chosen.length = c.u8()
      chosen.at = c.take(chosen.length)
    }
    c.widen(outer)
  }
  c.widen(all)
}

/** The hello of an SSL 2.0 server, with its certificate; true of nobody for twenty years. */
export function readOldServerHello(c: Cursor, notes: Notes): void {
  c.u8()
  c.u8()
  const spoken = c.u16()
  const certificate = c.u16()
  const suites = c.u16()
  const connection = c.u16()
  if (certificate + suites + connection !== c.left) return c.fail('bad hello')
  notes.about(SENDER)
  notes.say(version, versionWord(spoken))
  readCertificate(c, certificate, notes, true)
  c.take(suites + connection)
}
