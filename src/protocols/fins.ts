/**
 * FINS (Omron W227), which programmable controllers of Omron speak: model and version, their mode,
 * the nodes of their networks, and who stops, runs or loads them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { sayWord } from './link-words.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { notePadded } from './padded-text.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const role = fact('fins.role', text, 'set')
/** Network, node and unit that it speaks from: `0.99.0`. */
const node = fact('fins.node', text, 'set')
const model = fact('fins.model', text)
const version = fact('fins.version', text)
const mode = fact('fins.mode', text)
const status = fact('fins.status', text)
const asks = fact('fins.asks', text, 'set')
const orders = ordersOf('fins')

const PORT = 9600
const TCP_START = 'FINS'
const TCP_HEAD = 8
const FRAME = 2
const TCP_KINDS = 8
const LENGTH_MAX = 4096
const ANSWER = 0x40
/** Of the first byte only these may be set: gateways are used, an answer, none is wanted. */
const FLAGS = 0xc1
const GATEWAYS_MAX = 7

const MODEL = 0x0501
const STATUS = 0x0601
const ASKS: Readonly<Record<number, string>> = {
  0x0101: 'read memory',
  0x0104: 'read memory',
  0x0201: 'read parameters',
  0x0306: 'upload',
  0x0501: 'read model',
  0x0601: 'read status',
  0x0620: 'read cycle time',
  0x0701: 'read clock',
  0x2102: 'read errors',
  0x2201: 'read files',
  0x2202: 'read files',
}
const COMMANDS: Readonly<Record<number, string>> = {
  0x0102: 'write',
  0x0103: 'fill memory',
  0x0105: 'copy memory',
  0x0202: 'write parameters',
  0x0203: 'clear parameters',
  0x0304: 'protect program',
  0x0305: 'clear protection',
  0x0307: 'download',
  0x0308: 'clear program',
  0x0401: 'start',
  0x0402: 'stop',
  0x0403: 'reset',
  0x0702: 'set clock',
  0x0c02: 'force access',
  0x2203: 'write file',
  0x2204: 'format',
  0x2205: 'delete file',
  0x2206: 'write file',
  0x2207: 'copy file',
  0x2208: 'rename file',
  0x220a: 'copy file',
  0x220b: 'copy file',
  0x220c: 'copy file',
  0x2301: 'force',
  0x2302: 'end forces',
}
const STATUSES: Readonly<Record<number, string>> = { 0: 'stop', 1: 'run', 0x80: 'standby' }
const MODES: readonly string[] = ['program', '', 'monitor', '', 'run']

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  if (!c.starts(TCP_START)) return readFrame(c, notes, talk)
  while (c.left > 0) {
    if (!c.starts(TCP_START)) return c.left < 4 ? void c.take(4) : c.fail('no fins')
    c.take(4)
    const length = c.u32()
    if (length < TCP_HEAD || length > LENGTH_MAX) return c.fail('bad length')
    const outer = c.narrow(length)
    const kind = c.u32()
    c.take(4)
    if (c.fault !== '') return
    if (kind < 0 || kind > TCP_KINDS) return c.fail('bad kind')
    if (kind === FRAME) readFrame(c, notes, talk)
    c.widen(outer)
  }
}

function readFrame(c: Cursor, notes: Notes, talk: Talk): void {
  const flags = c.u8()
  const reserved = c.u8()
  const gateways = c.u8()
  const isBad = (flags & ~FLAGS) !== 0 || reserved !== 0 || gateways > GATEWAYS_MAX
  if (c.fault === '' && (isBad || flags < 0x80)) return c.fail('no fins')
  c.take(3)
  const from = c.at
  c.take(4)
  const command = c.u16()
  if (c.fault !== '') return
  if (ASKS[command] === undefined && COMMANDS[command] === undefined && !isAtHome(talk))
    return c.fail('bad command')
  const isAnswer = (flags & ANSWER) !== 0
  notes.say(role, isAnswer ? 'server' : 'client')
  tellNode(c, notes, from)
  if (isAnswer) readAnswer(c, notes, command)
  else readCommand(notes, talk, command)
}

const isAtHome = (talk: Talk): boolean => talk.from === PORT || talk.to === PORT

function tellNode(c: Cursor, notes: Notes, from: number): void {
  const { at } = c
  c.at = from
  const written = notes.here
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.add(node, written, notes.here - written)
  c.at = at
}

function readCommand(notes: Notes, talk: Talk, command: number): void {
  const question = ASKS[command]
  if (question !== undefined) notes.say(asks, question)
  const word = COMMANDS[command]
  if (word !== undefined) tellOrder(notes, talk, orders, word)
}

function readAnswer(c: Cursor, notes: Notes, command: number): void {
  if (c.left < 2 || (c.u16() & 0x7fff) !== 0) return
  if (command === MODEL && c.left > 40) {
    notePadded(c, notes, model, 20)
    notePadded(c, notes, version, 20)
  } else if (command === STATUS) {
    const state = STATUSES[c.u8()]
    const way = c.u8()
    if (c.fault !== '') return
    if (state !== undefined) notes.say(status, state)
    sayWord(notes, mode, way, MODES)
  }
}

export const fins: Protocol = {
  name: 'fins',
  standard: 'Omron W227',
  tells: 'model, version and mode of controllers of Omron, and who commands them',
  heard: [
    'udp/9600',
    'tcp/9600',
    'tcp "FINS\\x00\\x00"',
    'udp "\\x80\\x00\\x02\\x00"',
    'udp "\\xc0\\x00\\x02\\x00"',
    'udp "\\xc1\\x00\\x02\\x00"',
  ],
  messages: true,
  facts: [role, node, model, version, mode, status, asks, ...orderFacts(orders)],
  parse,
}
