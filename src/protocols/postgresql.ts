/**
 * PostgreSQL (frontend/backend protocol 3): the server's version and how it asks for passwords, if
 * it does; its clients by the names of their programs.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { more } from './text-lines.js'
import { tls } from './tls.js'

const version = fact('postgresql.version', text, 'set')
const application = fact('postgresql.application', text, 'set')
const user = secretFact('postgresql.user', ['postgres', 'root', 'admin', 'test'])
const database = secretFact('postgresql.database', ['postgres', 'template1', 'test', 'zabbix'])
/** `offered` or `none` by a server that was asked. */
const security = fact('postgresql.tls', text, 'set')
/** `none`, `clear`, `md5`, `sasl`, `gss`, ...: what the server asked for first. */
const authentication = fact('postgresql.authentication', text, 'set')
const login = fact('postgresql.login', text, 'set')
/** `28P01` is a wrong password. */
const error = fact('postgresql.error', text, 'set')

const ASK_CANCEL = 80877102
const ASK_TLS = 80877103
const ASK_GSS = 80877104
const VERSION_3 = 3
const START_MAX = 8192

const AUTHENTICATION = 0x52
const STATUS = 0x53
const ERROR = 0x45
const NOTICE = 0x4e
const READY = 0x5a
const NEGOTIATE = 0x76
const KEY = 0x4b
const CODE = 0x43
const TLS_RECORD = 0x16
const ASKED: readonly string[] = [
  ...['none', '', 'kerberos', 'clear', 'crypt', 'md5', 'scm', 'gss', '', 'sspi', 'sasl'],
]

const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  const first = c.peek()
  // A client's first message begins with its length, which is less than 64 KiB.
  if (first === 0) fromClient(c, notes)
  else fromServer(c, notes)
}

function fromClient(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    if (c.peek() === TLS_RECORD && c.at > c.start) return seal(c, notes)
    const length = c.u32()
    const code = c.u32()
    if (c.fault !== '') return
    if (length === 8 && (code === ASK_TLS || code === ASK_GSS)) continue
    if (length === 16 && code === ASK_CANCEL) return
    if (code >> 16 !== VERSION_3 || length < 9 || length > START_MAX) return c.fail('no postgresql')
    const outer = c.narrow(length - 8)
    readParameters(c, notes)
    if (c.fault === '') c.widen(outer)
    return // Passwords come next.
  }
}

/** `user\0anna\0database\0shop\0application_name\0psql\0\0` */
function readParameters(c: Cursor, notes: Notes): void {
  while (c.left > 1) {
    const keyLength = c.distance(0)
    const key = c.until(0)
    const length = c.distance(0)
    const at = c.until(0)
    if (c.fault !== '') return
    part.over(c.bytes, key, key + keyLength)
    if (isKey('user')) notes.add(user, at, length)
    else if (isKey('database')) notes.add(database, at, length)
    else if (isKey('application_name')) notes.add(application, at, length)
  }
}

const isKey = (word: string): boolean => part.left === word.length && part.starts(word)

function fromServer(c: Cursor, notes: Notes): void {
  let isAsked = false
  const isAnswer = c.left === 1 || c.peek(1) !== 0
  if (isAnswer && (c.peek() === STATUS || c.peek() === NOTICE)) {
    const isOffered = c.u8() === STATUS
    notes.say(security, isOffered ? 'offered' : 'none')
    if (isOffered) return seal(c, notes)
  }
  while (c.left > 0) {
    const kind = c.u8()
    const length = c.u32()
    if (c.fault !== '') return
    if (length < 4 || length > 0x10000 || !isKind(kind)) return c.fail('no postgresql')
    const outer = c.narrow(length - 4)
    if (c.fault !== '') return
    if (kind === AUTHENTICATION) {
      readQuestion(c, notes, isAsked)
      isAsked = true
    } else if (kind === STATUS) readStatus(c, notes)
    else if (kind === ERROR) return readError(c, notes)
    c.widen(outer)
    if (kind === READY) return // What comes next is data.
  }
}

const isKind = (kind: number): boolean =>
  kind === AUTHENTICATION ||
  kind === STATUS ||
  kind === ERROR ||
  kind === NOTICE ||
  kind === READY ||
  kind === NEGOTIATE ||
  kind === KEY

function readQuestion(c: Cursor, notes: Notes, isAsked: boolean): void {
  const asked = c.u32()
  if (c.fault !== '') return
  if (asked === 0 && isAsked) return notes.say(login, 'accepted')
  const word = asked >= 0 && asked < ASKED.length ? ASKED[asked]! : ''
  if (!isAsked && word !== '') notes.say(authentication, word)
}

function readStatus(c: Cursor, notes: Notes): void {
  const keyLength = c.distance(0)
  const key = c.until(0)
  const length = c.distance(0)
  const at = c.until(0)
  if (c.fault !== '') return
  part.over(c.bytes, key, key + keyLength)
  if (isKey('server_version')) notes.add(version, at, length)
}

/** Fields of a letter and words; only the code is told, since the words name people. */
function readError(c: Cursor, notes: Notes): void {
  while (c.left > 1) {
    const field = c.u8()
    const length = c.distance(0)
    const isLogin = c.starts('28')
    const at = c.until(0)
    if (field !== CODE) continue
    notes.add(error, at, length)
    if (isLogin) notes.say(login, 'refused')
  }
}

function seal(c: Cursor, notes: Notes): void {
  if (c.peek() === TLS_RECORD) notes.handOver(tls, c.at, c.end)
  more(c)
}

export const postgresql: Protocol = {
  name: 'postgresql',
  standard: 'PostgreSQL frontend/backend protocol 3',
  tells: 'databases: version, TLS, logins without passwords; programs of their clients',
  heard: [
    ...['tcp/5432-5433', 'tcp "\\x00\\x00\\x00\\x08\\x04\\xd2\\x16\\x2f"'],
    'tcp @4 "\\x00\\x03\\x00\\x00user"',
  ],
  facts: [version, application, user, database, security, authentication, login, error],
  parse,
}
