/**
 * S7comm-plus, which S7-1200 and 1500 speak with their engineering tools and panels. Not published;
 * as the community describes it. The beginning of a session is in the clear: who asks from which
 * workstation, and which controller with which firmware answers.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, text } from '../model/fact.js'
import { enterSegment } from './iso-segment.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { CONFIRM, CONNECT, PAYLOAD, cotp, leaveTpkt, readCotp } from './tpkt.js'

const role = fact('s7plus.role', text, 'set')
/** 1 at first; 2 without, and 3 with a seal on each message. */
const version = fact('s7plus.version', number, 'set')
/** `6ES7 214-1HE30-0XB0`. */
const order = fact('s7plus.order', text)
const firmware = fact('s7plus.firmware', text)
/** The computer that an engineer or a panel sits at. */
const workstation = fact('s7plus.workstation', text, 'set')
/** What runs there, or on the controller: `OMSP.REL.5041.23`. */
const software = fact('s7plus.software', text, 'set')
const orders = ordersOf('s7plus')

const MAGIC = 0x72
const VERSION_MAX = 3
const KEEP_ALIVE = 0xfe
const SEALED = 3
const REQUEST = 0x31
const RESPONSE = 0x32
const CREATE = 0x04ca
const DELETE = 0x04d4
const SET_VARIABLE = 0x04f2
const SET_VARIABLES = 0x0542

const ATTRIBUTE = 0x82
const TEXT = 0x15
const WORKSTATION = 0x2a
const SOFTWARE = 0x2d
const VERSION = 0x3f
const SEMICOLON = 0x3b
/** The unit that runs the program, and its attribute that stops (1) and starts (3) it. */
const EXECUTION = '\x00\x00\x004\x01\x90\x77\x00\x08'
/** The first byte of a block's number. */
const BLOCK = 0x8a
const STOP = 1
const START = 3

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  let continues = false
  while (c.left > 0) {
    const outer = enterSegment(c)
    const kind = readCotp(c)
    if (c.fault !== '') return
    if (kind === PAYLOAD && c.left > 0) {
      if (!continues) readMessage(c, notes, talk)
      continues = !cotp.isLast
    } else if (kind !== PAYLOAD && kind !== CONNECT && kind !== CONFIRM) return c.fail('no s7plus')
    if (c.fault === 'short') c.fault = 'bad message'
    leaveTpkt(c, outer)
  }
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.u8() !== MAGIC) return c.fail('no s7plus')
  const at = c.at
  const spoken = c.u8()
  c.take(2)
  if (spoken === KEEP_ALIVE || c.fault !== '') return
  if (spoken === 0 || spoken > VERSION_MAX) return c.fail('bad version')
  const isClient = talk.side === 'client'
  if (talk.side !== 'unknown') notes.say(role, isClient ? 'client' : 'server')
  notes.add(version, at, 1)
  if (spoken === SEALED) c.take(c.u8())
  const kind = c.u8()
  c.take(2)
  const call = c.u16()
  if (c.fault !== '') return
  if (call === CREATE) readSession(c, notes, kind)
  if (kind === REQUEST && talk.side !== 'server') readOrder(c, notes, talk, call)
}

/** Attributes that are text: a number, no flags, a length, and the text. */
function readSession(c: Cursor, notes: Notes, kind: number): void {
  const { at } = c
  while (c.distance(ATTRIBUTE) >= 0) {
    c.until(ATTRIBUTE)
    const attribute = c.peek()
    if (c.peek(1) !== 0 || c.peek(2) !== TEXT) continue
    c.take(3)
    const length = c.u8()
    const outer = c.narrow(length)
    if (c.fault !== '') return
    if (kind === REQUEST && attribute === WORKSTATION) notes.add(workstation, c.at, length)
    else if (attribute === SOFTWARE) notes.add(software, c.at, length)
    else if (kind === RESPONSE && attribute === VERSION) readVersion(c, notes)
    c.widen(outer)
  }
  c.at = at
}

/** `1;6ES7 214-1HE30-0XB0 ;V2.2`. */
function readVersion(c: Cursor, notes: Notes): void {
  c.until(SEMICOLON)
  const at = c.until(SEMICOLON)
  if (c.fault !== '') return
  notes.add(order, at, c.at - 1 - at)
  notes.add(firmware, c.at, c.left)
}

function readOrder(c: Cursor, notes: Notes, talk: Talk, call: number): void {
  if (call !== DELETE && call !== SET_VARIABLE && call !== SET_VARIABLES) return
  c.take(9)
  if (call === DELETE) {
    // Sessions and subscriptions are objects, too, and go when they are done with.
    if (c.peek() === BLOCK) tellOrder(notes, talk, orders, 'delete block')
    return
  }
  const value = c.peek(EXECUTION.length)
  const isExecution = call === SET_VARIABLE && c.starts(EXECUTION)
  if (isExecution && value === STOP) tellOrder(notes, talk, orders, 'stop')
  else if (isExecution && value === START) tellOrder(notes, talk, orders, 'start')
  // Where no object is named, what is set are the program's own variables.
  else if (call === SET_VARIABLES && c.u32() === 0 && c.fault === '')
    tellOrder(notes, talk, orders, 'write')
}

export const s7plus: Protocol = {
  name: 's7plus',
  standard: 'Siemens S7comm-plus',
  tells: 'order number and firmware of S7-1200 and 1500, workstations that engineers sit at',
  heard: ['tcp/102', 'tcp @4 "\\x02\\xf0\\x80\\x72"', 'tcp "\\x02\\xf0\\x80\\x72"'],
  messages: true,
  facts: [role, version, order, firmware, workstation, software, ...orderFacts(orders)],
  parse,
}
