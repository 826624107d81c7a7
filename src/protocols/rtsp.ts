/**
 * RTSP (RFC 2326, 7826): cameras and recorders, whose server, paths and realm name their makers,
 * and whether they show their pictures to anybody.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { sdp } from './sdp.js'
import { TextHeaders } from './text-headers.js'
import { more, readNumber, wordLength } from './text-lines.js'
import { find, found } from './text-search.js'

const server = fact('rtsp.server', text, 'set')
const userAgent = fact('rtsp.user_agent', text, 'set')
const method = fact('rtsp.method', text, 'set')
/** Which methods a server understands, in its own order. */
const offers = fact('rtsp.public', text, 'set')
const scheme = fact('rtsp.auth', text, 'set')
const realm = fact('rtsp.realm', text, 'set')
/** The path that was asked for, without what may be a password: told of the server. */
const path = fact('rtsp.path', text, 'set')
/** `required`, or `none` when the media were described to somebody unknown. */
const authentication = fact('rtsp.authentication', text, 'set')

const NAMES = [
  ...['cseq', 'server', 'user-agent', 'public', 'www-authenticate', 'authorization'],
  ...['content-type', 'content-length|l'],
]
const CSEQ = 0
const SERVER = 1
const USER_AGENT = 2
const PUBLIC = 3
const ASKS = 4
const AUTHORIZATION = 5
const TYPE = 6
const LENGTH = 7

const METHODS = [
  ...['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER'],
  ...['SET_PARAMETER', 'ANNOUNCE', 'RECORD', 'REDIRECT'],
]
const STARTS = ['RTSP/1.0 ', 'RTSP/2.0 ', ...METHODS.map(name => `${name} rtsp://`)]
const DOLLAR = 0x24
const SLASH = 0x2f
const QUOTE = 0x22
const CODE_OK = 200
const CODE_ASKING = 401
const LINES_MAX = 64
const MESSAGES_MAX = 32
const PATH_MAX = 96

const headers = new TextHeaders(NAMES)
const part = new Cursor()
const requests = new Cursor()

/** What the last message said. */
const message = {
  code: 0,
  sequence: -1,
  bodyLength: 0,
  isSigned: false,
  isDescription: false,
  pathAt: -1,
  pathEnd: -1,
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  let handed = false
  while (c.left > 0) {
    if (c.peek() === DOLLAR) {
      passMedia(c)
      continue
    }
    if (!start(c)) return
    if (message.code === 0) notes.add(method, headers.firstAt, headers.firstLength)
    if (!readHeaders(c, notes)) return
    if (message.code > 0) judge(notes, talk)
    else addPath(c, notes, talk)
    const at = c.take(message.bodyLength)
    if (at < 0 || !message.isDescription || handed) continue
    handed = message.bodyLength > 0
    if (handed) notes.handOver(sdp, at, at + message.bodyLength)
  }
}

/** Media between the messages: a channel, a length, and so many bytes. */
function passMedia(c: Cursor): void {
  c.take(2)
  c.take(c.u16())
}

/** Reads a start line; false, with a fault, if it is none. */
function start(c: Cursor): boolean {
  message.code = message.bodyLength = 0
  message.sequence = message.pathAt = -1
  message.isSigned = message.isDescription = false
  const isAnswer = c.starts('RTSP/')
  if (!isAnswer && !isRequest(c)) {
    if (c.left < STARTS[0]!.length) more(c)
    else c.fail('no rtsp')
    return false
  }
  headers.start(c)
  if (c.fault !== '') return false
  if (isAnswer) message.code = readNumber(part.over(c.bytes, headers.secondAt, headers.lastAt))
  else if (!part.over(c.bytes, headers.lastAt, c.at).starts('RTSP/')) c.fail('no rtsp')
  message.pathAt = headers.secondAt
  message.pathEnd = headers.secondAt + headers.secondLength
  return c.fault === ''
}

