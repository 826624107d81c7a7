/** What a capture held as a whole, whatever was made of it: the first part of every report. */

import type { Census } from './census.js'

export interface ProtocolCount {
  readonly name: string
  /** Frames that were given to its parser. */
  readonly packets: number
  /** Messages with any fault but having been cut short. */
  readonly malformed: number
  /** How often each fault occurred. */
  readonly faults: Readonly<Record<string, number>>
  /** Connections it was recognised on; null where it knows no connections. */
  readonly connections: number | null
}

export interface CoverageCount {
  readonly vlan: number
  /** Seconds in which anything was heard, and those in which no conversation was heard both ways. */
  readonly seconds: number
  readonly one_way_seconds: number
  readonly packets: number
  readonly duplicates: number
  readonly cut: number
}

export interface CaptureSummary {
  readonly packets: number
  /** Bytes on the wire, captured or not. */
  readonly bytes: number
  /** Microseconds since 1970; NaN when there was no frame. */
  readonly first: number
  readonly last: number
  /** Frames of which only a part was captured. */
  readonly truncated: number
  readonly undecoded: number
  /** Why frames were not decoded, and how many each. */
  readonly reasons: Readonly<Record<string, number>> | ReadonlyMap<string, number>
  readonly protocols: readonly ProtocolCount[]
  /** Frames the mirror delivered twice: as they were, and as a router passed them on. */
  readonly duplicates?: { readonly same: number; readonly routed: number }
  /** Frames that stated something new under a wrong checksum. */
  readonly broken_checksums?: number
  /** How well each VLAN was heard. */
  readonly coverage?: readonly CoverageCount[]
  /** What nobody parsed. */
  readonly census?: Census | undefined
  readonly warnings: readonly string[]
}
