/** Crestron's discovery: control processors and displays tell name, model, firmware and address. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const name = fact('crestron.name', text, 'set')
const model = fact('crestron.model', text, 'set')
const firmware = fact('crestron.firmware', text, 'set')
/** The number in the brackets, behind which the maker keeps a serial number. */
const serial = fact('crestron.serial', text, 'set')
const address = fact('crestron.mac', mac, 'set')
/** `device` answers, `client` looks; over TCP, `panel` speaks to `processor`. */
const role = fact('crestron.role', text, 'set')

const ASK = 0x14
const ANSWER = 0x15
const TO_NAME = 6
const REGISTER = 0x0f
const LAST_TYPE = 0x1f
const OPEN = 0x5b
const HASH = 0x23
const CLOSE = 0x5d
const NAME_MAX = 64
const MAC_DIGITS = 12

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const kind = c.u8()
  const second = c.u8()
  const third = c.u8()
  if (c.fault !== '') return
  const isDiscovery = (kind === ASK || kind === ANSWER) && second === 0 && third === 0
  if (talk.side !== 'unknown' && talk.turnCount > 0) return readConnection(c, notes, talk, kind)
  if (!isDiscovery) return c.fail('no crestron')
  c.take(1 + TO_NAME)
  if (c.fault !== '') return
  notes.say(role, kind === ASK ? 'client' : 'device')
  const zero = c.distance(0)
  if (zero <= 0 || zero > NAME_MAX) return
  notes.add(name, c.take(zero), zero)
  if (kind === ANSWER) readDescription(c, notes)
}

/** Over TCP: a type, a length, and first a greeting by the processor. */
function readConnection(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  if (kind > LAST_TYPE) return c.fail('no crestron')
  if (talk.side !== 'server') return
  if (kind === REGISTER) notes.say(role, 'processor')
  c.take(Math.max(0, c.left - 1))
}

/** `CP3 [v1.8001.0187 (Jan 15 2020), #00A1B2C3] @E-00107f000001` */
function readDescription(c: Cursor, notes: Notes): void {
  while (c.left > 0 && c.peek() === 0) c.take(1)
  const outer = c.narrow(Math.max(0, c.distance(0)))
  const bracket = c.distance(OPEN)
  if (bracket > 1) {
    const at = c.take(bracket + 1)
    notes.add(model, at, bracket - 1)
    if (c.peek() === 0x76) c.take(1)
    const length = versionLength(c)
    notes.add(firmware, c.take(length), length)
    noteSerial(c, notes)
  }
  noteAddress(c, notes)
  c.widen(outer)
}

function versionLength(c: Cursor): number {
  let length = 0
  while (length < c.left && (c.peek(length) === 0x2e || isDigit(c.peek(length)))) length++
  return length
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

function noteSerial(c: Cursor, notes: Notes): void {
  if (c.distance(HASH) < 0) return
  c.until(HASH)
  const length = c.distance(CLOSE)
  if (length > 0) notes.add(serial, c.take(length), length)
}

function noteAddress(c: Cursor, notes: Notes): void {
  const before = c.distance(0x40)
  if (before < 0) return
  c.take(before)
  if (!c.starts('@E-') || c.left < 3 + MAC_DIGITS) return
  c.take(3)
  noteTypedMac(c, notes, address, c.at, MAC_DIGITS)
}

export const crestron: Protocol = {
  name: 'crestron',
  standard: 'Crestron discovery and CIP',
  tells: 'control processors, panels and displays: name, model, firmware, number and address',
  heard: ['udp/41794', 'tcp/41794'],
  facts: [name, model, firmware, serial, address, role],
  parse,
}
