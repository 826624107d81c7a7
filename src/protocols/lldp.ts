/**
 * LLDP (IEEE 802.1AB), with the extensions of IEEE 802.1 and 802.3, of LLDP-MED (ANSI/TIA-1057) and
 * of PROFINET: what switches, phones and machines tell their neighbour on the cable.
 *
 * Nearly everything is a set: a network card and its operating system may both speak, under one
 * hardware address, and so may all ports of a switch.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, label, mac, text, type Fact } from '../model/fact.js'
import { isGiven, noteRest, sayBits } from './link-words.js'
import { organisationFacts, readOrganisation } from './lldp-organisations.js'
import type { Notes, Protocol } from './protocol.js'

const chassisId = fact('lldp.chassis_id', label, 'set')
const chassisMac = fact('lldp.chassis_mac', mac, 'set')
const chassisAddress = fact('lldp.chassis_address', ip, 'set')
const portId = fact('lldp.port_id', label, 'set')
const portMac = fact('lldp.port_mac', mac, 'set')
const portAddress = fact('lldp.port_address', ip, 'set')
const portDescription = fact('lldp.port_desc', text, 'set')
const systemName = fact('lldp.sys_name', text, 'set')
const systemDescription = fact('lldp.sys_desc', text, 'set')
/** What it does; what it could do besides is not told. */
const capability = fact('lldp.capability', text, 'set')
const managementAddress = fact('lldp.management_address', ip, 'set')
const managementMac = fact('lldp.management_mac', mac, 'set')

const CHASSIS = 1
const END = 0
const TYPE_SHIFT = 9
const LENGTH_MASK = 0x1ff

const CHASSIS_MAC = 4
const CHASSIS_ADDRESS = 5
const PORT_MAC = 3
const PORT_ADDRESS = 4

/** Address families (IANA). */
const IP4 = 1
const IP6 = 2
const ALL_802 = 6

export const CAPABILITIES: readonly string[] = [
  'other',
  'repeater',
  'bridge',
  'access point',
  'router',
  'phone',
  'cable modem',
  'station',
  'customer bridge',
  'service bridge',
  'relay',
]

/** Over one item's value: see `item` of `link-words`. */
const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  if (c.left > 0 && c.peek() >> 1 !== CHASSIS) return c.fail('no chassis')
  if (c.left === 0) c.take(1)
  while (c.left > 0) {
    const head = c.u16()
    const length = head & LENGTH_MASK
    const at = c.take(length)
    if (c.fault !== '' || head >> TYPE_SHIFT === END) return
    part.over(c.bytes, at, at + length)
    readItem(notes, head >> TYPE_SHIFT)
  }
}

function readItem(notes: Notes, type: number): void {
  switch (type) {
    case CHASSIS:
      return readId(notes, part.u8() - CHASSIS_MAC, CHASSIS_ADDRESS - CHASSIS_MAC, chassis)
    case 2:
      return readId(notes, part.u8() - PORT_MAC, PORT_ADDRESS - PORT_MAC, port)
    case 4:
      return noteRest(part, notes, portDescription)
    case 5:
      return noteRest(part, notes, systemName)
    case 6:
      return noteRest(part, notes, systemDescription)
    case 7:
      return readCapabilities(notes)
    case 8:
      return readManagement(notes)
    case 127:
      return readOrganisation(part, notes)
  }
}

interface Id {
  readonly mac: Fact
  readonly address: Fact
  readonly other: Fact
}

const chassis: Id = { mac: chassisMac, address: chassisAddress, other: chassisId }
const port: Id = { mac: portMac, address: portAddress, other: portId }

/** What a chassis or port is called; kind 0 is a hardware address, `network` a network address. */
function readId(notes: Notes, kind: number, network: number, id: Id): void {
  if (kind === 0 && part.left === 6) notes.add(id.mac, part.at, 6)
  else if (kind === network) readAddress(notes, part.u8(), part.left, id)
  else noteRest(part, notes, id.other)
}

function readAddress(notes: Notes, family: number, length: number, id: Id): void {
  const wanted = family === IP4 ? 4 : family === IP6 ? 16 : family === ALL_802 ? 6 : 0
  if (wanted === 0 || wanted !== length || !isGiven(part, length)) return
  notes.add(family === ALL_802 ? id.mac : id.address, part.take(length), length)
}

/** Some devices say what they can do and forget to say that they do it. */
function readCapabilities(notes: Notes): void {
  const able = part.u16()
  const enabled = part.u16()
  if (part.fault !== '') return
  sayBits(notes, capability, enabled === 0 ? able : enabled, CAPABILITIES)
}

const management: Id = {
  mac: managementMac,
  address: managementAddress,
  other: managementAddress,
}

function readManagement(notes: Notes): void {
  const length = part.u8() - 1
  const family = part.u8()
  if (length > part.left) return
  readAddress(notes, family, length, management)
}

export const lldp: Protocol = {
  name: 'lldp',
  standard: 'IEEE 802.1AB, ANSI/TIA-1057',
  tells: 'name, model, software, serial number and place of switches, phones and machines',
  heard: ['ether/88cc'],
  facts: [
    ...[chassisId, chassisMac, chassisAddress, portId, portMac, portAddress, portDescription],
    ...[systemName, systemDescription, capability, managementAddress, managementMac],
    ...organisationFacts,
  ],
  parse,
}
