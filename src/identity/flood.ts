/**
 * Floods of addresses that nobody has, made to overwhelm switches and whoever listens: most of them
 * say one thing and are never heard again. No maker was ever given their prefix, and no network has
 * its hosts so far apart.
 */

import type { Addresses } from './addresses.js'
import type { Hosts } from './hosts.js'
import { FLOOD_HOSTS_MIN, FLOOD_MIN } from './limits.js'
import type { Stations } from './stations.js'
import type { Vendors } from './vendors.js'
import { mix } from '../bytes/hash.js'

/** So many strangers to each who has proved to be real make a flood, */
const SHARE = 4
/** if at least half of so many looked at were made up, */
const SAMPLE = 256
const MADE_UP = 0.5
/** or if at least half of them are in a network of their own. */
const SCATTERED = 0.5
const NET_IP4 = 0xffffff00 | 0
const NETS = 1 << 20
/** It is looked at again when so many more have come, and this part of those there were. */
const STEP = 256
const PART = 1 / 8

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly vendors: Vendors
}

export class Flood {
  private readonly known: Known
  private readonly bytes = new Uint8Array(8)
  private stations = 0
  private hosts = 0

  constructor(known: Known) {
    this.known = known
  }

  /** True if a flood of hardware addresses has begun or ended since it was looked at last. */
  lookAtStations(): boolean {
    const { stations } = this.known
    if (stations.count < FLOOD_MIN || !isDue(stations.count, this.stations)) return false
    this.stations = stations.count
    const before = stations.isFlooded
    stations.isFlooded = this.areStationsMade()
    return before !== stations.isFlooded
  }

  /** The same of network addresses. */
  lookAtHosts(hosts: Hosts): boolean {
    if (hosts.count < FLOOD_HOSTS_MIN || !isDue(hosts.count, this.hosts)) return false
    this.hosts = hosts.count
    const before = hosts.isFlooded
    hosts.isFlooded = this.areHostsMade(hosts)
    return before !== hosts.isFlooded
  }

  /** How many stations were taken for no devices. */
  get strangers(): number {
    if (!this.known.stations.isFlooded) return 0
    let count = 0
    this.eachStranger(() => count++)
    return count
  }

  /** How many network addresses of no station were taken for no devices. */
  strangeHosts(hosts: Hosts): number {
    if (!hosts.isFlooded) return 0
    let count = 0
    this.eachStrangeHost(hosts, () => count++)
    return count
  }

  eachStranger(visit: (station: number) => void): void {
    const { stations } = this.known
    for (let i = 0; i < stations.count; i++) if (stations.isStranger(i)) visit(i)
  }

  private areStationsMade(): boolean {
    const { stations } = this.known
    let strangers = 0
    let madeUp = 0
    let sampled = 0
    const stride = Math.max(1, Math.floor(stations.count / (SAMPLE * 2)))
    this.eachStranger(station => {
      strangers++
      if (sampled === SAMPLE || station % stride !== 0) return
      sampled++
      if (this.isMadeUp(station)) madeUp++
    })
    // It goes on while they are many; to begin, it must be certain.
    const isOne = stations.isFlooded || madeUp >= sampled * MADE_UP
    return isOne && areMany(strangers, stations.count, FLOOD_MIN)
  }

  /** Its prefix is nobody's: local, or never given to a maker. */
  private isMadeUp(station: number): boolean {
    const { stations, vendors } = this.known
    stations.write(station, this.bytes)
    return vendors.of(this.bytes) === null
  }

  private eachStrangeHost(hosts: Hosts, visit: (address: number) => void): void {
    const { sightings } = this.known.addresses
    for (let host = 0; host < hosts.count; host++) {
      const address = hosts.model(host)
      if (address >= 0 && !sightings.spoke(address)) visit(address)
    }
  }

  private areHostsMade(hosts: Hosts): boolean {
    const { addresses } = this.known
    const nets = new Uint8Array(NETS)
    let strangers = 0
    let apart = 0
    this.eachStrangeHost(hosts, address => {
      strangers++
      const first = addresses.table.word(address, 0)
      const net =
        addresses.version(address) === 4
          ? mix(4, first & NET_IP4)
          : mix(first, addresses.table.word(address, 1))
      if (nets[net & (NETS - 1)]! === 0) apart++
      nets[net & (NETS - 1)] = 1
    })
    const isOne = hosts.isFlooded || apart >= strangers * SCATTERED
    return isOne && areMany(strangers, hosts.count - this.named(hosts), FLOOD_HOSTS_MIN)
  }

  /** How many are known by what their gateway calls them, not by an address of their own. */
  private named(hosts: Hosts): number {
    const { addresses } = this.known
    let count = 0
    for (let host = 0; host < hosts.count; host++) {
      const address = hosts.model(host)
      if (address >= 0 && addresses.isNamed(address)) count++
    }
    return count
  }
}

const isDue = (count: number, looked: number): boolean =>
  count - looked >= Math.max(STEP, looked * PART)

const areMany = (strangers: number, all: number, least: number): boolean =>
  strangers >= least && strangers >= SHARE * (all - strangers)
