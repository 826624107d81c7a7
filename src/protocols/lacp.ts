/** LACP (IEEE 802.1AX) and its markers: which cables are one link, and between which two systems. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, number } from '../model/fact.js'
import { isGiven } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

/** The system's own address, whichever of its ports this came from. */
const system = fact('lacp.system', mac, 'set')
const key = fact('lacp.key', number, 'set')
const port = fact('lacp.port', number, 'set')
/** The system at the other end, its key, and its port. */
const partner = fact('lacp.partner', mac, 'set')
const partnerKey = fact('lacp.partner_key', number, 'set')
const partnerPort = fact('lacp.partner_port', number, 'set')

/** Subtypes of the slow protocols (IEEE 802.3, 57A). */
const AGGREGATION = 1
const MARKER = 2

const ACTOR = 1
const PARTNER = 2
const SYSTEM_LENGTH = 20
const MARKER_REQUEST = 1

function parse(c: Cursor, notes: Notes): void {
  const subtype = c.u8()
  if (subtype !== AGGREGATION && subtype !== MARKER) return c.fail('other subtype')
  if (c.u8() === 0) return c.fail('bad version')
  if (subtype === MARKER) return readMarker(c, notes)
  if (!readHead(c, ACTOR)) return
  c.take(2)
  readSystem(c, notes, true)
  if (!readHead(c, PARTNER)) return
  c.take(2)
  // Nobody has answered yet.
  if (isGiven(c, 6)) readSystem(c, notes, false)
}

function readHead(c: Cursor, type: number): boolean {
  if (c.u8() !== type || c.u8() !== SYSTEM_LENGTH) c.fail('bad item')
  return c.fault === ''
}

function readSystem(c: Cursor, notes: Notes, own: boolean): void {
  const macAt = c.take(6)
  const keyAt = c.take(2)
  c.take(2)
  const portAt = c.take(2)
  c.take(4)
  if (c.fault !== '') return
  notes.add(own ? system : partner, macAt, 6)
  notes.add(own ? key : partnerKey, keyAt, 2)
  notes.add(own ? port : partnerPort, portAt, 2)
}

/** The answer repeats who asked. */
function readMarker(c: Cursor, notes: Notes): void {
  const type = c.u8()
  c.u8()
  const portAt = c.take(2)
  const macAt = c.take(6)
  if (c.fault !== '') return
  const asks = type === MARKER_REQUEST
  notes.add(asks ? system : partner, macAt, 6)
  notes.add(asks ? port : partnerPort, portAt, 2)
}

export const lacp: Protocol = {
  name: 'lacp',
  standard: 'IEEE 802.1AX',
  tells: 'which two systems a bundle of cables joins, each by its own address',
  heard: ['ether/8809'],
  facts: [system, key, port, partner, partnerKey, partnerPort],
  parse,
}
