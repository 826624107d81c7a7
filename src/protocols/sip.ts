/**
 * SIP (RFC 3261, 3903, 5626): telephones and what they register with, by their own words; whether
 * a registrar asks who registers.
 *
 * Of whom somebody calls nothing is told, of who calls the domain alone; an extension is hashed.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, mac, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { sdp } from './sdp.js'
import {
  ALLOW,
  ALLOW_EVENTS,
  ASKS,
  AUTHORIZATION,
  CONTACT,
  FROM,
  METHODS,
  PROXY_ASKS,
  PROXY_AUTHORIZATION,
  RECORD_ROUTE,
  SERVER,
  SUPPORTED,
  TYPE,
  USER_AGENT,
  has,
  isMessage,
  message,
  readMessage,
} from './sip-message.js'
import { find, findLastWord, found, writeMac } from './text-search.js'
import { more, wordLength } from './text-lines.js'

const userAgent = fact('sip.user_agent', text, 'set')
const server = fact('sip.server', text, 'set')
const method = fact('sip.method', text, 'set')
const domain = fact('sip.domain', text, 'set')
const extension = secretFact('sip.extension', [])
/** `urn:uuid:…`, which a telephone keeps as long as it lives. */
const instance = fact('sip.instance', text, 'set')
const address = fact('sip.mac', mac, 'set')
/** What Cisco's telephones say of themselves: `SEP001122334455` and the number of the model. */
const deviceName = fact('sip.device_name', text, 'set')
const deviceModel = fact('sip.device_model', text, 'set')
const hardware = fact('sip.hardware', text, 'set')
const allow = fact('sip.allow', text, 'set')
const allowEvents = fact('sip.allow_events', text, 'set')
const supported = fact('sip.supported', text, 'set')
const scheme = fact('sip.auth', text, 'set')
const realm = fact('sip.realm', text, 'set')
/** `required`, or `none` when a registration or a call was taken from somebody unknown. */
const authentication = fact('sip.authentication', text, 'set')
/** `phone`, `registrar` or `proxy`. */
const role = fact('sip.role', text, 'set')

const REGISTER = 0
const INVITE = 1
/** No method is longer. */
const START_MAX = 10
const QUOTE = 0x22
const GREATER = 0x3e
const KEEP_ALIVE_MAX = 8
const UUID_LENGTH = 36
const USER_MAX = 64
const NAME_MAX = 64
/** How a UUID begins that was made of a hardware address alone. */
const FROM_MAC = '00000000-0000-'

/** What a request was, as it is remembered for its answer. */
const OPEN = 1
const SIGNED = 2

const part = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isDatagram = talk.turnCount === 0
  let handed = false
  // Alone in a datagram, an empty line keeps a way open and says nothing.
  if (isDatagram && c.left <= KEEP_ALIVE_MAX && isKeepAlive(c)) c.fail('keep alive')
  while (c.left > 0) {
    if (isKeepAlive(c)) continue
    if (!readMessage(c)) return
    if (message.code === 0) request(c, notes, talk)
    else response(c, notes, talk)
    if (!handed) handed = readBody(c, notes)
    else if (message.bodyLength > 0) c.take(message.bodyLength)
    // A datagram is one message, whatever stands behind it.
    if (isDatagram || message.bodyLength < 0) c.take(c.left)
    if (c.left > 0 && c.left < START_MAX) return more(c)
    if (c.left > 0 && !isMessage(c) && !isKeepAlive(c)) return
  }
}

/** Empty lines, blanks or zeros, that keep a way through a NAT open; one byte of them is passed. */
function isKeepAlive(c: Cursor): boolean {
  const byte = c.peek()
  const isBlank = byte === 0x0d || byte === 0x0a || byte === 0x20 || byte === 0
  if (isBlank) c.take(1)
  return isBlank
}

/** Hands a description of the media over; false if there is none that is whole. */
function readBody(c: Cursor, notes: Notes): boolean {
  const length = message.bodyLength < 0 ? c.left : message.bodyLength
  const at = c.take(length)
  if (at < 0 || length === 0) return false
  if (!find(c, message.at[TYPE]!, message.length[TYPE]!, 'application/sdp')) return false
  notes.handOver(sdp, at, at + length)
  return true
}

function request(c: Cursor, notes: Notes, talk: Talk): void {
  const isSigned = has(AUTHORIZATION) || has(PROXY_AUTHORIZATION)
  talk.memory.remember(message.transaction, isSigned ? SIGNED : OPEN)
  if (message.vias > 1) return notes.say(role, 'proxy') // It speaks for another.
  notes.say(method, METHODS[message.method]!)
  say(notes, userAgent, USER_AGENT)
  say(notes, server, SERVER)
  addTraits(c, notes)
  addSender(c, notes)
  if (message.method === REGISTER) notes.say(role, 'phone')
}

