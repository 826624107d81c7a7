/** PAgP, Cisco's port aggregation protocol: names of switches, and the bundles of their ports. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { isGiven, item, nextItem, noteExactly, noteRest } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

/** The switch's own address, whichever of its ports this came from. */
const device = fact('pagp.device', mac, 'set')
const partner = fact('pagp.partner', mac, 'set')
const name = fact('pagp.device_name', text, 'set')
const port = fact('pagp.port', text, 'set')

const INFORMATION = 1
/** Where, behind the version, its own address and its partner's stand. */
const TO_DEVICE = 1
const TO_PARTNER = 14
const BEHIND_PARTNER = 16

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== INFORMATION) {
    // The other kind flushes addresses, and tells nobody's.
    c.take(c.left)
    return
  }
  c.take(TO_DEVICE)
  const deviceAt = c.take(6)
  c.take(TO_PARTNER)
  const answered = isGiven(c, 6)
  const partnerAt = c.take(6)
  c.take(BEHIND_PARTNER)
  if (c.fault !== '') return
  notes.add(device, deviceAt, 6)
  if (answered) notes.add(partner, partnerAt, 6)
  readItems(c, notes)
}

function readItems(c: Cursor, notes: Notes): void {
  let rest = c.u16()
  let type = rest > 0 ? nextItem(c) : -1
  while (type >= 0 && rest > 0) {
    rest--
    if (type === 1) noteRest(item, notes, name)
    else if (type === 2) noteRest(item, notes, port)
    else if (type === 3) noteExactly(item, notes, device, 6)
    type = rest > 0 ? nextItem(c) : -1
  }
}

export const pagp: Protocol = {
  name: 'pagp',
  standard: 'Cisco',
  tells: 'names and own addresses of Cisco switches, and the bundles of their ports',
  heard: ['snap/00000c0104'],
  facts: [device, partner, name, port],
  parse,
}
