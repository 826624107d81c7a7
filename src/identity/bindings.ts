/**
 * Who holds an address. Proof decides, the strongest first: a lease, a neighbour's own word, frames
 * that only a neighbour can send. A plain frame counts only where no router can have sent it.
 *
 * Only what was touched since is judged again, so that a sensor can ask after every second.
 */

import type { Addresses } from './addresses.js'
import type { Carriers } from './carriers.js'
import { BY_FRAME, BY_LINK, BY_NEIGHBOUR, UNBOUND, type Claims } from './claims.js'
import { reaching } from './columns.js'
import { Dirt } from './dirt.js'
import { Hosts } from './hosts.js'
import {
  PROXY_ADDRESSES_MAX,
  SETTLING_ROUNDS_MAX,
  STRANGE_IP4_MAX,
  STRANGE_IP6_MAX,
  TAKEOVER_MICROS,
} from './limits.js'
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

const ROUTER = 1
const PROXY = 2

export class Bindings {
  /** The same address in other VLANs. */
  readonly hosts: Hosts
  /** Told of an address that has another holder: from whom to whom, -1 for nobody. */
  onMove: (address: number, from: number, to: number) => void = () => undefined
  /** Told of an address that was judged, whatever came of it. */
  onJudged: (address: number) => void = () => undefined
  /** Told of a station that turned out to speak for others, or not to. */
  onRole: (station: number) => void = () => undefined

  /** By address: the station that holds it and 1, or 0; and by which proof. */
  private holders = new Int32Array(0)
  private proofs = new Uint8Array(0)
  /** By station: ROUTER, PROXY. */
  private roles = new Uint8Array(0)
  private readonly known: Witnesses
  private readonly addressDirt = new Dirt()
  private readonly stationDirt = new Dirt()
  // What `judge` found.
  private station = NOBODY
  private proof = UNBOUND

  constructor(known: Witnesses) {
    this.known = known
    this.hosts = new Hosts(known.addresses, known.seed)
  }

  /** The station that holds an address, or -1; by its own proof or by that in another VLAN. */
  holder(address: number): number {
    const own = this.own(address)
    if (own >= 0) return own
    const model = this.hosts.modelOf(address)
    return model >= 0 ? this.own(model) : NOBODY
  }

  /** By which proof it is held itself. */
  proofOf(address: number): number {
    return address < this.proofs.length ? this.proofs[address]! : UNBOUND
  }

  isRouter(station: number): boolean {
    return station < this.roles.length && (this.roles[station]! & ROUTER) !== 0
  }

  isProxy(station: number): boolean {
    return station < this.roles.length && (this.roles[station]! & PROXY) !== 0
  }

  touch(address: number): void {
    this.addressDirt.add(address)
  }

  touchStation(station: number): void {
    if (station >= 0) this.stationDirt.add(station)
  }

  touchAll(): void {
    const { addresses, stations } = this.known
    for (let i = 0; i < stations.count; i++) this.stationDirt.add(i)
    for (let i = 0; i < addresses.count; i++) this.addressDirt.add(i)
  }

  /** Judges what was touched, and what depends on it. */
  settle(): void {
    const { carriers } = this.known
    carriers.settle(this.known, station => this.stationDirt.add(station))
    for (let round = 0; round < SETTLING_ROUNDS_MAX; round++) {
      this.stationDirt.take(station => this.judgeRole(station))
      if (this.addressDirt.count === 0) return
      this.addressDirt.take(address => this.bind(address))
    }
  }

  /** A station is a router if it carries what is outside, or many addresses that it never claimed. */
  private judgeRole(station: number): void {
    this.roles = reaching(this.roles, station)
    const router = this.known.carriers.isRouter(station) || this.carriesStrangers(station)
    const role = (router ? ROUTER : 0) | (this.answersForOthers(station) ? PROXY : 0)
    if (role === this.roles[station]) return
    this.roles[station] = role
    const { claims, addresses } = this.known
    const { sightings } = addresses
    for (let i = sightings.ofStation(station); i >= 0; i = sightings.nextOfStation[i]!)
      this.addressDirt.add(sightings.address(i))
    for (let i = claims.ofStation(station); i >= 0; i = claims.nextOfStation[i]!)
      this.addressDirt.add(claims.address[i]!)
    this.onRole(station)
  }

  private carriesStrangers(station: number): boolean {
    const { addresses, claims } = this.known
    const { sightings } = addresses
    let strange4 = 0
    let strange6 = 0
    for (let i = sightings.ofStation(station); i >= 0; i = sightings.nextOfStation[i]!) {
      const address = sightings.address(i)
      if (sightings.linkLocal[i] === 1 || claims.has(address, station)) continue
      if (addresses.version(address) === 4) strange4++
      else strange6++
      if (strange4 > STRANGE_IP4_MAX || strange6 > STRANGE_IP6_MAX) return true
    }
    return false
  }

