/**
 * The options of DHCPv6 (RFC 8415, 3646, 4704, 5908, 5970, 6334, 8520, 8910, and CableLabs' and the
 * Broadband Forum's own): what each says, when a client and when a server says it.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, label, list, mac, number, prefix, text, words } from '../model/fact.js'
import type { Fact } from '../model/fact.js'
import {
  isStation,
  noteItems,
  noteNames,
  notePartialName,
  notePrefix,
  tableOf,
  type Options,
  type Row,
} from './configuring.js'
import type { Notes } from './protocol.js'

/** How a machine calls itself on all its interfaces, and what that name is made of. */
const duid = fact('dhcpv6.duid', hex, 'set')
const duidKind = fact('dhcpv6.duid_kind', text, 'set')
const duidMac = fact('dhcpv6.duid_mac', mac, 'set')
/** When it was made, in seconds since the year 2000. */
const duidTime = fact('dhcpv6.duid_time_s', number, 'set')
const uuid = fact('dhcpv6.uuid', hex, 'set')
const enterprise = fact('dhcpv6.enterprise', number, 'set')
const vendorClass = fact('dhcpv6.vendor_class', label, 'set')
const vendorOptions = fact('dhcpv6.vendor_options', hex, 'set')
const userClass = fact('dhcpv6.user_class', label, 'set')
const fqdn = fact('dhcpv6.fqdn', text, 'set')
const leasedName = fact('dhcpv6.leased_name', text, 'set')

/** What a client would like, what it was given, and why it was given nothing. */
const requested = fact('dhcpv6.requested_address', ip, 'set')
const requestedPrefix = fact('dhcpv6.requested_prefix', prefix, 'set')
const address = fact('dhcpv6.address', ip, 'set')
const network = fact('dhcpv6.prefix', prefix, 'set')
const refused = fact('dhcpv6.refused', text, 'event')
/** What it gave back, or found in use by another. */
const released = fact('dhcpv6.released', ip, 'event')
const releasedPrefix = fact('dhcpv6.released_prefix', prefix, 'event')
const declined = fact('dhcpv6.declined', ip, 'event')

const oui = fact('dhcpv6.oui', label, 'set')
const vendor = fact('dhcpv6.vendor', text, 'set')
const model = fact('dhcpv6.model', text, 'set')
const serial = fact('dhcpv6.serial', text, 'set')
const hardware = fact('dhcpv6.hardware', text, 'set')
const firmware = fact('dhcpv6.firmware', text, 'set')
const part = fact('dhcpv6.part', text, 'set')

const search = fact('dhcpv6.search', text, 'set')
const ntp = fact('dhcpv6.ntp', ip, 'set')
const ntpName = fact('dhcpv6.ntp_name', text, 'set')
const softwires = fact('dhcpv6.aftr', text, 'set')

const LINK_AND_TIME = 1
const ENTERPRISE = 2
const LINK = 3
const UUID = 4
const DUID_KINDS = ['', 'link and time', 'enterprise', 'link', 'uuid'] as const

const ETHERNET = 1
const IEEE_802 = 6
const BROADBAND_FORUM = 3561
const CABLE_LABS = 4491

const LEASED_ADDRESS = 5
const LEASED_PREFIX = 26
const STATUS = 13
const NTP_ADDRESS = 1
const NTP_NAME = 3

/** One part of an option's value. */
const inner = new Cursor()

function readDuid(c: Cursor, notes: Notes): void {
  if (c.left < 3) return
  notes.add(duid, c.at, c.left)
  const kind = c.u16()
  if (kind === LINK_AND_TIME || kind === LINK) {
    const type = c.u16()
    if (kind === LINK_AND_TIME) notes.add(duidTime, c.take(4), 4)
    const ethernet = (type === ETHERNET || type === IEEE_802) && c.left === 6
    if (ethernet && isStation(c.bytes, c.at)) notes.add(duidMac, c.at, 6)
  } else if (kind === ENTERPRISE) notes.add(enterprise, c.take(4), 4)
  else if (kind === UUID) notes.add(uuid, c.take(16), 16)
  else return
  notes.say(duidKind, DUID_KINDS[kind]!)
}

function readVendorClass(c: Cursor, notes: Notes): void {
  notes.add(enterprise, c.take(4), 4)
  const { at, left } = c
  if (!noteItems(notes, vendorClass, c, true)) notes.add(vendorClass, at, left)
}

function readUserClass(c: Cursor, notes: Notes): void {
  const { at, left } = c
  if (!noteItems(notes, userClass, c, true)) notes.add(userClass, at, left)
}

const forumOptions = tableOf([
  [11, oui],
  [12, serial],
  [13, model],
])
const cableOptions = tableOf([
  [2, part],
  [4, serial],
  [5, hardware],
  [6, firmware],
  [8, oui],
  [9, model],
  [10, vendor],
])

function readVendorOptions(c: Cursor, notes: Notes): void {
  const place = c.at
  const number = c.u32()
  if (c.fault !== '') return
  notes.add(enterprise, place, 4)
  notes.add(vendorOptions, c.at, c.left)
  if (number === BROADBAND_FORUM) readParts(c, notes, forumOptions)
  else if (number === CABLE_LABS) readParts(c, notes, cableOptions)
}

