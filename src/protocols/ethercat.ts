/**
 * EtherCAT (IEC 61158-4-12): a master's frames run through all its slaves and come back. What they
 * say is told of the master, whose frames they are; who a slave is, of `ethercat:MASTER:STATION`.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { mailboxFacts, readMailbox } from './ethercat-mailbox.js'
import { ordersOf, orderFacts } from './orders.js'
import { MAC, type Notes, type Protocol, type Talk } from './protocol.js'

const role = fact('ethercat.role', text, 'set')
/** How many slaves answered a broadcast. */
const stations = fact('ethercat.stations', text)
const state = fact('ethercat.state', text, 'set')
const orders = ordersOf('ethercat')

const COMMANDS = 1
const READ_FIXED = 4
const READ_ALL = 7
const WRITE_FIXED = 5
const WRITE_ALL = 8
const CONTROL = 0x0120
const STATUS = 0x0130
const MORE = 0x8000
const LENGTH = 0x7ff
/** A frame that a slave has passed on carries this bit in its sender's address. */
const LOCAL = 2
const LAST_COMMAND = 14
const MAILBOX_LEAST = 16
const STATES: readonly string[] = [
  '',
  'init',
  'pre-operational',
  'bootstrap',
  'safe',
  '',
  '',
  '',
  'operational',
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const head = c.u16le()
  if (c.fault === '' && head >> 12 !== COMMANDS) return c.fail('no ethercat')
  const master = writeMaster(c, notes, talk)
  if (master.at < 0) return
  notes.about(MAC, master.at)
  notes.say(role, 'master')
  let goesOn = true
  while (goesOn && c.left > 0) {
    const command = c.u8()
    c.take(1)
    const station = c.u16le()
    const offset = c.u16le()
    const lengths = c.u16le()
    c.take(2)
    const outer = c.narrow(lengths & LENGTH)
    if (c.fault !== '') return
    if (command > LAST_COMMAND) return c.fail('no ethercat')
    const content = c.at
    c.widen(outer)
    const worked = c.u16le()
    if (c.fault !== '') return
    datagram.command = command
    datagram.station = station
    datagram.offset = offset
    datagram.worked = worked
    datagram.at = content
    datagram.length = lengths & LENGTH
    readDatagram(c, notes, talk)
    goesOn = (lengths & MORE) !== 0
  }
}

const datagram = { command: 0, station: 0, offset: 0, worked: 0, at: 0, length: 0 }
const master = { at: -1, hasReturned: false }

/** The master's address, without what its slaves made of it. */
function writeMaster(c: Cursor, notes: Notes, talk: Talk): typeof master {
  master.at = -1
  if (talk.sourceMac < 0) return master
  const back = c.at
  const { end } = c
  c.at = talk.sourceMac
  c.end = talk.sourceMac + 6
  const first = c.u8()
  master.hasReturned = (first & LOCAL) !== 0
  master.at = notes.here
  notes.put(first & ~LOCAL)
  while (c.left > 0) notes.put(c.u8())
  c.end = end
  c.at = back
  return master
}

function readDatagram(c: Cursor, notes: Notes, talk: Talk): void {
  const { command, offset, worked, at, length } = datagram
  const back = c.at
  c.at = at
  if (offset === STATUS && worked > 0 && length > 1) {
    const word = STATES[c.u16le() & 15]
    if (word !== undefined && word !== '') notes.say(state, word)
    if (command === READ_ALL) notes.count32(stations, worked)
  } else if (offset === CONTROL && worked === 0 && length > 1) {
    const word = STATES[c.u16le() & 15]
    const isOrder = command === WRITE_FIXED || command === WRITE_ALL
    if (isOrder && word !== undefined && word !== '') notes.say(orders.commands, word)
  } else if (command === READ_FIXED && worked > 0 && length >= MAILBOX_LEAST) {
    readMailbox(c, notes, talk, datagram)
    notes.about(MAC, master.at)
  }
  c.at = back
}

export const ethercat: Protocol = {
  name: 'ethercat',
  standard: 'IEC 61158-4-12, ETG.1000',
  tells: 'masters, how many slaves they have and in which state; maker and product of slaves',
  heard: ['ether/88a4'],
  facts: [role, stations, state, orderFacts(orders)[2]!, ...mailboxFacts],
  parse,
}
