/**
 * Who shows an HTTP server a name and a password, and how (RFC 7617, 7616, 4559). Names and
 * passwords leave as keyed hashes, unless everybody knows them.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import { IN_SCRATCH, type Notes } from './protocol.js'
import { startsFolded } from './text-headers.js'

/** About a server: whose names are shown to it, and with which password it let somebody in. */
export const user = secretFact('http.user', [
  ...['admin', 'administrator', 'root', 'user', 'guest', 'service', 'support', 'operator'],
])
export const login = secretFact('http.login', [
  ...['admin:admin', 'admin:', 'admin:password', 'admin:1234', 'admin:12345', 'admin:123456'],
  ...[
    'admin:admin123',
    'admin:9999',
    'admin:default',
    'admin:888888',
    'admin:pass',
    'admin:motorola',
  ],
  ...['admin:smcadmin', 'admin:changeme', 'admin:4321', 'admin:1111', 'admin:jvc', 'admin:meinsm'],
  ...['root:root', 'root:', 'root:pass', 'root:admin', 'root:12345', 'root:system', 'root:calvin'],
  ...['user:user', 'guest:guest', 'service:service', 'support:support', 'operator:operator'],
  ...[
    'administrator:',
    'administrator:password',
    'Administrator:meinsm',
    'ADMIN:ADMIN',
    'ubnt:ubnt',
  ],
  ...['cisco:cisco', 'pi:raspberry', 'tomcat:tomcat', 'supervisor:supervisor', ':admin', ':1234'],
  ...[
    '666666:666666',
    '888888:888888',
    'Admin:Admin',
    'USERID:PASSW0RD',
    'root:changeme',
    'apc:apc',
  ],
])
/** About a server: what it lets people say in clear text: `basic login`, `login form`. */
export const cleartext = fact('http.cleartext', text, 'set')
/** How a server asks who somebody is, and what it calls what it guards. */
export const authentication = fact('http.authentication', text, 'set')
export const realm = fact('http.realm', text, 'set')

const SCHEMES: readonly string[] = [
  ...['basic', 'digest', 'ntlm', 'negotiate', 'bearer', 'kerberos', 'aws4-hmac-sha256', 'wsse'],
]
const QUOTE = 0x22
const COLON = 0x3a
const SPACE = 0x20
const TOKEN_MAX = 4096
const NAME_MAX = 128

/** Over what `decode` wrote last. */
export const decoded = new Cursor()

/** `Basic realm="HP LaserJet M605"` */
export function readChallenge(value: Cursor, notes: Notes): void {
  const scheme = schemeOf(value)
  if (scheme !== '') notes.say(authentication, scheme)
  const length = quoted(value, 'realm=')
  if (length > 0) notes.add(realm, value.at, length)
}

/** The scheme that a value begins with, in a word of ours. */
export function schemeOf(value: Cursor): string {
  let i = 0
  while (i < SCHEMES.length) {
    const scheme = SCHEMES[i++]!
    if (startsFolded(value, scheme)) return scheme
  }
  return ''
}

/** `Basic …` and `Digest username="…"`: notes whose name it is. */
export function readName(value: Cursor, notes: Notes): void {
  const scheme = schemeOf(value)
  if (scheme === 'basic') {
    notes.say(cleartext, 'basic login')
    if (!decode(value, notes)) return
    const length = decoded.distance(COLON)
    notes.add(user, decoded.at + IN_SCRATCH, Math.min(length, NAME_MAX))
  } else if (scheme === 'digest') {
    const length = quoted(value, 'username=')
    notes.add(user, value.at, Math.min(length, NAME_MAX))
  }
}

/** `Basic …` that was accepted. */
export function readLogin(value: Cursor, notes: Notes): void {
  if (schemeOf(value) !== 'basic' || !decode(value, notes) || decoded.distance(COLON) < 0) return
  notes.add(login, decoded.at + IN_SCRATCH, decoded.left)
}

/** Writes the token behind the scheme into the scratch as the bytes it stands for. */
export function decode(value: Cursor, notes: Notes): boolean {
  const space = value.distance(SPACE)
  if (space < 0 || value.left - space > TOKEN_MAX) return false
  value.take(space + 1)
  const from = notes.here - IN_SCRATCH
  let bits = 0
  let count = 0
  while (value.left > 0) {
    const letter = letterOf(value.u8())
    if (letter < 0) break
    bits = ((bits << 6) | letter) & 0xffff
    count += 6
    if (count < 8) continue
    count -= 8
    if (!notes.put((bits >> count) & 0xff)) return false
  }
  decoded.over(notes.scratch, from, notes.here - IN_SCRATCH)
  return decoded.left > 0
}

/** Steps to what stands behind `name`, within its quotes, and returns its length; 0 if it is not there. */
function quoted(value: Cursor, name: string): number {
  while (value.left > 0 && !startsFolded(value, name)) value.take(1)
  if (value.left === 0) return 0
  value.take(name.length)
  if (value.peek() !== QUOTE) {
    const comma = value.distance(0x2c)
    return comma < 0 ? value.left : comma
  }
  value.take(1)
  return Math.max(0, value.distance(QUOTE))
}

function letterOf(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 26
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 52
  if (byte === 0x2b) return 62
  return byte === 0x2f ? 63 : -1
}