function isRequest(c: Cursor): boolean {
  let i = 0
  while (i < METHODS.length) {
    const word = METHODS[i++]!
    if (c.starts(word) && c.peek(word.length) === 0x20) return true
  }
  return false
}

/** Reads the header lines, and notes what they say of the sender; false if they are not whole. */
function readHeaders(c: Cursor, notes: Notes): boolean {
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!headers.next(c)) break
    const { name, at, length } = headers
    if (name < 0) continue
    if (name === SERVER) notes.add(server, at, length)
    else if (name === USER_AGENT) notes.add(userAgent, at, length)
    else if (name === PUBLIC) notes.add(offers, at, length)
    else if (name === ASKS) addQuestion(c, notes)
    else keep(c)
  }
  if (!headers.ended && c.fault === '') more(c)
  return headers.ended
}

function keep(c: Cursor): void {
  const { name, at, length } = headers
  part.over(c.bytes, at, at + length)
  if (name === CSEQ) message.sequence = readNumber(part)
  else if (name === LENGTH) message.bodyLength = Math.max(0, readNumber(part))
  else if (name === AUTHORIZATION) message.isSigned = true
  else if (name === TYPE) message.isDescription = part.starts('application/sdp')
}

function addQuestion(c: Cursor, notes: Notes): void {
  const { at, length } = headers
  notes.add(scheme, at, wordLength(part.over(c.bytes, at, at + length)))
  if (!find(c, at, length, 'realm="')) return
  const quoted = found.distance(QUOTE)
  if (quoted > 0) notes.add(realm, found.at, quoted)
}

/** What an answer shows of the server's lock: the request it answers has the same number. */
function judge(notes: Notes, talk: Talk): void {
  if (message.code === CODE_ASKING) return notes.say(authentication, 'required')
  if (message.code !== CODE_OK || !message.isDescription) return
  const { sequence, bodyLength } = message
  requests.over(talk.other.bytes, talk.other.start, talk.other.end)
  const isOpen = isUnsigned(sequence)
  message.bodyLength = bodyLength
  message.isDescription = true
  if (isOpen) notes.say(authentication, 'none')
}

/** Whether the request of this number was heard, and brought no name and password. */
function isUnsigned(sequence: number): boolean {
  let count = 0
  while (requests.left > 0 && count++ < MESSAGES_MAX) {
    if (!start(requests)) return false
    headers.ended = false
    while (requests.left > 0 && !headers.ended)
      if (headers.next(requests) && headers.name >= 0) keep(requests)
    if (message.sequence === sequence) return !message.isSigned && headers.ended
    requests.take(message.bodyLength)
  }
  return false
}

/** `rtsp://user:password@host/path?user=…`: from the host's slash to where a value may begin. */
function addPath(c: Cursor, notes: Notes, talk: Talk): void {
  part.over(c.bytes, message.pathAt, message.pathEnd)
  if (!part.starts('rtsp://')) return
  part.take(7)
  const host = part.distance(SLASH)
  if (host < 0) return
  part.take(host)
  const length = pathLength()
  if (length <= 1 || length > PATH_MAX) return
  notes.about(talk.network === 6 ? IP6 : IP4, talk.targetIp)
  notes.add(path, part.at, length)
  notes.about(SENDER)
}

function pathLength(): number {
  let length = 0
  while (length < part.left && !isValueMark(part.peek(length))) length++
  return part.peek(length) === 0x3d || part.peek(length) === 0x40 ? 0 : length
}

/** `?`, `&`, `;`, `=` and `@`. */
const isValueMark = (byte: number): boolean =>
  byte === 0x3f || byte === 0x26 || byte === 0x3b || byte === 0x3d || byte === 0x40

export const rtsp: Protocol = {
  name: 'rtsp',
  standard: 'RFC 2326, 7826',
  tells: 'cameras and recorders: make, and whether they show their pictures to anybody',
  heard: ['tcp/554', 'tcp/8554', ...STARTS.map(word => `tcp "${word}"`)],
  again: STARTS,
  facts: [server, userAgent, method, offers, scheme, realm, path, authentication],
  parse,
}
