/** What an HTTP/1 answer says about the server, or about the proxy that passes it on. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { cleartext, readChallenge, readLogin } from './http-credentials.js'
import { hashIcon } from './http-favicon.js'
import * as field from './http-head.js'
import type { Head } from './http-head.js'
import { page, readPage } from './http-page.js'
import { isEntrance, knownPath } from './http-paths.js'
import * as asking from './http-request.js'
import type { Carried } from './http-request.js'
import { SENDER, type Notes, type Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'

const server = fact('http.server', text, 'set')
/** What a server behind this proxy calls itself. */
const relayedServer = fact('http.relayed_server', text, 'set')
const poweredBy = fact('http.powered_by', text, 'set')
const via = fact('http.via', text, 'set')
/** Names of cookies, without what follows a digit. */
const cookie = fact('http.cookie', text, 'set')
/** A known path that is there. */
const path = fact('http.path', text, 'set')
/** Where the first page leads. */
const location = fact('http.location', text, 'set')
const webdav = fact('http.webdav', text, 'set')
const upgrade = fact('http.upgrade', text, 'set')
const favicon = fact('http.favicon', text, 'set')

export const facts = [
  ...[server, relayedServer, poweredBy, via, cookie, path, location, webdav, upgrade, favicon],
]

const SWITCHING = 101
const PROXY_ASKS = 407
const DASH = '-'
const COOKIE_MAX = 40
/** Cookies whose names go on with something of the moment or of the place. */
const COOKIES_CUT: readonly string[] = [
  'aspsessionid',
  'bigipserver',
  'nsc_',
  'wordpress_logged_in',
]

export interface Answered extends Carried {
  readonly asked: Head
}

/** Whether more HTTP follows. */
export function noteUpgrade(head: Head, notes: Notes): boolean {
  if (head.status !== SWITCHING) return true
  notes.about(SENDER)
  asking.addFirst(head, field.UPGRADE, notes, upgrade)
  if (!isPassedOn(head)) asking.addFirst(head, field.SERVER, notes, server)
  return false
}

export function noteAnswer(head: Head, asked: Head, notes: Notes): void {
  notes.about(SENDER)
  const relayed = isRelayed(head, asked)
  asking.addFirst(head, field.SERVER, notes, relayed ? relayedServer : server)
  if (isPassedOn(head)) notes.say(asking.proxy, 'relay')
  addAll(head, field.VIA, notes, via)
  eachChallenge(head, field.PROXY_AUTHENTICATE, notes)
  asking.followToken(head, field.PROXY_AUTHENTICATE, notes)
  if (!relayed) noteOwn(head, asked, notes)
}

export function followTunnel(c: Cursor, head: Head, asked: Head, notes: Notes): boolean {
  if (!asked.whole || !asking.isTunnel(asked) || head.status >= 300) return false
  return asking.intoTunnel(c, notes)
}

/** Whether the next message can be read. */
export function readBody(c: Cursor, answered: Answered, notes: Notes, talk: Talk): boolean {
  const { head, asked, body } = answered
  const relayed = isRelayed(head, asked)
  if (relayed || head.has(field.CONTENT_ENCODING)) return body.whole
  if (isIcon(head, asked)) return readIcon(c, answered, notes, talk)
  if (isPage(head, asked)) return readFirstPage(c, answered, notes, talk)
  return asking.handOn(c, answered, asked, notes, talk) && body.whole
}

const isPassedOn = (head: Head): boolean => head.has(field.VIA) || head.has(field.CACHE)

/** Whether another server than the sender speaks; that a proxy asks for a password is its own word. */
const isRelayed = (head: Head, asked: Head): boolean =>
  head.status !== PROXY_ASKS && (isPassedOn(head) || (asked.whole && asking.isForwarded(asked)))

function noteOwn(head: Head, asked: Head, notes: Notes): void {
  addAll(head, field.POWERED_BY, notes, poweredBy)
  noteVersion(head, field.JENKINS, 'Jenkins ', notes)
  noteVersion(head, field.ASP_NET, 'ASP.NET ', notes)
  asking.addUnquoted(head, field.DEVICE, notes, asking.device)
  asking.addFirst(head, field.DAV, notes, webdav)
  noteCookies(head, notes)
  eachChallenge(head, field.WWW_AUTHENTICATE, notes)
  asking.followToken(head, field.WWW_AUTHENTICATE, notes)
  if (!asked.whole) return
  const known = knownPath(asked.path())
  const isThere = head.status < 400 || head.status === 401 || head.status === 403
  if (known !== '' && isThere) notes.say(path, known)
  if (head.status < 400) readLogin(asked.value(field.AUTHORIZATION), notes)
  if (head.has(field.LOCATION) && isEntrance(asked.path())) noteLocation(head, notes)
}

