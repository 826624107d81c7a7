/** SMB 1, once CIFS (MS-CIFS, MS-SMB): what its negotiation, sessions and tree connects tell. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import { mechanismWords, readToken } from './gss.js'
import { V1_LENGTH, response } from './ntlmssp-words.js'
import type { Notes, Talk } from './protocol.js'
import * as say from './smb-words.js'
import { addWide, isAddress } from './wide-text.js'

const NEGOTIATE = 0x72
const SESSION_SETUP = 0x73
const TREE_CONNECT = 0x75
const REPLY = 0x80
const UNICODE = 0x8000

const COMMANDS_MAX = 4
/** Words of a command, by which its versions are told apart. */
const NT_NEGOTIATED = 17
const LANMAN_NEGOTIATED = 13
const LANMAN_SETUP = 10
const TOKEN_SETUP = 12
const NT_SETUP = 13
const TOKEN_ANSWER = 4
const TREE_WORDS = 4

const NONE_CHOSEN = 0xffff
const ENCRYPTED_PASSWORDS = 2
const SIGNING_ENABLED = 4
const SIGNING_REQUIRED = 8
const EXTENDED_SECURITY = 1 << 31
const GUEST = 1

const DIALECT = 2
const COMMA = 0x2c
const DIALECT_BYTES_MAX = 400

/** The message at hand: where it begins, how it writes, and which command is read. */
const message = { from: 0, isWide: false, command: 0, words: 0 }

/** The cursor stands at the message's `\xffSMB`; all of it is there. */
export function readSmb1(c: Cursor, notes: Notes, talk: Talk): void {
  message.from = c.at
  c.take(4)
  let command = c.u8()
  const status = c.u32le()
  const isReply = (c.u8() & REPLY) !== 0
  message.isWide = (c.u16le() & UNICODE) !== 0
  c.take(20)
  let rest = COMMANDS_MAX
  while (rest-- > 0 && c.left > 0 && command > 0) {
    const words = c.u8()
    const next = command === NEGOTIATE ? 0 : nextCommand(c, words)
    const behind = next > 0 ? message.from + nextOffset(c) : 0
    message.words = words
    if (command === NEGOTIATE && !isReply) offered(c, notes)
    else if (command === NEGOTIATE) chosen(c, notes, talk)
    else if (command === SESSION_SETUP && !isReply) introduced(c, notes, talk)
    else if (command === SESSION_SETUP) admitted(c, notes, talk, status)
    else if (command === TREE_CONNECT && !isReply) opened(c, notes, talk)
    else return
    if (behind <= c.at - 2 || behind >= c.end) return
    c.at = behind
    command = next
  }
}

/** Commands that may be followed by another say which, and where; 0 if none follows. */
function nextCommand(c: Cursor, words: number): number {
  const next = c.peek()
  return words < 2 || next === 0xff ? 0 : next
}

const nextOffset = (c: Cursor): number => c.peek(2) | (c.peek(3) << 8)

function offered(c: Cursor, notes: Notes): void {
  if (message.words !== 0) return
  const outer = c.narrow(c.u16le())
  const at = notes.here
  let count = 0
  while (c.left > 0 && notes.here - at < DIALECT_BYTES_MAX) {
    if (c.u8() !== DIALECT) c.fail('bad dialect')
    const length = c.distance(0)
    if (length < 0) c.fail('bad dialect')
    if (count++ > 0) notes.put(COMMA)
    copy(c, notes, length)
    c.take(1)
  }
  if (c.fault === '') {
    notes.add(say.dialects, at, notes.here - at)
    notes.say(say.v1, 'offered')
  }
  c.widen(outer)
}

function copy(c: Cursor, notes: Notes, length: number): void {
  let rest = length
  while (rest-- > 0 && c.left > 0) notes.put(c.u8())
}

function chosen(c: Cursor, notes: Notes, talk: Talk): void {
  const index = c.u16le()
  if (c.fault !== '' || index === NONE_CHOSEN || message.words === 0) return
  notes.say(say.v1, 'accepted')
  if (message.words !== NT_NEGOTIATED) {
    notes.say(say.dialect, message.words === LANMAN_NEGOTIATED ? 'LANMAN' : 'core')
    return
  }
  notes.say(say.dialect, 'NT LM 0.12')
  addMode(notes, c.u8())
  c.take(16)
  const capabilities = c.u32le()
  c.take(10)
  const challenge = c.u8()
  const outer = c.narrow(c.u16le())
  if ((capabilities & EXTENDED_SECURITY) !== 0 && challenge === 0) addIdentity(c, notes, talk)
  else {
    c.take(challenge)
    addString(c, notes, say.domain, false)
    addString(c, notes, say.serverName, false)
  }
  c.widen(outer)
}

