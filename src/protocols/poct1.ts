/** POCT1-A (CLSI): what point-of-care analysers say of themselves when they connect. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const device = fact('poct1.device', text, 'set')
const vendor = fact('poct1.vendor', text, 'set')
const model = fact('poct1.model', text, 'set')
const serial = fact('poct1.serial', text, 'set')
const name = fact('poct1.name', text, 'set')
const hardware = fact('poct1.hardware', text, 'set')
const software = fact('poct1.software', text, 'set')
const version = fact('poct1.version', text, 'set')

/** Elements of the hello whose attribute `V` tells something. */
const ELEMENTS: readonly (readonly [element: string, said: Fact])[] = [
  ['DEV.device_id ', device],
  ['DEV.vendor_id ', vendor],
  ['DEV.model_id ', model],
  ['DEV.serial_id ', serial],
  ['DEV.manufacturer_name ', vendor],
  ['DEV.device_name ', name],
  ['DEV.hw_version ', hardware],
  ['DEV.sw_version ', software],
  ['HDR.version_id ', version],
]
const HELLO = '<HEL.R01'
const END = '/HEL.R01'
const LESS = 0x3c
const GREATER = 0x3e
const DOT = 0x2e
const QUOTE = 0x22
const APOSTROPHE = 0x27
const VALUE_MAX = 200

function parse(c: Cursor, notes: Notes): void {
  passSpace(c)
  if (c.starts('<?')) {
    c.until(GREATER)
    passSpace(c)
  }
  if (c.left >= HELLO.length && !c.starts(HELLO))
    return isMessage(c) ? undefined : c.fail('no poct1')
  c.take(HELLO.length)
  while (c.left > 0) {
    c.until(LESS)
    if (c.fault !== '') return
    if (c.starts(END)) return
    readElement(c, notes)
  }
}

/** Any other message, such as `<ACK.R01>`. */
const isMessage = (c: Cursor): boolean =>
  c.peek() === LESS && c.peek(4) === DOT && c.peek(5) === 0x52 && c.peek(6) === 0x30

function passSpace(c: Cursor): void {
  while (c.left > 0 && c.peek() <= 0x20) c.take(1)
}

function readElement(c: Cursor, notes: Notes): void {
  let i = 0
  while (i < ELEMENTS.length) {
    const [element, said] = ELEMENTS[i++]!
    if (!c.starts(element)) continue
    c.take(element.length)
    passSpace(c)
    if (!c.starts('V=')) return
    c.take(2)
    const quote = c.u8()
    if (quote !== QUOTE && quote !== APOSTROPHE) return
    const length = c.distance(quote)
    if (length < 0) return void c.take(c.left + 1)
    if (length <= VALUE_MAX) notes.add(said, c.at, length)
    c.take(length + 1)
    return
  }
}

export const poct1: Protocol = {
  name: 'poct1',
  standard: 'CLSI POCT1-A2',
  tells: 'maker, model, serial number and software of point-of-care analysers',
  heard: [`tcp "${HELLO}"`, 'tcp "<?xml version=\\x221.0\\x22"'],
  facts: [device, vendor, model, serial, name, hardware, software, version],
  parse,
}
