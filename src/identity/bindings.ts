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
import { Contests } from './contests.js'
import { Dirt } from './dirt.js'
import { Duties } from './duties.js'
import { Hosts } from './hosts.js'
import { SETTLING_ROUNDS_MAX } from './limits.js'
import { isOdd } from './neighbours.js'
import type { Patience } from './patience.js'
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
  /** Of the live sensor; a capture is judged at its end. */
  readonly patience: Patience | undefined
}

const NOBODY = -1
/** A frame routed once or a few times has a hop limit this far below the fresh one. */
const ROUTED_HOPS = 16

export class Bindings {
  /** The same address in other VLANs. */
  readonly hosts: Hosts
  /** What stations do for others. */
  readonly duties: Duties
  /** Told of an address that has another holder: from whom to whom, -1 for nobody. */
  onMove: (address: number, from: number, to: number) => void = () => undefined
  /** Told of an address that was judged, whatever came of it. */
  onJudged: (address: number) => void = () => undefined
  /** Told of a station that turned out to speak for others, or not to. */
  onRole: (station: number) => void = () => undefined

  /** By address: the station that holds it and 1, or 0; and by which proof. */
  private holders = new Int32Array(0)
  private proofs = new Uint8Array(0)
  /** By address: 1 if frames say whose it is, but are not believed yet. */
  private open = new Uint8Array(0)
  private readonly known: Witnesses
  private readonly contests: Contests
  private readonly addressDirt = new Dirt()
  private readonly stationDirt = new Dirt()
  /** Addresses that wait until plain frames are believed. */
  private readonly waiting = new Dirt()
  /** Stations of which an address was judged by an odd hop limit. */
  private readonly odd = new Set<number>()
  private believed = 0
  // What `judge` found.
  private station = NOBODY
  private proof = UNBOUND
  private isOpen = false

  constructor(known: Witnesses) {
    this.known = known
    this.hosts = new Hosts(known.addresses, known.seed)
    this.duties = new Duties(known, (address, station) => {
      const holder = this.own(address)
      return holder >= 0 && holder !== station && this.proofOf(address) >= BY_NEIGHBOUR
    })
    this.contests = new Contests(known, this.duties)
  }

  /** The station that holds an address, or -1; by its own proof or by that in another VLAN. */
  holder(address: number): number {
    const own = this.own(address)
    if (own >= 0 || this.isUndecided(address)) return own
    const model = this.hosts.modelOf(address)
    return model >= 0 ? this.own(model) : NOBODY
  }

  /** By which proof it is held itself. */
  proofOf(address: number): number {
    return address < this.proofs.length ? this.proofs[address]! : UNBOUND
  }

  /** Frames say whose it is, but it is too early to believe them. */
  isUndecided(address: number): boolean {
    return address < this.open.length && this.open[address] === 1
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
    for (let i = 0; i < addresses.count; i++) if (this.mayBeHeld(i)) this.addressDirt.add(i)
  }

  /** Most addresses are only talked to, somewhere outside. */
  private mayBeHeld(address: number): boolean {
    const { addresses, claims } = this.known
    if (addresses.isInside(address) || claims.of(address) >= 0) return true
    return addresses.sightings.of(address) >= 0
  }

  /** Judges what was touched, and what depends on it; true if it was enough before all was judged. */
  settle(enough?: () => boolean): boolean {
    const { addresses, carriers, patience, subnets } = this.known
    carriers.settle(this.known, station => this.stationDirt.add(station))
    const believed = subnets.version + (patience?.version ?? 0) + addresses.neighbours.version
    if (believed !== this.believed) {
      this.believed = believed
      this.waiting.take(address => this.addressDirt.add(address))
    }
    for (let round = 0; round < SETTLING_ROUNDS_MAX; round++) {
      this.stationDirt.take(station => this.judgeDuties(station), enough)
      if (this.addressDirt.count === 0) break
      this.addressDirt.take(address => this.bind(address), enough)
      if (enough?.() === true) break
    }
    return this.stationDirt.count + this.addressDirt.count > 0 && enough?.() === true
  }

  private judgeDuties(station: number): void {
    // Whose other address tells that it carries what it was taken to say.
    const isDoubted = this.odd.delete(station)
    if (!this.duties.judge(station) && !isDoubted) return
    const { claims, addresses } = this.known
    const { sightings } = addresses
    for (let i = sightings.ofStation(station); i >= 0; i = sightings.nextOfStation[i]!)
      this.addressDirt.add(sightings.address(i))
    for (let i = claims.ofStation(station); i >= 0; i = claims.nextOfStation[i]!)
      this.addressDirt.add(claims.address[i]!)
    this.onRole(station)
  }

  private bind(address: number): void {
    const { addresses, claims } = this.known
    if (addresses.isNobody(address)) return
    this.take(NOBODY, UNBOUND)
    this.isOpen = false
    const best = this.contests.best(address)
    if (best >= 0) this.take(claims.station[best]!, claims.strength[best]!)
    // What was only recorded is outdone by whatever is heard.
    if (this.proof <= BY_FRAME) this.judgeSightings(address)
    this.judgeAliases(address)
    this.hold(address, this.station, this.proof)
    this.onJudged(address)
  }

