/**
 * HL7 version 2 over MLLP: which applications of which facilities speak to each other. Only the
 * message header is read, for all else is about patients.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const application = fact('hl7.application', text, 'set')
const facility = fact('hl7.facility', text, 'set')
/** To whom it speaks, which is the broker's affair if there is one. */
const receivingApplication = fact('hl7.receiving_application', text, 'set')
const receivingFacility = fact('hl7.receiving_facility', text, 'set')
/** `ADT^A01`, `ORU^R01`, `ACK`. */
const messageType = fact('hl7.message_type', text, 'set')
const version = fact('hl7.version', text, 'set')

const START = 0x0b
const RETURN = 0x0d
const COMPONENT = 0x5e
const TYPE = 9
const LAST = 12
/** By the number of the field. */
const FIELDS: Readonly<Record<number, Fact>> = {
  3: application,
  4: facility,
  5: receivingApplication,
  6: receivingFacility,
  [TYPE]: messageType,
  [LAST]: version,
}
const FIELD_MAX = 240

function parse(c: Cursor, notes: Notes): void {
  if (c.peek() === START) c.take(1)
  if (c.left > 3 && !c.starts('MSH')) return c.fail('no hl7')
  c.take(3)
  const separator = c.u8()
  // Letters and digits separate nothing.
  if (c.fault === '' && (separator > 0x7e || separator < 0x21 || isLetter(separator))) {
    return c.fail('no hl7')
  }
  let number = 2
  while (number <= LAST && c.left > 0) {
    const length = fieldLength(c, separator)
    if (length < 0) return void c.take(c.left + 1)
    const said = FIELDS[number]
    if (said !== undefined) notes.add(said, c.at, number === TYPE ? length : firstPart(c, length))
    const isLast = c.peek(length) === RETURN
    c.take(length + 1)
    if (isLast) return
    number++
  }
}

const isLetter = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)

/** How many bytes stand before the end of the field at the cursor, or -1. */
function fieldLength(c: Cursor, separator: number): number {
  let length = 0
  while (length < c.left && length < FIELD_MAX) {
    const byte = c.peek(length)
    if (byte === separator || byte === RETURN) return length
    length++
  }
  return -1
}

/** `NAME^1.2.840^ISO`: the name alone. */
function firstPart(c: Cursor, length: number): number {
  let part = 0
  while (part < length && c.peek(part) !== COMPONENT) part++
  return part
}

export const hl7: Protocol = {
  name: 'hl7',
  standard: 'HL7 version 2.x, MLLP',
  tells: 'which clinical applications of which facilities speak to each other',
  heard: ['tcp/2575', 'tcp "\\x0bMSH|"'],
  messages: true,
  facts: [
    ...[application, facility, receivingApplication, receivingFacility, messageType, version],
  ],
  parse,
}
