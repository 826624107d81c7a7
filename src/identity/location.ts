/**
 * Where a device is: at which port of which switch or at which access point, and in what words it
 * or its network describes the place. It follows from what is told of the device; what a switch
 * says of its own neighbours is told to them, and a mirror hears it where nobody can tell whose it is.
 */

import type { LocationRecord } from '../model/device.js'

/** One statement about a device, and when it was made last. */
export interface Said {
  readonly fact: string
  readonly value: string
  readonly at: number
}

type Part = 'switch' | 'port' | 'access_point' | 'civic'
/** Gives the part in the words people know it by, or '' where this value says nothing. */
type Reading = (value: string) => string

const asIs: Reading = value => value
/** Option 82 as switches fill it who have nothing configured: the switch's address, in hexadecimal. */
const switchMac: Reading = value => {
  const [, digits] = /^0006([0-9a-f]{12})$/.exec(value) ?? []
  return digits === undefined ? value : digits.replace(/..(?=.)/g, '$&:')
}
/** The same: VLAN, module and port. */
const modulePort: Reading = value => {
  const [, module, port] = /^0004[0-9a-f]{4}([0-9a-f]{2})([0-9a-f]{2})$/.exec(value) ?? []
  return module === undefined ? value : `${parseInt(module, 16)}/${parseInt(port!, 16)}`
}

/** The facts that tell of each part, the most telling first. */
const TELLING: Readonly<Record<Part, readonly (readonly [fact: string, read: Reading])[]>> = {
  switch: [
    ['radius.at', asIs],
    ['dhcp.remote_id', switchMac],
    ['dhcpv6.remote_id', asIs],
  ],
  port: [
    ['radius.port_id', asIs],
    ['dhcp.circuit_id', modulePort],
    ['dhcpv6.interface_id', asIs],
    ['radius.port', asIs],
  ],
  access_point: [['radius.at', asIs]],
  civic: [
    ['lldp.civic', asIs],
    ['cdp.location', asIs],
    ['capwap.location', asIs],
    ['snmp.sys_location', asIs],
    ['ipp.location', asIs],
    ['s7comm.location', asIs],
    ['esphome.area', asIs],
    ['upnp.room', asIs],
    ['lifx.location', asIs],
    ['roku.location', asIs],
  ],
}
/** It says by what a station that logged in is connected. */
const CONNECTION = 'radius.connection'
const WIRELESS = /802\.11/
/** Parts of one address are so many statements. */
const CIVIC_PARTS = 'lldp.civic'

const PLACING = new Set([CONNECTION, ...Object.values(TELLING).flatMap(all => all.map(([f]) => f))])

/** Whether a fact has to do with a place. */
export const isPlacing = (fact: string): boolean => PLACING.has(fact)

/** Where it is as far as these statements tell, or null. */
export function locationOf(said: readonly Said[]): Omit<LocationRecord, 'site' | 'zone'> | null {
  const isWireless = latest(said, CONNECTION).some(({ value }) => WIRELESS.test(value))
  const parts: Record<Part, string | null> = {
    ...{ switch: null, port: null, access_point: null, civic: null },
  }
  const from = new Set<string>()
  for (const part of Object.keys(TELLING) as Part[]) {
    // Who is there by radio is at no port, and who is at a port is not there by radio.
    if (part !== 'civic' && (part === 'access_point') !== isWireless) continue
    const told = best(said, part)
    if (told === undefined) continue
    parts[part] = told.words
    from.add(told.fact)
  }
  return from.size === 0 ? null : { ...parts, from: [...from] }
}

function best(said: readonly Said[], part: Part): { fact: string; words: string } | undefined {
  for (const [fact, read] of TELLING[part]) {
    const found = latest(said, fact)
    const words = fact === CIVIC_PARTS ? address(said) : read(found[0]?.value ?? '')
    if (words !== '') return { fact, words }
  }
  return undefined
}

/** What one fact said, the latest first. */
const latest = (said: readonly Said[], fact: string): Said[] =>
  said.filter(one => one.fact === fact).sort((a, b) => b.at - a.at)

/** `city: Ulm`, `floor: 2`: of each kind the latest, in the order in which they were told first. */
function address(said: readonly Said[]): string {
  const parts = new Map<string, string>()
  const own = said.filter(({ fact }) => fact === CIVIC_PARTS)
  for (const { value } of [...own].sort((a, b) => a.at - b.at)) {
    parts.set(value.slice(0, value.indexOf(':')), value)
  }
  return [...parts.values()].join(', ')
}
