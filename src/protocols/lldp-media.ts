/** LLDP-MED (ANSI/TIA-1057): a phone's inventory, its VLAN, its power, and the room it stands in. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { readPlace, placeFacts } from './lldp-place.js'
import { noteRest, sayWord } from './link-words.js'
import type { Notes } from './protocol.js'

/** Which kind of endpoint it is, or a part of the network. */
const kind = fact('lldp.media_class', text, 'set')
/** `voice vlan 20 dscp 46`. */
const policy = fact('lldp.media_policy', text, 'set')
const voiceVlan = fact('lldp.voice_vlan', text, 'set')
/** In tenths of a watt. */
const power = fact('lldp.media_power_dw', text, 'set')

/** The inventory, by subtype from 5 on. */
const INVENTORY_FROM = 5
const inventory: readonly Fact[] = [
  fact('lldp.hardware', text, 'set'),
  fact('lldp.firmware', text, 'set'),
  fact('lldp.software', text, 'set'),
  fact('lldp.serial', text, 'set'),
  fact('lldp.manufacturer', text, 'set'),
  fact('lldp.model', text, 'set'),
  fact('lldp.asset', text, 'set'),
]

const KINDS = [undefined, 'endpoint', 'media', 'communication', 'network']
const APPLICATIONS: readonly (string | undefined)[] = [
  undefined,
  'voice',
  'voice signaling',
  'guest voice',
  'guest voice signaling',
  'softphone voice',
  'video conferencing',
  'streaming video',
  'video signaling',
]
const VOICE = 1

export function readMedia(c: Cursor, notes: Notes, subtype: number): void {
  if (subtype === 1) readKind(c, notes)
  else if (subtype === 2) readPolicy(c, notes)
  else if (subtype === 3) readPlace(c, notes)
  else if (subtype === 4) readPower(c, notes)
  else {
    const said = inventory[subtype - INVENTORY_FROM]
    if (said !== undefined) noteRest(c, notes, said)
  }
}

function readKind(c: Cursor, notes: Notes): void {
  c.take(2)
  const value = c.u8()
  if (c.fault === '') sayWord(notes, kind, value, KINDS)
}

/** A policy of an unknown application, or an unknown policy, is a question rather than a policy. */
function readPolicy(c: Cursor, notes: Notes): void {
  const application = c.u8()
  const bits = c.u24()
  const word = APPLICATIONS[application]
  const unknown = (bits & 0x800000) !== 0
  if (c.fault !== '' || unknown || word === undefined) return
  const tagged = (bits & 0x400000) !== 0
  const vlan = (bits >> 9) & 0xfff
  const from = notes.here
  notes.write(word)
  notes.write(' vlan ')
  notes.writeNumber(tagged ? vlan : 0)
  notes.write(' dscp ')
  notes.writeNumber(bits & 0x3f)
  notes.add(policy, from, notes.here - from)
  if (application === VOICE && tagged && vlan > 0) notes.count32(voiceVlan, vlan)
}

function readPower(c: Cursor, notes: Notes): void {
  c.u8()
  const value = c.u16()
  if (c.fault === '' && value > 0) notes.count32(power, value)
}

export const mediaFacts: readonly Fact[] = [
  ...[kind, policy, voiceVlan, power, ...inventory],
  ...placeFacts,
]
