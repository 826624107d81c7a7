/** How many seconds of each day conversations of a VLAN were heard both ways: without that, silence says nothing. */

import { DAY_MS } from './limits.js'

/** Days are kept for so long as any silence is waited for. */
const DAYS_MAX = 400
const VLANS_MAX = 4096

/** One second of a VLAN, as a worker heard it. */
export interface Second {
  readonly vlan: number
  readonly both_ways: number
}

export class CoverageDays {
  /** By VLAN: by day since 1970 the seconds. */
  private readonly vlans = new Map<number, Map<number, number>>()

  add({ vlan, both_ways }: Second, now: number): void {
    if (both_ways === 0) return
    let days = this.vlans.get(vlan)
    if (days === undefined) {
      if (this.vlans.size >= VLANS_MAX) return
      this.vlans.set(vlan, (days = new Map<number, number>()))
    }
    const day = Math.floor(now / DAY_MS)
    days.set(day, (days.get(day) ?? 0) + 1)
    if (days.size > DAYS_MAX) days.delete(Math.min(...days.keys()))
  }

  /** Of whole days after `time`; of several VLANs of one device, where it was heard least. */
  heardSince(vlans: readonly number[], time: number): number {
    const from = Math.floor(time / DAY_MS)
    const own = vlans.length === 0 ? [0] : vlans
    return Math.min(...own.map(vlan => this.sum(vlan, from)))
  }

  private sum(vlan: number, from: number): number {
    let seconds = 0
    for (const [day, count] of this.vlans.get(vlan) ?? []) if (day > from) seconds += count
    return seconds
  }
}
