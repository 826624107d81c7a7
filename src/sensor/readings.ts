/** What the audit and the ledger look at, made of what workers, rings and links count. */

import type { Counts } from '../hearing/crew.js'
import type { InterfaceLedger } from '../hearing/ledger.js'
import type { LiveTotals } from '../hearing/live-sums.js'
import type { CoveredSecond } from '../hearing/seconds.js'
import type { LedgerCounts } from './ledger.js'
import type { LinkSums } from './link-counts.js'
import type { LinkReading } from './links.js'
import type { Reading, VlanMeasurements } from './measurements.js'

/** What all workers have counted until now. */
export interface Heard {
  readonly counts: Counts
  readonly ledger: readonly InterfaceLedger[]
  readonly totals: LiveTotals
  /** Of each worker: the share of its time in which it does not wait. */
  readonly busy: readonly number[]
  /** Of each worker: frames it heard. */
  readonly frames: readonly number[]
}

const NOTHING: InterfaceLedger = {
  interface: '',
  received: 0,
  dropped: { ring: 0, worker: 0 },
  freezes: 0,
  early: 0,
  broken: 0,
  heard: 0,
  octets: 0,
  truncated: 0,
  decoded: 0,
  undecoded: 0,
  duplicates: 0,
  waiting: 0,
  losing: 0,
  unsummed: 0,
  merged: 0,
  fullest: 0,
  last_heard: 0,
}

export function lineOf(heard: Heard, name: string): InterfaceLedger {
  return heard.ledger.find(line => line.interface === name) ?? { ...NOTHING, interface: name }
}

/** `own` is the interface's own count. What died with a worker or in a broken block was dropped. */
export function ledgerCounts(line: InterfaceLedger, own: number | null): LedgerCounts {
  const { early, broken, decoded, undecoded, duplicates } = line
  const dropped = line.dropped.ring + line.dropped.worker + broken
  const walked = decoded + undecoded + duplicates + early
  return {
    interface: line.interface,
    // The kernel is asked once a second; what was walked since then was received as well.
    received: Math.max(line.received, walked + dropped),
    dropped,
    walked,
    decoded,
    undecoded,
    duplicate: duplicates,
    shed: 0,
    early,
    interface_received: own,
  }
}

/** What can only be said of all interfaces together; told of the first. */
export interface Shared {
  readonly vlans: readonly VlanMeasurements[]
  readonly duplicates: Reading['duplicates']
  readonly unicast: Reading['unicast']
  readonly clock_jumps: number
}

export interface Look {
  readonly line: InterfaceLedger
  readonly link: LinkReading | undefined
  readonly sums: LinkSums
  readonly capture: { readonly mode: 'mirror' | 'tunnel'; readonly snaplen: number }
  readonly shared: Shared | undefined
  /** Seconds of a clock that only goes forward, and since 1970; when listening began, by both. */
  readonly at: number
  readonly now: number
  readonly began: number
}

/** A frame this old is silence; a clock is looked at only while frames come. */
const FRESH_SECONDS = 2

export function readingOf(look: Look): Reading {
  const { line, link, sums, capture, shared, now } = look
  const last = line.last_heard / 1e6
  const silent = Math.max(0, now - (last > 0 ? last : look.began))
  return {
    interface: line.interface,
    mode: capture.mode,
    at: look.at,
    present: link !== undefined,
    up: link?.up ?? false,
    running: link?.running ?? false,
    mtu: link?.mtu ?? 0,
    snaplen: capture.snaplen,
    packets: line.heard,
    silent_seconds: silent,
    cut: line.truncated,
    merged: line.merged,
    duplicates: shared?.duplicates ?? { same: 0, routed: 0 },
    // Only those that are about to state something new are looked at, and how many isn't counted.
    checksums: { checked: 0, broken: 0 },
    vlans: shared?.vlans ?? [],
    sessions: [],
    untagged_networks: null,
    dropped: {
      nic: sums.missed,
      ring: line.dropped.ring,
      worker: line.dropped.worker + line.broken,
    },
    transmitted: sums.transmitted,
    unicast: shared?.unicast ?? null,
    clock_offset_seconds: last > 0 && silent < FRESH_SECONDS ? last - now : 0,
    clock_jumps: shared?.clock_jumps ?? 0,
  }
}

/** VLANs over their whole time, made of seconds; as many as there are tags. */
export class VlanSums {
  private readonly vlans = new Map<number, { -readonly [K in keyof VlanMeasurements]: number }>()

  add({ vlan, packets, duplicates, cut, both_ways }: CoveredSecond): void {
    let sum = this.vlans.get(vlan)
    if (sum === undefined) {
      const none = { seconds: 0, one_way_seconds: 0, packets: 0, duplicates: 0, cut: 0 }
      sum = { vlan, ...none, tagged_one_way: 0 }
      this.vlans.set(vlan, sum)
    }
    sum.seconds++
    if (both_ways === 0) sum.one_way_seconds++
    sum.packets += packets
    sum.duplicates += duplicates
    sum.cut += cut
  }

  read(): VlanMeasurements[] {
    return [...this.vlans.values()].map(sum => ({ ...sum, tagged_one_way: null }))
  }
}
