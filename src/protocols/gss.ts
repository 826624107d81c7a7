/**
 * The tokens by which machines prove who they are (GSS-API, RFC 2743; SPNEGO, RFC 4178): NTLM and
 * Kerberos, bare or wrapped in each other, as SMB, LDAP, RPC and TDS carry them. No protocol of its
 * own: what a token tells are facts of `ntlmssp` and `kerberos`.
 */

import { OBJECT, OCTETS, readLength } from '../bytes/ber.js'
import { Cursor } from '../bytes/cursor.js'
import { AP_REQUEST, readApRequest } from './kerberos-ticket.js'
import { SIGNATURE } from './ntlmssp-words.js'
import { readNtlm } from './ntlmssp.js'
import type { Notes, Talk } from './protocol.js'

/** What mechanisms a token names, to be added up. */
export const NTLM = 1
export const KERBEROS = 2
export const NEGOEX = 4

/** Object identifiers as they are on the wire, behind tag and length. */
const MECHANISMS: readonly (readonly [wire: string, mechanism: number])[] = [
  ['\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a', NTLM],
  ['\x2a\x86\x48\x86\xf7\x12\x01\x02\x02', KERBEROS],
  // Windows 2000 lost a bit of its number, and all since offer both.
  ['\x2a\x86\x48\x82\xf7\x12\x01\x02\x02', KERBEROS],
  ['\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e', NEGOEX],
]
const CONSTRUCTED = 0x20
/** How every token begins that names its mechanism first. */
const APPLICATION = 0x60
/** What stands between Kerberos' object identifier and its request: RFC 4121, 4.1. */
const KERBEROS_REQUEST = '\x01\x00'

const WORDS: readonly string[] = [
  '',
  'ntlm',
  'kerberos',
  'kerberos,ntlm',
  'negoex',
  'negoex,ntlm',
  'negoex,kerberos',
  'negoex,kerberos,ntlm',
]

const token = new Cursor()

/** The mechanisms in words, in a fixed order. */
export const mechanismWords = (mechanisms: number): string => WORDS[mechanisms & 7] ?? ''

/**
 * Claims the next `length` bytes, notes what the token in them tells, and returns the mechanisms
 * it names. A bad token is no fault of the message that carries it.
 */
export function readToken(c: Cursor, length: number, notes: Notes, talk: Talk): number {
  const at = c.take(length)
  if (at < 0) return 0
  token.over(c.bytes, at, at + length)
  let mechanisms = 0
  while (token.left > 0) {
    if (token.starts(SIGNATURE)) {
      readNtlm(token, notes, talk)
      return mechanisms | NTLM
    }
    if (token.starts(KERBEROS_REQUEST)) token.take(2)
    if (token.peek() === AP_REQUEST) {
      readApRequest(token, notes, talk)
      return mechanisms | KERBEROS
    }
    mechanisms |= readElement()
  }
  return mechanisms
}

/** Steps into what is made of parts, so that all of them are met in a row, and over all else. */
function readElement(): number {
  const tag = token.u8()
  const length = readLength(token)
  if ((tag & CONSTRUCTED) !== 0) return 0
  if (tag === OCTETS && (isToken() || token.peek() === AP_REQUEST)) return 0
  const found = tag === OBJECT ? mechanismAt() : 0
  token.take(length)
  return found
}

/** Octets may hold a token: NTLM, or one that begins as GSS-API wants it. */
const isToken = (): boolean => token.starts(SIGNATURE) || token.peek() === APPLICATION

function mechanismAt(): number {
  let i = 0
  while (i < MECHANISMS.length) {
    const [wire, mechanism] = MECHANISMS[i++]!
    if (token.starts(wire)) return mechanism
  }
  return 0
}
