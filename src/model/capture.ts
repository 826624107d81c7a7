/** What a capture held as a whole, whatever was made of it: the first part of every report. */

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
  readonly warnings: readonly string[]
}