function addMode(notes: Notes, mode: number): void {
  const required = (mode & SIGNING_REQUIRED) !== 0
  const enabled = (mode & SIGNING_ENABLED) !== 0
  notes.say(say.signing, required ? 'required' : enabled ? 'enabled' : 'off')
  if ((mode & ENCRYPTED_PASSWORDS) === 0) notes.say(say.passwords, 'plaintext')
}

function addIdentity(c: Cursor, notes: Notes, talk: Talk): void {
  say.addServerGuid(c, notes)
  const named = readToken(c, c.left, notes, talk)
  if (named !== 0) notes.say(say.mechanisms, mechanismWords(named))
}

function introduced(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(14)
  const first = c.u16le()
  const second = message.words === NT_SETUP ? c.u16le() : 0
  if (message.words === LANMAN_SETUP) c.take(4)
  else if (message.words === TOKEN_SETUP || message.words === NT_SETUP) c.take(8)
  else return
  const outer = c.narrow(c.u16le())
  if (message.words === TOKEN_SETUP) readToken(c, first, notes, talk)
  else {
    c.take(first + second)
    if (second > 0) notes.say(response, second > V1_LENGTH ? 'ntlmv2' : 'ntlmv1')
    addString(c, notes, say.user, true)
    addString(c, notes, say.domain, true)
  }
  addString(c, notes, say.os, true)
  addString(c, notes, say.lanSoftware, true)
  c.widen(outer)
}

function admitted(c: Cursor, notes: Notes, talk: Talk, status: number): void {
  if (message.words < 3) return
  c.take(4)
  const action = c.u16le()
  const token = message.words === TOKEN_ANSWER ? c.u16le() : 0
  const outer = c.narrow(c.u16le())
  if (status === 0 && c.fault === '') {
    notes.say(say.session, (action & GUEST) !== 0 ? 'guest' : 'user')
  }
  if (token > 0) readToken(c, token, notes, talk)
  addString(c, notes, say.os, true)
  addString(c, notes, say.lanSoftware, true)
  if (message.words !== TOKEN_ANSWER) addString(c, notes, say.domain, true)
  c.widen(outer)
}

function opened(c: Cursor, notes: Notes, talk: Talk): void {
  if (message.words !== TREE_WORDS) return
  c.take(6)
  const password = c.u16le()
  const outer = c.narrow(c.u16le())
  c.take(password)
  align(c)
  const length = stringLength(c)
  addPath(c, notes, talk, length)
  c.widen(outer)
}

function addPath(c: Cursor, notes: Notes, talk: Talk, length: number): void {
  const size = message.isWide ? 2 : 1
  const offset = say.shareOffset(c, length, size)
  if (offset === 0 || c.fault !== '' || !say.aboutTarget(notes, talk)) return
  c.take(2 * size)
  const name = offset - 3 * size
  if (isAddress(c, name, size)) c.take(name)
  else add(c, notes, say.serverName, name)
  c.take(size)
  if (!c.starts('IPC$') && !c.starts('I\x00P\x00C\x00$')) add(c, notes, say.share, length - offset)
  say.aboutSender(notes)
}

function add(c: Cursor, notes: Notes, said: Fact, length: number): void {
  if (message.isWide) addWide(c, notes, said, length)
  else notes.add(said, c.take(length), length)
}

/** Notes the string at the cursor, which ends with a NUL or, with some, with the message. */
function addString(c: Cursor, notes: Notes, said: Fact, isAligned: boolean): void {
  if (isAligned) align(c)
  if (c.left === 0) return
  add(c, notes, said, stringLength(c))
  c.take(Math.min(c.left, message.isWide ? 2 : 1))
}

/** Letters of two bytes begin at even places, counted from the message's start. */
function align(c: Cursor): void {
  if (message.isWide && ((c.at - message.from) & 1) === 1 && c.left > 0) c.take(1)
}

function stringLength(c: Cursor): number {
  if (!message.isWide) {
    const length = c.distance(0)
    return length < 0 ? c.left : length
  }
  let length = 0
  while (length + 1 < c.left && (c.peek(length) | c.peek(length + 1)) !== 0) length += 2
  return Math.min(length, c.left)
}
