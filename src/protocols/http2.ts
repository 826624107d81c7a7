/**
 * HTTP/2 in clear text (RFC 9113): how two programs set up a connection, which tells programs apart,
 * and what the first request and answer call themselves. Later ones depend on what came before.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import * as hpack from './hpack.js'
import { IN_SCRATCH, IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `1:65536;3:100;4:6291456|15663105|m,a,s,p`: settings, window and the order of what is asked. */
const fingerprint = fact('http2.fingerprint', text, 'set')
const settings = fact('http2.settings', text, 'set')
const userAgent = fact('http2.user_agent', text, 'set')
const host = fact('http2.host', text, 'set')
/** About a server: what it is called. */
const name = fact('http2.name', text, 'set')
const server = fact('http2.server', text, 'set')
const via = fact('http2.via', text, 'set')

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const HEADERS = 1
const SETTINGS = 4
const WINDOW_UPDATE = 8
const LAST_TYPE = 0x10
const ACKNOWLEDGED = 1
const PADDED = 8
const WITH_PRIORITY = 0x20
const FRAME_MAX = 1 << 14
const SETTINGS_MAX = 16
const COLON = ':'
const BAR = '|'
const FRAMES_MAX = 16
/** `:method`, `:authority`, `:scheme`, `:path`. */
const LETTERS: readonly string[] = ['', 'a', 'm', 'm', 'p', 'p', 's', 's']

const field = new hpack.Field()
/** The pseudo-headers of the first request, by number, in their order. */
const order = new Uint8Array(4)
const words = new Cursor()
/** The frame that is read. */
const frame = { length: 0, type: 0, flags: 0, stream: 0 }
/** What was set up so far: where it is written, and the first change of the window. */
const setup = { at: 0, length: 0, window: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const client = c.starts(PREFACE)
  if (client) c.take(PREFACE.length)
  else if (!isServer(c, talk)) return
  setup.length = setup.window = 0
  let count = 0
  while (c.left > 0 && count++ < FRAMES_MAX) {
    readHead(c)
    if (c.fault === '' && !isFrame(count)) return c.fail('no frame')
    const outer = c.narrow(frame.length)
    if (c.fault !== '') return
    const isLast = readFrame(c, notes, talk, client)
    c.widen(outer)
    if (isLast) return
  }
}

/** Whoever answers a preface begins with settings; what is half there is waited for. */
function isServer(c: Cursor, talk: Talk): boolean {
  const begins = talk.other.starts('PRI * HTTP/2')
  const isPart = c.left < PREFACE.length && c.peek() === 0x50
  if (isPart && !begins) c.take(PREFACE.length)
  else if (!begins) c.fail('no preface')
  return begins
}

function readHead(c: Cursor): void {
  frame.length = c.u24()
  frame.type = c.u8()
  frame.flags = c.u8()
  frame.stream = c.u32()
}

const isFrame = (count: number): boolean =>
  frame.length <= FRAME_MAX &&
  frame.type <= LAST_TYPE &&
  (count > 1 || (frame.type === SETTINGS && frame.stream === 0))

/** True once there is nothing more to learn. */
function readFrame(c: Cursor, notes: Notes, talk: Talk, client: boolean): boolean {
  if (frame.type === SETTINGS && (frame.flags & ACKNOWLEDGED) === 0 && setup.length === 0) {
    readSettings(c, notes)
    if (!client) notes.add(settings, setup.at, setup.length)
  } else if (frame.type === WINDOW_UPDATE && frame.stream === 0 && setup.window === 0) {
    setup.window = c.u32() & 0x7fffffff
  } else if (frame.type === HEADERS) {
    readFields(c, notes, talk, client)
    return true
  }
  return false
}

/** `1:65536;4:131072` */
function readSettings(c: Cursor, notes: Notes): void {
  setup.at = notes.here
  let count = 0
  while (c.left > 0 && count++ < SETTINGS_MAX) {
    if (count > 1) notes.write(';')
    notes.writeNumber(c.u16())
    notes.write(COLON)
    notes.writeNumber(c.u32())
  }
  setup.length = notes.here - setup.at
}

function readFields(c: Cursor, notes: Notes, talk: Talk, client: boolean): void {
  const padding = (frame.flags & PADDED) === 0 ? 0 : c.u8()
  if ((frame.flags & WITH_PRIORITY) !== 0) c.take(5)
  if (padding > c.left) return
  c.end -= padding
  let letters = 0
  while (c.left > 0 && field.next(c, notes)) {
    const isPseudo = field.name > 0 && field.name <= hpack.SCHEME_LAST
    if (isPseudo && letters < order.length) order[letters++] = field.name
    noteField(notes, talk)
  }
  if (client && c.fault === '') noteFingerprint(notes, letters)
}

function noteField(notes: Notes, talk: Talk): void {
  const { at, length } = field
  if (field.name === hpack.USER_AGENT) notes.add(userAgent, at, length)
  else if (field.name === hpack.SERVER) notes.add(server, at, length)
  else if (field.name === hpack.VIA) notes.add(via, at, length)
  else if (field.name === hpack.AUTHORITY && length > 0) {
    notes.add(host, at, length)
    notes.about(talk.network === 6 ? IP6 : IP4, talk.targetIp)
    notes.add(name, at, length)
    notes.about(SENDER)
  }
}

function noteFingerprint(notes: Notes, letters: number): void {
  const from = notes.here
  words.over(notes.scratch, setup.at - IN_SCRATCH, setup.at - IN_SCRATCH + setup.length)
  while (words.left > 0) notes.put(words.u8())
  notes.write(BAR)
  notes.writeNumber(setup.window)
  notes.write(BAR)
  let i = 0
  while (i < letters) {
    if (i > 0) notes.write(',')
    notes.write(LETTERS[order[i++]!]!)
  }
  notes.add(fingerprint, from, notes.here - from)
}

export const http2: Protocol = {
  name: 'http2',
  standard: 'RFC 9113, 7541',
  tells: 'programs that speak HTTP/2 without TLS, by name and by how they set it up',
  heard: ['tcp "PRI * HTTP/2.0"'],
  facts: [fingerprint, settings, userAgent, host, name, server, via],
  parse,
}
