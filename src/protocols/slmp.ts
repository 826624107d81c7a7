/**
 * SLMP (CC-Link Partner Association BAP-C2006) and Mitsubishi's MC protocol in frames 3E and 4E, and
 * MELSOFT's own, by which its tools find and program controllers: models, and who commands them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { notePadded } from './padded-text.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const role = fact('slmp.role', text, 'set')
/** `FX5U-32MT/ES`. */
const model = fact('slmp.model', text)
const modelCode = fact('slmp.model_code', hex)
const asks = fact('slmp.asks', text, 'set')
const orders = ordersOf('slmp')

const REQUEST = 0x50
const ANSWER = 0xd0
const NUMBERED = 0x04
const TOOL_REQUEST = 0x57
const TOOL_ANSWER = 0xd7
const TOOL_SEARCH = 0x5a
const TOOL_FOUND = 0xda
const LENGTH_MAX = 0x2000
const MODEL_BYTES = 16
const TYPE_NAME = 0x0101
/** MELSOFT's tools ask for the model so. */
const TOOL_TYPE_NAME = 0x0121

const ASKS: Readonly<Record<number, string>> = {
  0x0101: 'read model',
  0x0401: 'read',
  0x0403: 'read',
  0x0406: 'read',
  0x0619: 'echo',
}
const COMMANDS: Readonly<Record<number, string>> = {
  0x1001: 'start',
  0x1002: 'stop',
  0x1003: 'pause',
  0x1005: 'clear latch',
  0x1006: 'reset',
  0x1401: 'write',
  0x1402: 'write',
  0x1406: 'write',
  0x1630: 'unlock',
  0x1631: 'lock',
  0x1822: 'delete file',
  0x1829: 'write file',
  0x182b: 'write file',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const lead = c.peek()
  if (lead === TOOL_REQUEST || lead === TOOL_ANSWER) return readTool(c, notes)
  if (lead === TOOL_SEARCH || lead === TOOL_FOUND) return readSearch(c, notes)
  const kind = c.u8()
  const zero = c.u8()
  if (c.fault !== '') return
  const isNumbered = (kind & NUMBERED) !== 0
  const isAnswer = (kind & ~NUMBERED) === ANSWER
  if (zero !== 0 || (!isAnswer && (kind & ~NUMBERED) !== REQUEST)) return c.fail('no slmp')
  const key = isNumbered ? c.u16le() : 0
  if (isNumbered && c.u16() !== 0) return c.fail('no slmp')
  c.take(5)
  const length = c.u16le()
  if (c.fault === '' && (length < 2 || length > LENGTH_MAX)) return c.fail('bad length')
  const outer = c.narrow(length)
  if (c.fault !== '') return
  if (isAnswer) readAnswer(c, notes, talk, key)
  else readRequest(c, notes, talk, key)
  c.widen(outer)
}

function readRequest(c: Cursor, notes: Notes, talk: Talk, key: number): void {
  c.take(2)
  const command = c.u16le()
  if (c.fault !== '') return c.fail('bad length')
  notes.say(role, 'client')
  talk.memory.remember(key, command)
  const question = ASKS[command]
  if (question !== undefined) notes.say(asks, question)
  const word = COMMANDS[command]
  if (word !== undefined) tellOrder(notes, talk, orders, word)
}

function readAnswer(c: Cursor, notes: Notes, talk: Talk, key: number): void {
  const result = c.u16le()
  notes.say(role, 'server')
  if (result === 0 && talk.memory.recall(key) === TYPE_NAME) readModel(c, notes)
}

function readModel(c: Cursor, notes: Notes): void {
  if (c.left < MODEL_BYTES + 2) return
  notePadded(c, notes, model, MODEL_BYTES)
  notes.add(modelCode, c.take(2), 2)
}

/** A tool's message: at 19 its length, at 23 how much stands before the command. */
function readTool(c: Cursor, notes: Notes): void {
  const isAnswer = c.u8() === TOOL_ANSWER
  c.take(1)
  const zeros = c.u16()
  c.take(15)
  const length = c.u16le()
  const outer = c.narrow(length)
  if (c.fault !== '') return
  if (zeros !== 0) return c.fail('no slmp')
  notes.say(role, isAnswer ? 'server' : 'client')
  c.take(2)
  c.take(Math.max(0, c.u8() - 1))
  const command = c.u16()
  if (isAnswer && command === TOOL_TYPE_NAME) {
    c.take(4)
    readModel(c, notes)
  }
  if (c.fault === 'short') c.fault = 'bad message'
  c.widen(outer)
}

/** Who asks whether any controller is there, and who is. */
function readSearch(c: Cursor, notes: Notes): void {
  const isAnswer = c.u8() === TOOL_FOUND
  if (c.u16() !== 0) return c.fail('no slmp')
  c.take(1)
  if (c.fault === '') notes.say(role, isAnswer ? 'server' : 'client')
}

export const slmp: Protocol = {
  name: 'slmp',
  standard: 'CLPA BAP-C2006, Mitsubishi MC protocol',
  tells: 'models of controllers of Mitsubishi, and who commands them',
  heard: [
    ...['tcp/5006-5007', 'tcp/5010', 'tcp/5562', 'udp/5006-5007', 'udp/5010', 'udp/5560'],
    ...['tcp', 'udp'].flatMap(way => [
      `${way} "\\x50\\x00\\x00\\xff\\xff\\x03\\x00"`,
      `${way} "\\xd0\\x00\\x00\\xff\\xff\\x03\\x00"`,
      `${way} @4 "\\x00\\x00\\x00\\xff\\xff\\x03\\x00"`,
      `${way} "\\x57\\x00\\x00\\x00\\x00\\x11\\x11"`,
      `${way} "\\xd7\\x00\\x00\\x00\\x00\\x11\\x11"`,
      `${way} "\\x57\\x01\\x00\\x00\\x00\\x11\\x11"`,
      `${way} "\\xd7\\x01\\x00\\x00\\x00\\x11\\x11"`,
    ]),
  ],
  messages: true,
  facts: [role, model, modelCode, asks, ...orderFacts(orders)],
  parse,
}
