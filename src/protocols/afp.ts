/** AFP over DSI (Apple's): what a file server says of itself before anybody logs in. */

import { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const name = fact('afp.name', text, 'set')
/** `Macmini7,1`, `Netatalk3.1.12`, `TimeCapsule8,119`. */
const machine = fact('afp.machine', text)
const version = fact('afp.version', text, 'set')
/** How users may say who they are: `No User Authent` lets guests in. */
const authentication = fact('afp.authentication', text, 'set')
/** Sixteen bytes by which the server knows itself. */
const signature = fact('afp.signature', hex)
const address = fact('afp.address', ip, 'set')
const role = fact('afp.role', text, 'set')

const STATUS = 3
const LAST = 8
const REPLY = 1
const HAS_SIGNATURE = 0x10
const SIGNATURE_BYTES = 16
const LENGTH_MAX = 0xfffff
const ADDRESS_4 = 1
const ADDRESS_4_PORT = 2

const part = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isServer = talk.side === 'server'
  const flag = c.u8()
  const command = c.u8()
  c.take(6)
  const length = c.u32()
  const reserved = c.u32()
  if (c.fault !== '') return
  if (flag > REPLY || command === 0 || command > LAST) return c.fail('bad header')
  if (length < 0 || length > LENGTH_MAX || reserved !== 0) return c.fail('bad length')
  notes.say(role, flag === REPLY ? 'server' : 'client')
  if (command !== STATUS || flag !== REPLY || !isServer) return
  const outer = c.narrow(length)
  if (c.fault === '') status(c, notes)
  c.widen(outer)
}

/** Begins with where its parts lie, counted from its own start. */
function status(c: Cursor, notes: Notes): void {
  const base = c.at
  const type = c.u16()
  const versions = c.u16()
  const ways = c.u16()
  c.take(2)
  const flags = c.u16()
  counted(c, notes, name)
  if (((c.at - base) & 1) === 1) c.take(1)
  const own = c.u16()
  const addresses = c.u16()
  if (c.fault !== '') return c.fail('bad status')
  counted(over(c, base, type), notes, machine)
  list(over(c, base, versions), notes, version)
  list(over(c, base, ways), notes, authentication)
  if ((flags & HAS_SIGNATURE) !== 0 && own > 0) {
    notes.add(signature, over(c, base, own).take(SIGNATURE_BYTES), SIGNATURE_BYTES)
  }
  if (addresses > 0) addressesOf(over(c, base, addresses), notes)
  c.at = c.end
}

function over(c: Cursor, base: number, offset: number): Cursor {
  return part.over(c.bytes, Math.min(base + offset, c.end), c.end)
}

function counted(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.u8()
  notes.add(said, c.take(length), length)
}

function list(c: Cursor, notes: Notes, said: Fact): void {
  let count = c.u8()
  while (count-- > 0 && c.left > 0) counted(c, notes, said)
}

function addressesOf(c: Cursor, notes: Notes): void {
  let count = c.u8()
  while (count-- > 0 && c.left > 0) {
    const outer = c.narrow(c.u8() - 1)
    const kind = c.u8()
    if (kind === ADDRESS_4 || kind === ADDRESS_4_PORT) notes.add(address, c.take(4), 4)
    c.widen(outer)
  }
}

export const afp: Protocol = {
  name: 'afp',
  standard: "Apple's DSI and AFP",
  tells: 'file servers by name, machine and signature, and whether guests may come in',
  heard: ['tcp/548'],
  facts: [name, machine, version, authentication, signature, address, role],
  parse,
}
