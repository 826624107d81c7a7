/**
 * TDS (MS-TDS; Sybase's TDS 5.0): versions of SQL Server and its clients, whether the password is
 * encrypted on its way, and what a login in the clear tells of the client.
 */

import type { Cursor } from '../bytes/cursor.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { SENDER } from './protocol.js'
import { readLogin, readOldLogin } from './mssql-login.js'
import { readTokens } from './mssql-tokens.js'
import * as say from './mssql-words.js'
import { tls } from './tls.js'

const OLD_LOGIN = 0x02
const ANSWER = 0x04
const LOGIN = 0x10
const SIGN_IN = 0x11
const PRELOGIN = 0x12
const KINDS = [
  0x01,
  OLD_LOGIN,
  0x03,
  ANSWER,
  0x06,
  0x07,
  0x08,
  0x0e,
  0x0f,
  LOGIN,
  SIGN_IN,
  PRELOGIN,
]

const HEAD = 8
const STATUS_MAX = 0x1f
const TLS_HANDSHAKE = 0x16
const TLS_MAJOR = 3

const VERSION = 0
const ENCRYPTION = 1
const INSTANCE = 2
const END = 0xff
const WORDS: readonly string[] = ['off', 'on', 'unsupported', 'required']

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  let packets = 0
  while (c.left > 0) {
    const kind = c.u8()
    const status = c.u8()
    const length = c.u16()
    c.take(4)
    if (c.fault !== '') return
    if (!KINDS.includes(kind) || length < HEAD || status > STATUS_MAX) {
      // Behind a login everything may be sealed.
      if (packets > 0) return
      return c.fail('no tds')
    }
    const outer = c.narrow(length - HEAD)
    if (c.fault === '') readPacket(c, notes, talk, kind)
    c.widen(outer)
    packets++
  }
}

function readPacket(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  const isFirst = c.peek() === VERSION && c.peek(1) === 0
  if (kind === PRELOGIN && c.peek() === TLS_HANDSHAKE && c.peek(1) === TLS_MAJOR) {
    notes.handOver(tls, c.at, c.end)
  } else if (kind === PRELOGIN) readPrelogin(c, notes, talk, false)
  else if (kind === ANSWER && isFirst) readPrelogin(c, notes, talk, true)
  else if (kind === ANSWER) readTokens(c, notes)
  else if (kind === LOGIN) readLogin(c, notes, talk)
  else if (kind === OLD_LOGIN) readOldLogin(c, notes, talk)
}

/** A list of options, and behind it their values, at places counted from the list's start. */
function readPrelogin(c: Cursor, notes: Notes, talk: Talk, isServer: boolean): void {
  const from = c.at
  let behind = c.at
  while (c.left > 0) {
    const option = c.u8()
    if (option === END) break
    const at = from + c.u16()
    const length = c.u16()
    behind = c.at
    if (at < behind || length > c.end - at) return c.fail('bad option')
    c.at = at
    if (option === VERSION && length >= 4) addVersion(c, notes, isServer)
    else if (option === ENCRYPTION && length === 1) addEncryption(c, notes, isServer)
    else if (option === INSTANCE && !isServer) say.addInstance(c, notes, talk, length)
    c.at = behind
  }
}

function addVersion(c: Cursor, notes: Notes, isServer: boolean): void {
  const at = notes.here
  const major = c.u8()
  notes.writeNumber(major)
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u16())
  if (major > 0) notes.add(isServer ? say.version : say.clientVersion, at, notes.here - at)
}

function addEncryption(c: Cursor, notes: Notes, isServer: boolean): void {
  const word = WORDS[c.u8()]
  if (word !== undefined) notes.say(isServer ? say.encryption : say.clientEncryption, word)
}

export const mssql: Protocol = {
  name: 'mssql',
  standard: 'MS-TDS',
  tells: 'database servers, their versions and clients, and logins that are not encrypted',
  heard: [
    'tcp/1433',
    'tcp/1434',
    'tcp "\\x12\\x01\\x00"',
    'tcp "\\x02\\x00\\x02\\x00\\x00\\x00"',
    'tcp @8 "\\x16\\x00\\x00\\x00\\x12\\x00\\x00\\x00\\x02\\x00"',
  ],
  facts: say.facts,
  parse,
}
