/** Who was said to hold an address: by a server that leased it, or by itself to its neighbours. */

import { Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import { reaching } from './columns.js'
import { ADDRESS_CLAIMS_MAX, CLAIMS_MAX, CONTEST_MICROS, CONTEST_SWAPS } from './limits.js'
import type { Stations } from './stations.js'

/** How an address was tied to a station, weakest first. */
export const UNBOUND = 0
export const BY_FRAME = 1
export const BY_LINK = 2
export const BY_NEIGHBOUR = 3
export const BY_LEASE = 4

/** How a fact reads as proof: which of its ends is the address, and what the other one is. */
interface Proof {
  readonly strength: number
  /** `mac holds ip`, `ip held by mac`, or `ip held by whoever holds the other ip`. */
  readonly shape: 'holds' | 'held' | 'alias'
}

const PROOFS: Readonly<Record<string, Proof>> = {
  'dhcp.address': { strength: BY_LEASE, shape: 'holds' },
  'dhcpv6.address': { strength: BY_LEASE, shape: 'alias' },
  'dhcpv6.mac': { strength: BY_LEASE, shape: 'held' },
  'arp.reverse_address': { strength: BY_LEASE, shape: 'holds' },
  'arp.mac': { strength: BY_NEIGHBOUR, shape: 'held' },
  'ndp.mac': { strength: BY_NEIGHBOUR, shape: 'held' },
}

const NONE = -1

export class Claims {
  count = 0
  station = new Int32Array(0)
  /** The address whose holder holds this one too, or -1. */
  alias = new Int32Array(0)
  strength = new Uint8Array(0)
  /**
   * The number of the frame that said so first since somebody else did, and its time in
   * microseconds; and when it was said first of all.
   */
  frame = new Uint32Array(0)
  time = new Float64Array(0)
  began = new Float64Array(0)
  address = new Int32Array(0)
  /** The next claim to the same address, of the same station, and by way of the same other address; or -1. */
  next = new Int32Array(0)
  nextOfStation = new Int32Array(0)
  nextOfAlias = new Int32Array(0)
  /** Told of every claim that is new or was renewed. */
  onClaim: (claim: number) => void = () => undefined
  /** Told of every station that a server gave an address to. */
  onLease: (station: number) => void = () => undefined
  /** Claims that found no room. */
  dropped = 0
  /** By address, by station, by other address: the first claim and 1, or 0. */
  private heads = new Int32Array(0)
  private stationHeads = new Int32Array(0)
  private aliasHeads = new Int32Array(0)
  // By address: which station's word came last among neighbours (and 1), how often another's has
  // come within a short time, and when that was last.
  private speakers = new Int32Array(0)
  private swaps = new Uint8Array(0)
  private swapped = new Float64Array(0)
  private readonly told = new Told()
  private readonly stations: Stations
  private readonly addresses: Addresses
  /** By fact id: the proof it is, or null. */
  private readonly proofs: (Proof | null)[] = []

  constructor(stations: Stations, addresses: Addresses) {
    this.stations = stations
    this.addresses = addresses
  }

  isProof(told: Told): boolean {
    return this.proofOf(told) !== null
  }

  /** Takes a fact for what it proves; `subject` is the number of its address or station. */
  hear(told: Told, subject: number): void {
    const proof = this.proofOf(told)
    if (proof === null) return
    const { bytes, valueAt, valueLength } = told
    if (proof.shape === 'held') {
      if (told.about === 'mac' || told.about === 'name' || valueLength !== 6) return
      const station = this.stations.at(bytes, valueAt, told.session)
      if (station < 0) return
      this.stations.mention(station, told)
      this.add(subject, station, NONE, proof.strength, told)
      return
    }
    if (valueLength !== 4 && valueLength !== 16) return
    const address = this.addresses.at(bytes, valueAt, valueLength, told)
    if (address < 0) return
    if (proof.shape === 'holds' && told.about === 'mac') {
      this.add(address, subject, NONE, proof.strength, told)
    } else if (proof.shape === 'alias' && told.about !== 'name') {
      const isStation = told.about === 'mac'
      this.add(
        address,
        isStation ? subject : NONE,
        isStation ? NONE : subject,
        proof.strength,
        told,
      )
    }
  }

  /** The first claim to an address, of a station, by way of another address; or -1. */
  of(address: number): number {
    return address < this.heads.length ? this.heads[address]! - 1 : NONE
  }
  ofStation(station: number): number {
    return station < this.stationHeads.length ? this.stationHeads[station]! - 1 : NONE
  }
  ofAlias(address: number): number {
    return address < this.aliasHeads.length ? this.aliasHeads[address]! - 1 : NONE
  }

  /** True if this station was said to hold this address. */
  has(address: number, station: number): boolean {
    for (let i = this.of(address); i >= 0; i = this.next[i]!) {
      if (this.station[i] === station) return true
    }
    return false
  }

  /** Neighbours take turns to claim it, too often for an address that moves. */
  isContested(address: number): boolean {
    return address < this.swaps.length && this.swaps[address]! >= CONTEST_SWAPS
  }

  /** It was held by this station before the sensor was started. */
  wasHeld(address: number, station: number): boolean {
    for (let i = this.of(address); i >= 0; i = this.next[i]!) {
      if (this.station[i] === station && this.strength[i] === BY_FRAME) return true
    }
    return false
  }

  /** It was recorded as held: anything that is heard now is stronger. */
  recall(address: number, station: number, time: number): void {
    this.told.seconds = Math.floor(time / 1e6)
    this.told.micros = time % 1e6
    this.add(address, station, NONE, BY_FRAME, this.told)
  }

  private proofOf({ fact }: Told): Proof | null {
    let proof = this.proofs[fact.id]
    if (proof === undefined) this.proofs[fact.id] = proof = PROOFS[fact.name] ?? null
    return proof
  }

  private add(address: number, station: number, alias: number, strength: number, told: Told): void {
    if (this.addresses.isNobody(address) || alias === address) return
    const time = (told.seconds >>> 0) * 1e6 + told.micros
    if (strength === BY_NEIGHBOUR) this.note(address, station, time)
    if (strength === BY_LEASE && station >= 0) this.onLease(station)
    let held = 0
    for (let i = this.of(address); i >= 0; i = this.next[i]!) {
      if (this.station[i] === station && this.alias[i] === alias && this.strength[i] === strength) {
        this.frame[i] = told.frame
        this.time[i] = time
        this.onClaim(i)
        return
      }
      held++
    }
    if (held === ADDRESS_CLAIMS_MAX) return
    if (this.count === CLAIMS_MAX) {
      this.dropped++
      return
    }
    const index = this.count++
    this.widen(index)
    this.station[index] = station
    this.alias[index] = alias
    this.strength[index] = strength
    this.frame[index] = told.frame
    this.time[index] = this.began[index] = time
    this.address[index] = address
    this.chain(index)
    this.onClaim(index)
  }

  /** Counts how often it is another neighbour that claims an address. */
  private note(address: number, station: number, time: number): void {
    this.speakers = reaching(this.speakers, address)
    this.swaps = reaching(this.swaps, address)
    this.swapped = reaching(this.swapped, address)
    const before = this.speakers[address]! - 1
    this.speakers[address] = station + 1
    if (before < 0 || before === station) return
    const isSoon = time - this.swapped[address]! < CONTEST_MICROS
    this.swaps[address] = isSoon ? Math.min(this.swaps[address]! + 1, CONTEST_SWAPS) : 1
    this.swapped[address] = time
  }

  private chain(index: number): void {
    const address = this.address[index]!
    const station = this.station[index]!
    const alias = this.alias[index]!
    this.heads = reaching(this.heads, address)
    this.next[index] = this.heads[address]! - 1
    this.heads[address] = index + 1
    if (station >= 0) {
      this.stationHeads = reaching(this.stationHeads, station)
      this.nextOfStation[index] = this.stationHeads[station]! - 1
      this.stationHeads[station] = index + 1
    }
    if (alias >= 0) {
      this.aliasHeads = reaching(this.aliasHeads, alias)
      this.nextOfAlias[index] = this.aliasHeads[alias]! - 1
      this.aliasHeads[alias] = index + 1
    }
  }

  private widen(index: number): void {
    if (index < this.station.length) return
    this.station = reaching(this.station, index)
    this.alias = reaching(this.alias, index)
    this.strength = reaching(this.strength, index)
    this.frame = reaching(this.frame, index)
    this.time = reaching(this.time, index)
    this.began = reaching(this.began, index)
    this.address = reaching(this.address, index)
    this.next = reaching(this.next, index)
    this.nextOfStation = reaching(this.nextOfStation, index)
    this.nextOfAlias = reaching(this.nextOfAlias, index)
  }
}
