/**
 * ASTM E1381 and E1394 (CLSI LIS1-A, LIS2-A2): the header in which a laboratory's analyser names
 * itself. The records behind it are about patients, and are not read.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** Who sends, in all its parts: `XN-1000^00-12^A1234`. */
const sender = fact('astm.sender', text, 'set')
const instrument = fact('astm.instrument', text, 'set')
const software = fact('astm.software', text, 'set')
const receiver = fact('astm.receiver', text, 'set')
const version = fact('astm.version', text, 'set')
const password = secretFact('astm.password', ['1234', 'password', 'admin'])

const ENQUIRY = 0x05
const STX = 0x02
const RETURN = 0x0d
const ETX = 0x03
const PASSWORD = 4
const SENDER_NAME = 5
const RECEIVER = 10
const VERSION = 13

function parse(c: Cursor, notes: Notes): void {
  while (c.left > 0 && c.peek() === ENQUIRY) c.take(1)
  if (c.peek() === STX) c.take(2)
  if (c.left > 1 && c.peek() !== 0x48) return c.fail('no astm')
  c.take(1)
  const separator = c.u8()
  if (c.fault === '' && separator !== 0x7c) return c.fail('no astm')
  let number = 2
  while (number <= VERSION && c.left > 0) {
    const length = fieldLength(c, separator)
    if (length < 0) return void c.take(c.left + 1)
    // The delimiters: of repeats, of components, and for escapes.
    if (number === 2 && length !== 3) return c.fail('no astm')
    readField(c, notes, number, length)
    const behind = c.peek(length)
    c.take(length + 1)
    if (behind !== separator) return
    number++
  }
}

function fieldLength(c: Cursor, separator: number): number {
  let length = 0
  while (length < c.left) {
    const byte = c.peek(length)
    if (byte === separator || byte === RETURN || byte === ETX) return length
    length++
  }
  return -1
}

function readField(c: Cursor, notes: Notes, number: number, length: number): void {
  if (number === PASSWORD) notes.add(password, c.at, length)
  else if (number === RECEIVER) notes.add(receiver, c.at, length)
  else if (number === VERSION) notes.add(version, c.at, length)
  else if (number === SENDER_NAME) {
    const name = partLength(c, 0, length)
    notes.add(sender, c.at, length)
    notes.add(instrument, c.at, name)
    if (name < length) notes.add(software, c.at + name + 1, partLength(c, name + 1, length))
  }
}

/** How long the component is that begins so many bytes ahead. */
function partLength(c: Cursor, from: number, end: number): number {
  let at = from
  while (at < end && c.peek(at) !== 0x5e) at++
  return at - from
}

export const astm: Protocol = {
  name: 'astm',
  standard: 'ASTM E1381, E1394 (CLSI LIS1-A, LIS2-A2)',
  tells: 'which analysers a laboratory has, and their software',
  // A lone enquiry comes first, and the header only once it was granted.
  heard: ['tcp "\\x05"', 'tcp "\\x021H|"', 'tcp "H|\\^&|"'],
  facts: [sender, instrument, software, receiver, version, password],
  parse,
}
