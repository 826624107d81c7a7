/**
 * EtherNet/IP (CIP volume 2): who is there (ListIdentity: maker, product, revision, serial number,
 * name), who opens sessions, and the CIP messages that sessions carry.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { cipFacts, readCip, readIdentity } from './enip-cip.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `scanner` asks and commands, `adapter` answers; `producer` sends cyclic data. */
const role = fact('enip.role', text, 'set')
/** `Communications`: what a device offers besides. */
const service = fact('enip.service', text, 'set')
const refusal = fact('enip.refusal', text, 'set')

const PORT = 44818
const IMPLICIT_PORT = 2222
const COMMANDS: readonly number[] = [
  ...[0x00, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70, 0x72, 0x73],
]
const LIST_SERVICES = 0x04
const LIST_IDENTITY = 0x63
const SEND_REQUEST = 0x6f
const SEND_UNIT = 0x70

const IDENTITY = 0x0c
const SERVICES = 0x100
const CONNECTED_ADDRESS = 0xa1
const CONNECTED = 0xb1
const UNCONNECTED = 0xb2
const SEQUENCED_ADDRESS = 0x8002
const STATUSES: readonly string[] = ['', 'invalid command', 'no memory', 'bad data']
const BAD_SESSION = 0x64
const BAD_VERSION = 0x69
const SOCKET_ADDRESS = 16

/** What the last message's head said; the context is the sender's own and comes back in the answer. */
const message = { command: 0, status: 0, context: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const isImplicit = talk.from === IMPLICIT_PORT || talk.to === IMPLICIT_PORT
  if (isImplicit && isCyclic(c)) return notes.say(role, 'producer')
  while (c.left > 0) {
    message.command = c.u16le()
    const length = c.u16le()
    c.take(4)
    message.status = c.u32le()
    message.context = c.u32le()
    c.take(4)
    const options = c.u32le()
    if (c.fault !== '') return
    if (!COMMANDS.includes(message.command) || options !== 0) return c.fail('no enip')
    const outer = c.narrow(length)
    if (c.fault !== '') return
    readMessage(c, notes, talk)
    if (c.fault === 'short') c.fault = 'bad item'
    c.widen(outer)
  }
}

/** Cyclic data: two items, an address with a number, and the data. */
function isCyclic(c: Cursor): boolean {
  return c.left > 6 && c.starts('\x02\x00\x02\x80\x08\x00')
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  const { command, status, context } = message
  const isAnswer = isFromDevice(talk)
  notes.say(role, isAnswer ? 'adapter' : 'scanner')
  if (status !== 0) return sayStatus(notes, status)
  if (command === LIST_IDENTITY || command === LIST_SERVICES) readItems(c, notes)
  else if (command === SEND_REQUEST || command === SEND_UNIT) {
    c.take(6)
    readPackets(c, notes, talk, context)
  }
}

const isFromDevice = (talk: Talk): boolean =>
  talk.side === 'server' || (talk.side === 'unknown' && talk.from === PORT)

function sayStatus(notes: Notes, status: number): void {
  if (status === BAD_SESSION) notes.say(refusal, 'bad session')
  else if (status === BAD_VERSION) notes.say(refusal, 'bad version')
  else if (status > 0 && status < STATUSES.length) notes.say(refusal, STATUSES[status]!)
}

/** Lists of who and what is there. */
function readItems(c: Cursor, notes: Notes): void {
  let items = c.left > 0 ? c.u16le() : 0
  while (items-- > 0 && c.left > 0) {
    const type = c.u16le()
    const outer = c.narrow(c.u16le())
    c.take(2)
    if (c.fault === '' && type === IDENTITY) {
      c.take(SOCKET_ADDRESS)
      readIdentity(c, notes)
    } else if (c.fault === '' && type === SERVICES) {
      c.take(2)
      const length = c.distance(0)
      if (length > 0) notes.add(service, c.at, length)
    }
    c.widen(outer)
  }
}

/** An address item and a data item: what is carried is known by the sender's word or by a number. */
function readPackets(c: Cursor, notes: Notes, talk: Talk, context: number): void {
  let items = c.u16le()
  let key = context
  while (items-- > 0 && c.left > 0) {
    const type = c.u16le()
    const outer = c.narrow(c.u16le())
    if (type === CONNECTED && c.left > 2) {
      key = (c.u16le() << 8) | 0x5a
      readCip(c, notes, talk, key)
    } else if (type === UNCONNECTED) readCip(c, notes, talk, key)
    else if (type !== CONNECTED_ADDRESS && type !== SEQUENCED_ADDRESS) c.at = c.end
    c.widen(outer)
  }
}

export const enip: Protocol = {
  name: 'enip',
  standard: 'ODVA CIP volume 2',
  tells:
    'maker, product, revision, serial number and name of controllers and drives; who commands them',
  heard: ['tcp/44818', 'udp/44818', 'udp/2222', 'tcp/2222'],
  messages: true,
  facts: [role, service, refusal, ...cipFacts],
  parse,
}
