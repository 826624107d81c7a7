/**
 * Which of several claims to an address counts. A lease outdoes a neighbour's own word; of two
 * neighbours, whoever also sends from the address outdoes who only says that it has it: sleep
 * proxies, routers and attackers speak for addresses that they never use.
 */

import type { Addresses } from './addresses.js'
import { BY_FRAME, BY_LEASE, BY_NEIGHBOUR, type Claims } from './claims.js'
import type { Duties } from './duties.js'
import { GRACE_MICROS, TAKEOVER_MICROS } from './limits.js'
import { SOMEBODY } from './sightings.js'
import type { Stations } from './stations.js'

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly claims: Claims
}

export class Contests {
  private readonly known: Known
  private readonly duties: Duties

  constructor(known: Known, duties: Duties) {
    this.known = known
    this.duties = duties
  }

  /** The claim to an address that counts, or -1. */
  best(address: number): number {
    const { claims } = this.known
    let best = -1
    for (let i = claims.of(address); i >= 0; i = claims.next[i]!) {
      if (claims.alias[i]! >= 0 || this.isVoid(i)) continue
      if (best < 0 || this.isStronger(i, best)) best = i
    }
    return best
  }

  /** The word of somebody who speaks for others counts for nothing but itself. */
  private isVoid(claim: number): boolean {
    const { claims } = this.known
    if (claims.strength[claim] !== BY_NEIGHBOUR) return false
    const station = claims.station[claim]!
    const address = claims.address[claim]!
    if (this.duties.passesOn(address, station)) return true
    if (this.duties.uses(address, station)) return false
    const { sightings } = this.known.addresses
    if (sightings.find(address, SOMEBODY) >= 0) return true
    return this.duties.isProxy(station) && sightings.of(address) >= 0
  }

  private isStronger(claim: number, than: number): boolean {
    const { strength, station } = this.known.claims
    const one = strength[claim]!
    const other = strength[than]!
    if (station[claim] === station[than])
      return one === other ? this.isLater(claim, than) : one > other
    if (one === BY_NEIGHBOUR && other === BY_NEIGHBOUR) return this.isHeldBy(claim, than)
    if (one === BY_NEIGHBOUR && other === BY_LEASE) return this.takesLease(claim, than)
    if (one === BY_LEASE && other === BY_NEIGHBOUR) return !this.takesLease(than, claim)
    // Who held it before the sensor was started still does, as far as somebody speaks for it.
    if (one === BY_NEIGHBOUR && other === BY_FRAME) return this.mayTake(claim)
    if (one === BY_FRAME && other === BY_NEIGHBOUR) return !this.mayTake(than)
    return one === other ? this.isLater(claim, than) : one > other
  }

  private isLater(claim: number, than: number): boolean {
    const { time, frame, station } = this.known.claims
    if (time[claim] !== time[than]) return time[claim]! > time[than]!
    if (frame[claim] !== frame[than]) return frame[claim]! > frame[than]!
    return this.known.stations.table.compare(station[claim]!, station[than]!) < 0
  }

  /** A neighbour may take an address whose holder has long been silent, whatever its lease says. */
  private takesLease(claim: number, lease: number): boolean {
    const { claims, addresses } = this.known
    const since = claims.time[claim]! - TAKEOVER_MICROS
    if (claims.time[lease]! > since) return false
    const seen = addresses.sightings.find(claims.address[lease]!, claims.station[lease]!)
    if (seen >= 0 && addresses.sightings.presence.last(seen) >= since) return false
    return seen < 0 || this.mayTake(claim)
  }

  /** Whoever has an address of its own and never sends from this one speaks for somebody else. */
  private mayTake(claim: number): boolean {
    const { claims, addresses } = this.known
    const address = claims.address[claim]!
    const station = claims.station[claim]!
    return (
      this.duties.uses(address, station) ||
      !this.duties.speaksItself(station, addresses.version(address))
    )
  }

  /** Of two neighbours' claims, both believed: true if the first one's station holds the address. */
  private isHeldBy(claim: number, than: number): boolean {
    const { address, station } = this.known.claims
    const used = this.duties.uses(address[claim]!, station[claim]!)
    const usedOther = this.duties.uses(address[than]!, station[than]!)
    if (used !== usedOther)
      return used ? !this.takesSilently(than, claim) : this.takesSilently(claim, than)
    if (used) return this.isUsedBy(claim, than)
    return this.known.claims.isContested(address[claim]!)
      ? this.isEarlier(claim, than)
      : this.isLater(claim, than)
  }

  /** Nobody sends from the address any more, and this one has no other. */
  private takesSilently(claim: number, from: number): boolean {
    const isOver = this.lastUse(from) < this.known.claims.time[claim]! - TAKEOVER_MICROS
    return isOver && this.mayTake(claim)
  }

  /** Both have sent from the address: the later one has it if the other stopped then. */
  private isUsedBy(claim: number, than: number): boolean {
    const { claims } = this.known
    const isNewer = this.isLater(claim, than)
    const newer = isNewer ? claim : than
    const older = isNewer ? than : claim
    const isShared =
      claims.isContested(claims.address[claim]!) ||
      this.lastUse(older) > claims.time[newer]! + GRACE_MICROS
    if (!isShared) return isNewer
    const isFirst = this.firstUse(claim) <= this.firstUse(than)
    const behind = this.lastUse(claim) - this.lastUse(than)
    return isFirst ? behind >= -TAKEOVER_MICROS : behind > TAKEOVER_MICROS
  }

  private isEarlier(claim: number, than: number): boolean {
    const { began } = this.known.claims
    return began[claim] === began[than] ? this.isLater(than, claim) : began[claim]! < began[than]!
  }

  private firstUse(claim: number): number {
    const { claims, addresses } = this.known
    if (claims.wasHeld(claims.address[claim]!, claims.station[claim]!)) return -Infinity
    const { sightings } = addresses
    const seen = sightings.find(claims.address[claim]!, claims.station[claim]!)
    return seen < 0 ? Infinity : sightings.presence.first(seen)
  }

  private lastUse(claim: number): number {
    const { claims, addresses } = this.known
    const { sightings } = addresses
    const seen = sightings.find(claims.address[claim]!, claims.station[claim]!)
    return seen < 0 ? -Infinity : sightings.presence.last(seen)
  }
}
