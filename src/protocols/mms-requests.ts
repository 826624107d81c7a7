/** What MMS clients ask and order, and the layers in which all of it is wrapped. */

import { readInteger, readLength } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { aboutTarget, orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Talk } from './protocol.js'

/** A logical device (IEC 61850), or an agreement between control centres: about who has it. */
const domain = fact('mms.domain', text, 'set')
const asks = fact('mms.asks', text, 'set')
const orders = ordersOf('mms')

export const requestFacts: readonly Fact[] = [domain, asks, ...orderFacts(orders)]

const CONNECT = 0x0d
const ACCEPT = 0x0e
const DATA = 0x01
const SPEECHLESS: readonly number[] = [0x09, 0x0a, 0x0c, 0x19, 0x1a]
const PRESENTED = 0x61
const PRESENTED_VALUE = 0x30
const OBJECT_MMS = '\x28\xca\x22'
const OBJECT_LEAD = 0x28
const CONSTRUCTED = 0x20
const NAME = 0x1a
const DOLLAR = 0x24
const LONG = 0x1f
const LONG_LEAD = 0xbf
const STEPS_MAX = 16
const WRITE = 5
const NAMES = 1
/** The names of all domains are asked for. */
const DOMAINS_ASKED = '\xa0\x03\x80\x01\x09'
const LIST = 0xa0

const ASKS: Readonly<Record<number, string>> = {
  0: 'status',
  1: 'names',
  2: 'identify',
  4: 'read',
  6: 'attributes',
  12: 'attributes',
  29: 'upload',
  72: 'open file',
  77: 'directory',
}
const COMMANDS: Readonly<Record<number, string>> = {
  3: 'rename',
  5: 'write',
  11: 'define list',
  13: 'delete list',
  19: 'take control',
  20: 'relinquish control',
  26: 'download',
  33: 'upload',
  34: 'load domain',
  36: 'delete domain',
  38: 'create program',
  39: 'delete program',
  40: 'start',
  41: 'stop',
  42: 'resume',
  43: 'reset',
  44: 'kill',
  75: 'rename file',
  76: 'delete file',
}

/** Passes session and presentation; true if a message of MMS follows. */
export function isPresented(c: Cursor): boolean {
  const lead = c.peek()
  if (lead === CONNECT || lead === ACCEPT) {
    if (!namesMms(c)) c.fail('no mms')
    return false
  }
  if (SPEECHLESS.includes(lead)) return false
  if (lead !== DATA) return true
  c.take(4)
  if (c.u8() !== PRESENTED) c.fail('no mms')
  readLength(c)
  if (c.u8() !== PRESENTED_VALUE) c.fail('no mms')
  readLength(c)
  readInteger(c)
  c.take(1)
  readLength(c)
  return c.fault === ''
}

/** Whether what is agreed upon is MMS, by its number: 1.0.9506. */
function namesMms(c: Cursor): boolean {
  const { at } = c
  let found = false
  while (!found && c.distance(OBJECT_LEAD) >= 0) {
    c.take(c.distance(OBJECT_LEAD))
    found = c.starts(OBJECT_MMS)
    c.take(1)
  }
  c.at = at
  return found
}

/** The number of a call, and which service is asked for. */
export function readRequest(c: Cursor, notes: Notes, talk: Talk): void {
  const call = readInteger(c)
  const lead = c.u8()
  const service = (lead & LONG) === LONG && lead >= LONG_LEAD ? c.u8() : lead & LONG
  readLength(c)
  if (c.fault !== '') return
  if (service === NAMES && c.starts(DOMAINS_ASKED)) talk.memory.remember(call, NAMES)
  const question = ASKS[service]
  if (question !== undefined) notes.say(asks, question)
  const length = readDomain(c, notes, talk)
  const command = service === WRITE ? writeOf(c, length) : COMMANDS[service]
  if (command !== undefined) tellOrder(notes, talk, orders, command)
}

/** The answer with names, if those of domains were asked for. */
export function readNames(c: Cursor, notes: Notes, talk: Talk, call: number): void {
  if (talk.memory.recall(call) !== NAMES) return
  c.take(1)
  readLength(c)
  if (c.u8() !== LIST) return
  const outer = c.narrow(readLength(c))
  while (c.left > 0 && c.u8() === NAME) {
    const length = readLength(c)
    notes.add(domain, c.take(length), length)
  }
  c.widen(outer)
}

/** The first domain that is named, and how long the name in it is that follows. */
function readDomain(c: Cursor, notes: Notes, talk: Talk): number {
  let steps = STEPS_MAX
  while (c.left > 1 && steps-- > 0) {
    const tag = c.u8()
    const length = readLength(c)
    if (tag === NAME) {
      const at = c.take(length)
      aboutTarget(notes, talk)
      notes.add(domain, at, length)
      notes.about(SENDER)
      if (c.peek() !== NAME) return 0
      c.take(1)
      return readLength(c)
    }
    if ((tag & CONSTRUCTED) === 0) c.take(length)
  }
  return 0
}

/** Writing to an object's control parts operates it: `CSWI1$CO$Pos$Oper`. */
function writeOf(c: Cursor, length: number): string {
  let word = 'write'
  const outer = c.narrow(length)
  while (c.distance(DOLLAR) >= 0) {
    c.until(DOLLAR)
    if (c.starts('Oper')) word = 'operate'
    else if (c.starts('SBO')) word = 'select'
    else if (c.starts('Cancel')) word = 'cancel'
  }
  c.widen(outer)
  return word
}
