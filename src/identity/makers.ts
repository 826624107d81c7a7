/**
 * How each station's hardware address came to be. Makers of access points and routers derive further
 * addresses from their own by setting the local bit: those are no disguise, either.
 */

import { reaching } from './columns.js'
import { COPIED, MADE, originOf, RANDOM } from './ranges.js'
import type { Stations } from './stations.js'
import type { Vendors } from './vendors.js'

const LOCAL = 2
/** Makers whose devices do so. */
const DERIVING =
  /^(AVM|Ubiquiti|Cisco|Meraki|Aruba|Ruckus|Sonos|Netgear|TP-Link|ARRIS|Technicolor|Sagemcom|HUAWEI|Zyxel|LANCOM|MikroTik|Routerboard|Extreme|Juniper|Fortinet|eero|Google)/i

export class Makers {
  private readonly stations: Stations
  private readonly vendors: Vendors
  /** By station: its origin and 1, or 0 while nobody asked. */
  private origins = new Uint8Array(0)
  private readonly bytes = new Uint8Array(8)

  constructor(stations: Stations, vendors: Vendors) {
    this.stations = stations
    this.vendors = vendors
  }

  isRandom(station: number): boolean {
    return this.origin(station) === RANDOM
  }

  /** Copies of one machine may be alike in all they say. */
  isCopied(station: number): boolean {
    return this.origin(station) === COPIED
  }

  /** Nobody else in the world has this address, unless somebody wants to deceive. */
  isUnique(station: number): boolean {
    return this.origin(station) !== COPIED
  }

  private origin(station: number): number {
    this.origins = reaching(this.origins, station)
    const known = this.origins[station]!
    if (known > 0) return known - 1
    let origin = originOf(this.stations.table.word(station, 0))
    if (origin === RANDOM && this.isDerived(station)) origin = MADE
    this.origins[station] = origin + 1
    return origin
  }

  private isDerived(station: number): boolean {
    this.stations.write(station, this.bytes)
    this.bytes[0]! &= ~LOCAL
    const vendor = this.vendors.of(this.bytes)
    return vendor !== null && DERIVING.test(vendor.name)
  }
}
