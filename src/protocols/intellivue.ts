/**
 * Philips IntelliVue, Data Export Interface: patient monitors announce themselves to the network,
 * and tell who asks what they are and at which bed they stand. Of what they measure nothing is read.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text, type Fact } from '../model/fact.js'
import { noteUnlessZero } from './fixed-text.js'
import type { Notes, Protocol } from './protocol.js'

/** `monitor` or `collector`. */
const role = fact('intellivue.role', text, 'set')
const address = fact('intellivue.mac', mac, 'set')
const vendor = fact('intellivue.vendor', text, 'set')
const model = fact('intellivue.model', text, 'set')
const bed = fact('intellivue.bed', text, 'set')

const SESSION = 0xe100
const ASK = 0x0d
const ACCEPT = 0x0e
const INVOKE = 1
/** The object that stands for the whole monitor, and the events that it tells of. */
const WHOLE = 0x21
const CREATED = 0x0d06
const CONNECTS = 0x0d17
const MODEL = 0x0928
const BED = 0x091e
const NETWORK = 0xf100

function parse(c: Cursor, notes: Notes): void {
  const lead = c.peek()
  if (lead === ASK || lead === ACCEPT) return associate(c, notes)
  const session = c.u16()
  c.take(2)
  if (c.fault === '' && session > 1 && session !== SESSION) return c.fail('no intellivue')
  const kind = c.u16()
  c.take(2)
  if (c.fault !== '') return
  // Answers and what is polled: somebody collects, and the monitor was told already.
  if (kind > 5 || kind === 0) return c.fail('no intellivue')
  if (kind === INVOKE) readEvent(c, notes, session === SESSION)
}

function associate(c: Cursor, notes: Notes): void {
  const isAsking = c.u8() === ASK
  const length = c.u8()
  if (c.fault !== '') return
  if (length < 0x20 && c.left !== length) return c.fail('no intellivue')
  notes.say(role, isAsking ? 'collector' : 'monitor')
}

function readEvent(c: Cursor, notes: Notes, isSession: boolean): void {
  c.take(2)
  const command = c.u16()
  c.take(2)
  const about = c.u16()
  c.take(8)
  const event = c.u16()
  c.take(2)
  const isOwn = command <= 1 && about === WHOLE
  if (c.fault !== '' || (isSession && !isOwn)) return
  if (!isOwn || (event !== CREATED && event !== CONNECTS)) return c.fail('no intellivue')
  notes.say(role, 'monitor')
  // An object created names its class and instance before its attributes.
  if (event === CREATED) c.take(6)
  readAttributes(c, notes)
}

function readAttributes(c: Cursor, notes: Notes): void {
  c.take(4)
  while (c.left > 3) {
    const attribute = c.u16()
    const outer = c.narrow(c.u16())
    if (attribute === NETWORK) noteUnlessZero(c, notes, address, 6)
    else if (attribute === MODEL) {
      noteLabel(c, notes, vendor)
      noteLabel(c, notes, model)
    } else if (attribute === BED) noteWide(c, notes, c.u16())
    c.widen(outer)
  }
}

/** A length, and text which may be filled up with a zero. */
function noteLabel(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.u16()
  const at = c.take(length)
  if (at < 0) return
  const back = c.at
  c.at = at
  const zero = c.distance(0)
  c.at = back
  notes.add(said, at, zero >= 0 && zero < length ? zero : length)
}

/** Text of two bytes a letter, of which names have the second alone. */
function noteWide(c: Cursor, notes: Notes, length: number): void {
  const to = notes.here
  let rest = length
  while (rest > 1 && c.left > 1) {
    const letter = c.u16()
    if (letter > 0 && letter < 0x80) notes.put(letter)
    rest -= 2
  }
  if (rest <= 1 && c.fault === '') notes.add(bed, to, notes.here - to)
}

export const intellivue: Protocol = {
  name: 'intellivue',
  standard: 'Philips IntelliVue Data Export Interface Programming Guide',
  tells: 'patient monitors: model, hardware address and bed, and who collects from them',
  heard: ['udp/24005', 'udp/24105'],
  facts: [role, address, vendor, model, bed],
  parse,
}
