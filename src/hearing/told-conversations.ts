/** Rows of conversations as they are told: what is counted, and behind it how long answers took. */

import { ROW_WORDS, TOLD_WORDS } from './conversation-rows.js'
import type { Conversations } from './conversations.js'
import { SHARDS } from './limits.js'
import type { Rows } from './table.js'

/** Room for one row. */
export function roomToTell(): Rows {
  const words = new Int32Array(TOLD_WORDS)
  return { words, reals: new Float64Array(words.buffer) }
}

export function copyTold(
  { table, roundTrips }: Conversations,
  row: number,
  { words: to }: { words: Int32Array },
  at: number,
): void {
  const { words } = table
  for (let i = 0; i < ROW_WORDS; i++) to[at + i] = words[row + i]!
  roundTrips.write(row, to, at + ROW_WORDS)
}

/** All rows, packed into one array that may cross to another thread. */
export function packTold(conversations: Conversations): Int32Array<ArrayBuffer> {
  const { table } = conversations
  const packed = new Int32Array(table.entries * TOLD_WORDS)
  let used = 0
  const take = (row: number): void => {
    copyTold(conversations, row, { words: packed }, used)
    used += TOLD_WORDS
  }
  for (let shard = 0; shard < SHARDS; shard++) table.each(shard, take)
  return packed
}
