/**
 * What the data plane tells the control plane: facts, and who was present and talked to whom.
 *
 * These are records that are filled again for each telling. Whoever is told copies what it keeps.
 */

import type { Fact } from './fact.js'

const NOTHING = new Uint8Array(0)

/** Where something was heard. Two hosts with the same address on two segments are two hosts. */
export interface Segment {
  vlan: number
  /** VXLAN network, ERSPAN session and the like; 0 is none. */
  session: number
}

export type SubjectKind = 'mac' | 'ip4' | 'ip6' | 'name'

/** One fact that was news. */
export class Told implements Segment {
  vlan = 0
  session = 0
  fact!: Fact
  /** The name of the protocol that said it. */
  protocol = ''
  /** Both the subject and the value lie in these bytes. */
  bytes: Uint8Array = NOTHING
  /** Whom it is about: 6, 4 or 16 bytes, or the text of a name that has no address yet. */
  about: SubjectKind = 'mac'
  aboutAt = 0
  aboutLength = 0
  valueAt = 0
  valueLength = 0
  seconds = 0
  micros = 0
  /** Number of the frame in the capture, from 1. */
  frame = 0
  /** How often it happened since it was last told; above 1 only for events that came too fast. */
  count = 1
}

/** One hardware address that sent something. Several rows may tell of one address: add them up. */
export class StationHeard implements Segment {
  vlan = 0
  session = 0
  bytes: Uint8Array = NOTHING
  macAt = 0
  packets = 0
  octets = 0
  /** Microseconds since 1970, and the number of the first frame. */
  first = 0
  last = 0
  frame = 0
}

/** How a network address was tied to a hardware address, weakest first. */
export type Proof = 'none' | 'frame' | 'multicast' | 'neighbour' | 'lease'

/**
 * One inside network address that sent something, and the hardware address its frames carried.
 * That address may be a router's: `hops` tells (64, 128 and 255 are fresh).
 */
export class AddressHeard implements Segment {
  vlan = 0
  session = 0
  bytes: Uint8Array = NOTHING
  ipAt = 0
  /** 4 or 16. */
  ipLength = 4
  /** -1: none. */
  macAt = 0
  /** The smallest and largest TTL or hop limit heard. */
  hopsMin = 0
  hopsMax = 0
  /** It spoke to a link-local group (224.0.0.0/24, ff02::/16) or with a hop limit of 255 where one must. */
  linkLocal = false
  packets = 0
  octets = 0
  first = 0
  last = 0
  frame = 0
}

/** One conversation: a client, a server, and the server's port. Several rows may tell of one: add them up. */
export class ConversationHeard implements Segment {
  vlan = 0
  session = 0
  bytes: Uint8Array = NOTHING
  /** Offsets of the addresses, 4 or 16 bytes each, and of the hardware addresses (-1: none). */
  clientIpAt = 0
  serverIpAt = 0
  ipLength = 4
  clientMacAt = -1
  serverMacAt = -1
  /** IP protocol: 6, 17, 1, ... */
  transport = 0
  /** The server's port (0 for transports without ports). */
  port = 0
  clientPort = 0
  /** Name of the protocol a parser recognised, or ''. */
  protocol = ''
  /** SYN-ACK with data following, or a message of a server was recognised. */
  serves = false
  /** Which end is the server was seen, not guessed from the ports. */
  sure = false
  packets = 0
  octetsOut = 0
  octetsIn = 0
  connections = 0
  /** From a question to its answer (of TCP, to the end of the handshake), in microseconds; 0: not heard. */
  roundTripSmallest = 0
  roundTripLast = 0
  first = 0
  last = 0
  frame = 0
}
