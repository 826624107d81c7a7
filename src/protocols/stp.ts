/**
 * Spanning trees: STP, RSTP and MSTP (IEEE 802.1D, 802.1Q), and Cisco's tree per VLAN (PVST+):
 * which bridge is the root, which bridges there are, and which of their ports is heard.
 *
 * A bridge that has a tree for each VLAN says something else in each: all of it is a set.
 */

import { sameBytes } from '../bytes/compare.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, number, text } from '../model/fact.js'
import { isGiven, sayWord } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('stp.version', text, 'set')
const root = fact('stp.root', mac, 'set')
const rootPriority = fact('stp.root_priority', text, 'set')
/** What the way to the root costs from here: 0 at the root itself. */
const cost = fact('stp.root_cost', text, 'set')
const bridge = fact('stp.bridge', mac, 'set')
const bridgePriority = fact('stp.bridge_priority', text, 'set')
const port = fact('stp.port', text, 'set')
const portRole = fact('stp.port_role', text, 'set')
/** `root` of a bridge that takes itself for the root. */
const role = fact('stp.role', text, 'set')
const vlan = fact('stp.vlan', number, 'set')
/** `notice`, or `announced` by the root to all. */
const change = fact('stp.topology_change', text, 'set')
const region = fact('stp.region', text, 'set')
const regionDigest = fact('stp.region_digest', hex, 'set')
const regionalRoot = fact('stp.regional_root', mac, 'set')

const NOTICE = 0x80
const RAPID = 2
const MULTIPLE = 3
const SHORTEST_PATH = 4
const VERSIONS: readonly (string | undefined)[] = ['stp', undefined, 'rstp', 'mstp', 'spb']
const PORT_ROLES: readonly (string | undefined)[] = [undefined, 'alternate', 'root', 'designated']

const CHANGING = 0x01
const REGION_NAME = 32
const DIGEST = 16
/** Messages of 802.1D end here; a tree per VLAN adds one item. */
const TIMERS = 8
const VLAN_ITEM = 0x00000002

function parse(c: Cursor, notes: Notes): void {
  if (c.u16() !== 0) return c.fail('other protocol')
  const spoken = c.u8()
  const type = c.u8()
  if (c.fault !== '') return
  if (type === NOTICE) {
    sayWord(notes, version, spoken, VERSIONS)
    return notes.say(change, 'notice')
  }
  if (type !== 0 && type !== RAPID) return c.fail('bad type')
  readTree(c, notes, spoken)
  if (c.fault !== '') return
  if (spoken >= MULTIPLE && spoken <= SHORTEST_PATH) return readRegion(c, notes)
  tellBridge(c, notes, tree.rank, tree.bridge)
  readVlan(c, notes, spoken)
}

/** Where the root and the bridge stand in a message, and how the bridge ranks. */
const tree = { root: -1, bridge: -1, rank: 0 }

/** The part that all versions have in common. */
function readTree(c: Cursor, notes: Notes, spoken: number): void {
  const flags = c.u8()
  const rootRank = c.u16()
  const rootAt = c.take(6)
  const rootCost = c.u32()
  tree.root = rootAt
  tree.rank = c.u16()
  tree.bridge = c.take(6)
  const portNumber = c.u16()
  c.take(TIMERS)
  if (c.fault !== '') return
  sayWord(notes, version, spoken, VERSIONS)
  notes.add(root, rootAt, 6)
  notes.count32(rootPriority, rootRank & 0xf000)
  notes.count32(cost, rootCost)
  // Its upper four bits are a priority.
  notes.count32(port, portNumber & 0x0fff)
  if ((flags & CHANGING) !== 0) notes.say(change, 'announced')
  if (spoken >= RAPID) sayWord(notes, portRole, (flags >> 2) & 3, PORT_ROLES)
}

function tellBridge(c: Cursor, notes: Notes, rank: number, at: number): void {
  notes.add(bridge, at, 6)
  notes.count32(bridgePriority, rank & 0xf000)
  if (sameBytes(c.bytes, at, tree.root, 6)) notes.say(role, 'root')
}

/** Within a region, the bridge that stood before is its root, and the speaker comes now. */
function readRegion(c: Cursor, notes: Notes): void {
  // Version 1 has nothing of its own to say, and version 3 says how long it is.
  c.u8()
  const length = c.u16()
  if (c.fault !== '') return
  if (length === 0) return tellBridge(c, notes, tree.rank, tree.bridge)
  const format = c.u8()
  const named = isGiven(c, REGION_NAME)
  const nameAt = c.take(REGION_NAME)
  c.take(2)
  const digestAt = c.take(DIGEST)
  c.take(4)
  const rank = c.u16()
  const bridgeAt = c.take(6)
  if (c.fault !== '' || format !== 0) return
  if (named) notes.add(region, nameAt, REGION_NAME)
  notes.add(regionDigest, digestAt, DIGEST)
  notes.add(regionalRoot, tree.bridge, 6)
  tellBridge(c, notes, rank, bridgeAt)
}

/** PVST+ ends in an item of type 0 and length 2, the VLAN's number. */
function readVlan(c: Cursor, notes: Notes, spoken: number): void {
  if (spoken >= RAPID && c.left > 0) c.u8()
  // Some fill up with a zero first.
  if (c.left === 7) c.u8()
  if (c.left < 6 || c.u32() !== VLAN_ITEM) return
  notes.add(vlan, c.take(2), 2)
}

export const stp: Protocol = {
  name: 'stp',
  standard: 'IEEE 802.1D, 802.1Q',
  tells: 'bridges by their own address, the root of the tree, and the port that is heard',
  heard: ['llc/42', 'snap/00000c010b'],
  facts: [
    ...[version, root, rootPriority, cost, bridge, bridgePriority, port, portRole, role, vlan],
    ...[change, region, regionDigest, regionalRoot],
  ],
  parse,
}
