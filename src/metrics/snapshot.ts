/** What the sensor counts, as one plain object: made whenever somebody asks for metrics. */

import type { Census } from '../model/census.js'

/** Where frames can be lost. */
export const DROP_PLACES = ['nic', 'backlog', 'ring', 'worker'] as const
export type DropPlace = (typeof DROP_PLACES)[number]

export interface InterfaceCounts {
  readonly interface: string
  readonly packets: number
  readonly bytes: number
  readonly dropped: Readonly<Record<DropPlace, number>>
  /** What this machine sent by it since the sensor began: 0 on a mirror. */
  readonly transmitted: number
}

export interface ProtocolCounts {
  readonly protocol: string
  readonly packets: number
  /** By name of the fault. */
  readonly faults: Readonly<Record<string, number>>
  readonly facts: number
}

/** A distribution: how many were at most `bounds[i]`, and above the last. */
export interface Distribution {
  readonly bounds: readonly number[]
  /** One more than bounds; each counts its own bucket only. */
  readonly counts: readonly number[]
  readonly sum: number
}

export interface Snapshot {
  readonly version: string
  readonly uptime_seconds: number
  readonly interfaces: readonly InterfaceCounts[]
  /** By reason. */
  readonly undecoded: Readonly<Record<string, number>>
  readonly protocols: readonly ProtocolCounts[]
  /** What nobody parsed. */
  readonly census: Census
  /** By category. */
  readonly devices: Readonly<Record<string, number>>
  readonly tables: Readonly<
    Record<string, { readonly entries: number; readonly evicted: number; readonly dropped: number }>
  >
  /** Of the database and its log, on disk. */
  readonly store_bytes: number
  /** Whether the disk takes what is to be written. */
  readonly store_writes: boolean
  /** Taken for no devices. */
  readonly invented_addresses: number
  readonly workers: readonly { readonly worker: number; readonly busy_ratio: number }[]
  /** Of the main thread, in the last minute, in seconds. */
  readonly loop_lag: { readonly p50: number; readonly p99: number; readonly max: number }
  /** From a frame's time to its fact on the main thread, in seconds. */
  readonly fact_latency: Distribution
  /** What the audit found: how many of each id. */
  readonly findings: Readonly<Record<string, number>>
  /** What should be mended: how many findings of each severity. */
  readonly recommendations?: Readonly<Record<string, number>>
  readonly use: {
    readonly resident_bytes: number
    /** The part of it that is neither the rings nor files. */
    readonly anonymous_bytes: number
    readonly heap_bytes: number
    readonly cpu_seconds: number
  }
}
