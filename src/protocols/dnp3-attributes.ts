/** Group 0 of DNP3 (IEEE 1815, A.1): the attributes by which a device says what it is. */

import { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { IN_SCRATCH, type Notes } from './protocol.js'

const vendor = fact('dnp3.vendor', text)
const product = fact('dnp3.product', text)
const serial = fact('dnp3.serial', text)
const software = fact('dnp3.software', text)
const hardware = fact('dnp3.hardware', text)
const name = fact('dnp3.name', text)
const location = fact('dnp3.location', text)
const id = fact('dnp3.id', text)

export const attributeFacts: readonly Fact[] = [
  ...[vendor, product, serial, software, hardware, name, location, id],
]

const ATTRIBUTES: Readonly<Record<number, Fact>> = {
  242: software,
  243: hardware,
  245: location,
  246: id,
  247: name,
  248: serial,
  250: product,
  252: vendor,
}
const RANGE = 0x00
const COUNTED = 0x17
const FREE = 0x5b
const TEXT = 1
const FIRST_BLOCK = 11
const BLOCK = 16
const CHECK = 2

const plain = new Cursor()

/**
 * Reads the objects of a response, of so many bytes from here on. Every sixteen bytes of a frame are
 * followed by a checksum, so what is to be read is put together first.
 */
export function readAttributes(c: Cursor, notes: Notes, length: number): void {
  const from = notes.here - IN_SCRATCH
  let rest = length
  let block = FIRST_BLOCK
  while (rest > 0 && c.left > 0) {
    if (block === 0) {
      c.take(CHECK)
      block = BLOCK
    }
    notes.put(c.u8())
    block--
    rest--
  }
  if (c.fault !== '') return
  plain.over(notes.scratch, from, notes.here - IN_SCRATCH)
  while (plain.left > 2 && plain.peek() === 0) readAttribute(plain, notes)
}

function readAttribute(c: Cursor, notes: Notes): void {
  c.take(1)
  const said = ATTRIBUTES[c.u8()]
  const qualifier = c.u8()
  if (qualifier === RANGE || qualifier === COUNTED) c.take(2)
  else if (qualifier === FREE) c.take(3)
  else return c.fail('other form')
  const kind = c.u8()
  const length = c.u8()
  const at = c.take(length)
  if (kind === TEXT && said !== undefined && at >= 0) notes.add(said, at + IN_SCRATCH, length)
}
