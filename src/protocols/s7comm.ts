/**
 * S7 communication, Siemens' protocol for S7-200, 300, 400 and older ways into 1200 and 1500: what
 * controllers are (order number, firmware, names, serial number, plant), in which mode, and who
 * stops, starts or loads them. Not published; as the community describes it.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, label, number, text } from '../model/fact.js'
import { enterSegment } from './iso-segment.js'
import { aboutTarget, orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { readStatus, statusFacts } from './s7comm-status.js'
import { readUserCall, userCall } from './s7comm-user.js'
import { CONFIRM, CONNECT, PAYLOAD, cotp, leaveTpkt, readCotp, readParameters } from './tpkt.js'

const role = fact('s7comm.role', text, 'set')
/** The largest message that both agree on: 240, 480 or 960, by the family of the controller. */
const pduSize = fact('s7comm.pdu_size', number)
/** Rack and slot that a client asks for: `0/2`. */
const slot = fact('s7comm.slot', text, 'set')
const callingTsap = fact('s7comm.calling_tsap', label, 'set')
/** The block that is loaded or fetched: `_0800001P` is organisation block 1. */
const block = fact('s7comm.block', text, 'set')
const orders = ordersOf('s7comm')

const MAGIC = 0x32
const JOB = 1
const ACK = 2
const ACK_DATA = 3
const USER = 7

const SETUP = 0xf0
const WRITE = 0x05
const DOWNLOAD = 0x1a
const UPLOAD = 0x1d
const INVOKE = 0x28
const STOP = 0x29
const RACK_BITS = 5
const SLOT_MASK = 0x1f
const BLOCK_AT = 9

/** Services by name that a program invocation asks for. */
const INVOCATIONS: readonly (readonly [service: string, word: string])[] = [
  ['P_PROGRAM', 'start'],
  ['_INSE', 'activate block'],
  ['_INS2', 'activate block'],
  ['_DELE', 'delete block'],
  ['_GARB', 'compress memory'],
  ['_MODU', 'copy ram to rom'],
  ['BACKUP', 'back up memory'],
]

/** Where the last connect named both ends; they are told once it is sure that S7 is spoken. */
const ends = { callingAt: -1, callingLength: 0, calledAt: -1, calledLength: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  ends.callingAt = ends.calledAt = -1
  let continues = false
  while (c.left > 0) {
    const outer = enterSegment(c)
    const kind = readCotp(c)
    if (c.fault !== '') return
    if (kind === CONNECT) readConnect(c)
    else if (kind === PAYLOAD && c.left > 0) {
      if (!continues) readMessage(c, notes, talk)
      continues = !cotp.isLast
    } else if (kind !== PAYLOAD && kind !== CONFIRM) return c.fail('no s7')
    if (c.fault === 'short') c.fault = 'bad message'
    leaveTpkt(c, outer)
  }
}

function readConnect(c: Cursor): void {
  readParameters(c)
  ends.callingAt = cotp.callingAt
  ends.callingLength = cotp.callingLength
  ends.calledAt = cotp.calledAt
  ends.calledLength = cotp.calledLength
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.u8() !== MAGIC) return c.fail('no s7')
  const kind = c.u8()
  c.take(4)
  const parameters = c.u16()
  const payload = c.u16()
  if (kind === ACK || kind === ACK_DATA) c.take(2)
  else if (kind !== JOB && kind !== USER) c.fail('bad kind')
  if (c.fault !== '') return
  const isClient = talk.side === 'client'
  if (talk.side !== 'unknown') notes.say(role, isClient ? 'client' : 'server')
  tellEnds(c, notes, talk)
  const outer = c.narrow(parameters)
  if (kind === USER) readUserCall(c)
  else if (isClient && kind === JOB) readJob(c, notes, talk)
  else if (!isClient && kind === ACK_DATA && c.peek() === SETUP) readAgreed(c, notes)
  c.widen(outer)
  if (kind !== USER || c.fault !== '') return
  const inner = c.narrow(payload)
  readUser(c, notes, talk)
  c.widen(inner)
}

/** Who connects names itself, and the rack and slot it wants. */
function tellEnds(c: Cursor, notes: Notes, talk: Talk): void {
  if (ends.callingAt < 0 && ends.calledAt < 0) return
  notes.add(callingTsap, ends.callingAt, ends.callingLength)
  if (ends.calledLength === 2) {
    const { at } = c
    c.at = ends.calledAt
    const wanted = c.u16() & 0xff
    c.at = at
    aboutTarget(notes, talk)
    const written = notes.here
    notes.writeNumber(wanted >> RACK_BITS)
    notes.write('/')
    notes.writeNumber(wanted & SLOT_MASK)
    notes.add(slot, written, notes.here - written)
    notes.about(SENDER)
  }
  ends.callingAt = ends.calledAt = -1
}

function readAgreed(c: Cursor, notes: Notes): void {
  c.take(6)
  notes.add(pduSize, c.take(2), 2)
}

function readJob(c: Cursor, notes: Notes, talk: Talk): void {
  const job = c.u8()
  if (c.fault !== '') return
  if (job === WRITE) tellOrder(notes, talk, orders, 'write')
  else if (job === STOP) tellOrder(notes, talk, orders, 'stop')
  else if (job === INVOKE) readInvocation(c, notes, talk)
  else if (job === DOWNLOAD || job === UPLOAD) readTransfer(c, notes, talk, job)
}

function readTransfer(c: Cursor, notes: Notes, talk: Talk, job: number): void {
  tellOrder(notes, talk, orders, job === DOWNLOAD ? 'download' : 'upload')
  c.take(7)
  const length = c.u8()
  const at = c.take(length)
  if (length !== BLOCK_AT) return
  aboutTarget(notes, talk)
  notes.add(block, at, length)
  notes.about(SENDER)
}

function readInvocation(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(7)
  c.take(c.u16())
  const outer = c.narrow(c.u8())
  if (c.fault !== '') return
  tellOrder(notes, talk, orders, invocationOf(c))
  c.widen(outer)
}

function invocationOf(c: Cursor): string {
  let i = 0
  while (i < INVOCATIONS.length) {
    const [service, word] = INVOCATIONS[i++]!
    if (c.starts(service)) return word
  }
  return 'program invocation'
}

function readUser(c: Cursor, notes: Notes, talk: Talk): void {
  if (userCall.isRequest) {
    const { order } = userCall
    if (talk.side !== 'server' && order !== '') tellOrder(notes, talk, orders, order)
  } else if (userCall.isStatus) readStatus(c, notes)
}

export const s7comm: Protocol = {
  name: 's7comm',
  standard: 'Siemens S7 communication',
  tells: 'order number, firmware, names, serial number and mode of controllers; who commands them',
  heard: ['tcp/102', 'tcp @4 "\\x02\\xf0\\x80\\x32"', 'tcp "\\x02\\xf0\\x80\\x32"'],
  messages: true,
  facts: [role, pduSize, slot, callingTsap, block, ...statusFacts, ...orderFacts(orders)],
  parse,
}
