/** What is measured of an interface and of the machine, and what happened between two moments. */

/** One VLAN over the window; as hearing's coverage has it. */
export interface VlanMeasurements {
  /** 0 is untagged. */
  readonly vlan: number
  /** Seconds in which anything was heard, and those in which no conversation was heard both ways. */
  readonly seconds: number
  readonly one_way_seconds: number
  readonly packets: number
  readonly duplicates: number
  readonly cut: number
  /**
   * Packets of conversations heard both ways of which one direction has a tag and the other has none.
   */
  readonly tagged_one_way: number
}

/** A mirror session over a network (ERSPAN, GRE with sequence numbers). */
export interface SessionMeasurements {
  readonly session: string
  /** ERSPAN: nothing but a mirror has such. */
  readonly mirrors: boolean
  readonly packets: number
  /** Sequence numbers that never came. */
  readonly lost: number
}

/**
 * One interface at one moment. Counts are since the sensor began listening there (or since any
 * other moment that stays the same); null is not measured.
 */
export interface Reading {
  readonly interface: string
  readonly mode: 'mirror' | 'tunnel'
  /** A clock that only goes forward, in seconds. */
  readonly at: number
  /** Not there at all is false everywhere. */
  readonly present: boolean
  readonly up: boolean
  readonly running: boolean
  readonly mtu: number
  readonly snaplen: number
  readonly packets: number
  /** Since the last frame, or since listening began. */
  readonly silent_seconds: number
  /** Captured in part, of which by our own snaplen. */
  readonly cut: number
  /** Longer on the wire than MTU and headers allow: `isMerged`. */
  readonly merged: number
  readonly duplicates: { readonly same: number; readonly routed: number }
  /** Looked at, wrong ones, and those believed without since too many were wrong. */
  readonly checksums: {
    readonly checked: number
    readonly broken: number
    readonly unchecked: number
  }
  readonly vlans: readonly VlanMeasurements[]
  readonly sessions: readonly SessionMeasurements[]
  /** IPv4 networks whose ARP was heard without a tag; null is not measured. */
  readonly untagged_networks: number | null
  readonly dropped: { readonly nic: number; readonly ring: number; readonly worker: number }
  /** Sent by this machine since the sensor began. */
  readonly transmitted: number
  /** Frames to one station: to our own address, and to others. */
  readonly unicast: { readonly ours: number; readonly others: number } | null
  /** How far frames' times are from this machine's clock now (positive is ahead). */
  readonly clock_offset_seconds: number
  /** Times a frame's clock jumped so far that a new epoch began. */
  readonly clock_jumps: number
}

/** The same, but counts are of the window only. */
export interface Measurements extends Omit<Reading, 'at'> {
  readonly seconds: number
}

export interface MachineReading {
  readonly at: number
  /** Frames of all interfaces that found the kernel's backlog full. */
  readonly backlog: number
  /** Addresses that somebody invents to flood the network; 0 where nobody does. */
  readonly invented: number
}

/** Ethernet and two tags in front, and the frame's check sequence behind what an MTU bounds. */
const HEADERS_BYTES = 14 + 2 * 4 + 4

/** A frame no cable carried: the card or the kernel joined several (GRO, LRO), or never cut it (TSO). */
export const isMerged = (wire: number, mtu: number): boolean => wire > mtu + HEADERS_BYTES

/** What happened between two readings of one interface. Who began to count again began at 0. */
export function between(first: Reading, last: Reading): Measurements {
  const vlans = new Map(first.vlans.map(one => [one.vlan, one]))
  const sessions = new Map(first.sessions.map(one => [one.session, one]))
  const { at, ...now } = last
  return {
    ...now,
    seconds: at - first.at,
    packets: since(first.packets, last.packets),
    cut: since(first.cut, last.cut),
    merged: since(first.merged, last.merged),
    duplicates: {
      same: since(first.duplicates.same, last.duplicates.same),
      routed: since(first.duplicates.routed, last.duplicates.routed),
    },
    checksums: {
      checked: since(first.checksums.checked, last.checksums.checked),
      broken: since(first.checksums.broken, last.checksums.broken),
      unchecked: since(first.checksums.unchecked, last.checksums.unchecked),
    },
    vlans: last.vlans.map(one => vlanSince(vlans.get(one.vlan), one)),
    sessions: last.sessions.map(one => {
      const { packets = 0, lost = 0 } = sessions.get(one.session) ?? {}
      return { ...one, packets: since(packets, one.packets), lost: since(lost, one.lost) }
    }),
    dropped: {
      nic: since(first.dropped.nic, last.dropped.nic),
      ring: since(first.dropped.ring, last.dropped.ring),
      worker: since(first.dropped.worker, last.dropped.worker),
    },
    unicast: last.unicast && {
      ours: since(first.unicast?.ours ?? 0, last.unicast.ours),
      others: since(first.unicast?.others ?? 0, last.unicast.others),
    },
    clock_jumps: since(first.clock_jumps, last.clock_jumps),
  }
}

function vlanSince(first: VlanMeasurements | undefined, last: VlanMeasurements): VlanMeasurements {
  if (first === undefined) return last
  return {
    vlan: last.vlan,
    seconds: since(first.seconds, last.seconds),
    one_way_seconds: since(first.one_way_seconds, last.one_way_seconds),
    packets: since(first.packets, last.packets),
    duplicates: since(first.duplicates, last.duplicates),
    cut: since(first.cut, last.cut),
    tagged_one_way: since(first.tagged_one_way, last.tagged_one_way),
  }
}

/** A count that is lower than it was began anew. */
export const since = (first: number, last: number): number => (last >= first ? last - first : last)
