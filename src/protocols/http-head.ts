/** The head of an HTTP/1 message (RFC 9112): whether it is one, and where its headers stand. */

import { Cursor } from '../bytes/cursor.js'
import { startsFolded, TextHeaders } from './text-headers.js'

/** The headers that are read, in the order of their numbers. */
const NAMES = [
  ...['host', 'user-agent', 'server', 'via', 'location', 'www-authenticate'],
  ...['authorization', 'proxy-authorization', 'proxy-authenticate', 'set-cookie', 'upgrade'],
  ...['content-type', 'content-length', 'transfer-encoding', 'content-encoding', 'dav'],
  ...['x-powered-by|x-generator|x-powered-cms', 'x-requested-with'],
  ...[
    'x-wap-profile|x-av-client-info|x-av-physical-unit-info|sec-ch-ua-model|friendlyname.dlna.org',
  ],
  ...[
    'sec-ch-ua-platform',
    'x-forwarded-for|forwarded|x-bluecoat-via',
    'x-cache',
    'x-jenkins',
    'x-aspnet-version',
    'sec-websocket-protocol',
  ],
]
export const HOST = 0
export const USER_AGENT = 1
export const SERVER = 2
export const VIA = 3
export const LOCATION = 4
export const WWW_AUTHENTICATE = 5
export const AUTHORIZATION = 6
export const PROXY_AUTHORIZATION = 7
export const PROXY_AUTHENTICATE = 8
export const SET_COOKIE = 9
export const UPGRADE = 10
export const CONTENT_TYPE = 11
const CONTENT_LENGTH = 12
const TRANSFER_ENCODING = 13
export const CONTENT_ENCODING = 14
export const DAV = 15
export const POWERED_BY = 16
export const REQUESTED_WITH = 17
export const DEVICE = 18
export const PLATFORM = 19
export const FORWARDED_FOR = 20
export const CACHE = 21
export const JENKINS = 22
export const ASP_NET = 23
export const SOCKET_PROTOCOL = 24

/** Of one head; what comes after so many known headers is not read. */
const HEADERS_MAX = 40
const METHOD_MAX = 20
const LENGTH_MAX = 0x40000000
const SPACE = 0x20
/** `HTTP/1.1` */
const VERSION = 8

/** A body that goes on until the connection ends, or comes in chunks. */
export const UNTIL_END = -1
export const CHUNKED = -2

const headers = new TextHeaders(NAMES)
/** For looking at single words without moving the cursor that reads. */
const probe = new Cursor()

/** One message's head, filled again for each. */
export class Head {
  request = false
  status = 0
  methodAt = -1
  methodLength = 0
  pathAt = -1
  pathLength = 0
  /** How many bytes follow, or UNTIL_END or CHUNKED. */
  bodyLength = 0
  /** The blank line was read. */
  whole = false

  count = 0
  readonly names = new Uint8Array(HEADERS_MAX)
  readonly at = new Int32Array(HEADERS_MAX)
  readonly length = new Int32Array(HEADERS_MAX)
  private bytes = probe.bytes

  /** Reads a head; faults if these bytes are no HTTP. */
  read(c: Cursor): void {
    this.count = 0
    this.whole = false
    this.status = 0
    this.bytes = c.bytes
    if (!resembles(c)) return
    headers.start(c)
    if (c.fault !== '') return
    this.request = !this.isAnswer(c)
    if (this.request && !this.isRequest()) return c.fail('no http')
    while (c.left > 0 && headers.next(c)) {
      if (headers.name < 0 || headers.length === 0 || this.count === HEADERS_MAX) continue
      this.names[this.count] = headers.name
      this.at[this.count] = headers.at
      this.length[this.count++] = headers.length
    }
    this.whole = headers.ended
    if (this.whole) this.measure()
  }

  /** Nothing is known of the message. */
  forget(): void {
    this.whole = false
    this.count = 0
    this.pathLength = this.methodLength = 0
  }

  /** The first header of this name at or after this place among them, or -1. */
  find(name: number, from = 0): number {
    let i = from
    while (i < this.count) {
      if (this.names[i] === name) return i
      i++
    }
    return -1
  }

