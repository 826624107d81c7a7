/** Every bound of the data plane, by name. Tables and pools are divided evenly among the shards. */

/** State lives in this many parts of fixed size, so that results don't depend on the number of workers. */
export const SHARDS = 16

export const STATIONS_MAX = 131_072
export const CONVERSATIONS_MAX = 262_144
export const NEWS_MAX = 524_288

/** Of a full table, newcomers may take an eighth; the rest belongs to who has proved to be real. */
export const PROTECTED_SHARE = 7 / 8
/** No segment may hold more of the protected part than this, so that one flooded VLAN starves no other. */
export const SEGMENT_SHARE = 1 / 2

export const OPENINGS_MAX = 8192
export const OPENING_CHUNK_BYTES = 2048
export const OPENING_CHUNKS_MAX = 8192
export const CLIENT_OPENING_BYTES = 8192
export const SERVER_OPENING_BYTES = 16384
/** An opening that has not settled after this long is read for the last time. */
export const OPENING_IDLE_SECONDS = 60
export const OPENING_RUNS_MAX = 8
/** After so many runs, only much more to read justifies another. */
export const OPENING_EAGER_RUNS = 4

/** A member of a set is news again after this long, give or take a quarter by its hash. */
export const SET_REFRESH_SECONDS = 3600
/** Events of one kind about one subject are told one by one up to this many a second. */
export const EVENTS_PER_SECOND = 10

/** Two frames alike within this time are one frame mirrored twice. */
export const DUPLICATE_MICROS = 20_000
/** A shard looks at so many frames before it decides whether its mirror duplicates. */
export const DUPLICATE_TRIAL_FRAMES = 640
export const DUPLICATE_SLOTS = 1024

/** Ends of conversations whose presence is summed up before it is told. */
export const PRESENCES_MAX = 65_536

/** Facts leave in pieces of about this size. */
export const TELLING_BYTES = 262_144

/** A connection's clock may be this far behind before a new epoch begins. */
export const CLOCK_JUMP_SECONDS = 3600
