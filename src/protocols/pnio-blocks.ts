/** The blocks in PROFINET's acyclic calls: who connects, what a station and its modules are. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text, type Fact } from '../model/fact.js'
import { notePadded } from './padded-text.js'
import type { Notes } from './protocol.js'

const name = fact('pnio.name', text)
const order = fact('pnio.order', text)
const serial = fact('pnio.serial', text)
const hardware = fact('pnio.hardware', text)
const firmware = fact('pnio.firmware', text)
const maker = fact('pnio.maker', hex)
/** The order number of a module in another slot. */
const module = fact('pnio.module', text, 'set')
const moduleSerial = fact('pnio.module_serial', text, 'set')
/** What people wrote into a station: its purpose, its place and more. */
const tag = fact('pnio.tag', text, 'set')
const location = fact('pnio.location', text, 'set')
const descriptor = fact('pnio.descriptor', text, 'set')
/** The station and port at the other end of a cable: `switch-1 port-004`. */
const neighbour = fact('pnio.neighbour', text, 'set')

export const blockFacts: readonly Fact[] = [
  ...[name, order, serial, hardware, firmware, maker, module, moduleSerial, tag, location],
  ...[descriptor, neighbour],
]

const CONNECT = 0x0101
const SERVER_NAME = 0x8106
const READ_ANSWER = 0x8009
const SEVERAL = 0x0400
const INTERFACE = 0x0240
const PORT = 0x020f
const IDENTITY = 0x0020
const PURPOSE = 0x0021
const DESCRIPTION = 0x0023
const BLOCK_HEAD = 6
const BLOCKS_MAX = 40

export function readBlocks(c: Cursor, notes: Notes): void {
  let slot = 0
  let rest = BLOCKS_MAX
  while (c.left >= BLOCK_HEAD && rest-- > 0) {
    const from = c.at
    const type = c.u16()
    const length = c.u16()
    c.take(2)
    if (type === SEVERAL) {
      c.take(6)
      slot = c.u16()
      c.take(2)
      continue
    }
    if (type === READ_ANSWER) slot = slotOf(c)
    // What is read may be no block at all.
    if (length < 2 || length - 2 > c.left) return
    const outer = c.narrow(length - 2)
    block.from = from
    block.slot = slot
    readBlock(c, notes, type)
    c.widen(outer)
  }
}

const slotOf = (c: Cursor): number => (c.peek(22) << 8) | c.peek(23)

/** Where the block at hand begins, and the slot it is about. */
const block = { from: 0, slot: 0 }

function readBlock(c: Cursor, notes: Notes, type: number): void {
  switch (type) {
    case CONNECT:
      c.take(50)
      return noteName(c, notes, c.u16())
    case SERVER_NAME:
      return noteName(c, notes, c.u16())
    case INTERFACE:
      return noteName(c, notes, c.u8())
    case PORT:
      return readPort(c, notes, block.from)
    case IDENTITY:
      return block.slot === 0 ? readIdentity(c, notes) : readModule(c, notes)
    case PURPOSE:
      notePadded(c, notes, tag, 32)
      return notePadded(c, notes, location, 22)
    case DESCRIPTION:
      return notePadded(c, notes, descriptor, 54)
  }
}

function noteName(c: Cursor, notes: Notes, length: number): void {
  const at = c.take(length)
  if (c.fault === '') notes.add(name, at, length)
}

function readIdentity(c: Cursor, notes: Notes): void {
  notes.add(maker, c.take(2), 2)
  notePadded(c, notes, order, 20)
  notePadded(c, notes, serial, 16)
  const revision = c.u16()
  if (c.fault !== '') return
  notes.count32(hardware, revision)
  const prefix = c.peek()
  if (c.take(4) < 0) return
  c.at -= 3
  const at = notes.here
  if (prefix > 0x20) notes.put(prefix)
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.add(firmware, at, notes.here - at)
}

function readModule(c: Cursor, notes: Notes): void {
  c.take(2)
  notePadded(c, notes, module, 20)
  notePadded(c, notes, moduleSerial, 16)
}

/** One of a station's ports, and who is at the other end; numbers begin at every fourth byte. */
function readPort(c: Cursor, notes: Notes, from: number): void {
  c.take(6)
  c.take(c.u8())
  const peers = c.u8()
  if (peers === 0) return
  c.take((from - c.at) & 3)
  const portLength = c.u8()
  const port = c.at
  c.take(portLength)
  const length = c.u8()
  if (length > c.left) c.take(length)
  if (c.fault !== '') return
  const at = notes.here
  copy(c, notes, length)
  notes.write(' ')
  c.at = port
  copy(c, notes, portLength)
  notes.add(neighbour, at, notes.here - at)
}

function copy(c: Cursor, notes: Notes, length: number): void {
  let rest = length
  while (rest-- > 0 && c.left > 0) notes.put(c.u8())
}