  has(name: number): boolean {
    return this.find(name) >= 0
  }

  /** A cursor over the value of a header, or over nothing; good until the next one is asked for. */
  value(name: number): Cursor {
    const i = this.find(name)
    return i < 0 ? probe.over(this.bytes, 0, 0) : this.valueAt(i)
  }

  valueAt(i: number): Cursor {
    return probe.over(this.bytes, this.at[i]!, this.at[i]! + this.length[i]!)
  }

  path(): Cursor {
    return probe.over(this.bytes, this.pathAt, this.pathAt + this.pathLength)
  }

  isMethod(method: string): boolean {
    if (method.length !== this.methodLength) return false
    return probe.over(this.bytes, this.methodAt, this.methodAt + this.methodLength).starts(method)
  }

  /** `HTTP/1.1 200 OK` */
  private isAnswer(c: Cursor): boolean {
    const { firstAt, firstLength, secondAt, secondLength } = headers
    if (firstLength !== VERSION || secondLength !== 3) return false
    if (!probe.over(c.bytes, firstAt, firstAt + VERSION).starts('HTTP/1.')) return false
    this.status = readNumber(probe.over(c.bytes, secondAt, secondAt + secondLength))
    return true
  }

  /** `GET / HTTP/1.1`, or as the first version had it, which had no more than a path. */
  private isRequest(): boolean {
    const { firstAt, firstLength, secondAt, secondLength, lastAt, lastLength } = headers
    this.methodAt = firstAt
    this.methodLength = firstLength
    this.pathAt = secondAt
    this.pathLength = secondLength
    if (secondLength === 0 || this.isForeign()) return false
    if (lastLength === 0) return this.isMethod('GET') && isBare(this.path())
    const end = lastAt + lastLength
    return probe.over(this.bytes, Math.max(lastAt, end - VERSION), end).starts('HTTP/1.')
  }

  /** Protocols that look alike name themselves in their addresses. */
  private isForeign(): boolean {
    const path = this.path()
    return startsFolded(path, 'sip') || startsFolded(path, 'rtsp') || startsFolded(path, 'tel:')
  }

  private measure(): void {
    const coding = this.value(TRANSFER_ENCODING)
    if (startsFolded(coding, 'chunked')) this.bodyLength = CHUNKED
    else if (this.has(CONTENT_LENGTH)) this.bodyLength = readNumber(this.value(CONTENT_LENGTH))
    else this.bodyLength = this.request ? 0 : UNTIL_END
    if (this.status < 200 && !this.request) this.bodyLength = 0
    if (this.status === 204 || this.status === 304) this.bodyLength = 0
  }
}

/** A request of HTTP/0.9, or one that forgot its path. */
const isBare = (word: Cursor): boolean => word.starts('/') || word.starts('HTTP/1.')

/** A decimal number, as far as there are digits. */
export function readNumber(c: Cursor): number {
  let value = 0
  while (c.left > 0) {
    const digit = c.u8() - 0x30
    if (digit < 0 || digit > 9) break
    value = Math.min(LENGTH_MAX, value * 10 + digit)
  }
  return value
}

/** Whether an answer or a request may begin here: a line that is half there is judged by its first words. */
function resembles(c: Cursor): boolean {
  let length = 0
  while (length < METHOD_MAX && isMethodByte(c.peek(length))) length++
  const next = c.peek(length)
  const method = length > 2 && next === SPACE
  if (method || c.starts('HTTP/1.')) return true
  if (length === c.left || (c.left < VERSION && next !== SPACE && c.starts('HTTP'))) {
    c.take(c.left + 1)
  } else c.fail('no http')
  return false
}

/** Whether another message may begin here, behind one that was read. Moves nothing. */
export function mayBegin(c: Cursor): boolean {
  let length = 0
  while (length < METHOD_MAX && isMethodByte(c.peek(length))) length++
  return length === c.left || (length > 2 && c.peek(length) === SPACE) || c.starts('HTTP/')
}

/** `GET`, `M-SEARCH`, `RPC_IN_DATA` */
const isMethodByte = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f
