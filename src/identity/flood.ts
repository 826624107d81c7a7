/**
 * Floods of hardware addresses that nobody has, made to overwhelm switches and whoever listens: most
 * of them say one thing and are never heard again, and no maker was ever given their prefix.
 */

import { FLOOD_MIN } from './limits.js'
import type { Stations } from './stations.js'
import type { Vendors } from './vendors.js'

/** So many strangers to each who has proved to be real make a flood, */
const SHARE = 4
/** if at least half of so many looked at were made up. */
const SAMPLE = 256
const MADE_UP = 0.5
/** It is looked at again when so many more have come, and calmly ends when so few are left. */
const STEP = 256

export class Flood {
  private readonly stations: Stations
  private readonly vendors: Vendors
  private readonly bytes = new Uint8Array(8)
  private looked = 0

  constructor(stations: Stations, vendors: Vendors) {
    this.stations = stations
    this.vendors = vendors
  }

  /** True if a flood has begun or ended since it was looked at last. */
  look(): boolean {
    const { stations } = this
    if (stations.count < FLOOD_MIN || stations.count - this.looked < STEP) return false
    this.looked = stations.count
    const before = stations.isFlooded
    stations.isFlooded = this.isFlood()
    return before !== stations.isFlooded
  }

  /** How many were taken for no devices. */
  get strangers(): number {
    if (!this.stations.isFlooded) return 0
    let count = 0
    this.eachStranger(() => count++)
    return count
  }

  eachStranger(visit: (station: number) => void): void {
    const { stations } = this
    for (let i = 0; i < stations.count; i++) if (stations.isStranger(i)) visit(i)
  }

  private isFlood(): boolean {
    let strangers = 0
    let madeUp = 0
    let sampled = 0
    const stride = Math.max(1, Math.floor(this.stations.count / (SAMPLE * 2)))
    this.eachStranger(station => {
      strangers++
      if (sampled === SAMPLE || station % stride !== 0) return
      sampled++
      if (this.isMadeUp(station)) madeUp++
    })
    if (strangers < FLOOD_MIN || strangers < SHARE * (this.stations.count - strangers)) return false
    return madeUp >= sampled * MADE_UP
  }

  /** Its prefix is nobody's: local, or never given to a maker. */
  private isMadeUp(station: number): boolean {
    this.stations.write(station, this.bytes)
    return this.vendors.of(this.bytes) === null
  }
}