function readParts(c: Cursor, notes: Notes, known: Options): void {
  while (c.left > 0) {
    const code = c.u16()
    const length = c.u16()
    const option = known[code]
    const at = c.take(length)
    if (option !== undefined) notes.add(option.fact, at, length)
  }
}

const readFqdn = (c: Cursor, notes: Notes): void => readName(c, notes, fqdn)
const readLeasedName = (c: Cursor, notes: Notes): void => readName(c, notes, leasedName)

function readName(c: Cursor, notes: Notes, name: Fact): void {
  c.take(1)
  notePartialName(notes, name, c)
}

/** What is said of the addresses and prefixes within an association. */
interface Association {
  readonly address: Fact
  readonly prefix: Fact
  /** Those whose lifetime is none are no longer the client's. */
  readonly given: boolean
}
const wish: Association = { address: requested, prefix: requestedPrefix, given: false }
const lease: Association = { address, prefix: network, given: true }
const farewell: Association = { address: released, prefix: releasedPrefix, given: false }
const complaint: Association = { address: declined, prefix: releasedPrefix, given: false }

/** Rows for the three kinds of association, which differ in how much stands before their parts. */
function associations(said: Association): Row[] {
  const read = (head: number) => (c: Cursor, notes: Notes) => {
    c.take(head)
    readAssociation(c, notes, said)
  }
  return [
    [3, said.address, read(12)],
    [4, said.address, read(4)],
    [25, said.prefix, read(12)],
  ]
}

function readAssociation(c: Cursor, notes: Notes, said: Association): void {
  while (c.left > 0) {
    const code = c.u16()
    const length = c.u16()
    const at = c.take(length)
    if (at < 0) return
    inner.over(c.bytes, at, at + length)
    if (code === STATUS) readStatus(inner, notes)
    else if (code === LEASED_ADDRESS && length >= 24) {
      const place = inner.take(16)
      inner.take(4)
      if (inner.u32() !== 0 || !said.given) notes.add(said.address, place, 16)
    } else if (code === LEASED_PREFIX && length >= 25) {
      inner.take(4)
      const lives = inner.u32() !== 0 || !said.given
      const bits = inner.u8()
      if (lives) notePrefix(notes, said.prefix, inner, 16, bits)
    }
  }
}

/** Zero is success; a server may say in words what is wrong. */
function readStatus(c: Cursor, notes: Notes): void {
  const status = c.u16()
  if (c.fault !== '' || status === 0) return
  if (c.left > 0) notes.add(refused, c.at, c.left)
  else notes.count32(refused, status)
}

function readSearch(c: Cursor, notes: Notes): void {
  noteNames(notes, search, c)
}

function readSoftwires(c: Cursor, notes: Notes): void {
  notePartialName(notes, softwires, c)
}

function readNtp(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const code = c.u16()
    const length = c.u16()
    const at = c.take(length)
    if (at < 0) return
    if (code === NTP_ADDRESS && length === 16) notes.add(ntp, at, 16)
    else if (code === NTP_NAME)
      notePartialName(notes, ntpName, inner.over(c.bytes, at, at + length))
  }
}

const CLIENT: readonly Row[] = [
  [1, duid, readDuid],
  [6, fact('dhcpv6.wishes', words, 'set')], // Their order gives the operating system away.
  [15, userClass, readUserClass],
  [16, vendorClass, readVendorClass],
  [17, vendorOptions, readVendorOptions],
  [39, fqdn, readFqdn],
  [61, fact('dhcpv6.architecture', number, 'set'), 2],
  [62, fact('dhcpv6.interface', list, 'set')],
  [112, fact('dhcpv6.mud', text, 'set')],
]

const LEASE: readonly Row[] = [
  [1, duid, readDuid],
  [13, refused, readStatus],
  [39, leasedName, readLeasedName],
]

const SERVER: readonly Row[] = [
  [2, fact('dhcpv6.server_duid', hex, 'set')],
  [7, fact('dhcpv6.preference', number, 'set'), 1],
  [17, vendorOptions, readVendorOptions],
  [23, fact('dhcpv6.dns', ip, 'set'), 16],
  [24, search, readSearch],
  [31, ntp, 16],
  [42, fact('dhcpv6.timezone', text, 'set')],
  [56, ntp, readNtp],
  [59, fact('dhcpv6.boot_file', text, 'set')],
  [64, softwires, readSoftwires],
  [103, fact('dhcpv6.captive_portal', text, 'set')],
]

/** What a client says of itself, and by kind of message of its addresses. */
export const clientOptions = tableOf([...CLIENT, ...associations(wish)])
export const releaseOptions = tableOf([...CLIENT, ...associations(farewell)])
export const declineOptions = tableOf([...CLIENT, ...associations(complaint)])
export const leaseOptions = tableOf([...LEASE, ...associations(lease)])
export const serverOptions = tableOf(SERVER)

export const optionFacts: readonly Fact[] = [
  ...new Set([
    ...[...CLIENT, ...LEASE, ...SERVER].map(([, said]) => said),
    ...[requested, requestedPrefix, address, network, released, releasedPrefix, declined],
    ...[duidKind, duidMac, duidTime, uuid, enterprise, ntpName],
    ...[oui, vendor, model, serial, hardware, firmware, part],
  ]),
]
