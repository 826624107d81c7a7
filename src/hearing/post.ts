/** What the pool and its workers send each other. */

import type { Batch } from '../capture/source.js'
import type { Counts } from './crew.js'
import type { Discretion } from './discretion.js'
import type { Ending } from './hearing.js'
import type { Rows } from './table.js'

export interface WorkerStart {
  readonly index: number
  readonly seed: number
  /** Under which secrets are hashed: the same for all workers, so that a secret is told by one name. */
  readonly key: Uint8Array
  readonly discretion: Discretion
  readonly slots: readonly { batch: Batch; list: Uint16Array }[]
}

/** Hear the listed frames of a slot, or finish. */
export type ToWorker =
  { slot: number; firstFrame: number; frames: number; count: number } | { last: Ending }

export interface FromWorker {
  /** Which batch this is about, counted from 0; after the last one come the last facts. */
  readonly batch: number
  readonly facts: Int32Array[]
  readonly coverage: Int32Array
  /** Rows that had to make room, or, at the end, all of them. */
  readonly stations: Int32Array[]
  readonly conversations: Int32Array[]
  readonly rowWords: { stations: number; conversations: number }
  /** Only with the last message. */
  readonly counts?: Counts
}

/** Calls back with every row of a packed array. */
export function rowsOf(
  words: Int32Array,
  rowWords: number,
  visit: (rows: Rows, row: number) => void,
): void {
  const rows: Rows = {
    words,
    reals: new Float64Array(words.buffer, words.byteOffset, words.length >> 1),
  }
  for (let row = 0; row < words.length; row += rowWords) visit(rows, row)
}
