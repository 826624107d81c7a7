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
  /** By station: 1 if it carried what is not of its link. */
  private routers = new Uint8Array(0)
  /** Addresses and stations that were heard together since they were judged last. */
  private fresh: number[] = []
  private subnets = 0
  private readonly others: KnownCarriers | undefined

  /** `others`: what somebody else found out. */
  constructor(others?: KnownCarriers) {
    this.others = others
  }

  hear(address: number, station: number): void {
    this.first = reaching(this.first, address)
    const known = this.first[address]! - 1
    if (known === station) return
    if (known < 0) this.first[address] = station + 1
    else if (!this.isFurther(address, station)) return
    this.fresh.push(address, station)
  }

  isRouter(station: number): boolean {
    return this.routers[station] === 1 || (this.others?.isRouter(station) ?? false)
  }

  /** It carries so much that there is no doubt. */
  isSurelyRouter(station: number): boolean {
    return this.others?.isSurelyRouter(station) ?? false
  }

  /** Judges who was heard since, or everybody if a network was learned; tells who changed. */
  settle(known: Known, tell: (station: number) => void): void {
    if (known.subnets.count !== this.subnets) this.forget(known.subnets.count, tell)
    const { fresh } = this
    this.fresh = []
    for (let i = 0; i < fresh.length; i += 2) this.judge(fresh[i]!, fresh[i + 1]!, known, tell)
  }

  /** One in a list of the addresses that came by several stations. */
  private isFurther(address: number, station: number): boolean {
    const { further } = this
    for (let i = further.length - 2; i >= 0 && i >= further.length - 32; i -= 2) {
      if (further[i] === address && further[i + 1] === station) return false
    }
    if (further.length === CARRIERS_MAX * 2) return false
    further.push(address, station)
    return true
  }

  /** What was outside may be inside now. */
  private forget(subnets: number, tell: (station: number) => void): void {
    this.subnets = subnets
    this.others?.each(tell)
    this.routers.forEach((is, station) => {
      if (is === 1) tell(station)
    })
    this.routers.fill(0)
    this.fresh = [...this.further]
    for (let i = 0; i < this.first.length; i++) {
      if (this.first[i]! > 0) this.fresh.push(i, this.first[i]! - 1)
    }
  }

  /** A router carries an address that was neither proven its own nor is of the link. */
  private judge(
    address: number,
    station: number,
    { addresses, claims, subnets }: Known,
    tell: (station: number) => void,
  ): void {
    this.routers = reaching(this.routers, station)
    if (this.routers[station] === 1 || claims.has(address, station)) return
    if (subnets.has(addresses, address)) return
    this.routers[station] = 1
    tell(station)
  }
}

/** Who carries what is outside, as the live sensor keeps it. */
export interface KnownCarriers {
  isRouter(station: number): boolean
  isSurelyRouter(station: number): boolean
  /** Calls back with every station that carried anything. */
  each(visit: (station: number) => void): void
}

interface Known {
  readonly addresses: Addresses
  readonly claims: Claims
  readonly subnets: Subnets
}
