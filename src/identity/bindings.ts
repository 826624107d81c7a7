/**
 * Who holds an address. Proof decides, the strongest first: a lease, a neighbour's own word, frames
 * that only a neighbour can send. A plain frame counts only where no router can have sent it.
 */

import type { Addresses } from './addresses.js'
import type { Carriers } from './carriers.js'
import { BY_FRAME, BY_LINK, BY_NEIGHBOUR, UNBOUND, type Claims } from './claims.js'
import { KeyTable } from './key-table.js'
import { PROXY_ADDRESSES_MAX, STRANGE_IP4_MAX, STRANGE_IP6_MAX } from './limits.js'
import { isFresh } from './ranges.js'
import type { Stations } from './stations.js'
import type { Subnets } from './subnets.js'

export interface Witnesses {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly claims: Claims
  readonly carriers: Carriers
  readonly subnets: Subnets
  readonly seed: number
}

const NOBODY = -1
/** A frame routed once or a few times has a hop limit this far below the fresh one. */
const ROUTED_HOPS = 16

export class Bindings {
  /** By address: the station that holds it, or -1. */
  readonly holder: Int32Array
  readonly proof: Uint8Array
  /** By address: the number of its host, shared by the same address in other VLANs; -1 for none. */
  readonly host: Int32Array
  /** By host: the address that stands for it in all VLANs. */
  readonly models: readonly number[]
  /** Stations that pass on what others send. */
  readonly routers: Uint8Array

  private readonly proxies: Uint8Array
  private readonly known: Witnesses

  constructor(known: Witnesses) {
    const { addresses, stations } = known
    this.known = known
    this.holder = new Int32Array(addresses.count).fill(NOBODY)
    this.proof = new Uint8Array(addresses.count)
    this.host = new Int32Array(addresses.count).fill(-1)
    this.routers = new Uint8Array(stations.count)
    this.proxies = new Uint8Array(stations.count)
    this.findRouters()
    this.findProxies()
    for (let i = 0; i < addresses.count; i++) this.bind(i)
    this.bindAliases()
    this.models = this.shareHosts()
  }

  /** A station is a router if it speaks for several addresses that it never claimed. */
  private findRouters(): void {
    const { addresses, stations, claims } = this.known
    const { sightings } = addresses
    const strange4 = new Int32Array(stations.count)
    const strange6 = new Int32Array(stations.count)
    for (let i = 0; i < sightings.count; i++) {
      const station = sightings.station(i)
      const address = sightings.address(i)
      if (station < 0 || sightings.linkLocal[i] === 1 || claims.has(address, station)) continue
      const strange = addresses.version(address) === 4 ? strange4 : strange6
      strange[station]!++
    }
    for (let i = 0; i < stations.count; i++) {
      if (strange4[i]! > STRANGE_IP4_MAX || strange6[i]! > STRANGE_IP6_MAX) this.routers[i] = 1
    }
    this.known.carriers.mark(this.routers, this.known)
  }

  /** A station is a proxy if it answers for many addresses that others send from. */
  private findProxies(): void {
    const { claims, stations } = this.known
    const foreign = new Int32Array(stations.count)
    for (let i = 0; i < claims.count; i++) {
      const station = claims.station[i]!
      if (station < 0 || claims.strength[i] !== BY_NEIGHBOUR) continue
      const address = claims.address[i]!
      if (this.known.addresses.sightings.of(address) < 0) continue
      if (!this.sendsItself(address, station)) foreign[station]!++
    }
    for (let i = 0; i < stations.count; i++)
      if (foreign[i]! > PROXY_ADDRESSES_MAX) this.proxies[i] = 1
  }

  /** The address's own traffic comes from this station, and from no further away. */
  private sendsItself(address: number, station: number): boolean {
    const { sightings } = this.known.addresses
    const seen = sightings.find(address, station)
    return seen >= 0 && isFresh(sightings.hopsMax[seen]!)
  }

