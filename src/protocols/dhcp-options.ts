/**
 * The options of DHCP (RFC 2132, 3004, 3046, 3397, 3442, 3925, 4361, 4578, 4702, 8520, 8910, and
 * CableLabs' and the Broadband Forum's own): what each says, when a client and when a server says
 * it. The kind of the message and whom it is about are decided before.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, label, list, number, text, type Fact } from '../model/fact.js'
import {
  noteItems,
  noteNames,
  notePartialName,
  tableOf,
  type Options,
  type Row,
} from './configuring.js'
import type { Notes } from './protocol.js'

const NODE_ID = 255
const GUID_BYTES = 17
/** FQDN: the name is written as in DNS, not as text. */
const AS_IN_DNS = 0x04
const BROADBAND_FORUM = 3561

const hostname = fact('dhcp.hostname', text, 'set')
const fqdn = fact('dhcp.fqdn', text, 'set')
const clientId = fact('dhcp.client_id', hex, 'set')
/** The unique identifier that the same machine uses in DHCPv6. */
const duid = fact('dhcp.duid', hex, 'set')
const userClass = fact('dhcp.user_class', label, 'set')
const enterprise = fact('dhcp.enterprise', number, 'set')
const enterpriseClass = fact('dhcp.enterprise_class', label, 'set')
const vendorOptions = fact('dhcp.vendor_options', hex, 'set')
const uuid = fact('dhcp.uuid', hex, 'set')

const oui = fact('dhcp.oui', label, 'set')
const vendor = fact('dhcp.vendor', text, 'set')
const model = fact('dhcp.model', text, 'set')
const serial = fact('dhcp.serial', text, 'set')
const hardware = fact('dhcp.hardware', text, 'set')
const firmware = fact('dhcp.firmware', text, 'set')
const part = fact('dhcp.part', text, 'set')

const circuit = fact('dhcp.circuit_id', label)
const remote = fact('dhcp.remote_id', label)
const subscriber = fact('dhcp.subscriber_id', label)
const leasedName = fact('dhcp.leased_name', text, 'set')

const search = fact('dhcp.search', text, 'set')
const route = fact('dhcp.route', text, 'set')

function readClientId(c: Cursor, notes: Notes): void {
  notes.add(clientId, c.at, c.left)
  if (c.u8() !== NODE_ID) return
  c.take(4)
  notes.add(duid, c.at, c.left)
}

/** Some count the length of each class first; many just write one. */
function readUserClass(c: Cursor, notes: Notes): void {
  const { at, left } = c
  if (!noteItems(notes, userClass, c, false)) notes.add(userClass, at, left)
}

const readFqdn = (c: Cursor, notes: Notes): void => readFullName(c, notes, fqdn)
const readLeasedFqdn = (c: Cursor, notes: Notes): void => readFullName(c, notes, leasedName)

function readFullName(c: Cursor, notes: Notes, name: Fact): void {
  const flags = c.u8()
  c.take(2)
  if ((flags & AS_IN_DNS) !== 0) notePartialName(notes, name, c)
  else notes.add(name, c.at, c.left)
}

function readUuid(c: Cursor, notes: Notes): void {
  if (c.left === GUID_BYTES && c.u8() === 0) notes.add(uuid, c.at, c.left)
}

function readEnterpriseClass(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const number = c.take(4)
    const length = c.u8()
    const at = c.take(length)
    if (c.fault !== '') return
    notes.add(enterprise, number, 4)
    notes.add(enterpriseClass, at, length)
  }
}

/** A gateway of the Broadband Forum's kind tells its own identity, and so do devices behind it. */
const deviceOptions = tableOf([
  [1, oui],
  [2, serial],
  [3, model],
])
const gatewayOptions = tableOf([
  [4, oui],
  [5, serial],
  [6, model],
])
const modemOptions = tableOf([
  [2, part],
  [4, serial],
  [5, hardware],
  [6, firmware],
  [8, oui],
  [9, model],
  [10, vendor],
])

const readDevice = (c: Cursor, notes: Notes): void => readEnterprise(c, notes, deviceOptions)
const readGateway = (c: Cursor, notes: Notes): void => readEnterprise(c, notes, gatewayOptions)

function readEnterprise(c: Cursor, notes: Notes, known: Options): void {
  while (c.left > 0) {
    const place = c.at
    const number = c.u32()
    const length = c.u8()
    const outer = c.narrow(length)
    if (c.fault !== '') return
    notes.add(enterprise, place, 4)
    if (number === BROADBAND_FORUM) readParts(c, notes, known)
    else notes.add(vendorOptions, c.at, c.left)
    if (c.fault !== '') return
    c.widen(outer)
  }
}

