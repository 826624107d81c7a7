/** One SIP message's start line and headers (RFC 3261, 7.3): where what matters of them stands. */

import { Cursor } from '../bytes/cursor.js'
import { hashBytes } from '../bytes/hash.js'
import { TextHeaders, startsFolded } from './text-headers.js'
import { readNumber } from './text-lines.js'

const NAMES = [
  ...['via|v', 'from|f', 'contact|m', 'user-agent', 'server', 'cseq', 'call-id|i'],
  ...['authorization', 'proxy-authorization', 'www-authenticate', 'proxy-authenticate'],
  ...['allow-events|u', 'allow', 'supported|k', 'content-type|c', 'content-length|l'],
  'record-route',
]
const VIA = 0
const CSEQ = 5
const CALL_ID = 6
const LENGTH = 15

export const FROM = 1
export const CONTACT = 2
export const USER_AGENT = 3
export const SERVER = 4
export const AUTHORIZATION = 7
export const PROXY_AUTHORIZATION = 8
export const ASKS = 9
export const PROXY_ASKS = 10
export const ALLOW_EVENTS = 11
export const ALLOW = 12
export const SUPPORTED = 13
export const TYPE = 14
export const RECORD_ROUTE = 16

export const METHODS: readonly string[] = [
  ...['REGISTER', 'INVITE', 'OPTIONS', 'ACK', 'BYE', 'CANCEL', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH'],
  ...['MESSAGE', 'INFO', 'UPDATE', 'PRACK', 'REFER', 'SERVICE', 'BENOTIFY', 'PING'],
]
const STARTS = METHODS.map(method => `${method} `)

const COMMA = 0x2c
const HARDWARE_WORDS = ['mac', 'serial', 'model', 'hardware', 'firmware', 'device']
const HARDWARE_MAX = 96
const LINES_MAX = 96

const headers = new TextHeaders(NAMES)
const part = new Cursor()

/** What the last message that was read said. */
export const message = {
  /** The request's method, or the one a response answers; -1 if it is unknown. */
  method: -1,
  /** A response's code, 0 for a request. */
  code: 0,
  /** How many passed it on, at least. */
  vias: 0,
  /** The same for a request and its answers. */
  transaction: 0,
  bodyLength: -1,
  /** The line of a header of the maker's own that tells of the hardware. */
  hardwareAt: -1,
  hardwareLength: 0,
  at: new Int32Array(NAMES.length),
  length: new Int32Array(NAMES.length),
}

export const has = (name: number): boolean => message.length[name]! > 0

/** Reads a start line and all header lines; false, with a fault, if it is none or not whole. */
export function readMessage(c: Cursor): boolean {
  message.method = methodAt(c)
  message.code = message.vias = message.transaction = 0
  message.bodyLength = message.hardwareAt = -1
  message.length.fill(0)
  const isAnswer = message.method < 0 && c.starts('SIP/2.0 ')
  if (message.method < 0 && !isAnswer) return refuse(c)
  headers.start(c)
  if (c.fault !== '') return false
  if (isAnswer) {
    message.code = readNumber(part.over(c.bytes, headers.secondAt, headers.lastAt))
    if (message.code < 100 || message.code > 699) return refuse(c)
  } else if (!part.over(c.bytes, headers.lastAt, c.at).starts('SIP/2.0')) return refuse(c)
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    const from = c.at
    keepHardware(c)
    if (!headers.next(c)) break
    if (message.hardwareAt === from) message.hardwareLength = lineEnd(c) - from
    if (headers.name >= 0) keep(c)
  }
  if (!headers.ended && c.fault === '') c.take(c.left + 1)
  return headers.ended
}

/** Whether a message begins here. */
export const isMessage = (c: Cursor): boolean => methodAt(c) >= 0 || c.starts('SIP/2.0 ')

function refuse(c: Cursor): boolean {
  c.fail('no sip')
  return false
}

function methodAt(c: Cursor): number {
  let i = 0
  while (i < STARTS.length) {
    if (c.starts(STARTS[i]!)) return i
    i++
  }
  return -1
}

function keep(c: Cursor): void {
  const { name, at, length } = headers
  if (name === VIA) {
    message.vias++
    part.over(c.bytes, at, at + length)
    if (part.distance(COMMA) >= 0) message.vias++
  }
  part.over(c.bytes, at, at + length)
  if (name === CSEQ) {
    message.transaction ^= readNumber(part)
    part.take(1)
    if (message.code > 0) message.method = methodNamed()
  } else if (name === CALL_ID) message.transaction ^= hashBytes(5, c.bytes, at, length)
  else if (name === LENGTH) message.bodyLength = readNumber(part)
  if (message.length[name]! > 0) return
  message.at[name] = at
  message.length[name] = length
}

function methodNamed(): number {
  let i = 0
  while (i < METHODS.length) {
    if (part.left === METHODS[i]!.length && part.starts(METHODS[i]!)) return i
    i++
  }
  return -1
}

/** Whether the line at the cursor is `X-…` or `P-…` and names the hardware, nobody's address. */
function keepHardware(c: Cursor): void {
  const first = c.peek() | 0x20
  if (message.hardwareAt >= 0 || c.peek(1) !== 0x2d || (first !== 0x78 && first !== 0x70)) return
  const line = c.distance(0x0a)
  const name = c.distance(0x3a)
  if (line > HARDWARE_MAX || name < 0 || name > line) return
  part.over(c.bytes, c.at, c.at + line)
  if (part.distance(0x40) >= 0) return
  part.end = c.at + name
  while (part.left > 0) {
    if (isHardware()) message.hardwareAt = c.at
    part.take(1)
  }
}

function isHardware(): boolean {
  let i = 0
  while (i < HARDWARE_WORDS.length) if (startsFolded(part, HARDWARE_WORDS[i++]!)) return true
  return false
}

/** Where the line that was just read ends, without its end. */
const lineEnd = (c: Cursor): number => {
  const at = c.at
  c.at = at - 2
  const isReturned = c.peek() === 0x0d
  c.at = at
  return isReturned ? at - 2 : at - 1
}
