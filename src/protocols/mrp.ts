/** MRP (IEEE 802.1Q, 10): VLANs (MVRP) and groups (MMRP) that machines and switches register. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, number } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** The first of a row of VLANs that are registered together. */
const vlan = fact('mrp.vlan', number, 'set')
const group = fact('mrp.group', mac, 'set')

const COUNT = 0x1fff
const TYPE_MAX = 2
const VLAN_LENGTH = 2
const MAC_LENGTH = 6

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== 0) return c.fail('bad version')
  while (c.left > 0) {
    const type = c.u8()
    if (type === 0) return
    const length = c.u8()
    if (c.fault === '' && (type > TYPE_MAX || length > MAC_LENGTH)) return c.fail('bad attribute')
    readVectors(c, notes, length)
  }
}

/** Each has a first value, and what happens to it and to those that follow, three to a byte. */
function readVectors(c: Cursor, notes: Notes, length: number): void {
  while (c.left > 0) {
    const head = c.u16()
    if (head === 0) return
    const count = head & COUNT
    const at = c.take(length)
    c.take(Math.ceil(count / 3))
    if (c.fault !== '' || count === 0) continue
    if (length === VLAN_LENGTH) notes.add(vlan, at, length)
    else if (length === MAC_LENGTH) notes.add(group, at, length)
  }
}

export const mrp: Protocol = {
  name: 'mrp',
  standard: 'IEEE 802.1Q, 10',
  tells: 'switches and machines that register VLANs and groups',
  heard: ['ether/88f5', 'ether/88f6'],
  facts: [vlan, group],
  parse,
}
