/** SMB 2 and 3 (MS-SMB2): what their negotiation, sessions and tree connects tell. */

import type { Cursor } from '../bytes/cursor.js'
import { mechanismWords, readToken } from './gss.js'
import type { Notes, Talk } from './protocol.js'
import * as say from './smb-words.js'
import { addWide, isAddress } from './wide-text.js'

const HEAD = 64
const NEGOTIATE = 0
const SESSION_SETUP = 1
const TREE_CONNECT = 3
const RESPONSE = 0x01

const MORE_PROCESSING = 0xc0000016 | 0

const SIGNING_REQUIRED = 2
const DIALECTS_MAX = 16
const CONTEXTS_MAX = 16
const NET_NAME = 5
const DIALECT_3_1_1 = 0x0311

const GUEST = 1
const NULL_SESSION = 2
const ENCRYPT = 4

/** 1601 to 1970 in seconds, and how many ticks a second has. */
const EPOCH_SECONDS = 11_644_473_600
const TICKS = 10_000_000
const TICKS_HIGH = 4_294_967_296

const DIALECTS: Readonly<Record<number, string>> = {
  0x0202: '2.0.2',
  0x0210: '2.1',
  0x0222: '2.2.2',
  0x0224: '2.2.4',
  0x02ff: '2.*',
  0x0300: '3.0',
  0x0302: '3.0.2',
  0x0310: '3.1.0',
  0x0311: '3.1.1',
}
const CAPABILITIES: readonly string[] = [
  'dfs',
  'leasing',
  'large_mtu',
  'multichannel',
  'persistent_handles',
  'directory_leasing',
  'encryption',
  'notifications',
]

/** The cursor stands at the message's `\xfeSMB`; all of it is there. */
export function readSmb2(c: Cursor, notes: Notes, talk: Talk): void {
  const from = c.at
  c.take(8)
  const status = c.u32le()
  const command = c.u16le()
  c.take(2)
  const isAnswer = (c.u32le() & RESPONSE) !== 0
  c.take(from + HEAD - c.at)
  if (c.fault !== '') return
  if (command === NEGOTIATE) {
    if (isAnswer) chosen(c, notes, talk, from)
    else offered(c, notes, talk, from)
  } else if (command === SESSION_SETUP) {
    if (isAnswer) admitted(c, notes, talk, from, status)
    else introduced(c, notes, talk, from)
  } else if (command === TREE_CONNECT && !isAnswer) opened(c, notes, talk, from)
}

function offered(c: Cursor, notes: Notes, talk: Talk, from: number): void {
  c.take(2)
  const count = Math.min(c.u16le(), DIALECTS_MAX)
  addSigning(notes, c.u16le())
  c.take(2)
  const capabilities = c.u32le()
  const guid = c.take(16)
  const contextsAt = c.u32le()
  const contexts = c.u16le()
  c.take(2)
  const at = notes.here
  let has311 = false
  let i = 0
  while (i < count && c.left > 0) {
    const dialect = c.u16le()
    has311 = has311 || dialect === DIALECT_3_1_1
    if (i++ > 0) notes.write(',')
    notes.write(DIALECTS[dialect] ?? '?')
  }
  if (c.fault !== '') return
  notes.add(say.dialects, at, notes.here - at)
  addClientGuid(c, notes, guid)
  addCapabilities(notes, capabilities)
  // Without 3.1.1 there is a time where the contexts are said to be.
  if (has311) readContexts(c, notes, talk, from + contextsAt, contexts)
}

/** A number made of zeros is none. */
function addClientGuid(c: Cursor, notes: Notes, at: number): void {
  const behind = c.at
  c.at = at
  const any = c.u32() | c.u32() | c.u32() | c.u32()
  c.at = behind
  if (any !== 0) notes.add(say.clientGuid, at, 16)
}

function addSigning(notes: Notes, mode: number): void {
  notes.say(
    say.signing,
    (mode & SIGNING_REQUIRED) !== 0 ? 'required' : mode === 0 ? 'off' : 'enabled',
  )
}

function addCapabilities(notes: Notes, bits: number): void {
  const at = notes.here
  let i = -1
  while (++i < CAPABILITIES.length) {
    if ((bits & (1 << i)) === 0) continue
    if (notes.here > at) notes.write(',')
    notes.write(CAPABILITIES[i]!)
  }
  notes.add(say.capabilities, at, notes.here - at)
}

