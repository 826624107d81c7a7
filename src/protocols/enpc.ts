/** ENPC, by which Epson's printers, scanners and projectors are found. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const address = fact('enpc.mac', mac)
const name = fact('enpc.name', text)
const asks = fact('enpc.asks', text, 'set')

const MAGIC = 'EPSON'
const QUERY = 0x51
const QUERY_ANSWER = 0x71
/** The length of an answer's body counts from here. */
const HEAD = 8
/** Between the hardware address and the name. */
const BETWEEN = 36
const NAME_MAX = 64
const CASE = 0x20

function parse(c: Cursor, notes: Notes): void {
  if (!c.starts(MAGIC)) return c.fail('not enpc')
  c.take(MAGIC.length)
  const kind = c.u8()
  if (c.fault !== '') return
  notes.about(SENDER)
  if ((kind & CASE) === 0) return notes.say(asks, kind === QUERY ? 'query' : 'control')
  c.take(HEAD)
  if (kind !== QUERY_ANSWER || c.left < 6 + BETWEEN) return
  const known = (c.peek() & 1) === 0 && (c.peek() | c.peek(1) | c.peek(2)) !== 0
  const at = c.take(6)
  if (known) notes.add(address, at, 6)
  c.take(BETWEEN)
  const length = c.distance(0)
  if (length > 0 && length <= NAME_MAX) notes.add(name, c.take(length), length)
}

export const enpc: Protocol = {
  name: 'enpc',
  standard: 'Epson',
  tells: 'hardware address and name of Epson printers, scanners and projectors',
  heard: ['udp/3289'],
  facts: [address, name, asks],
  parse,
}
