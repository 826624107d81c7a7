/** What the sensor listens to, whatever that is: the rings of interfaces, or a replayed network. */

import type { LinkReading } from './links.js'
import type { Change } from './changes.js'

/** One interface, as long as it is to be heard. */
export interface Source {
  readonly name: string
  /** `ring`, `replay`. */
  readonly kind: string
  readonly state: 'open' | 'down' | 'gone' | 'failed'
  /** Why it isn't open, or why it was chosen; '' is neither. */
  readonly why: string
  readonly ring: {
    readonly block_bytes: number
    readonly blocks: number
    readonly timeout_ms: number
  } | null
}

/** Who hears what was opened, each worker its own part of it. */
export interface Hearers {
  /** False if they listen to too much already. */
  open(name: string, mappings: readonly unknown[]): boolean
  /** Hears the rest of it, and lets go. */
  close(name: string): Promise<void>
}

export interface Sources {
  readonly list: readonly Source[]
  /** Opens them all; throws a CaptureError at the first that the system refuses. */
  open(hearers: Hearers): void
  /** Looks what changed, and mends what can be mended; says what happened. */
  look(): Promise<readonly Change[]>
  /** A worker can't hear an interface, or hears it no more. */
  fault?(name: string, why: string): void
  /** What the system counts of an interface; of what is no interface it counts nothing. */
  link(name: string): LinkReading | undefined
  /** Another filter for all; throws a CaptureError, and changes nothing, if it is wrong. */
  refilter(filter: string): void
  /** No frame comes from now on: what is there is heard to its end. */
  hush(): void
  close(): void
}
