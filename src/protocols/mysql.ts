/**
 * MySQL and MariaDB (client/server protocol version 10): the server's version, whether it offers
 * TLS, and the programs and systems of its clients.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { more } from './text-lines.js'
import { tls } from './tls.js'

const version = fact('mysql.version', text, 'set')
const plugin = fact('mysql.auth', text, 'set')
/** `offered` or `none` by the server, `used` by the client. */
const security = fact('mysql.tls', text, 'set')
const user = secretFact('mysql.user', ['root', 'admin', 'mysql', 'test', 'zabbix', 'nagios'])
const client = fact('mysql.client', text, 'set')
const clientVersion = fact('mysql.client_version', text, 'set')
const program = fact('mysql.program', text, 'set')
const os = fact('mysql.os', text, 'set')
const platform = fact('mysql.platform', text, 'set')
const login = fact('mysql.login', text, 'set')
/** `none` when a name without a password was enough. */
const authentication = fact('mysql.authentication', text, 'set')
const error = fact('mysql.error', text, 'set')

const ATTRIBUTES: readonly (readonly [key: string, said: Fact])[] = [
  ['_client_name', client],
  ['_client_version', clientVersion],
  ['program_name', program],
  ['_os', os],
  ['_platform', platform],
]
const GREETING = 10
const FINE = 0
const ERROR = 0xff
const SWITCH = 0xfe
const PACKET_MAX = 16_384
const PACKETS_MAX = 6
const VERSION_MAX = 96
const ERROR_FIRST = 1000
const ERROR_LAST = 20_000

/** What both sides can do. */
const WITH_DATABASE = 8
const MODERN = 0x200
const TLS = 0x800
const SECURE = 0x8000
const PLUGINS = 0x80000
const WITH_ATTRIBUTES = 0x100000
const LONG_PROOF = 0x200000
const TLS_REQUEST = 32
const TLS_RECORD = 0x16

const other = new Cursor()
const part = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'server' || c.peek(3) === 0) fromServer(c, notes, talk)
  else fromClient(c, notes)
}

/** The length of the packet that begins here; 0, with a fault, if none does. */
function packet(c: Cursor): number {
  const length = c.u8() | (c.u8() << 8) | (c.u8() << 16)
  c.u8()
  if (c.fault === '' && (length === 0 || length > PACKET_MAX)) c.fail('no mysql')
  return length
}

function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  const length = packet(c)
  const kind = c.peek()
  if (c.fault === '' && kind !== GREETING && kind !== ERROR) return c.fail('no mysql')
  const outer = c.narrow(length)
  c.u8()
  if (kind === ERROR) return addError(c, notes)
  greet(c, notes)
  if (c.fault !== '') return
  c.widen(outer)
  let packets = 0
  while (c.left > 0 && packets++ < PACKETS_MAX) {
    if (c.peek() === TLS_RECORD && c.peek(1) === 3) return seal(c, notes)
    if (!answer(c, notes, talk, packets)) return
  }
}

function greet(c: Cursor, notes: Notes): void {
  const length = c.distance(0)
  const at = c.until(0)
  if (length > VERSION_MAX) return c.fail('no mysql')
  c.take(4 + 8 + 1)
  const low = c.u16le()
  if (c.fault !== '') return
  notes.add(version, at, length)
  notes.say(security, (low & TLS) !== 0 ? 'offered' : 'none')
  if (c.left < 16) return
  c.take(3)
  const high = c.u16le()
  const proof = c.u8()
  c.take(10 + Math.max(13, proof - 8))
  if (((high << 16) & PLUGINS) !== 0 && c.fault === '') addEnded(c, notes, plugin)
}

/** What stands before the next zero, or before the end where an old server left it out. */
function addEnded(c: Cursor, notes: Notes, said: Fact): void {
  const zero = c.distance(0)
  const length = zero < 0 ? c.left : zero
  notes.add(said, c.at, length)
  c.take(Math.min(c.left, length + 1))
}

/** How the server takes what the client proved; false when that is settled. */
function answer(c: Cursor, notes: Notes, talk: Talk, nth: number): boolean {
  const length = packet(c)
  const outer = c.narrow(length)
  const kind = c.u8()
  if (c.fault !== '') return false
  if (kind === ERROR) {
    notes.say(login, 'refused')
    addError(c, notes)
    return false
  }
  if (kind === SWITCH && c.left > 1) addEnded(c, notes, plugin)
  else if (kind === FINE) {
    notes.say(login, 'accepted')
    if (nth === 1 && isWithoutPassword(talk)) notes.say(authentication, 'none')
    return false
  }
  c.widen(outer)
  return true
}

/** The number alone: the words name whom they refuse. */
function addError(c: Cursor, notes: Notes): void {
  const number = c.u16le()
  if (c.fault !== '') return
  if (number < ERROR_FIRST || number > ERROR_LAST) return c.fail('no mysql')
  notes.count32(error, number)
}

function isWithoutPassword(talk: Talk): boolean {
  other.over(talk.other.bytes, talk.other.start, talk.other.end)
  packet(other)
  const can = other.u32le()
  other.take(28)
  other.until(0)
  return (can & MODERN) !== 0 && other.u8() === 0 && other.fault === ''
}

function fromClient(c: Cursor, notes: Notes): void {
  const nth = c.peek(3)
  const length = packet(c)
  if (c.fault !== '') return
  if (nth !== 1 || length < TLS_REQUEST) return c.fail('no mysql')
  const outer = c.narrow(length)
  const can = c.u32le()
  if ((can & TLS) !== 0 && length === TLS_REQUEST) {
    c.widen(outer)
    notes.say(security, 'used')
    return seal(c, notes)
  }
  if ((can & MODERN) !== 0) respond(c, notes, can)
}

function respond(c: Cursor, notes: Notes, can: number): void {
  c.take(28)
  const length = c.distance(0)
  const at = c.until(0)
  if (length > 0) notes.add(user, at, length)
  if ((can & (LONG_PROOF | SECURE)) !== 0) c.take(c.u8())
  else c.until(0)
  if ((can & WITH_DATABASE) !== 0) c.until(0)
  if ((can & PLUGINS) !== 0) c.until(0)
  if ((can & WITH_ATTRIBUTES) === 0) return
  const size = counted(c)
  const outer = c.narrow(size)
  while (c.left > 0) attribute(c, notes)
  c.widen(outer)
}

/** A length of one byte, or of two behind 252. */
function counted(c: Cursor): number {
  const first = c.u8()
  return first === 252 ? c.u16le() : first
}

function attribute(c: Cursor, notes: Notes): void {
  const keyLength = counted(c)
  const key = c.take(keyLength)
  const length = counted(c)
  const at = c.take(length)
  if (c.fault !== '') return
  part.over(c.bytes, key, key + keyLength)
  let i = 0
  while (i < ATTRIBUTES.length) {
    const [name, said] = ATTRIBUTES[i++]!
    if (part.left === name.length && part.starts(name)) notes.add(said, at, length)
  }
}

function seal(c: Cursor, notes: Notes): void {
  if (c.peek() === TLS_RECORD) notes.handOver(tls, c.at, c.end)
  more(c)
}

export const mysql: Protocol = {
  name: 'mysql',
  standard: 'MySQL client/server protocol',
  tells: 'databases: version, TLS, logins without passwords; systems and programs of their clients',
  heard: ['tcp/3306', ...['5.', '8.', '9.', '10', '11'].map(n => `tcp @3 "\\x00\\x0a${n}"`)],
  facts: [
    ...[version, plugin, security, user, client, clientVersion, program, os, platform, login],
    ...[authentication, error],
  ],
  parse,
}
