/** What a live worker listens by: blocks of frames, heard where they lie and given back. */

import type { RingStatistics } from './ring.js'
import type { Batch } from './source.js'

export interface Ear {
  /** The frames of the block that `next` found; valid until `release`. */
  readonly batch: Batch
  /** The descriptor to wait for, or -1. */
  readonly socket: number
  /** The interface's own hardware address, where it is known. */
  readonly station?: Uint8Array | undefined
  /** Why it hears no more, or ''. */
  readonly fault?: string
  /** Frames that ever were in its batch. */
  readonly given: number
  /** Fills the batch with the frames of the next block; false when none is ready. */
  next(): boolean
  /** Hands back what was read. */
  release(): void
  statistics(): RingStatistics
  close(): void
}
