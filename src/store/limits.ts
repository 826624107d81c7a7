/** How much the store takes at once, keeps waiting, and keeps at all. */

export const DAY_MS = 86_400_000

/** Bytes of a page; set before the first table is made. */
export const PAGE_BYTES = 4096
/** How long one connection waits for another that writes. */
export const BUSY_MS = 2000
/** How long cutting back the log may wait for readers. */
export const CUT_MS = 50
/** The writer's page cache. */
export const WRITER_CACHE_KIB = 32_768
export const READER_CACHE_KIB = 65_536
/** A commit that leaves this many pages in the write-ahead log copies them into the database. */
export const CHECKPOINT_PAGES = 1000
/** The same where another thread does it: only if that thread has fallen behind. */
export const CHECKPOINT_PAGES_LATE = 16_000
/** Above this the write-ahead log is cut back to nothing when there is time. */
export const LOG_BYTES_MAX = 67_108_864
/** Files above this are checked by the query thread instead of at start. */
export const CHECK_BYTES_MAX = 134_217_728

/** What one transaction of a backlog weighs at most: about three milliseconds. */
export const SLICE_WEIGHT = 200
export const WEIGHT = {
  device: 6,
  fact: 1,
  row: 1,
  presence: 1,
  conversation: 2,
  merge: 4,
} as const
/** Rows a step of retention looks at, and deletes. */
export const SWEEP_ROWS = 500
export const SWEEP_DEVICES = 50
/** Devices whose texts are indexed in one transaction. */
export const INDEXED_AT_ONCE = 8
/** Pages given back to the system in one step. */
export const VACUUM_PAGES = 128
/** Free pages that are kept for what comes. */
export const FREE_PAGES_KEPT = 512

/** Changes that nobody fetches are kept this long, so that a destination can begin late. */
export const CHANGES_KEPT_MS = 3_600_000
export const CHANGES_MAX = 1_000_000
/** Who a device was that has been forgotten: by its keys, as hashes. */
export const REMEMBERED_MAX = 500_000
/** Chains of merges that are followed. */
export const MERGE_DEPTH_MAX = 16
/** Distinct names of facts, protocols, proofs, scopes and fields. */
export const WORDS_MAX = 65_536

/** What waits while the disk is full. */
export const BACKLOG = {
  devices: 20_000,
  facts: 100_000,
  rows: 50_000,
  conversations: 32_768,
  presence: 200_000,
} as const
/** Statements that are remembered as written, so that saying them again can wait. */
export const STATEMENTS_KNOWN = 1_048_576
/** Packets and bytes, and when somebody was last heard, are written this often. */
export const SETTLE_MS = 60_000

/** Reading. */
export const ROWS_MAX = 1000
export const ROWS_USUAL = 100
export const BATCH_ROWS = 1000
export const Q_CHARACTERS_MAX = 200
export const Q_WORDS_MAX = 8
/** Above so many candidates it is quicker to go along the order that is asked for. */
export const CANDIDATES_MAX = 5000
/** Groups of three letters by which candidates are found. */
export const GRAMS_MAX = 24
export const FILTER_VALUES_MAX = 100
export const CURSOR_CHARACTERS_MAX = 2000
export const QUESTIONS_MAX = 256
export const QUESTION_MS = 15_000
export const EVENTS_OF_DEVICE_MAX = 100_000

/** Pages a backup copies before it tells how far it is: 4 MiB. */
export const COPIED_PAGES = 1024
