/** What the audit and the ledger look at, made of what workers, rings and links count. */

import type { Counts } from '../hearing/crew.js'
import type { InterfaceLedger } from '../hearing/ledger.js'
import { VLANS_SUMMED_MAX } from '../hearing/limits.js'
import type { Covered } from '../hearing/live-crew.js'
import type { LiveTotals } from '../hearing/live-sums.js'
import type { SessionHeard } from '../hearing/sequence-book.js'
import type { Census } from '../model/census.js'
import type { LedgerCounts } from './ledger.js'
import type { LinkCounts, LinkSums } from './link-counts.js'
import type { LinkReading } from './links.js'
import type { Reading, VlanMeasurements } from './measurements.js'

/** What all workers have counted until now. */
export interface Heard {
  readonly counts: Counts
  /** What nobody parsed; asked when somebody wants to know. */
  readonly census: () => Census
  readonly ledger: readonly InterfaceLedger[]
  readonly totals: LiveTotals
  readonly sessions: readonly SessionHeard[]
  /** By interface: networks whose ARP was heard without a tag. */
  readonly networks: ReadonlyMap<string, number>
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
  given: 0,
  lost: 0,
  octets: 0,
  truncated: 0,
  decoded: 0,
  undecoded: 0,
  duplicates: 0,
  same: 0,
  checksums: { checked: 0, broken: 0, unchecked: 0 },
  clock_jumps: 0,
  unicast: null,
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

/**
 * `own` is the interface's own count. What died with a worker or in a broken block was dropped. What
 * was walked is the ears' count, and in which class it stands the workers': they must agree.
 */
export function ledgerCounts(line: InterfaceLedger, own: number | null): LedgerCounts {
  const { early, broken, decoded, undecoded, duplicates } = line
  const dropped = line.dropped.ring + line.dropped.worker + broken
  const walked = line.given - line.lost + early
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

export interface Look {
  readonly line: InterfaceLedger
  readonly link: LinkReading | undefined
  readonly sums: LinkSums
  readonly capture: { readonly mode: 'mirror' | 'tunnel'; readonly snaplen: number }
  readonly vlans: readonly VlanMeasurements[]
  readonly sessions: Reading['sessions']
  readonly untagged_networks: number
  /** Since the last frame came, by our own clock. */
  readonly silent_seconds: number
  /** Seconds of a clock that only goes forward, and since 1970. */
  readonly at: number
  readonly now: number
}

/** A clock is looked at only while frames come. */
const FRESH_SECONDS = 2

export function readingOf(look: Look): Reading {
  const { line, link, sums, capture, silent_seconds } = look
  const last = line.last_heard / 1e6
  const isFresh = last > 0 && silent_seconds < FRESH_SECONDS
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
    silent_seconds,
    cut: line.truncated,
    merged: line.merged,
    duplicates: { same: line.same, routed: line.duplicates - line.same },
    checksums: line.checksums,
    vlans: look.vlans,
    sessions: look.sessions,
    untagged_networks: look.untagged_networks,
    dropped: {
      nic: sums.missed,
      ring: line.dropped.ring,
      worker: line.dropped.worker + line.broken,
    },
    transmitted: sums.transmitted,
    unicast: line.unicast,
    clock_offset_seconds: isFresh ? last - look.now : 0,
    clock_jumps: line.clock_jumps,
  }
}

type VlanSum = { -readonly [K in keyof VlanMeasurements]: number }

/** What a reading needs beside what workers count. */
export interface Looks extends Pick<Look, 'capture' | 'at' | 'now'> {
  readonly links: LinkCounts
  readonly vlans: VlanSums
  readonly arrivals: Arrivals
}

export function reading(heard: Heard, name: string, looks: Looks): Reading {
  const { links, vlans, arrivals, capture, at, now } = looks
  const line = lineOf(heard, name)
  const sessions = heard.sessions.filter(session => session.interface === name)
  return readingOf({
    line,
    capture,
    at,
    now,
    link: links.look(name),
    sums: links.sums(name),
    vlans: vlans.read(name),
    sessions: sessions.map(({ name: session, mirrors, packets, lost }) => ({
      session,
      mirrors,
      packets,
      lost,
    })),
    untagged_networks: heard.networks.get(name) ?? 0,
    silent_seconds: arrivals.silence(name, line.heard, at),
  })
}

/** VLANs of interfaces over their whole time, made of seconds. */
export class VlanSums {
  private readonly sums = new Map<string, Map<number, VlanSum>>()
  private entries = 0
  /** Seconds of VLANs beyond those that are kept. */
  private dropped = 0

  add({ interface: name, vlan, packets, duplicates, cut, both_ways, odd_tags }: Covered): void {
    const sum = this.sumOf(name, vlan)
    if (sum === undefined) return
    sum.seconds++
    if (both_ways === 0) sum.one_way_seconds++
    sum.packets += packets
    sum.duplicates += duplicates
    sum.cut += cut
    sum.tagged_one_way += odd_tags
  }

  get table(): Counts['tables'][string] {
    return { entries: this.entries, evicted: 0, dropped: this.dropped }
  }

  read(name: string): VlanMeasurements[] {
    return [...(this.sums.get(name)?.values() ?? [])].map(sum => ({ ...sum }))
  }

  private sumOf(name: string, vlan: number): VlanSum | undefined {
    let vlans = this.sums.get(name)
    const known = vlans?.get(vlan)
    if (known !== undefined) return known
    if (this.entries >= VLANS_SUMMED_MAX) {
      this.dropped++
      return undefined
    }
    this.entries++
    if (vlans === undefined) this.sums.set(name, (vlans = new Map<number, VlanSum>()))
    const none = { seconds: 0, one_way_seconds: 0, packets: 0, duplicates: 0, cut: 0 }
    const sum = { vlan, ...none, tagged_one_way: 0 }
    vlans.set(vlan, sum)
    return sum
  }
}

/** When frames came last, by our own clock: their times may be those of a clock that is off. */
export class Arrivals {
  private readonly known = new Map<string, { heard: number; at: number }>()

  /** Seconds without a frame, as far as one can know who looks now and then. */
  silence(name: string, heard: number, at: number): number {
    const known = this.known.get(name)
    if (known?.heard === heard) return at - known.at
    this.known.set(name, { heard, at })
    return 0
  }
}
