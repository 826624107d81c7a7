/** VTP, Cisco's VLAN trunking protocol: the domain of switches, its VLANs, and who changed them last. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, number, text } from '../model/fact.js'
import { isGiven } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('vtp.version', number)
const domain = fact('vtp.domain', text)
const revision = fact('vtp.revision', number)
const updater = fact('vtp.updater', ip, 'set')
/** `20 voice`. */
const vlan = fact('vtp.vlan', text, 'set')

const SUMMARY = 1
const SUBSET = 2
const HELLO = 7
const VERSION_MAX = 3
const DOMAIN_MAX = 32
const VLAN_HEAD = 12

function parse(c: Cursor, notes: Notes): void {
  const versionAt = c.at
  const spoken = c.u8()
  const code = c.u8()
  c.u8()
  const length = c.u8()
  const domainAt = c.take(DOMAIN_MAX)
  if (spoken === 0 || spoken > VERSION_MAX || code === 0 || code > HELLO) c.fail('bad version')
  if (length > DOMAIN_MAX) c.fail('bad domain')
  if (c.fault !== '') return
  notes.add(version, versionAt, 1)
  notes.add(domain, domainAt, length)
  // Version 3 has the same head, and then another order.
  if (spoken === VERSION_MAX) return
  if (code === SUMMARY) readSummary(c, notes)
  else if (code === SUBSET) readSubset(c, notes)
}

function readSummary(c: Cursor, notes: Notes): void {
  notes.add(revision, c.take(4), 4)
  const given = isGiven(c, 4)
  const at = c.take(4)
  if (given) notes.add(updater, at, 4)
}

function readSubset(c: Cursor, notes: Notes): void {
  notes.add(revision, c.take(4), 4)
  while (c.left > 0) {
    const length = c.u8()
    if (length < VLAN_HEAD) return c.fail('bad vlan')
    const end = c.at + length - 1
    if (length - 1 > c.left) return c.fail('short')
    readVlan(c, notes)
    if (c.at > end) return c.fail('bad vlan')
    c.take(end - c.at)
  }
}

function readVlan(c: Cursor, notes: Notes): void {
  c.take(2)
  const size = c.u8()
  const id = c.u16()
  c.take(6)
  const from = notes.here
  notes.writeNumber(id)
  notes.write(' ')
  const end = c.at + size
  while (c.at < end && c.left > 0) notes.put(c.u8())
  notes.add(vlan, from, notes.here - from)
}

export const vtp: Protocol = {
  name: 'vtp',
  standard: 'Cisco',
  tells: 'the domain of Cisco switches, the names of its VLANs, and the switch that rules them',
  heard: ['snap/00000c2003'],
  facts: [version, domain, revision, updater, vlan],
  parse,
}
