/**
 * CoAP (RFC 7252, 8323) and what is built on it: Shelly's CoIoT, LwM2M and resource directories,
 * OCF and Thread. What is asked for where, and what servers list and call themselves.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { linkFacts, readLinks, readObjects } from './coap-links.js'
import type { Notes, Protocol } from './protocol.js'
import { isWholeDatagram } from './udp-length.js'

/** `GET /oic/res`: of whoever asks. */
const asks = fact('coap.asks', text, 'set')
/** `SHSW-25#8CAAB5010264#2`: what a Shelly calls itself in all it sends. */
const device = fact('coap.device', text)
/** What a device calls itself as it registers: `urn:imei:...` */
const endpoint = fact('coap.endpoint', text, 'set')
const content = fact('coap.content', text, 'set')
/** The host's name that a client asks for. */
const host = fact('coap.host', text, 'set')
const transport = fact('coap.transport', text, 'set')

const METHODS: readonly string[] = ['', 'GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH']
/** Shelly's status is neither question nor answer. */
const STATUS = 30
const SIGNAL = 0xe1

const URI_HOST = 3
const URI_PATH = 11
const CONTENT_FORMAT = 12
const URI_QUERY = 15
const SHELLY_DEVICE = 3332
const LINKS = 40
const CBOR = 60
const OCF = 10_000
const FORMATS: Readonly<Record<number, string>> = {
  0: 'text',
  40: 'links',
  41: 'xml',
  42: 'bytes',
  47: 'exi',
  50: 'json',
  60: 'cbor',
  110: 'senml',
  112: 'senml',
  10_000: 'ocf',
  11_542: 'lwm2m',
  11_543: 'lwm2m',
}

const PAYLOAD = 0xff
const SLASH = 0x2f
const SPACE = 0x20
const PATH_MAX = 128

/** What one message's options said. */
const options = { number: 0, pathAt: 0, format: -1, isRequest: false }

function parse(c: Cursor, notes: Notes): void {
  if (c.peek(1) === SIGNAL && (c.peek() & 15) === 0) return notes.say(transport, 'tcp')
  const head = c.u8()
  const code = c.u8()
  const tokenLength = head & 15
  if (head >> 6 !== 1 || tokenLength > 8 || !isCode(code)) return c.fail('not coap')
  c.take(2 + tokenLength)
  if (code === 0) {
    if (tokenLength > 0 || c.left > 0) c.fail('not empty')
    return
  }
  options.isRequest = code < METHODS.length
  options.number = 0
  options.format = -1
  options.pathAt = notes.here
  if (options.isRequest) {
    notes.write(METHODS[code]!)
    notes.put(SPACE)
  }
  while (c.left > 0 && c.peek() !== PAYLOAD) readOption(c, notes)
  if (c.fault !== '') return
  // Where there is no content, the path may go on.
  if (c.left === 0 && !isWholeDatagram(c)) return void c.take(1)
  if (options.isRequest) noteAsked(notes)
  if (c.left > 0) readPayload(c, notes)
}

/** Requests, Shelly's status, and the three classes of answers. */
function isCode(code: number): boolean {
  const kind = code >> 5
  if (kind === 0) return code < METHODS.length || code === STATUS
  return kind === 2 || kind === 4 || kind === 5
}

function readOption(c: Cursor, notes: Notes): void {
  const head = c.u8()
  const delta = extended(c, head >> 4)
  const length = extended(c, head & 15)
  const at = c.take(length)
  if (c.fault !== '') return
  options.number += delta
  switch (options.number) {
    case URI_PATH:
      return addPath(c, notes, at, length)
    case CONTENT_FORMAT:
      options.format = readFormat(c, at, length)
      return
    case URI_QUERY:
      return noteQuery(c, notes, at, length)
    case URI_HOST:
      return notes.add(host, at, length)
    case SHELLY_DEVICE:
      return notes.add(device, at, length)
  }
}

function extended(c: Cursor, nibble: number): number {
  if (nibble < 13) return nibble
  if (nibble === 15) c.fail('bad option')
  return nibble === 13 ? c.u8() + 13 : c.u16() + 269
}

/** The path is written down piece by piece. */
function addPath(c: Cursor, notes: Notes, at: number, length: number): void {
  if (!options.isRequest || notes.here - options.pathAt + length > PATH_MAX) return
  notes.put(SLASH)
  const back = c.at
  c.at = at
  let rest = length
  while (rest-- > 0) notes.put(c.u8())
  c.at = back
}

function noteAsked(notes: Notes): void {
  notes.add(asks, options.pathAt, notes.here - options.pathAt)
}

function readFormat(c: Cursor, at: number, length: number): number {
  const back = c.at
  c.at = at
  const format = length === 0 ? 0 : length === 1 ? c.u8() : length === 2 ? c.u16() : -1
  c.at = back
  return format
}

function noteQuery(c: Cursor, notes: Notes, at: number, length: number): void {
  const back = c.at
  c.at = at
  if (length > 3 && c.starts('ep=')) notes.add(endpoint, at + 3, length - 3)
  c.at = back
}

function readPayload(c: Cursor, notes: Notes): void {
  c.take(1)
  const known = FORMATS[options.format]
  if (known !== undefined) notes.say(content, known)
  if (options.format === LINKS) readLinks(c, notes)
  else if (options.format === CBOR || options.format === OCF) readObjects(c, notes)
}

export const coap: Protocol = {
  name: 'coap',
  standard: 'RFC 7252, 6690, 8323',
  tells:
    'what small devices list and call themselves (Shelly, OCF, LwM2M, Thread), and who asks them',
  heard: ['udp/5683', 'udp/61631', 'tcp/5683'],
  facts: [asks, device, endpoint, content, host, transport, ...linkFacts],
  parse,
}
