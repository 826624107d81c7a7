/** Moxa's discovery: serial device servers tell model, address, name and serial number. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import type { Notes, Protocol } from './protocol.js'
import { writeHexByte } from './sub-address.js'

const address = fact('moxa.mac', mac)
const network = fact('moxa.ip', ip, 'set')
/** As four hexadecimal digits, which are mostly those of the model's name: `511a`. */
const model = fact('moxa.model_id', text)
const name = fact('moxa.name', text, 'set')
const serial = fact('moxa.serial', text)
/** `device` answers, `client` looks. */
const role = fact('moxa.role', text, 'set')

const HEAD = 8
const ANSWER = 0x80
const FOUND = 0x81
const NAMED = 0x90
const NUMBERED = 0x96
const ID = 12
const FIND = 1
const NAME = 40
const TO_SERIAL = 8

function parse(c: Cursor, notes: Notes): void {
  const whole = c.left
  const kind = c.u8()
  c.take(1)
  const length = c.u16()
  c.take(4)
  if (c.fault !== '') return
  if (length !== whole || length < HEAD) return c.fail('no moxa')
  if ((kind & ANSWER) === 0) {
    if (kind === FIND && length !== HEAD) return c.fail('no moxa')
    return notes.say(role, 'client')
  }
  notes.say(role, 'device')
  if (length < HEAD + ID) return
  c.take(4)
  const code = c.u16le()
  const at = notes.here
  writeHexByte(notes, code >> 8)
  writeHexByte(notes, code & 255)
  if (c.fault === '') notes.add(model, at, 4)
  notes.add(address, c.take(6), 6)
  if (kind === FOUND) notes.add(network, c.take(4), 4)
  else if (kind === NAMED) noteFixedText(c, notes, name, Math.min(NAME, c.left))
  else if (kind === NUMBERED) {
    c.take(TO_SERIAL)
    const number = c.u16le()
    if (c.fault === '') notes.count32(serial, number)
  }
}

export const moxa: Protocol = {
  name: 'moxa',
  standard: 'Moxa NPort configuration protocol',
  tells: 'serial device servers: model, hardware address, name and serial number',
  heard: ['udp/4800'],
  facts: [address, network, model, name, serial, role],
  parse,
}
