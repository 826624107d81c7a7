/**
 * Remote procedure calls of Windows (C706, MS-RPCE): which interfaces are asked for and agreed to,
 * where the endpoint mapper and DCOM say services are, and who signs in.
 */

import { Cursor } from '../bytes/cursor.js'
import { readToken } from './gss.js'
import { readLicence } from './kms.js'
import { readAlive, readLookedUp, readMapped } from './msrpc-answers.js'
import * as rpc from './msrpc-unit.js'
import * as say from './msrpc-words.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const { unit } = rpc

const NTLM = 10
const NETLOGON = 68
const AUTHENTICATIONS: Readonly<Record<number, string>> = {
  9: 'negotiate',
  [NTLM]: 'ntlm',
  14: 'tls',
  16: 'kerberos',
  [NETLOGON]: 'netlogon',
}
const CONTEXTS_MAX = 32
const UUID = 16

const EPT_LOOKUP = 2
const EPT_MAP = 3
const SERVER_ALIVE = 5
const STATUS_ONLY = 8

/** The interface a client speaks with, as far as its side was read. */
const spoken = { name: '' }
/** What a client asked, as far as its side was heard: of an answer neither is repeated. */
const asked = { name: '', operation: -1 }
const other = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  // Of a datagram there are no turns.
  if (talk.turnCount === 0) return readDatagram(c, notes, talk)
  spoken.name = ''
  let units = 0
  while (c.left > 0) {
    // Behind a unit that was read, this is where bytes were missed.
    if (units++ > 0 && !rpc.isUnit(c)) return
    const outer = rpc.enterUnit(c)
    const proof = rpc.proofEnd()
    if (c.fault !== '') return
    readUnit(c, notes, talk)
    if (c.fault === 'short') c.fault = 'bad unit'
    rpc.leaveUnit(c, outer, proof)
  }
}

function readUnit(c: Cursor, notes: Notes, talk: Talk): void {
  const { kind, tokenAt, tokenKind, tokenLength } = unit
  if (kind === rpc.BIND || kind === rpc.ALTER) readBind(c, notes)
  else if (kind === rpc.REQUEST && spoken.name === say.LICENCES) readCall(c, notes)
  else if (kind === rpc.BIND_ACCEPTED) readAccepted(c, notes, talk)
  else if (kind === rpc.BIND_REFUSED) notes.count32(say.refusal, rpc.number16(c))
  else if (kind === rpc.RESPONSE && unit.isFirst && tokenAt < 0) readResponse(c, notes, talk)
  const isSigningIn = kind >= rpc.BIND && kind <= rpc.SIGN_IN
  if (tokenAt < 0 || !isSigningIn || c.fault !== '') return
  const word = AUTHENTICATIONS[tokenKind]
  if (word !== undefined && kind === rpc.BIND) notes.say(say.authentication, word)
  c.end = tokenAt + tokenLength
  c.at = tokenAt
  if (tokenKind !== NETLOGON) readToken(c, tokenLength, notes, talk)
}

/** What a client wants to speak with, in one way of writing or several. */
function readBind(c: Cursor, notes: Notes): void {
  c.take(8)
  let rest = Math.min(c.u8(), CONTEXTS_MAX)
  c.take(3)
  while (rest-- > 0 && c.left > 0) {
    c.take(2)
    const ways = c.u8()
    c.take(1)
    if (c.left < UUID) return void c.take(UUID)
    const at = notes.here
    if (spoken.name === '') spoken.name = say.nameOf(c)
    say.writeInterface(c, notes)
    notes.add(say.binds, at, notes.here - at)
    c.take(UUID + 4 + 20 * ways)
  }
}

function readCall(c: Cursor, notes: Notes): void {
  rpc.readRequest(c)
  readLicence(c, notes)
}

