/**
 * What stations do for others, by how they are heard: a router carries what is not of its link, a
 * proxy answers for addresses that others send from.
 */

import type { Addresses } from './addresses.js'
import type { Carriers } from './carriers.js'
import { BY_NEIGHBOUR, type Claims } from './claims.js'
import { reaching } from './columns.js'
import { PROXY_ADDRESSES_MAX, STRANGE_IP4_MAX, STRANGE_IP6_MAX } from './limits.js'
import { isFresh, isWorn } from './ranges.js'

interface Known {
  readonly addresses: Addresses
  readonly claims: Claims
  readonly carriers: Carriers
}

const ROUTER = 1
const PROXY = 2
/** It sends from an address of its own. */
const SPEAKS_IP4 = 4
const SPEAKS_IP6 = 8
/** Of many that are not its own. */
const CARRIES = 16

export class Duties {
  private readonly known: Known
  /** By station. */
  private flags = new Uint8Array(0)
  /** Whether another station than this one was proven to hold an address. */
  private readonly isOthers: (address: number, station: number) => boolean

  constructor(known: Known, isOthers: (address: number, station: number) => boolean) {
    this.known = known
    this.isOthers = isOthers
  }

  isRouter(station: number): boolean {
    return (this.of(station) & ROUTER) !== 0
  }

  isProxy(station: number): boolean {
    return (this.of(station) & PROXY) !== 0
  }

  /** It passes on what many others send. */
  carries(station: number): boolean {
    return (this.of(station) & CARRIES) !== 0
  }

  speaksItself(station: number, version: number): boolean {
    return (this.of(station) & (version === 4 ? SPEAKS_IP4 : SPEAKS_IP6)) !== 0
  }

  /** The address's own traffic comes from this station, and from no further away. */
  uses(address: number, station: number): boolean {
    const { sightings } = this.known.addresses
    const seen = sightings.find(address, station)
    return seen >= 0 && (isFresh(sightings.hopsMax[seen]!) || sightings.linkLocal[seen] === 1)
  }

  /** The address's traffic comes by way of this station, from further away than its own does. */
  passesOn(address: number, station: number): boolean {
    const { addresses } = this.known
    const { sightings } = addresses
    const seen = sightings.find(address, station)
    if (seen < 0 || sightings.linkLocal[seen] === 1) return false
    return (
      isWorn(sightings.hopsMax[seen]!) && this.speaksItself(station, addresses.version(address))
    )
  }

  /** True if that changed something. */
  judge(station: number): boolean {
    const { carriers } = this.known
    this.flags = reaching(this.flags, station)
    const before = this.flags[station]!
    // Who speaks itself decides what it passes on.
    this.flags[station] = (before & ~(SPEAKS_IP4 | SPEAKS_IP6)) | this.voices(station)
    const proxies = this.answersForOthers(station)
    const carries = carriers.isSurelyRouter(station) || this.carriesStrangers(station, proxies)
    const isRouter = carries || carriers.isRouter(station)
    const duties = (carries ? CARRIES : 0) | (isRouter ? ROUTER : 0) | (proxies ? PROXY : 0)
    this.flags[station] = (this.flags[station]! & ~(CARRIES | ROUTER | PROXY)) | duties
    return this.flags[station] !== before
  }

  private of(station: number): number {
    return station < this.flags.length ? this.flags[station]! : 0
  }

  private voices(station: number): number {
    const { addresses } = this.known
    const { sightings } = addresses
    let voices = 0
    for (let i = sightings.ofStation(station); i >= 0; i = sightings.nextOfStation[i]!) {
      const most = sightings.hopsMax[i]!
      if (!isFresh(most) || sightings.hopsMin[i] !== most) continue
      voices |= addresses.version(sightings.address(i)) === 4 ? SPEAKS_IP4 : SPEAKS_IP6
      if (voices === (SPEAKS_IP4 | SPEAKS_IP6)) break
    }
    return voices
  }

  private carriesStrangers(station: number, isProxy: boolean): boolean {
    const { addresses } = this.known
    const { sightings } = addresses
    let strange4 = 0
    let strange6 = 0
    for (let i = sightings.ofStation(station); i >= 0; i = sightings.nextOfStation[i]!) {
      const address = sightings.address(i)
      if (!this.isStrange(i, station, isProxy)) continue
      if (addresses.version(address) === 4) strange4++
      else strange6++
      if (strange4 > STRANGE_IP4_MAX || strange6 > STRANGE_IP6_MAX) return true
    }
    return false
  }

  /** Not its own, and not merely bridged: a neighbour's whose frames come as fresh as it sent them. */
  private isStrange(sighting: number, station: number, isProxy: boolean): boolean {
    const { addresses, claims } = this.known
    const { sightings } = addresses
    if (sightings.linkLocal[sighting] === 1) return false
    const address = sightings.address(sighting)
    if (claims.has(address, station))
      return this.passesOn(address, station) || (isProxy && !this.uses(address, station))
    const most = sightings.hopsMax[sighting]!
    const isAsSent = isFresh(most) && sightings.hopsMin[sighting] === most
    return !(isAsSent && this.isOthers(address, station))
  }

  /** It answers for addresses behind itself, or for many that others send from. */
  private answersForOthers(station: number): boolean {
    const { claims, addresses } = this.known
    let foreign = 0
    for (let i = claims.ofStation(station); i >= 0; i = claims.nextOfStation[i]!) {
      if (claims.strength[i] !== BY_NEIGHBOUR) continue
      const address = claims.address[i]!
      if (addresses.sightings.of(address) < 0 || this.uses(address, station)) continue
      if (this.passesOn(address, station) || ++foreign > PROXY_ADDRESSES_MAX) return true
    }
    return false
  }
}
