/** A device as it is stored, shown and sent on: one physical or virtual thing over all its addresses. */

import type { Property } from './judge.js'

/** Milliseconds since 1970; all times of the control plane are such. */
export type Time = number

export interface ServiceRecord {
  readonly transport: 'tcp' | 'udp'
  readonly port: number
  readonly protocol: string | null
  readonly product: string | null
  readonly version: string | null
}

/** What people say of a device; it survives whatever is heard. */
export interface Edits {
  readonly name?: string | null
  readonly kind?: string | null
  readonly vendor?: string | null
  readonly model?: string | null
  readonly os?: string | null
  readonly authorized?: boolean | null
  readonly importance?: 'low' | 'normal' | 'high' | null
  readonly tags?: readonly string[] | null
  readonly location?: string | null
  readonly notes?: string | null
  readonly owner?: string | null
  readonly business_function?: string | null
}

/** Where a device is; null where nobody told. */
export interface LocationRecord {
  readonly site: string | null
  readonly zone: string | null
  readonly switch: string | null
  readonly port: string | null
  readonly access_point: string | null
  /** In words: a room, a street. */
  readonly civic: string | null
  /** The facts that told of it. */
  readonly from: readonly string[]
}

/** Another agent looks after it, as this list says. */
export interface ManagedRecord {
  readonly source: string
  readonly agent: string | null
  /** When that agent saw it last. */
  readonly seen: Time | null
}

export type Status = 'active' | 'inactive'

/** What a device does for others: its own traffic is not all that carries its address. */
export type Role =
  'router' | 'relay' | 'proxy' | 'nat' | 'reflector' | 'gateway' | 'bbmd' | 'sensor'

export interface DeviceRecord {
  /** Stable over runs, restarts and absences. */
  readonly id: string
  readonly macs: readonly string[]
  readonly ipv4: readonly string[]
  readonly ipv6: readonly string[]
  /** What gateways call it: `modbus:10.0.0.20:3`, `bacnet:8601:9`. */
  readonly sub_addresses: readonly string[]
  readonly vlans: readonly number[]
  /** The best first. */
  readonly names: readonly string[]
  readonly category: string
  readonly kind: string
  readonly vendor: string | null
  readonly model: string | null
  readonly os: { readonly name: string; readonly version: string | null } | null
  readonly firmware: string | null
  readonly serial: string | null
  readonly confidence: Readonly<Partial<Record<Property, number>>>
  readonly randomized_mac: boolean
  /** Seen only behind a router, so without a hardware address of its own. */
  readonly routed: boolean
  /** The device that carries all it says: a gateway, a router of a field bus, a rack; null if it speaks itself. */
  readonly behind: string | null
  readonly roles: readonly Role[]
  readonly site: string | null
  readonly zone: string | null
  /** By name; all times are told in UTC. */
  readonly timezone: string
  /** What its network is called. */
  readonly network: string | null
  readonly location: LocationRecord | null
  readonly managed: ManagedRecord | null
  readonly services: readonly ServiceRecord[]
  readonly first_seen: Time
  readonly last_seen: Time
  readonly packets: number
  readonly bytes: number
  readonly status: Status
  /** Heard after the learning period of its segment had ended, and not yet acknowledged. */
  readonly new: boolean
  /** How many addresses that looked like other devices turned out to be this one. */
  readonly phantoms: number
  readonly risk: number
  readonly edits: Edits
}

/** One statement about a device, however often it was made. */
export interface FactRecord {
  readonly device: string
  /** Whom it was about: `mac 00:11:..`, `ip 10.0.0.5`, `sub bacnet:8601:9`; with the VLAN where there is one: `@10`. */
  readonly subject: string
  readonly fact: string
  readonly value: string
  readonly protocol: string
  readonly first: Time
  readonly last: Time
  readonly count: number
}

/** By what a device is known again. A key belongs to one device at a time. */
export interface KeyRecord {
  /** `mac`, `ip`, `sub`, `duid`, `serial`, ... */
  readonly kind: string
  /** With the segment it is unique in: `1/10/aa:bb:cc:dd:ee:ff`. */
  readonly value: string
  readonly device: string
  /** How it was proven: `frame`, `neighbour`, `lease`, `stated`, `person`. */
  readonly proof: string
  readonly first: Time
  readonly last: Time
}

/** An address had another holder from then on. */
export interface HoldingRecord {
  readonly device: string
  readonly address: string
  readonly from: Time
  /** null: still. */
  readonly to: Time | null
  readonly proof: string
}

/** An attribute changed. */
export interface HistoryRecord {
  readonly device: string
  readonly at: Time
  readonly field: string
  readonly before: unknown
  readonly after: unknown
  /** The fact, the rule or the person that made it so. */
  readonly because: string
}

/** Two records were one device, or one was two. */
export interface MergeRecord {
  /** Whose id stands; and the id that points to it from now on. */
  readonly into: string
  readonly from: string
  readonly at: Time
  /** `merge` joins, `split` takes apart, `pin` forbids both. */
  readonly action: 'merge' | 'split' | 'pin'
  readonly by: string
  readonly why: string
  /** 0 to 1. */
  readonly score: number
}

export interface ConversationRecord {
  readonly from: string
  /** A device, or an address outside. */
  readonly to: string
  readonly transport: string
  readonly port: number | null
  readonly protocol: string
  readonly name: string | null
  readonly scope: string
  readonly packets: number
  readonly bytes_out: number
  readonly bytes_in: number
  /** Community ID v1 of the connection heard last; null of added-up ends, ICMP and fragments alone. */
  readonly community_id: string | null
  /** Microseconds from a question to its answer: of TCP handshakes, DNS and DHCP heard both ways. */
  readonly round_trip_smallest_us: number | null
  readonly round_trip_last_us: number | null
  readonly first_seen: Time
  readonly last_seen: Time
}

/** What two records of one conversation say together of the connections it is made of. */
export function lastConnection(
  a: ConversationRecord,
  b: ConversationRecord,
): Pick<ConversationRecord, 'community_id' | 'round_trip_smallest_us' | 'round_trip_last_us'> {
  const [early, late] = a.last_seen <= b.last_seen ? [a, b] : [b, a]
  const times = [a, b].flatMap(({ round_trip_smallest_us: time }) => time ?? [])
  return {
    community_id: late.community_id ?? early.community_id,
    round_trip_smallest_us: times.length === 0 ? null : Math.min(...times),
    round_trip_last_us: late.round_trip_last_us ?? early.round_trip_last_us,
  }
}