/** Among what a client of 3.1.1 adds is the name by which it knows the server. */
function readContexts(c: Cursor, notes: Notes, talk: Talk, at: number, count: number): void {
  if (at < c.at || at > c.end) return
  c.at = at
  let rest = Math.min(count, CONTEXTS_MAX)
  while (rest-- > 0 && c.left >= 8) {
    const context = c.u16le()
    const length = c.u16le()
    c.take(4)
    if (context === NET_NAME && say.aboutTarget(notes, talk)) {
      addServerName(c, notes, length)
      say.aboutSender(notes)
    } else c.take(length)
    c.take(Math.min(c.left, -(c.at - at) & 7))
  }
}

function addServerName(c: Cursor, notes: Notes, length: number): void {
  if (isAddress(c, length, 2)) c.take(length)
  else addWide(c, notes, say.serverName, length)
}

function chosen(c: Cursor, notes: Notes, talk: Talk, from: number): void {
  c.take(2)
  const mode = c.u16le()
  const dialect = c.u16le()
  c.take(2)
  const guid = c.at
  c.take(16)
  const capabilities = c.u32le()
  c.take(20)
  const low = c.u32le()
  const high = c.u32le()
  const tokenAt = from + c.u16le()
  const tokenLength = c.u16le()
  c.take(4)
  // A negotiation that was refused has no more than a head.
  if (c.fault !== '' || DIALECTS[dialect] === undefined) return
  notes.say(say.dialect, DIALECTS[dialect])
  addSigning(notes, mode)
  addCapabilities(notes, capabilities)
  addBootTime(notes, low, high)
  const behind = c.at
  c.at = guid
  say.addServerGuid(c, notes)
  if (tokenAt < behind || tokenAt > c.end) return
  c.at = tokenAt
  const named = readToken(c, tokenLength, notes, talk)
  if (named !== 0) notes.say(say.mechanisms, mechanismWords(named))
}

function addBootTime(notes: Notes, low: number, high: number): void {
  const seconds = ((high >>> 0) * TICKS_HIGH + (low >>> 0)) / TICKS - EPOCH_SECONDS
  if (seconds > 0 && seconds < TICKS_HIGH) notes.count32(say.bootTime, Math.floor(seconds))
}

function introduced(c: Cursor, notes: Notes, talk: Talk, from: number): void {
  c.take(12)
  const at = from + c.u16le()
  const length = c.u16le()
  c.take(8)
  if (at < c.at || at > c.end) return
  c.at = at
  readToken(c, length, notes, talk)
}

function admitted(c: Cursor, notes: Notes, talk: Talk, from: number, status: number): void {
  if (c.left < 8) return
  c.take(2)
  const flags = c.u16le()
  const at = from + c.u16le()
  const length = c.u16le()
  if (status === 0) notes.say(say.session, sessionWord(flags))
  if ((status !== 0 && status !== MORE_PROCESSING) || at < c.at || at > c.end) return
  c.at = at
  readToken(c, length, notes, talk)
}

function sessionWord(flags: number): string {
  if ((flags & GUEST) !== 0) return 'guest'
  if ((flags & NULL_SESSION) !== 0) return 'anonymous'
  return (flags & ENCRYPT) !== 0 ? 'encrypted' : 'user'
}

function opened(c: Cursor, notes: Notes, talk: Talk, from: number): void {
  c.take(4)
  const at = from + c.u16le()
  const length = c.u16le()
  if (at < c.at || length > c.end - at) return
  c.at = at
  addPath(c, notes, talk, length)
}

/** `\\files\public`: what the server is called, and what it offers; pipes are everywhere. */
function addPath(c: Cursor, notes: Notes, talk: Talk, length: number): void {
  const offset = say.shareOffset(c, length, 2)
  if (offset === 0 || !say.aboutTarget(notes, talk)) return
  c.take(4)
  addServerName(c, notes, offset - 6)
  c.take(2)
  if (!isPipe(c)) addWide(c, notes, say.share, length - offset)
  say.aboutSender(notes)
}

const isPipe = (c: Cursor): boolean => c.starts('I\x00P\x00C\x00$\x00')
