/** PIM (RFC 7761, RFC 3973, RFC 5059): routers that pass groups on, and where groups meet. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, number, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('pim.version', text)
const priority = fact('pim.dr_priority', number, 'set')
/** New with every start of the router's own PIM, on each interface. */
const generation = fact('pim.generation', hex, 'set')
const address = fact('pim.address', ip, 'set')
const bootstrap = fact('pim.bootstrap_router', ip, 'set')
const rendezvous = fact('pim.rendezvous_point', ip, 'set')

const HELLO = 0
const BOOTSTRAP = 4
const CANDIDATE = 8
const LAST_TYPE = 13
const PRIORITY = 19
const GENERATION = 20
const ADDRESSES = 24
const ADDRESSES_OLD = 65001
const NATIVE = 0

function parse(c: Cursor, notes: Notes): void {
  const lead = c.u8()
  c.take(3)
  if (c.fault !== '') return
  if (lead >> 4 !== 2 || (lead & 15) > LAST_TYPE) return c.fail('bad header')
  notes.say(version, '2')
  const type = lead & 15
  if (type === HELLO) while (c.left > 0) option(c, notes)
  else if (type === BOOTSTRAP) {
    c.take(4)
    noteAddress(c, notes, bootstrap)
  } else if (type === CANDIDATE) {
    c.take(4)
    noteAddress(c, notes, rendezvous)
  }
}

function option(c: Cursor, notes: Notes): void {
  const kind = c.u16()
  const outer = c.narrow(c.u16())
  if (c.fault !== '') return
  if (kind === PRIORITY && c.left === 4) notes.add(priority, c.at, 4)
  else if (kind === GENERATION && c.left === 4) notes.add(generation, c.at, 4)
  else if (kind === ADDRESSES || kind === ADDRESSES_OLD) {
    while (c.left > 0) noteAddress(c, notes, address)
  }
  c.widen(outer)
}

/** A family, how it is encoded, and the address. */
function noteAddress(c: Cursor, notes: Notes, said: typeof address): void {
  const size = c.u8() === 1 ? 4 : 16
  if (c.u8() !== NATIVE) return c.fail('address encoding')
  notes.add(said, c.take(size), size)
}

export const pim: Protocol = {
  name: 'pim',
  standard: 'RFC 7761, 3973, 5059',
  tells: 'routers that pass groups on, their other addresses, and where groups meet',
  heard: ['ip/103'],
  facts: [version, priority, generation, address, bootstrap, rendezvous],
  parse,
}
