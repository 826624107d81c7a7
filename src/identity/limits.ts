/** Every bound of identity, by name. */

/** Hardware addresses, network addresses (of others too) and conversations that are kept apart. */
export const STATIONS_MAX = 262_144
export const ADDRESSES_MAX = 1_048_576
export const CONVERSATIONS_MAX = 1_048_576
export const SIGHTINGS_MAX = 1_048_576
/** Stations behind gateways: all, and of one gateway. */
export const SUB_ADDRESSES_MAX = 65_536
export const GATEWAY_STATIONS_MAX = 1024
/** A gateway with more units that say nothing of themselves answers to every number. */
export const SILENT_UNITS_MAX = 32
/** Who is heard to speak for a station after its gateway was silent for so long has replaced it. */
export const GATEWAY_SILENT_MICROS = 9000e6
/** VLANs beyond the first: of all hardware addresses, and of one. */
export const FURTHER_VLANS_MAX = 65_536
export const STATION_VLANS_MAX = 256

/** Statements that are kept, of all devices and of one; and the bytes of their values. */
export const FACTS_MAX = 1_048_576
export const SUBJECT_FACTS_MAX = 200
export const DEVICE_FACTS_MAX = 200
export const VALUE_BYTES_MAX = 67_108_864

/** Facts about outside addresses that are kept although nothing says they are of this network. */
export const STRANGERS_MAX = 4096

/** Names that answers gave: all, and for one address. */
export const NAMES_MAX = 262_144
export const NAME_BYTES_MAX = 16_777_216
export const ANSWERS_MAX = 1_048_576
export const ADDRESS_ANSWERS_MAX = 16

/** Names out there that one address is known to call; and calls that a live sensor has told of. */
export const ADDRESS_CALLS_MAX = 64
export const CALLS_MAX = 65_536

/** Claims to network addresses: all, and by how many hardware addresses to one. */
export const CLAIMS_MAX = 1_048_576
export const ADDRESS_CLAIMS_MAX = 16
/** An address that changes hands so often, each time within so long, is claimed by several at once. */
export const CONTEST_SWAPS = 3
export const CONTEST_MICROS = 300e6
export const CARRIERS_MAX = 65_536
export const SUBNETS_MAX = 1024
/** VLANs with sessions, prefixes of addresses on them, and pairs of VLANs with like addresses. */
export const SEGMENTS_MAX = 8192
export const PREFIXES_MAX = 65_536
export const OVERLAPS_MAX = 4096

/** Shown of one device. */
export const DEVICE_NAMES_MAX = 16
export const DEVICE_ADDRESSES_MAX = 256
export const DEVICE_SERVICES_MAX = 256
/** Peers outside that one device is shown with; the rest is added up. */
export const OUTSIDE_PEERS_MAX = 256

/** A station that speaks for more strange addresses than this passes on what others say. */
export const STRANGE_IP4_MAX = 3
export const STRANGE_IP6_MAX = 8
/** A station that answers for more addresses than this, whose traffic is not its own, is a proxy. */
export const PROXY_ADDRESSES_MAX = 8

/** A neighbour that takes an address over must wait until its holder has been silent for so long. */
export const TAKEOVER_MICROS = 300e6
/** Who still uses an address this long after another began to claim it has not gone. */
export const GRACE_MICROS = 5e6
/** What is judged may touch more to judge; after so many rounds the rest waits for the next time. */
export const SETTLING_ROUNDS_MAX = 16

/** What machines say that makes them known again, and how many may say the same before it is common. */
export const TOKENS_MAX = 524_288
export const GROUP_MEMBERS_MAX = 128
/** Nodes of one device, and how many of them may have a hardware address that nobody made up. */
export const GROUP_NODES_MAX = 256
export const INTERFACES_MAX = 8
/** Two that were there together for longer than this did not take turns. */
export const OVERLAP_MICROS = 60e6

/** Waiting to be written down: conversations, and facts. */
export const FLUSH_CONVERSATIONS_MAX = 65_536
export const PENDING_FACTS_MAX = 65_536
/** Names of outside addresses that the live sensor remembers, the latest. */
export const OUTSIDE_NAMES_MAX = 65_536
/** A live station that carried so many addresses from outside is a router. */
export const CARRIED_MAX = 3
/** What is said of somebody who is no device yet waits for so many turns. */
export const WAITING_TURNS_MAX = 240
/** Those who speak for others, and for how many of them each. */
export const SPEAKERS_MAX = 16_384
export const SPOKEN_MAX = 8
/** Fewer than this that said next to nothing are no flood: hardware addresses, and hosts. */
export const FLOOD_MIN = 1000
export const FLOOD_HOSTS_MIN = 4096
/** Stations of which it is noted in which minutes they were heard, and the minutes of each. */
export const ACTIVITIES_MAX = 65_536
export const ACTIVE_MINUTES_MAX = 64
/** Sessions in which one address is looked for, and pairs of them that are compared. */
export const TWINS_MAX = 64
export const SESSION_PAIRS_MAX = 4096
/** A host without a station is a device at once while there are fewer than this; later, once it spoke twice. */
export const LONE_HOSTS_MAX = 65_536
/** What is kept of who said which token: of all, of one, and of those who said but half. */
export const MEMBERSHIPS_MAX = 1_048_576
export const SUBJECT_TOKENS_MAX = 32
export const HALVES_MAX = 131_072
/** Addresses that one node may hold before the rest is left aside. */
export const NODE_ADDRESSES_MAX = 4096
/** Ports that were seen to serve, of all devices. */
export const SERVICES_MAX = 262_144
/** Secrets that are told apart. */
export const SECRETS_MAX = 65_536
