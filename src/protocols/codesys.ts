/**
 * CODESYS: controllers of many makes answer to who looks for them (version 3, by its name service),
 * or tell a first caller what they run (version 2).
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { addWide } from './wide-text.js'

/** What a controller is called by its owner. */
const node = fact('codesys.node', text, 'set')
/** What it is called by its maker: `PFC200 2ETH RS`. */
const device = fact('codesys.device', text, 'set')
const vendor = fact('codesys.vendor', text, 'set')
const version = fact('codesys.version', text, 'set')
const serial = fact('codesys.serial', text, 'set')
const targetId = fact('codesys.target_id', hex, 'set')
const os = fact('codesys.os', text, 'set')
const osType = fact('codesys.os_type', text, 'set')
const product = fact('codesys.product', text, 'set')
/** `2` or `3`. */
const generation = fact('codesys.generation', text, 'set')
const role = fact('codesys.role', text, 'set')

const BLOCK = 0x000117e8
const BLOCK_MAX = 1 << 20
const MAGIC = 0xc5
const NAME_ASKED = 3
const NAME_TOLD = 4
const CHANNEL = 0x40
const IDENTIFIED = 0xc280
const WITH_SERIAL = 0x0400
const OLD = 0xbbbb
const OLD_NAMES = 62
const OLD_NAME = 32

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.peek() === 0xbb) return readOld(c, notes, talk)
  // Over TCP, every datagram has a head with its length.
  if (c.peek() !== MAGIC) {
    const isBlock = c.u32le() === BLOCK
    const length = c.u32le()
    if (c.fault === '' && (!isBlock || length < 8 || length > BLOCK_MAX))
      return c.fail('no codesys')
  }
  const magic = c.u8()
  const hops = c.u8()
  c.take(1)
  const service = c.u8()
  c.take(1)
  const lengths = c.u8()
  if (c.fault !== '') return
  if (magic !== MAGIC || service > CHANNEL + 8) return c.fail('no codesys')
  notes.say(generation, '3')
  if (service === NAME_ASKED) notes.say(role, 'client')
  if (service !== NAME_TOLD) return
  // The head's length, and those of both addresses, count words; all together is filled up.
  const head = 2 * ((hops & 7) + (lengths & 15) + (lengths >> 4))
  c.take(head + (head & 3) - 6)
  readIdentity(c, notes)
}

function readIdentity(c: Cursor, notes: Notes): void {
  const isIdentity = c.u16le() === IDENTIFIED
  const revision = c.u16le()
  c.take(8)
  if (!isIdentity || c.fault !== '') return
  const parent = c.u16le()
  const nodeLength = c.u16le()
  const deviceLength = c.u16le()
  const vendorLength = c.u16le()
  c.take(4)
  const id = c.at
  c.take(4)
  const at = c.take(4)
  if (c.fault !== '') return
  notes.say(role, 'controller')
  noteTurned(c, notes, id)
  noteVersion(c, notes, at)
  const serialLength = revision >= WITH_SERIAL ? c.peek(4) : 0
  if (revision >= WITH_SERIAL) c.take(16)
  c.take(parent)
  addWide(c, notes, node, 2 * nodeLength + 2)
  addWide(c, notes, device, 2 * deviceLength + 2)
  addWide(c, notes, vendor, 2 * vendorLength + 2)
  notes.add(serial, c.take(serialLength), serialLength)
}

/** The number of a target stands there with its last byte first. */
function noteTurned(c: Cursor, notes: Notes, at: number): void {
  const to = notes.here
  const back = c.at
  c.at = at
  const id = c.u32le()
  c.at = back
  notes.put(id >>> 24)
  notes.put((id >> 16) & 255)
  notes.put((id >> 8) & 255)
  notes.put(id & 255)
  notes.add(targetId, to, 4)
}

function noteVersion(c: Cursor, notes: Notes, at: number): void {
  const to = notes.here
  const back = c.at
  c.at = at
  const number = c.u32le()
  c.at = back
  notes.writeNumber(number >>> 24)
  notes.write('.')
  notes.writeNumber((number >> 16) & 255)
  notes.write('.')
  notes.writeNumber((number >> 8) & 255)
  notes.write('.')
  notes.writeNumber(number & 255)
  notes.add(version, to, notes.here - to)
}

/** Version 2 tells three names in fields of fixed size. */
function readOld(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u16()
  if (c.fault === '' && lead !== OLD) return c.fail('no codesys')
  notes.say(generation, '2')
  const isAnswer = talk.side === 'server' && c.left > OLD_NAMES
  notes.say(role, talk.side === 'server' ? 'controller' : 'client')
  if (!isAnswer) return
  c.take(OLD_NAMES)
  noteFixedText(c, notes, os, OLD_NAME)
  noteFixedText(c, notes, osType, OLD_NAME)
  noteFixedText(c, notes, product, OLD_NAME)
}

export const codesys: Protocol = {
  name: 'codesys',
  standard: 'CODESYS, versions 2 and 3',
  tells: 'controllers: maker, model, version, serial number and name, and what they run on',
  heard: [
    ...['udp/1740-1743', 'tcp/11740-11743', 'tcp/1200', 'tcp/1217', 'tcp/2455'],
    ...['tcp "\\xe8\\x17\\x01\\x00"', 'tcp "\\xbb\\xbb\\x01\\x00"'],
  ],
  facts: [
    ...[node, device, vendor, version, serial, targetId, os, osType, product, generation, role],
  ],
  parse,
}