/** Where a page leads, without what is asked of it. */
function noteLocation(head: Head, notes: Notes): void {
  const value = head.value(field.LOCATION)
  let length = 0
  while (length < value.left && !isQueryMark(value.peek(length))) length++
  notes.add(location, value.at, length)
}

/** A question mark, a number sign or a semicolon. */
const isQueryMark = (byte: number): boolean => byte === 0x3f || byte === 0x23 || byte === 0x3b

/** A version whose header alone says of what. */
function noteVersion(head: Head, header: number, product: string, notes: Notes): void {
  const value = head.value(header)
  if (value.left === 0) return
  const from = notes.here
  notes.write(product)
  while (value.left > 0) notes.put(value.u8())
  notes.add(poweredBy, from, notes.here - from)
}

function noteCookies(head: Head, notes: Notes): void {
  let i = head.find(field.SET_COOKIE)
  while (i >= 0) {
    const value = head.valueAt(i)
    notes.add(cookie, value.at, cookieLength(value))
    i = head.find(field.SET_COOKIE, i + 1)
  }
}

/** How much of a cookie's name is the same wherever the product runs. */
function cookieLength(value: Cursor): number {
  let cut = 0
  while (cut < COOKIES_CUT.length) {
    const word = COOKIES_CUT[cut++]!
    if (startsFolded(value, word)) return word.length
  }
  let length = 0
  while (length < value.left && isCookieByte(value.peek(length))) length++
  if (length === value.left || length > COOKIE_MAX) return 0
  let digit = 0
  while (digit < length && (value.peek(digit) < 0x30 || value.peek(digit) > 0x39)) digit++
  return digit < 3 ? length : digit
}

/** Letters, digits, dashes, dots, dollars and underscores. */
const isCookieByte = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x30 && byte <= 0x39) ||
  byte === 0x2d ||
  byte === 0x2e ||
  byte === 0x24 ||
  byte === 0x5f

function eachChallenge(head: Head, header: number, notes: Notes): void {
  let i = head.find(header)
  while (i >= 0) {
    readChallenge(head.valueAt(i), notes)
    i = head.find(header, i + 1)
  }
}

function addAll(head: Head, header: number, notes: Notes, said: Fact): void {
  let i = head.find(header)
  while (i >= 0) {
    notes.add(said, head.at[i]!, head.length[i]!)
    i = head.find(header, i + 1)
  }
}

function isIcon(head: Head, asked: Head): boolean {
  if (head.status !== 200) return false
  if (asked.whole && startsFolded(asked.path(), '/favicon.')) return true
  const type = head.value(field.CONTENT_TYPE)
  return startsFolded(type, 'image/x-icon') || startsFolded(type, 'image/vnd.microsoft.icon')
}

function readIcon(c: Cursor, { body }: Answered, notes: Notes, talk: Talk): boolean {
  if (!body.whole) {
    if (!talk.ended) c.take(c.left + 1)
    return false
  }
  body.join(notes)
  if (!body.whole || body.text.left === 0) return true
  const hash = hashIcon(body.text)
  const from = notes.here
  if (hash < 0) notes.write(DASH)
  if (notes.writeNumber(Math.abs(hash))) notes.add(favicon, from, notes.here - from)
  return true
}

/** Only of first pages and of those that ask who somebody is; any other may be personal. */
function isPage(head: Head, asked: Head): boolean {
  const type = head.value(field.CONTENT_TYPE)
  const isText = startsFolded(type, 'text/html') || startsFolded(type, 'application/xhtml')
  if (!isText && type.left > 0) return false
  if (head.status === 401 || head.status === 403) return true
  return head.status === 200 && asked.whole && isEntrance(asked.path())
}

function readFirstPage(c: Cursor, { body }: Answered, notes: Notes, talk: Talk): boolean {
  body.join(notes)
  readPage(body.text, notes, body.base)
  if (page.password) notes.say(cleartext, 'password field')
  if (body.whole) return true
  if (!(page.title && page.password) && !talk.ended) c.take(c.left + 1)
  return false
}