function readModem(c: Cursor, notes: Notes): void {
  notes.add(vendorOptions, c.at, c.left)
  readParts(c, notes, modemOptions)
}

/** Options within an option; codes 0 and 255 mean nothing special there. */
function readParts(c: Cursor, notes: Notes, known: Options): void {
  while (c.left > 0) {
    const code = c.u8()
    const length = c.u8()
    const option = known[code]
    const at = c.take(length)
    if (option !== undefined) notes.add(option.fact, at, length)
  }
}

/** Relay agent information: where the client's cable ends. */
const agentOptions = tableOf([
  [1, circuit],
  [2, remote],
  [6, subscriber],
])

const readAgent = (c: Cursor, notes: Notes): void => readParts(c, notes, agentOptions)

function readSearch(c: Cursor, notes: Notes): void {
  noteNames(notes, search, c)
}

/** `10.0.0.0/8 via 192.168.1.1`: only the bytes that the prefix needs are there. */
function readRoutes(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const bits = c.u8()
    const bytes = (bits + 7) >> 3
    if (bits > 32 || bytes + 4 > c.left) return
    const at = notes.here
    writeAddress(c, notes, bytes)
    notes.write('/')
    notes.writeNumber(bits)
    notes.write(' via ')
    writeAddress(c, notes, 4)
    notes.add(route, at, notes.here - at)
  }
}

function writeAddress(c: Cursor, notes: Notes, bytes: number): void {
  let place = 0
  while (place < 4) {
    if (place > 0) notes.write('.')
    notes.writeNumber(place < bytes ? c.u8() : 0)
    place++
  }
}

const CLIENT: readonly Row[] = [
  [12, hostname],
  [43, vendorOptions],
  [55, fact('dhcp.wishes', list, 'set')], // Their order gives the operating system away.
  [57, fact('dhcp.max_size', number, 'set'), 2],
  [60, fact('dhcp.vendor_class', text, 'set')],
  [61, clientId, readClientId],
  [77, userClass, readUserClass],
  [81, fqdn, readFqdn],
  [82, circuit, readAgent],
  [93, fact('dhcp.architecture', number, 'set'), 2],
  [94, fact('dhcp.interface', list, 'set')],
  [97, uuid, readUuid],
  [124, enterpriseClass, readEnterpriseClass],
  [125, vendorOptions, readDevice],
  [161, fact('dhcp.mud', text, 'set')],
]

const LEASE: readonly Row[] = [
  [12, leasedName],
  [81, leasedName, readLeasedFqdn],
  [82, circuit, readAgent],
]

/** A server may have several nets with other values for each: all of these are sets. */
const SERVER: readonly Row[] = [
  [1, fact('dhcp.mask', ip, 'set'), 4],
  [3, fact('dhcp.router', ip, 'set'), 4],
  [6, fact('dhcp.dns', ip, 'set'), 4],
  [15, fact('dhcp.domain', text, 'set')],
  [26, fact('dhcp.mtu', number, 'set'), 2],
  [28, fact('dhcp.broadcast', ip, 'set'), 4],
  [42, fact('dhcp.ntp', ip, 'set'), 4],
  [43, vendorOptions],
  [44, fact('dhcp.wins', ip, 'set'), 4],
  [51, fact('dhcp.lease_s', number, 'set'), 4],
  [66, fact('dhcp.boot_server', text, 'set')],
  [67, fact('dhcp.boot_path', text, 'set')],
  [101, fact('dhcp.timezone', text, 'set')],
  [114, fact('dhcp.captive_portal', text, 'set')],
  [119, search, readSearch],
  [121, route, readRoutes],
  [125, vendorOptions, readGateway],
  [150, fact('dhcp.tftp', ip, 'set'), 4],
  [249, route, readRoutes],
  [252, fact('dhcp.proxy_script', text, 'set')],
]

export const clientOptions = tableOf(CLIENT)
export const cableOptions = tableOf([...CLIENT, [43, vendorOptions, readModem]])
export const leaseOptions = tableOf(LEASE)
export const serverOptions = tableOf(SERVER)

export const optionFacts: readonly Fact[] = [
  ...new Set([
    ...[...CLIENT, ...LEASE, ...SERVER].map(([, said]) => said),
    ...[duid, enterprise, enterpriseClass, oui, vendor, model, serial, hardware, firmware, part],
    ...[circuit, remote, subscriber],
  ]),
]
