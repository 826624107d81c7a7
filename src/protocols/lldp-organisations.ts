/** What organisations have added to LLDP: IEEE 802.1 and 802.3, PROFINET, and others by number. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, number, text, type Fact } from '../model/fact.js'
import { isGiven, noteExactly, noteRest } from './link-words.js'
import { mediaFacts, readMedia } from './lldp-media.js'
import type { Notes } from './protocol.js'

const vlan = fact('lldp.vlan', number, 'set')
const vlanName = fact('lldp.vlan_name', text, 'set')
const aggregation = fact('lldp.aggregation', number, 'set')
const frameMax = fact('lldp.frame_max', number, 'set')
/** Over the cable: `source` gives power, `device` takes it. */
const powerRole = fact('lldp.power_role', text, 'set')
const powerClass = fact('lldp.power_class', text, 'set')
/** In tenths of a watt. */
const powerRequested = fact('lldp.power_requested_dw', number, 'set')
const powerAllocated = fact('lldp.power_allocated_dw', number, 'set')
/** What a PROFINET device says of itself: its own address, and its port's name. */
const profinetMac = fact('lldp.profinet_mac', mac, 'set')
const profinetAlias = fact('lldp.profinet_alias', text, 'set')
/** Where the maker describes how the device is meant to be used (RFC 8520). */
const mud = fact('lldp.mud', text, 'set')
const serial = fact('lldp.chassis_serial', text, 'set')
/** Whose extensions it speaks beside the common ones. */
const organisation = fact('lldp.organization', hex, 'set')

const IEEE_8021 = 0x0080c2
const IEEE_8023 = 0x00120f
const MEDIA = 0x0012bb
const PROFINET = 0x000ecf
const IANA = 0x00005e
const JUNIPER = 0x009069

export function readOrganisation(c: Cursor, notes: Notes): void {
  const at = c.at
  const number = c.u24()
  const subtype = c.u8()
  if (c.fault !== '') return
  switch (number) {
    case IEEE_8021:
      return readBridging(c, notes, subtype)
    case IEEE_8023:
      return readCable(c, notes, subtype)
    case MEDIA:
      return readMedia(c, notes, subtype)
  }
  notes.add(organisation, at, 3)
  if (number === PROFINET) readProfinet(c, notes, subtype)
  else if (number === IANA && subtype === 1) noteRest(c, notes, mud)
  else if (number === JUNIPER && subtype === 1) noteRest(c, notes, serial)
}

function readBridging(c: Cursor, notes: Notes, subtype: number): void {
  // VLAN 0 is none.
  if (subtype === 1 && isGiven(c, 2)) noteExactly(c, notes, vlan, 2)
  if (subtype !== 3) return
  const at = c.take(2)
  const length = c.u8()
  const nameAt = c.take(length)
  if (c.fault !== '') return
  notes.add(vlan, at, 2)
  notes.add(vlanName, nameAt, length)
}

function readCable(c: Cursor, notes: Notes, subtype: number): void {
  if (subtype === 2) readPower(c, notes)
  else if (subtype === 4) noteExactly(c, notes, frameMax, 2)
  else if (subtype === 3 && (c.u8() & 2) !== 0) noteExactly(c, notes, aggregation, 4)
}

/** The last five bytes came with 802.3at: what is asked for, and what is given. */
function readPower(c: Cursor, notes: Notes): void {
  const support = c.u8()
  c.u8()
  const grade = c.u8()
  if (c.fault !== '') return
  notes.say(powerRole, (support & 1) !== 0 ? 'source' : 'device')
  // Classes 0 to 4 are written 1 to 5.
  if (grade > 0) notes.count32(powerClass, grade - 1)
  c.u8()
  notePower(c, notes, powerRequested)
  notePower(c, notes, powerAllocated)
}

function notePower(c: Cursor, notes: Notes, said: Fact): void {
  const given = isGiven(c, 2)
  const at = c.take(2)
  if (given) notes.add(said, at, 2)
}

function readProfinet(c: Cursor, notes: Notes, subtype: number): void {
  if (subtype === 3) noteRest(c, notes, profinetAlias)
  else if (subtype === 5) noteExactly(c, notes, profinetMac, 6)
}

export const organisationFacts: readonly Fact[] = [
  ...[vlan, vlanName, aggregation, frameMax, powerRole, powerClass, powerRequested, powerAllocated],
  ...[profinetMac, profinetAlias, mud, serial, organisation, ...mediaFacts],
]
