/** What a capture format is to the file that is read: a walk over bytes that fills a batch. */

import type { Batch } from './source.js'

export interface Format {
  /**
   * Adds the frames whose records lie whole in the batch's bytes [at, end) to the batch until it is
   * full, and returns where the first byte not used lies: behind `end` if bytes that have not come
   * yet are of no use.
   */
  walk(batch: Batch, at: number, end: number): number
  /** Set once no more bytes will come: of a frame that is cut off, what there is is given. */
  last: boolean
  /** The last frame was given in part. */
  readonly cut: boolean
  /** A record was met that makes no sense: nothing after it can be found. */
  readonly broken: boolean
}

/** Frame check sequences at the end of frames are not told on. */
export function withoutChecksum(batch: Batch, index: number, checksum: number): void {
  const wire = batch.wire[index]! - checksum
  if (wire < 0) return
  batch.wire[index] = wire
  if (batch.length[index]! > wire) batch.length[index] = wire
}
