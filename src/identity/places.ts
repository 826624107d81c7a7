/** What the network is called that a device is in, and where that is, as somebody configured it. */

import { isWithin, type Prefix } from '../bytes/prefixes.js'
import type { DeviceRecord } from '../model/device.js'
import { readNetwork } from '../settings/network.js'

export interface NamedPlace {
  readonly subnet: Prefix | null
  readonly vlan: number | null
  readonly name: string
  readonly zone: string | null
  readonly site: string | null
  readonly timezone: string | null
}

/** Null where nobody said. */
export interface Place {
  readonly network: string | null
  readonly zone: string | null
  readonly site: string | null
  /** The sensor's, where nobody said. */
  readonly timezone: string
}

export const TIMEZONE = 'UTC'

/** What a record says of its addresses and its place. */
type Recorded = Pick<DeviceRecord, 'ipv4' | 'ipv6' | 'vlans' | 'network' | 'zone' | 'timezone'>

export class Places {
  readonly isEmpty: boolean
  /** The longest prefixes first: the smallest network that holds an address tells most. */
  private readonly subnets: readonly { readonly prefix: Prefix; readonly place: Place }[]
  private readonly vlans: readonly { readonly vlan: number; readonly place: Place }[]

  private readonly nowhere: Place

  constructor(list: readonly NamedPlace[], timezone = TIMEZONE) {
    this.isEmpty = list.length === 0
    this.nowhere = { network: null, zone: null, site: null, timezone }
    const placeOf = (one: NamedPlace): Place => ({
      ...{ network: one.name, zone: one.zone, site: one.site },
      timezone: one.timezone ?? timezone,
    })
    this.subnets = list
      .flatMap(one => (one.subnet === null ? [] : [{ prefix: one.subnet, place: placeOf(one) }]))
      .sort((a, b) => b.prefix.bits - a.prefix.bits)
    this.vlans = list.flatMap(one =>
      one.vlan === null ? [] : [{ vlan: one.vlan, place: placeOf(one) }],
    )
  }

  /** By addresses of 4 or 16 bytes, else by VLANs; in whatever order they come. */
  of(addresses: readonly Uint8Array[], vlans: readonly number[]): Place {
    if (this.isEmpty) return this.nowhere
    const subnet = this.subnets.find(({ prefix }) =>
      addresses.some(bytes => isWithin([prefix], bytes, 0, bytes.length)),
    )
    return (subnet ?? this.vlans.find(({ vlan }) => vlans.includes(vlan)))?.place ?? this.nowhere
  }

  /** Whether networks were called otherwise when this was recorded. */
  isOutdated({ ipv4, ipv6, vlans, network, zone, timezone }: Recorded): boolean {
    if (this.isEmpty) {
      return network !== null || zone !== null || timezone !== this.nowhere.timezone
    }
    const all = [...ipv4.map(text => `${text}/32`), ...ipv6.map(text => `${text}/128`)]
    const addresses = all.flatMap(text => {
      const known = readNetwork(text)
      return typeof known === 'string' ? [] : [known.bytes]
    })
    const place = this.of(addresses, vlans)
    return place.network !== network || place.zone !== zone || place.timezone !== timezone
  }
}