  private bind(address: number): void {
    const { addresses } = this.known
    if (addresses.isNobody(address)) return
    if (this.bindByClaim(address)) return
    const neighbour = addresses.isLinkLocal(address)
    let best = -1
    let bestProof = UNBOUND
    const { sightings } = addresses
    for (let i = sightings.of(address); i >= 0; i = sightings.next[i]!) {
      const proof = this.sightingProof(i, neighbour)
      if (proof > bestProof || (proof > UNBOUND && proof === bestProof && this.isLater(i, best))) {
        best = i
        bestProof = proof
      }
    }
    if (best >= 0) this.hold(address, sightings.station(best), bestProof)
  }

  private bindByClaim(address: number): boolean {
    const { claims } = this.known
    let best = -1
    for (let i = claims.of(address); i >= 0; i = claims.next[i]!) {
      if (claims.alias[i]! >= 0) continue
      if (this.isVoid(i)) continue
      if (best < 0 || this.isStronger(i, best)) best = i
    }
    if (best >= 0) this.hold(address, claims.station[best]!, claims.strength[best]!)
    return best >= 0
  }

  private isVoid(claim: number): boolean {
    const { claims } = this.known
    const station = claims.station[claim]!
    if (claims.strength[claim] !== BY_NEIGHBOUR || this.proxies[station] === 0) return false
    return !this.sendsItself(claims.address[claim]!, station)
  }

  private isStronger(claim: number, than: number): boolean {
    const { strength, frame, station } = this.known.claims
    if (strength[claim] !== strength[than]) return strength[claim]! > strength[than]!
    if (frame[claim] !== frame[than]) return frame[claim]! > frame[than]!
    return this.known.stations.table.compare(station[claim]!, station[than]!) < 0
  }

  private isLater(sighting: number, than: number): boolean {
    const { presence } = this.known.addresses.sightings
    const later = presence.last(sighting) - presence.last(than)
    return later === 0 ? presence.first(sighting) > presence.first(than) : later > 0
  }

  /** What frames with this address and this station prove. */
  private sightingProof(sighting: number, neighbour: boolean): number {
    const { sightings } = this.known.addresses
    const station = sightings.station(sighting)
    if (station < 0) return UNBOUND
    if (neighbour || sightings.linkLocal[sighting] === 1) return BY_LINK
    const most = sightings.hopsMax[sighting]!
    const least = sightings.hopsMin[sighting]!
    const routedToo = least < most && least >= most - ROUTED_HOPS
    return isFresh(most) && !routedToo && this.routers[station] === 0 ? BY_FRAME : UNBOUND
  }

  private hold(address: number, station: number, proof: number): void {
    this.holder[address] = station
    this.proof[address] = proof
  }

  /** An address that was given to whoever holds another one. */
  private bindAliases(): void {
    const { claims } = this.known
    for (let i = 0; i < claims.count; i++) {
      const alias = claims.alias[i]!
      const address = claims.address[i]!
      if (alias < 0 || this.proof[address]! >= claims.strength[i]!) continue
      const station = this.holder[alias]!
      if (station >= 0) this.hold(address, station, claims.strength[i]!)
    }
  }

  /** Lets an address that is unbound in one VLAN be who holds it in another. */
  private shareHosts(): number[] {
    const { addresses } = this.known
    const hosts = new KeyTable(6, Math.max(addresses.count, 1), this.known.seed)
    const best: number[] = []
    for (let i = 0; i < addresses.count; i++) {
      if (addresses.isNobody(i)) continue
      if (!addresses.isInside(i) && this.proof[i] === UNBOUND) continue
      for (let k = 0; k < 4; k++) hosts.key[k] = addresses.table.word(i, k)
      hosts.key[4] = addresses.version(i)
      hosts.key[5] = addresses.session(i)
      const host = hosts.claim()
      this.host[i] = host
      const rival = best[host]
      if (rival === undefined || this.isBetterHost(i, rival)) best[host] = i
    }
    for (let i = 0; i < addresses.count; i++) {
      if (this.host[i]! < 0 || this.proof[i] !== UNBOUND) continue
      const model = best[this.host[i]!]!
      if (this.proof[model] !== UNBOUND) this.hold(i, this.holder[model]!, this.proof[model]!)
    }
    return best
  }

  private isBetterHost(address: number, than: number): boolean {
    if (this.proof[address] !== this.proof[than]) return this.proof[address]! > this.proof[than]!
    if (this.proof[address] === UNBOUND) return false
    return this.known.addresses.vlan(address) < this.known.addresses.vlan(than)
  }
}
