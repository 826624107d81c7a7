/** By which stations' frames an address was heard, and over how many hops. */

import type { AddressHeard } from '../model/heard.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { SIGHTINGS_MAX } from './limits.js'
import { Presence } from './presence.js'

/** Who sent no more than this may not be real; who was recorded is. */
const FEW_PACKETS = 2
const RECORDED_PACKETS = 3
/** A station that nobody remembers, other than none at all. */
export const SOMEBODY = -2

export class Sightings {
  /** Keys are an address and a station, -1 where frames have no hardware address. */
  readonly table: KeyTable
  hopsMin = new Uint8Array(0)
  hopsMax = new Uint8Array(0)
  /** It spoke as only a neighbour can. */
  linkLocal = new Uint8Array(0)
  readonly presence = new Presence()
  /** The next sighting of the same address, or -1. */
  next = new Int32Array(0)
  /** The next sighting of the same station, or -1. */
  nextOfStation = new Int32Array(0)
  /** By address: its first sighting and 1, or 0; and by station. */
  private heads = new Int32Array(0)
  private stationHeads = new Int32Array(0)

  constructor(seed: number) {
    this.table = new KeyTable(2, SIGHTINGS_MAX, seed)
  }

  get count(): number {
    return this.table.count
  }

  address(sighting: number): number {
    return this.table.word(sighting, 0)
  }

  station(sighting: number): number {
    return this.table.word(sighting, 1)
  }

  /** The first sighting of an address, or -1 if it never sent anything. */
  of(address: number): number {
    return address < this.heads.length ? this.heads[address]! - 1 : -1
  }

  /** It said more than a word or two, by whichever station. */
  spoke(address: number): boolean {
    let packets = 0
    for (let i = this.of(address); i >= 0 && packets <= FEW_PACKETS; i = this.next[i]!)
      packets += this.presence.packets(i) || RECORDED_PACKETS
    return packets > FEW_PACKETS
  }

  /** It sent anything at all. */
  sent(address: number): boolean {
    return this.of(address) >= 0
  }

  /** The first sighting of a station, or -1. */
  ofStation(station: number): number {
    return station < this.stationHeads.length ? this.stationHeads[station]! - 1 : -1
  }

  /** The sighting of an address with a station, or -1. */
  find(address: number, station: number): number {
    this.table.key[0] = address
    this.table.key[1] = station
    return this.table.find()
  }

  /** True if this is new: another pair, other hops, or the first word to the link. */
  hear(address: number, station: number, heard: AddressHeard): boolean {
    this.table.key[0] = address
    this.table.key[1] = station
    const before = this.table.count
    const index = this.table.claim()
    if (index < 0) return false
    let isNew = index === before
    if (isNew) this.welcome(index, address, station)
    this.presence.add(index, heard, heard.octets, 0)
    if (heard.hopsMin < this.hopsMin[index]!) {
      this.hopsMin[index] = heard.hopsMin
      isNew = true
    }
    if (heard.hopsMax > this.hopsMax[index]!) {
      this.hopsMax[index] = heard.hopsMax
      isNew = true
    }
    if (heard.linkLocal && this.linkLocal[index] === 0) {
      this.linkLocal[index] = 1
      isNew = true
    }
    return isNew
  }

  /** It was heard before, nobody knows by which station. */
  recall(
    address: number,
    { first, last, routed }: { first: number; last: number; routed: boolean },
  ): void {
    this.table.key[0] = address
    this.table.key[1] = routed ? SOMEBODY : -1
    const before = this.table.count
    const index = this.table.claim()
    if (index < 0) return
    if (index === before) this.welcome(index, address, this.table.key[1]!)
    for (const time of [first, last]) {
      this.presence.mention(index, Math.floor(time / 1e6), time % 1e6)
    }
  }

  private welcome(index: number, address: number, station: number): void {
    this.hopsMin = reaching(this.hopsMin, index)
    this.hopsMax = reaching(this.hopsMax, index)
    this.linkLocal = reaching(this.linkLocal, index)
    this.next = reaching(this.next, index)
    this.heads = reaching(this.heads, address)
    this.hopsMin[index] = 255
    this.presence.welcome(index)
    this.next[index] = this.heads[address]! - 1
    this.heads[address] = index + 1
    this.nextOfStation = reaching(this.nextOfStation, index)
    if (station < 0) return
    this.stationHeads = reaching(this.stationHeads, station)
    this.nextOfStation[index] = this.stationHeads[station]! - 1
    this.stationHeads[station] = index + 1
  }
}
