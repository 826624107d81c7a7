/**
 * MMS (ISO 9506), by which substations (IEC 61850) and control centres (ICCP, IEC 60870-6) talk: what
 * servers say they are, their logical devices, and who operates, writes or loads.
 */

import { enter, leave, readInteger, readLength } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { enterSegment } from './iso-segment.js'
import { isPresented, readNames, readRequest, requestFacts } from './mms-requests.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { CONFIRM, CONNECT, PAYLOAD, cotp, leaveTpkt, readCotp } from './tpkt.js'

const role = fact('mms.role', text, 'set')
const vendor = fact('mms.vendor', text)
const model = fact('mms.model', text)
const revision = fact('mms.revision', text)
/** `AA1C1Q01A1LD0/LLN0$rcb_I02`: a report that it sends by itself. */
const report = fact('mms.report', text, 'set')

const CONFIRMED_REQUEST = 0xa0
const CONFIRMED_ANSWER = 0xa1
const UNCONFIRMED = 0xa3
const REQUEST = 0xa8
const ANSWER = 0xa9
const LAST_KIND = 0xad
const CONCLUDE = 0x8b
const CONCLUDED = 0x8c
const IDENTITY = 0xa2
const NAMES = 0xa1
const REPORT = 0xa0
const VARIABLES = 0xa1
const STRING = 0x8a
const VENDOR = 0x80
const MODEL = 0x81
const REVISION = 0x82

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  let continues = false
  while (c.left > 0) {
    const outer = enterSegment(c)
    const kind = readCotp(c)
    if (c.fault !== '') return
    if (kind === PAYLOAD && c.left > 0) {
      if (!continues) readUnit(c, notes, talk)
      continues = !cotp.isLast
    } else if (kind !== PAYLOAD && kind !== CONNECT && kind !== CONFIRM) return c.fail('no mms')
    if (c.fault === 'short') c.fault = cotp.isLast ? 'bad unit' : ''
    leaveTpkt(c, outer)
  }
}

/** Through session and presentation, where they are there, to the message itself. */
function readUnit(c: Cursor, notes: Notes, talk: Talk): void {
  if (!isPresented(c)) return
  const kind = c.u8()
  const isKnown = (kind >= CONFIRMED_REQUEST && kind <= LAST_KIND) || kind === CONCLUDE
  if (!isKnown && kind !== CONCLUDED) return c.fail('no mms')
  const outer = c.narrow(readLength(c))
  if (c.fault !== '') return
  if (kind === CONFIRMED_REQUEST) {
    notes.say(role, 'client')
    readRequest(c, notes, talk)
  } else if (kind === CONFIRMED_ANSWER) {
    notes.say(role, 'server')
    readAnswer(c, notes, talk)
  } else if (kind === UNCONFIRMED) {
    notes.say(role, 'server')
    readReport(c, notes)
  } else if (kind === REQUEST) notes.say(role, 'client')
  else if (kind === ANSWER) notes.say(role, 'server')
  c.widen(outer)
}

function readAnswer(c: Cursor, notes: Notes, talk: Talk): void {
  const call = readInteger(c)
  if (c.peek() === IDENTITY) readIdentity(c, notes)
  else if (c.peek() === NAMES) readNames(c, notes, talk, call)
}

function readIdentity(c: Cursor, notes: Notes): void {
  const outer = enter(c, IDENTITY)
  while (c.left > 0) {
    const tag = c.u8()
    const length = readLength(c)
    const at = c.take(length)
    if (tag === VENDOR) notes.add(vendor, at, length)
    else if (tag === MODEL) notes.add(model, at, length)
    else if (tag === REVISION) notes.add(revision, at, length)
  }
  leave(c, outer)
}

/** A report begins with its name, as the first of its values. */
function readReport(c: Cursor, notes: Notes): void {
  if (c.peek() !== REPORT) return
  c.u8()
  readLength(c)
  if (c.peek() !== VARIABLES) return
  c.take(1)
  c.take(readLength(c))
  c.take(1)
  readLength(c)
  if (c.u8() !== STRING) return
  const length = readLength(c)
  notes.add(report, c.take(length), length)
}

export const mms: Protocol = {
  name: 'mms',
  standard: 'ISO 9506, IEC 61850-8-1',
  tells: 'make, model and version of substation devices, their logical devices; who operates them',
  heard: [
    'tcp/102',
    'tcp @4 "\\x02\\xf0\\x80\\x01\\x00\\x01\\x00"',
    'tcp @4 "\\x02\\xf0\\x80\\x0d"',
    'tcp "\\x02\\xf0\\x80\\x01\\x00\\x01\\x00"',
    'tcp "\\x02\\xf0\\x80\\x0d"',
  ],
  messages: true,
  facts: [role, vendor, model, revision, report, ...requestFacts],
  parse,
}
