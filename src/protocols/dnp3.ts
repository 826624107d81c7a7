/**
 * DNP3 (IEEE 1815) over TCP and UDP: masters and outstations with their addresses, what outstations
 * say they are (group 0), and who operates, restarts or silences them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { attributeFacts, readAttributes } from './dnp3-attributes.js'
import { sayBits } from './link-words.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `master` or `outstation`. */
const role = fact('dnp3.role', text, 'set')
/** The link address that it speaks from. */
const address = fact('dnp3.address', text, 'set')
/** What an outstation says of its state: `restarted`, `trouble`, `corrupt configuration`. */
const status = fact('dnp3.status', text, 'set')
const asks = fact('dnp3.asks', text, 'set')
const orders = ordersOf('dnp3')

const START = 0x0564
const LEAST = 5
const FROM_MASTER = 0x80
const BLOCK = 16
const CHECK = 2
const FIRST = 0x40
const RESPONSE = 129
const UNSOLICITED = 130
const READ = 1
const WRITE = 2
const CLOCK = 50
const INDICATIONS = 80
const OBJECTS_ASKED: Readonly<Record<number, string>> = { 0: 'read attributes', 60: 'read classes' }
const FIRST_BITS: readonly string[] = ['', '', '', '', '', 'local control', 'trouble', 'restarted']
const SECOND_BITS: readonly string[] = ['', '', '', 'events lost', '', 'corrupt configuration']

const COMMANDS: Readonly<Record<number, string>> = {
  3: 'select',
  4: 'operate',
  5: 'direct operate',
  6: 'direct operate',
  9: 'freeze and clear',
  10: 'freeze and clear',
  13: 'cold restart',
  14: 'warm restart',
  15: 'initialize data',
  16: 'initialize application',
  17: 'start application',
  18: 'stop application',
  19: 'save configuration',
  20: 'enable unsolicited',
  21: 'disable unsolicited',
  25: 'open file',
  27: 'delete file',
  31: 'activate configuration',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  while (c.left > 0) {
    const start = c.u16()
    const length = c.u8()
    if (c.fault !== '') return
    if (start !== START || length < LEAST) return c.fail('no dnp3')
    const data = length - LEAST
    const outer = c.narrow(LEAST + CHECK + data + CHECK * Math.ceil(data / BLOCK))
    if (c.fault !== '') return
    readFrame(c, notes, talk, data)
    c.widen(outer)
  }
}

function readFrame(c: Cursor, notes: Notes, talk: Talk, data: number): void {
  const control = c.u8()
  c.take(2)
  const source = c.u16le()
  c.take(CHECK)
  const isMaster = (control & FROM_MASTER) !== 0
  notes.say(role, isMaster ? 'master' : 'outstation')
  notes.count32(address, source)
  // A transport byte, a control byte and a function; later parts begin anywhere.
  if (data < 3 || (c.u8() & FIRST) === 0) return
  c.take(1)
  const call = c.u8()
  if (isMaster) readRequest(notes, talk, call, data > 4 ? c.peek() : -1)
  else if (call === RESPONSE || call === UNSOLICITED) readResponse(c, notes, data)
}

/** A function, and the group of the first object that it is about. */
function readRequest(notes: Notes, talk: Talk, call: number, group: number): void {
  const question = call === READ ? OBJECTS_ASKED[group] : undefined
  if (question !== undefined) notes.say(asks, question)
  const word =
    call !== WRITE
      ? COMMANDS[call]
      : group === CLOCK
        ? 'set clock'
        : group === INDICATIONS
          ? undefined
          : 'write'
  if (word !== undefined) tellOrder(notes, talk, orders, word)
}

function readResponse(c: Cursor, notes: Notes, data: number): void {
  if (data < LEAST) return
  sayBits(notes, status, c.u8(), FIRST_BITS)
  sayBits(notes, status, c.u8(), SECOND_BITS)
  if (data > LEAST + 1 && c.peek() === 0) readAttributes(c, notes, data - LEAST)
}

export const dnp3: Protocol = {
  name: 'dnp3',
  standard: 'IEEE 1815',
  tells: 'masters and outstations, make, model, serial number and firmware, every command',
  heard: [
    'tcp/20000',
    'udp/20000',
    ...['05', '08', '0a', '0b', '0e', '11', '14', '17', '1a'].flatMap(length => [
      `tcp "\\x05\\x64\\x${length}"`,
      `udp "\\x05\\x64\\x${length}"`,
    ]),
  ],
  messages: true,
  facts: [role, address, status, asks, ...attributeFacts, ...orderFacts(orders)],
  parse,
}