  /** A station is a proxy if it answers for many addresses that others send from. */
  private answersForOthers(station: number): boolean {
    const { claims, addresses } = this.known
    let foreign = 0
    for (let i = claims.ofStation(station); i >= 0; i = claims.nextOfStation[i]!) {
      if (claims.strength[i] !== BY_NEIGHBOUR) continue
      const address = claims.address[i]!
      if (addresses.sightings.of(address) < 0) continue
      if (!this.sendsItself(address, station) && ++foreign > PROXY_ADDRESSES_MAX) return true
    }
    return false
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
    this.station = NOBODY
    this.proof = UNBOUND
    // What was only recorded is outdone by whatever is heard.
    if (!this.judgeClaims(address) || this.proof === BY_FRAME) this.judgeSightings(address)
    this.judgeAliases(address)
    this.hold(address, this.station, this.proof)
    this.onJudged(address)
  }

  private judgeClaims(address: number): boolean {
    const { claims } = this.known
    let best = -1
    for (let i = claims.of(address); i >= 0; i = claims.next[i]!) {
      if (claims.alias[i]! >= 0 || this.isVoid(i)) continue
      if (best < 0 || this.isStronger(i, best)) best = i
    }
    if (best < 0) return false
    this.take(claims.station[best]!, claims.strength[best]!)
    return true
  }

  /** A proxy's word counts for nothing but itself. */
  private isVoid(claim: number): boolean {
    const { claims } = this.known
    const station = claims.station[claim]!
    if (claims.strength[claim] !== BY_NEIGHBOUR || !this.isProxy(station)) return false
    return !this.sendsItself(claims.address[claim]!, station)
  }

  private isStronger(claim: number, than: number): boolean {
    const { strength, frame, time, station } = this.known.claims
    if (station[claim] !== station[than]) {
      if (this.hasTakenOver(claim, than)) return true
      if (this.hasTakenOver(than, claim)) return false
    }
    if (strength[claim] !== strength[than]) return strength[claim]! > strength[than]!
    if (time[claim] !== time[than]) return time[claim]! > time[than]!
    if (frame[claim] !== frame[than]) return frame[claim]! > frame[than]!
    return this.known.stations.table.compare(station[claim]!, station[than]!) < 0
  }

  /** A neighbour may take an address whose holder has long been silent, whatever its lease says. */
  private hasTakenOver(claim: number, from: number): boolean {
    const { claims, addresses } = this.known
    const { sightings } = addresses
    if (claims.strength[claim]! < BY_NEIGHBOUR) return false
    const since = claims.time[claim]! - TAKEOVER_MICROS
    if (claims.time[from]! > since) return false
    const seen = sightings.find(claims.address[from]!, claims.station[from]!)
    return seen < 0 || sightings.presence.last(seen) < since
  }

  private judgeSightings(address: number): void {
    const { addresses } = this.known
    const { sightings } = addresses
    const neighbour = addresses.isLinkLocal(address)
    let best = -1
    let bestProof = UNBOUND
    for (let i = sightings.of(address); i >= 0; i = sightings.next[i]!) {
      const proof = this.sightingProof(i, neighbour)
      if (proof > bestProof || (proof > UNBOUND && proof === bestProof && this.isLater(i, best))) {
        best = i
        bestProof = proof
      }
    }
    if (best >= 0 && bestProof >= this.proof) this.take(sightings.station(best), bestProof)
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
    return isFresh(most) && !routedToo && !this.isRouter(station) ? BY_FRAME : UNBOUND
  }

  /** An address that was given to whoever holds another one. */
  private judgeAliases(address: number): void {
    const { claims } = this.known
    for (let i = claims.of(address); i >= 0; i = claims.next[i]!) {
      const alias = claims.alias[i]!
      if (alias < 0 || this.proof >= claims.strength[i]!) continue
      const station = this.own(alias)
      if (station >= 0) this.take(station, claims.strength[i]!)
    }
  }

  private take(station: number, proof: number): void {
    this.station = station
    this.proof = proof
  }

  private hold(address: number, station: number, proof: number): void {
    this.holders = reaching(this.holders, address)
    this.proofs = reaching(this.proofs, address)
    const before = this.holders[address]! - 1
    const beforeProof = this.proofs[address]!
    this.holders[address] = station + 1
    this.proofs[address] = proof
    const isHost = this.known.addresses.isInside(address) || proof !== UNBOUND
    if (isHost) this.hosts.join(address)
    if (before === station && beforeProof === proof) return
    if (isHost) this.hosts.judge(address, other => this.proofOf(other))
    if (before === station) return
    this.onMove(address, before, station)
    const { claims } = this.known
    for (let i = claims.ofAlias(address); i >= 0; i = claims.nextOfAlias[i]!)
      this.addressDirt.add(claims.address[i]!)
  }

  private own(address: number): number {
    return address < this.holders.length ? this.holders[address]! - 1 : NOBODY
  }
}
