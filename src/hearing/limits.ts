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

/** Protocols have numbers of one byte, and 0 is nobody's. */
export const PROTOCOLS_MAX = 255

/** Datagrams of one conversation that nobody knew: voice and its signalling may share their ports. */
export const STRANGE_MAX = 8
/** A connection may be told by so many protocols in turn before it is given up. */
export const CANDIDATES_MAX = 4
/** One parser may hand over to another, and that one to a third. */
export const HEIRS_MAX = 3
/** A settled connection opens again so often, and a shard's connections together so often a second. */
export const REOPENINGS_MAX = 8
export const REOPENINGS_PER_SECOND = 125

/** Requests that are remembered for their answers, and for how long. */
export const REQUESTS_MAX = 16_384
export const REQUEST_SECONDS = 5

/** Questions whose answers are awaited to measure how long they take, and for how long. */
export const QUESTIONS_MAX = 8192
export const QUESTION_MICROS = 5_000_000

/** Kinds of frames and ports whose messages nobody parses; and servers whose beginnings are compared. */
export const CENSUS_MAX = 2048
/** Of each kind so many are named to people, the rest is added up. */
export const CENSUS_NAMED_MAX = 64
export const BEGINNINGS_MAX = 4096

/** Messages that come in several datagrams: so many at a time, and so large, for so long. */
export const PIECES_MAX = 512
export const PIECE_BYTES = 8192
export const PIECE_SECONDS = 3
export const PIECE_DATAGRAMS_MAX = 8
/** A shard's datagrams that are read for their pieces in one second, since each must be decrypted. */
export const PIECES_PER_SECOND = 125
/** One such message between two machines is enough for so long; of so many pairs it is remembered. */
export const PIECES_READ_SECONDS = 600
export const PIECES_READ_MAX = 65_536

/** A member of a set is news again after this long, give or take a quarter by its hash. */
export const SET_REFRESH_SECONDS = 3600
/** Events of one kind about one subject are told one by one up to this many a second. */
export const EVENTS_PER_SECOND = 10

/** Two frames alike within this time are one frame mirrored twice. */
export const DUPLICATE_MICROS = 20_000
/** A shard looks at so many frames before it decides whether its mirror duplicates. */
export const DUPLICATE_TRIAL_FRAMES = 640
export const DUPLICATE_SLOTS = 1024

/** Fragmented packets whose ports are remembered, and for how long. */
export const FRAGMENTS_MAX = 8192
export const FRAGMENT_SECONDS = 5

/** Fragmented packets that are being put together, and how long one may be. */
export const ASSEMBLIES_MAX = 256
export const ASSEMBLY_BYTES_MAX = 16_384

/** Tunnels with numbered frames that one worker follows (fewer than 256), and all together. */
export const SESSIONS_MAX = 128
export const SESSIONS_TOLD_MAX = 256
/** Seconds of sessions that wait to be taken. */
export const SEQUENCE_LOG_MAX = 8192
/** A number this far ahead, or this far back, is that of a session which began anew. */
export const SEQUENCE_JUMP = 1 << 20
export const SEQUENCE_BACK = 1 << 12

/** Pairs of networks whose untagged ARP one worker remembers until it tells of them, and all together. */
export const ARP_NETWORKS_MAX = 512
export const ARP_NETWORKS_TOLD_MAX = 4096
/** Networks that were not heard of for so long are forgotten. */
export const ARP_NETWORK_SECONDS = 3600
/** VLANs of all interfaces whose seconds are summed up. */
export const VLANS_SUMMED_MAX = 16_384

/** Ends of conversations whose presence is summed up before it is told. */
export const PRESENCES_MAX = 65_536

/** Messages of outside addresses whose facts a shard tells in so many seconds; names are always told. */
export const STRANGERS_TOLD_MAX = 512
export const STRANGERS_SECONDS = 600

/** Facts leave in pieces of about this size. */
export const TELLING_BYTES = 262_144

/** A connection's clock may be this far behind before a new epoch begins. */
export const CLOCK_JUMP_SECONDS = 3600
