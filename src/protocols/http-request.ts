/** What an HTTP/1 request says about who asks, and about the server by what it is called. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Body } from './http-body.js'
import { cleartext, decode, decoded, readName } from './http-credentials.js'
import * as field from './http-head.js'
import type { Head } from './http-head.js'
import { SNIFF_MAX, heirOf } from './http-heirs.js'
import { knownPath } from './http-paths.js'
import { ntlmssp } from './ntlmssp.js'
import { ocpp } from './ocpp.js'
import { IN_SCRATCH, IP4, IP6, SENDER, type Notes, type Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { tls } from './tls.js'

const userAgent = fact('http.user_agent', text, 'set')
/** A program behind the proxy that sends this. */
const relayedAgent = fact('http.relayed_agent', text, 'set')
/** Whom the client asks for, and whether it is a known path: that is about the client. */
const host = fact('http.host', text, 'set')
const asks = fact('http.asks', text, 'set')
/** About a server: what it is called. */
const name = fact('http.name', text, 'set')
/** The program within which a page is shown: `com.example.app`. */
const app = fact('http.app', text, 'set')
/** What a device's own headers say of it, on either side. */
export const device = fact('http.device', text, 'set')
const platform = fact('http.platform', text, 'set')
/** `forward`: is asked for any server; `connect`: for tunnels; `relay`: passes on what others say. */
export const proxy = fact('http.proxy', text, 'set')

export const facts = [userAgent, relayedAgent, host, asks, name, app, device, platform, proxy]

const HANDSHAKE = 0x16
const SLASH = 0x2f
const COLON = 0x3a
const QUOTE = 0x22
const FORM_MAX = 1024

export const isTunnel = (head: Head): boolean => head.isMethod('CONNECT')

/** Whether the server is asked for what another one has. */
export const isForwarded = (head: Head): boolean =>
  isTunnel(head) || startsFolded(head.path(), 'http://')

export function noteRequest(head: Head, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const relays = head.has(field.VIA) || head.has(field.FORWARDED_FOR)
  addFirst(head, field.USER_AGENT, notes, relays ? relayedAgent : userAgent)
  if (relays) notes.say(proxy, 'relay')
  else noteDevice(head, notes)
  const known = knownPath(head.path())
  if (known !== '') notes.say(asks, known)
  noteNames(head, notes, talk)
  readName(head.value(field.AUTHORIZATION), notes)
  readName(head.value(field.PROXY_AUTHORIZATION), notes)
  followToken(head, field.AUTHORIZATION, notes)
  followToken(head, field.PROXY_AUTHORIZATION, notes)
}

/** Lets TLS in a tunnel be read. */
export function followTunnel(c: Cursor, head: Head, notes: Notes): boolean {
  return isTunnel(head) && intoTunnel(c, notes)
}

/** What follows a tunnel's head is another protocol; true in any case. */
export function intoTunnel(c: Cursor, notes: Notes): boolean {
  if (c.peek() === HANDSHAKE) {
    const { left } = c
    notes.handOver(tls, c.take(left), c.end)
  }
  return true
}

/** Charging stations go on in a socket: what follows is read, of a request from its path on. */
export function followSocket(c: Cursor, head: Head, notes: Notes): boolean {
  if (!startsFolded(head.value(field.SOCKET_PROTOCOL), 'ocpp')) return false
  notes.handOver(ocpp, head.request ? head.pathAt : c.at, c.end)
  c.take(c.left)
  return true
}

/** NTLM's messages travel in headers, in base64. */
export function followToken(head: Head, header: number, notes: Notes): void {
  const value = head.value(header)
  if (!startsFolded(value, 'ntlm ') && !startsFolded(value, 'negotiate tlrm')) return
  if (!decode(value, notes) || !decoded.starts('NTLMSSP')) return
  notes.handOver(ntlmssp, decoded.at + IN_SCRATCH, decoded.end + IN_SCRATCH)
}

export interface Carried {
  readonly head: Head
  readonly body: Body
}

/** Whether the next message can be read. */
export function readBody(c: Cursor, carried: Carried, notes: Notes, talk: Talk): boolean {
  const { head, body } = carried
  const type = head.value(field.CONTENT_TYPE)
  if (startsFolded(type, 'application/x-www-form-urlencoded')) {
    if (sendsPassword(body.text)) notes.say(cleartext, 'password sent')
  } else if (!handOn(c, carried, head, notes, talk)) return false
  return body.whole
}

/** Hands a body to who reads it, once it is all there. Whether more is not waited for. */
export function handOn(
  c: Cursor,
  { head, body }: Carried,
  request: Head,
  notes: Notes,
  talk: Talk,
): boolean {
  if (head.has(field.CONTENT_ENCODING)) return true
  const heir = heirOf(head, request, body.text)
  // What tells whose it is may be still to come: many send the head by itself.
  if (heir === undefined && (body.whole || body.text.left >= SNIFF_MAX)) return true
  if (!body.whole && !talk.ended) {
    c.take(c.left + 1)
    return false
  }
  if (heir === undefined || body.text.left === 0) return true
  body.join(notes)
  const { at, end } = body.text
  notes.handOver(heir, at + body.base, end + body.base)
  return true
}

export function addFirst(head: Head, header: number, notes: Notes, said: typeof userAgent): void {
  const i = head.find(header)
  if (i >= 0) notes.add(said, head.at[i]!, head.length[i]!)
}

function noteDevice(head: Head, notes: Notes): void {
  if (!startsFolded(head.value(field.REQUESTED_WITH), 'xmlhttp')) {
    addFirst(head, field.REQUESTED_WITH, notes, app)
  }
  addUnquoted(head, field.DEVICE, notes, device)
  addUnquoted(head, field.PLATFORM, notes, platform)
}

/** Values that may stand in quotes as a whole. */
export function addUnquoted(head: Head, header: number, notes: Notes, said: typeof app): void {
  const i = head.find(header)
  if (i < 0) return
  const value = head.valueAt(i)
  const isQuoted = value.left > 1 && value.peek() === QUOTE && value.peek(value.left - 1) === QUOTE
  if (isQuoted) notes.add(said, value.at + 1, value.left - 2)
  else notes.add(said, value.at, value.left)
}

/** The server's name as the client has it, unless it is asked for another's. */
function noteNames(head: Head, notes: Notes, talk: Talk): void {
  const tunnel = isTunnel(head)
  const forwarded = isForwarded(head)
  const value = tunnel ? head.path() : head.value(field.HOST)
  const { at } = value
  const length = nameLength(value)
  notes.add(host, at, length)
  notes.about(talk.network === 6 ? IP6 : IP4, talk.targetIp)
  if (forwarded) notes.say(proxy, tunnel ? 'connect' : 'forward')
  else notes.add(name, at, length)
}

/** The length of a name without its port; 0 where it is an address. */
function nameLength(value: Cursor): number {
  let length = 0
  let letters = 0
  while (length < value.left && value.peek(length) !== COLON && value.peek(length) !== SLASH) {
    const byte = value.peek(length++)
    if (byte > 0x39 || byte === 0x2d) letters++
    if (byte === 0x5b || byte < 0x2d || byte > 0x7a) return 0
  }
  return letters > 0 && length <= 253 ? length : 0
}

/** Whether a form has a field for a password that is not empty. */
function sendsPassword(form: Cursor): boolean {
  const end = Math.min(form.end, form.at + FORM_MAX)
  while (form.at < end) {
    if (startsFolded(form, 'passw') || startsFolded(form, 'pwd=')) return true
    form.take(1)
  }
  return false
}
