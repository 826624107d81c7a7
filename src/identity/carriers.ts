/** Which stations' frames carried packets from outside: routers do, unless the address is theirs. */

import type { Addresses } from './addresses.js'
import type { Claims } from './claims.js'
import { reaching } from './columns.js'
import { CARRIERS_MAX } from './limits.js'
import type { Subnets } from './subnets.js'

export class Carriers {
  /** By address: the station that was heard first and 1, or 0. */
  private first = new Int32Array(0)
  /** Further ones: pairs of an address and a station. */
  private readonly further: number[] = []

  hear(address: number, station: number): void {
    this.first = reaching(this.first, address)
    const known = this.first[address]! - 1
    if (known === station) return
    if (known < 0) {
      this.first[address] = station + 1
      return
    }
    const { further } = this
    for (let i = further.length - 2; i >= 0 && i >= further.length - 32; i -= 2) {
      if (further[i] === address && further[i + 1] === station) return
    }
    if (further.length < CARRIERS_MAX * 2) further.push(address, station)
  }

  /** Marks the stations that carried an address that was neither proven theirs nor is of the link. */
  mark(routers: Uint8Array, { addresses, claims, subnets }: Known): void {
    const consider = (address: number, station: number): void => {
      if (routers[station] === 1 || claims.has(address, station)) return
      if (!subnets.has(addresses, address)) routers[station] = 1
    }
    const count = Math.min(this.first.length, addresses.count)
    for (let i = 0; i < count; i++) if (this.first[i]! > 0) consider(i, this.first[i]! - 1)
    for (let i = 0; i < this.further.length; i += 2)
      consider(this.further[i]!, this.further[i + 1]!)
  }
}

interface Known {
  readonly addresses: Addresses
  readonly claims: Claims
  readonly subnets: Subnets
}
