/** Every bound of live hearing, by name. */

/** Interfaces that one sensor listens to at the same time. */
export const EARS_MAX = 64
/** So many blocks of one ear are heard before it is another's turn. */
export const BLOCKS_A_TURN = 4
/** What a ring may still hold when it is left: all blocks of the largest. */
export const BLOCKS_TO_LEAVE = 1024
/** A worker without anything to hear looks up this often. */
export const WAIT_MS = 50
/** A ready socket that never has a block must not turn a worker into a heater. */
export const BARREN_TURNS_MAX = 3
export const BARREN_REST_MS = 5

/** Frames this far behind are taken for late; further, and the clock was set. */
export const LATE_SECONDS = 2
/** A frame may lie in a block that is still open for this long, and be heard after later ones. */
export const OPEN_BLOCK_MS = 60

/** Facts leave a worker this often, or as soon as there are so many, or when there is nothing to hear. */
export const FACTS_MS = 100
export const FACTS_AT_ONCE = 256
/** The main thread holds facts back so long for other workers' earlier ones; twice that at most. */
export const FACTS_WAIT_MS = 50
/** Rows that changed leave once in this time, one shard after the other. */
export const ROWS_MS = 1000
export const COUNTS_MS = 1000

/** Words of shared memory for facts and for rows on their way to the main thread: powers of two. */
export const FACT_LANE_WORDS = 1 << 18
export const ROW_LANE_WORDS = 1 << 19
/** Changed rows leave this part of their lane to those that make room and can't wait. */
export const ROWS_RESERVE = 1 / 2
/** Facts are no longer held back when their lane is as full as this. */
export const FACTS_PRESSING = 3 / 4

/** A conversation is told of once it is clear what it is, or after this long. */
export const RIPE_SECONDS = 5
/** Packets that a row may count before it begins again, well below what 32 bits hold. */
export const ROW_PACKETS_MAX = 1 << 30

/** Seconds of coverage that wait for a main thread which doesn't listen, before they are dropped. */
export const COVERAGE_WAIT_SECONDS = 60
/** A second is closed when all workers have told of it, but those that have told nothing for so long. */
export const COVERAGE_LATE_MS = 5000

/** When told to stop, a worker drains until nothing came for so long, and this long at most. */
export const DRAIN_QUIET_MS = 120
export const DRAIN_MS = 3000
/** The main thread waits so long for all workers to end. */
export const STOP_MS = 10_000

/** The main thread gives others their turn after this long. */
export const SLICE_MS = 4
/** Facts told, and rows of each worker, between two looks at the clock. */
export const FACTS_A_LOOK = 64
export const ROWS_A_LOOK = 32
/** While facts wait, rows have this part of the turns: they may be a second late, facts may not. */
export const ROWS_TURN = 8
/** While facts are held back, the main thread looks again after this long. */
export const LOOK_AGAIN_MS = 10

/** So many deaths within this time, and no replacement is hired any more. */
export const DEATHS_MAX = 3
export const DEATHS_MS = 60_000

/** Interfaces that the ledger remembers, gone or not. */
export const LEDGER_MAX = 256