  private judgeSightings(address: number): void {
    const { addresses } = this.known
    const { sightings } = addresses
    const neighbour = addresses.isLinkLocal(address)
    let best = -1
    let bestProof = UNBOUND
    for (let i = sightings.of(address); i >= 0; i = sightings.next[i]!) {
      const proof = this.sightingProof(i, address, neighbour)
      if (proof > bestProof || (proof > UNBOUND && proof === bestProof && this.isLater(i, best))) {
        best = i
        bestProof = proof
      }
    }
    if (best >= 0 && bestProof >= this.proof) this.take(sightings.station(best), bestProof)
    if (this.proof !== UNBOUND) this.isOpen = false
    else if (this.isOpen) this.waiting.add(address)
  }

  private isLater(sighting: number, than: number): boolean {
    const { presence } = this.known.addresses.sightings
    const later = presence.last(sighting) - presence.last(than)
    return later === 0 ? presence.first(sighting) > presence.first(than) : later > 0
  }

  /** What frames with this address and this station prove. */
  private sightingProof(sighting: number, address: number, neighbour: boolean): number {
    const { addresses, stations, subnets, patience } = this.known
    const { sightings } = addresses
    const station = sightings.station(sighting)
    if (station < 0) return UNBOUND
    const most = sightings.hopsMax[sighting]!
    const least = sightings.hopsMin[sighting]!
    const isLink = neighbour || sightings.linkLocal[sighting] === 1
    // Routers that share an address announce themselves by it, under their own network address.
    if (stations.isVirtual(station)) return isLink || !isFresh(most) ? UNBOUND : BY_FRAME
    if (isLink) return BY_LINK
    const routedToo = least < most && least >= most - ROUTED_HOPS
    const isOddOwn = least === most && isOdd(most) && this.isOddOwn(address, station)
    if ((!isFresh(most) || routedToo) && !isOddOwn) return UNBOUND
    // Of its own subnet, a router has nothing to carry.
    if (this.duties.isRouter(station)) {
      if (subnets.isHere(addresses, address)) return BY_FRAME
      this.waiting.add(address)
      return UNBOUND
    }
    if (patience === undefined || patience.believes(address)) return BY_FRAME
    this.isOpen = true
    return UNBOUND
  }

  /** Machines that begin with an odd hop limit speak for themselves, if at all, from one address. */
  private isOddOwn(address: number, station: number): boolean {
    const { addresses } = this.known
    const { sightings } = addresses
    this.odd.add(station)
    for (let i = sightings.ofStation(station); i >= 0; i = sightings.nextOfStation[i]!) {
      const other = sightings.address(i)
      if (other !== address && addresses.version(other) === 4 && !addresses.isLinkLocal(other))
        return false
    }
    if (this.duties.isRouter(station)) return false
    if (addresses.hasNeighbours(address)) return true
    this.waiting.add(address)
    return false
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
    this.widen(address)
    const before = this.holders[address]! - 1
    const beforeProof = this.proofs[address]!
    this.holders[address] = station + 1
    this.proofs[address] = proof
    this.open[address] = this.isOpen && proof === UNBOUND ? 1 : 0
    const isHost = this.known.addresses.isInside(address) || proof !== UNBOUND
    if (isHost) this.hosts.join(address)
    if (before === station && beforeProof === proof) {
      if (proof >= BY_NEIGHBOUR) this.compareVlans(address, station)
      return
    }
    if (isHost) this.hosts.judge(address, other => this.proofOf(other))
    if (proof >= BY_NEIGHBOUR) this.confirm(address, station)
    if (before === station) return
    this.onMove(address, before, station)
    const { claims } = this.known
    for (let i = claims.ofAlias(address); i >= 0; i = claims.nextOfAlias[i]!)
      this.addressDirt.add(claims.address[i]!)
  }

  /** A neighbour was proven: what others said of its address, or of its subnet, reads differently. */
  private confirm(address: number, station: number): void {
    const { addresses, patience } = this.known
    const { sightings } = addresses
    patience?.confirm(address)
    for (let i = sightings.of(address); i >= 0; i = sightings.next[i]!) {
      const other = sightings.station(i)
      if (other >= 0 && other !== station) this.stationDirt.add(other)
    }
    this.compareVlans(address, station)
  }

  /** Other machines may use the same addresses in another VLAN. */
  private compareVlans(address: number, station: number): void {
    const host = this.hosts.of(address)
    if (host < 0 || this.hosts.isAlone(host) || !this.duties.uses(address, station)) return
    let vlan = NOBODY
    this.hosts.each(host, other => {
      const holder = this.own(other)
      if (other === address || holder < 0 || holder === station || vlan >= 0) return
      const isProven = this.proofOf(other) >= BY_NEIGHBOUR && this.duties.uses(other, holder)
      if (isProven) vlan = this.hosts.overlap(address, other)
    })
    if (vlan >= 0) this.hosts.separate(vlan, other => this.proofOf(other))
  }

  private own(address: number): number {
    return address < this.holders.length ? this.holders[address]! - 1 : NOBODY
  }

  private widen(address: number): void {
    if (address < this.holders.length) return
    this.holders = reaching(this.holders, address)
    this.proofs = reaching(this.proofs, address)
    this.open = reaching(this.open, address)
  }
}
