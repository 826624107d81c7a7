/** GARP (IEEE 802.1D-1998, 12): VLANs (GVRP) and groups (GMRP) that older switches register. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, number } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const vlan = fact('garp.vlan', number, 'set')
const group = fact('garp.group', mac, 'set')

const PROTOCOL = 1
const HEAD = 2
const EVENT_MAX = 5
const VLAN_LENGTH = 2
const MAC_LENGTH = 6

function parse(c: Cursor, notes: Notes): void {
  if (c.u16() !== PROTOCOL) return c.fail('other protocol')
  while (c.left > 0) {
    // The kind of attribute: its length tells as much.
    if (c.u8() === 0) return
    readAttributes(c, notes)
  }
}

function readAttributes(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const length = c.u8() - HEAD
    if (length === -HEAD) return
    const event = c.u8()
    if (c.fault === '' && (length < 0 || event > EVENT_MAX)) return c.fail('bad attribute')
    const at = c.take(length)
    if (length === VLAN_LENGTH) notes.add(vlan, at, length)
    else if (length === MAC_LENGTH) notes.add(group, at, length)
  }
}

export const garp: Protocol = {
  name: 'garp',
  standard: 'IEEE 802.1D-1998, 12',
  tells: 'older switches that register VLANs and groups',
  heard: ['llc/42'],
  facts: [vlan, group],
  parse,
}
