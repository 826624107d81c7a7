/** CDP, Cisco's discovery protocol: what switches, routers, phones and cameras tell their neighbour. */

import { OBJECT, readObject } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, label, mac, number, text } from '../model/fact.js'
import { readAddresses } from './cdp-addresses.js'
import { item, nextItem, noteExactly, noteRest, sayBits } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

/** Often ends in its serial number (`name(ABC12345)`), or is a phone's own address (`SEP...`). */
const deviceId = fact('cdp.device_id', label, 'set')
const address = fact('cdp.address', ip, 'set')
const portId = fact('cdp.port_id', text, 'set')
const capability = fact('cdp.capability', text, 'set')
const version = fact('cdp.version', text, 'set')
const platform = fact('cdp.platform', text, 'set')
const switchMac = fact('cdp.switch_mac', mac, 'set')
const vtpDomain = fact('cdp.vtp_domain', text, 'set')
const nativeVlan = fact('cdp.native_vlan', number, 'set')
const duplex = fact('cdp.duplex', text, 'set')
/** The VLAN for voice, or another appliance's. */
const applianceVlan = fact('cdp.appliance_vlan', number, 'set')
const power = fact('cdp.power_mw', number, 'set')
const powerRequested = fact('cdp.power_requested_mw', number, 'set')
const systemName = fact('cdp.sys_name', text, 'set')
const systemObject = fact('cdp.sys_object_id', text, 'set')
const managementAddress = fact('cdp.management_address', ip, 'set')
const location = fact('cdp.location', text, 'set')
const serial = fact('cdp.serial', text, 'set')

const CAPABILITIES: readonly string[] = [
  'router',
  'bridge',
  'source route bridge',
  'switch',
  'host',
  'igmp',
  'repeater',
  'phone',
  'remotely managed',
  'camera',
  'port relay',
]

/** Of Cisco, and of its cluster management. */
const CLUSTER_VENDOR = 0x00000c
const CLUSTER = 0x0112
const CLUSTER_TO_MAC = 18
const VERSION_MAX = 2

function parse(c: Cursor, notes: Notes): void {
  const spoken = c.u8()
  if (spoken === 0 || spoken > VERSION_MAX) return c.fail('bad version')
  c.take(3)
  let type = nextItem(c)
  while (type >= 0) {
    if (type <= 0x0b) readCommon(notes, type)
    else readMore(notes, type)
    type = nextItem(c)
  }
}

function readCommon(notes: Notes, type: number): void {
  switch (type) {
    case 1:
      return noteRest(item, notes, deviceId)
    case 2:
      return readAddresses(item, notes, address)
    case 3:
      return noteRest(item, notes, portId)
    case 4:
      return sayBits(notes, capability, item.u32(), CAPABILITIES)
    case 5:
      return noteRest(item, notes, version)
    case 6:
      return noteRest(item, notes, platform)
    case 8:
      return readHello(notes)
    case 9:
      return noteRest(item, notes, vtpDomain)
    case 0x0a:
      return noteExactly(item, notes, nativeVlan, 2)
    case 0x0b:
      if (item.left === 1) notes.say(duplex, item.u8() === 0 ? 'half' : 'full')
  }
}

function readMore(notes: Notes, type: number): void {
  switch (type) {
    case 0x0e:
      item.u8()
      return noteExactly(item, notes, applianceVlan, 2)
    case 0x10:
      return noteExactly(item, notes, power, 2)
    case 0x14:
      return noteRest(item, notes, systemName)
    case 0x15:
      return readSystemObject(notes)
    case 0x16:
      return readAddresses(item, notes, managementAddress)
    case 0x17:
      item.u8()
      return noteRest(item, notes, location)
    case 0x19:
      item.take(4)
      return notes.add(powerRequested, item.take(4), 4)
    case 0x1001:
      return noteRest(item, notes, serial)
  }
}

/** The hardware address of the switch itself, whichever of its ports this came from. */
function readHello(notes: Notes): void {
  const vendor = item.u24()
  const kind = item.u16()
  if (vendor !== CLUSTER_VENDOR || kind !== CLUSTER) return
  item.take(CLUSTER_TO_MAC)
  notes.add(switchMac, item.take(6), 6)
}

/** An object's name as SNMP writes it, with its tag or without; no name begins as the tag does. */
function readSystemObject(notes: Notes): void {
  if (item.peek() === OBJECT) {
    item.take(1)
    if (item.u8() !== item.left) return
  }
  const from = notes.here
  notes.add(systemObject, from, readObject(item, item.left, notes))
}

export const cdp: Protocol = {
  name: 'cdp',
  standard: 'Cisco',
  tells: 'name, platform, software and port of Cisco devices, and of others that speak it',
  heard: ['snap/00000c2000'],
  facts: [
    ...[deviceId, address, portId, capability, version, platform, switchMac, vtpDomain, nativeVlan],
    ...[duplex, applianceVlan, power, powerRequested, systemName, systemObject, managementAddress],
    ...[location, serial],
  ],
  parse,
}
