/**
 * Stands between who hears and the inventory: leaves out what this machine says itself, and counts
 * what is told: facts by protocol, how late they are, and how many stations there are.
 */

import type { Listener } from '../hearing/crew.js'
import { Latencies } from '../metrics/latencies.js'
import type { AddressHeard, ConversationHeard, StationHeard, Told } from '../model/heard.js'
import { macNumber } from './own-traffic.js'

/** Stations that are counted; the inventory keeps no more of them either. */
const STATIONS_MAX = 262_144
/** Facts told of protocols that are named; there are fewer. */
const PROTOCOLS_MAX = 256

export class Teller implements Listener {
  /** By protocol. */
  readonly facts = new Map<string, number>()
  readonly latencies = new Latencies()
  /** Rows and facts about this machine, which were left out. */
  own = 0
  private readonly inventory: Listener
  private readonly stations = new Set<number>()
  private ours: ReadonlySet<number>
  private readonly wall: () => number

  constructor(inventory: Listener, ours: ReadonlySet<number>, wall: () => number) {
    this.inventory = inventory
    this.ours = ours
    this.wall = wall
  }

  /** Interfaces come and go, and so do their addresses. */
  set addresses(ours: ReadonlySet<number>) {
    this.ours = ours
  }

  /** How many hardware addresses have sent something. */
  get devices(): number {
    return this.stations.size
  }

  tell(told: Told): void {
    const { protocol, seconds, micros } = told
    const known = this.facts.get(protocol)
    if (known !== undefined || this.facts.size < PROTOCOLS_MAX) {
      this.facts.set(protocol, (known ?? 0) + 1)
    }
    this.latencies.observe(this.wall() / 1000 - (seconds >>> 0) - micros / 1e6)
    if (told.about === 'mac' && this.isOurs(told.bytes, told.aboutAt)) this.own++
    else this.inventory.tell(told)
  }

  station(heard: StationHeard): void {
    if (this.isOurs(heard.bytes, heard.macAt)) {
      this.own++
      return
    }
    this.count(heard.bytes, heard.macAt)
    this.inventory.station(heard)
  }

  address(heard: AddressHeard): void {
    if (this.isOurs(heard.bytes, heard.macAt)) {
      this.own++
      return
    }
    this.count(heard.bytes, heard.macAt)
    this.inventory.address(heard)
  }

  conversation(heard: ConversationHeard): void {
    const { bytes, clientMacAt, serverMacAt } = heard
    if (this.isOurs(bytes, clientMacAt) || this.isOurs(bytes, serverMacAt)) this.own++
    else this.inventory.conversation(heard)
  }

  private isOurs(bytes: Uint8Array, at: number): boolean {
    return at >= 0 && this.ours.has(macNumber(bytes, at))
  }

  private count(bytes: Uint8Array, at: number): void {
    if (at < 0 || this.stations.size >= STATIONS_MAX) return
    this.stations.add(macNumber(bytes, at))
  }
}