function response(c: Cursor, notes: Notes, talk: Talk): void {
  const { code } = message
  if (has(RECORD_ROUTE)) return // Its words may be those of another that it passed on.
  say(notes, userAgent, USER_AGENT)
  say(notes, server, SERVER)
  addTraits(c, notes)
  addQuestion(c, notes, ASKS)
  addQuestion(c, notes, PROXY_ASKS)
  const isMeant = message.method === REGISTER || message.method === INVITE
  const isAsking = code === 401 || code === 407
  if (message.method === REGISTER && (isAsking || code === 200)) notes.say(role, 'registrar')
  if (!isMeant) return
  if (isAsking) notes.say(authentication, 'required')
  else if (message.method === REGISTER && code === 200) {
    if (talk.memory.recall(message.transaction) === OPEN) notes.say(authentication, 'none')
  }
}

function say(notes: Notes, said: Fact, name: number): void {
  notes.add(said, message.at[name]!, message.length[name]!)
}

function addTraits(c: Cursor, notes: Notes): void {
  say(notes, allow, ALLOW)
  say(notes, allowEvents, ALLOW_EVENTS)
  say(notes, supported, SUPPORTED)
  if (message.hardwareAt >= 0) notes.add(hardware, message.hardwareAt, message.hardwareLength)
  findLastWord(c, message.at[USER_AGENT]!, message.length[USER_AGENT]!)
  if (found.left >= 12 && found.left <= 17) notes.add(address, writeMac(found, notes), 6)
}

/** `Digest realm="asterisk", …` */
function addQuestion(c: Cursor, notes: Notes, name: number): void {
  const at = message.at[name]!
  const length = message.length[name]!
  if (length === 0) return
  notes.add(scheme, at, wordLength(part.over(c.bytes, at, at + length)))
  if (find(c, at, length, 'realm="')) addQuoted(notes, realm)
}

function addQuoted(notes: Notes, said: Fact): void {
  const length = found.distance(QUOTE)
  if (length > 0 && length <= NAME_MAX) notes.add(said, found.at, length)
}

/** The sender's domain, its telephone's names, and its extension as a hash. */
function addSender(c: Cursor, notes: Notes): void {
  if (find(c, message.at[FROM]!, message.length[FROM]!, 'sip:')) {
    const at = found.at
    const user = found.distance(0x40)
    const isUser = user > 0 && user <= USER_MAX
    if (isUser) found.take(user + 1)
    notes.add(domain, found.at, hostLength())
    if (isUser && message.method === REGISTER) notes.add(extension, at, user)
  }
  // The parameters of a telephone stand behind its address.
  part.over(c.bytes, message.at[CONTACT]!, message.at[CONTACT]! + message.length[CONTACT]!)
  part.take(Math.max(0, part.distance(GREATER)))
  const { at, left: length } = part
  if (length < UUID_LENGTH) return
  if (find(c, at, length, 'urn:uuid:') && found.left >= UUID_LENGTH) addInstance(notes)
  if (!find(c, at, length, '+u.sip!')) return
  if (find(c, at, length, 'devicename.ccm.cisco.com="')) addQuoted(notes, deviceName)
  if (find(c, at, length, 'model.ccm.cisco.com="')) addQuoted(notes, deviceModel)
}

function addInstance(notes: Notes): void {
  notes.add(instance, found.at, UUID_LENGTH)
  if (!found.starts(FROM_MAC)) return
  found.take(24)
  notes.add(address, writeMac(found, notes), 6)
}

/** How long the host is that stands at `found`, without its port and parameters. */
function hostLength(): number {
  let length = 0
  while (length < found.left && isHostByte(found.peek(length))) length++
  return length
}

const isHostByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ||
  byte === 0x2e ||
  byte === 0x2d

const STARTS = ['SIP/2.0 ', ...METHODS.map(name => `${name} sip:`)]

export const sip: Protocol = {
  name: 'sip',
  standard: 'RFC 3261',
  tells: 'telephones and their exchanges: make, model, firmware, hardware address, open registrars',
  heard: [
    ...['udp/5060', 'tcp/5060'],
    ...STARTS.flatMap(start => [`udp "${start}"`, `tcp "${start}"`]),
  ],
  again: STARTS,
  facts: [
    ...[userAgent, server, method, domain, extension, instance, address, deviceName, deviceModel],
    ...[hardware, allow, allowEvents, supported, scheme, realm, authentication, role],
  ],
  parse,
}