/** A server that agrees says where, but not to what: that stands in what it was asked. */
function readAccepted(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(8)
  const length = rpc.number16(c)
  const isPipe = c.starts('\\')
  const at = c.take(length)
  if (isPipe && length > 1) notes.add(say.pipe, at, length - 1)
  c.take(Math.min(c.left, -(length + 2) & 3))
  const results = c.u8()
  c.take(3)
  if (results === 0 || rpc.number16(c) !== 0 || c.fault !== '') return
  survey(talk, -1)
  if (asked.name !== '') notes.say(say.interfaceOf, asked.name)
}

/**
 * Reads what the client said: the first interface it asked for, and which of its operations the
 * call of this number is. The head of the unit at hand is read again afterwards.
 */
function survey(talk: Talk, call: number): void {
  asked.name = ''
  asked.operation = -1
  other.over(talk.other.bytes, talk.other.at, talk.other.end)
  while (other.left > 0) {
    const outer = rpc.enterUnit(other)
    const proof = rpc.proofEnd()
    if (other.fault !== '') return
    if (unit.kind === rpc.BIND && other.left >= 16 && asked.name === '') {
      other.take(16)
      asked.name = say.nameOf(other)
    } else if (unit.kind === rpc.REQUEST && unit.call === call) {
      asked.operation = rpc.readRequest(other)
    }
    rpc.leaveUnit(other, outer, proof)
  }
}

function readResponse(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(STATUS_ONLY)
  const { isLittle } = unit
  survey(talk, unit.call)
  unit.isLittle = isLittle
  unit.tokenAt = -1
  const { name, operation } = asked
  if (name === say.MAPPER && operation === EPT_MAP) readMapped(c, notes)
  else if (name === say.MAPPER && operation === EPT_LOOKUP) readLookedUp(c, notes)
  else if (name === say.RESOLVER && operation === SERVER_ALIVE) readAlive(c, notes)
  // An answer in pieces is read as far as its first one goes.
  if (c.fault === 'short') c.fault = ''
}

const DATAGRAM_VERSION = 4
const DATAGRAM_KIND_MAX = 10
const DATAGRAM_HEAD = 80
const INTERFACE_AT = 24

/** Datagrams name their interface each time. */
function readDatagram(c: Cursor, notes: Notes, talk: Talk): void {
  const version = c.u8()
  const kind = c.u8()
  if (c.fault === '' && (version !== DATAGRAM_VERSION || kind > DATAGRAM_KIND_MAX)) {
    return c.fail('no unit')
  }
  if (c.take(DATAGRAM_HEAD - 2) < 0) return
  const end = c.at
  c.at = end - DATAGRAM_HEAD + INTERFACE_AT
  const at = notes.here
  say.writeInterface(c, notes)
  const isClient = kind === rpc.REQUEST
  if (isClient) notes.add(say.binds, at, notes.here - at)
  else if (kind === rpc.RESPONSE && talk.side === 'server') {
    notes.add(say.interfaceOf, at, notes.here - at)
  }
  c.at = c.end
}

export const msrpc: Protocol = {
  name: 'msrpc',
  standard: 'C706, MS-RPCE, MS-DCOM',
  tells: 'services of Windows and where they are, names and addresses of hosts, who signs in',
  heard: [
    'tcp/135',
    'udp/135',
    'tcp/1688',
    'tcp "\\x05\\x00\\x0b\\x03\\x10\\x00\\x00\\x00"',
    'tcp "\\x05\\x00\\x0b\\x07\\x10\\x00\\x00\\x00"',
    'tcp "\\x05\\x00\\x0c\\x03\\x10\\x00\\x00\\x00"',
    'tcp "\\x05\\x00\\x0c\\x07\\x10\\x00\\x00\\x00"',
    'tcp "\\x05\\x00\\x00\\x03\\x10\\x00\\x00\\x00"',
    'tcp "\\x05\\x00\\x00\\x83\\x10\\x00\\x00\\x00"',
    'tcp "\\x05\\x00\\x02\\x03\\x10\\x00\\x00\\x00"',
  ],
  facts: say.facts,
  parse,
}
