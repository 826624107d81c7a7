/** SONMP, the topology messages of SynOptics, Bay, Nortel and Avaya switches. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, number, text } from '../model/fact.js'
import { isGiven } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const address = fact('sonmp.address', ip, 'set')
/** Unit and port: `1/24`. */
const port = fact('sonmp.port', text, 'set')
/** The model, by the number that the maker gave it. */
const chassis = fact('sonmp.chassis', number, 'set')

function parse(c: Cursor, notes: Notes): void {
  const given = isGiven(c, 4)
  const at = c.take(4)
  const board = c.u8()
  const unit = c.u8()
  const place = c.u8()
  const chassisAt = c.take(1)
  c.take(3)
  if (c.fault !== '') return
  if (given) notes.add(address, at, 4)
  const from = notes.here
  if (board !== 0) writePlace(notes, board)
  if (board !== 0 || unit !== 0) writePlace(notes, unit)
  notes.writeNumber(place)
  notes.add(port, from, notes.here - from)
  notes.add(chassis, chassisAt, 1)
}

function writePlace(notes: Notes, place: number): void {
  notes.writeNumber(place)
  notes.write('/')
}

export const sonmp: Protocol = {
  name: 'sonmp',
  standard: 'SynOptics',
  tells: 'model, address and port of Bay, Nortel and Avaya switches',
  heard: ['snap/00008101a1', 'snap/00008101a2'],
  facts: [address, port, chassis],
  parse,
}
