/**
 * One frame, taken apart: where its layers lie, and nothing else.
 *
 * There is one Frame per worker, filled again for each frame. It holds offsets into the capture
 * buffer and small integers, never copies, strings or objects. Where encapsulations are nested,
 * it tells of the innermost packet.
 */

const NOTHING = new Uint8Array(0)

/** No fragment; the first one, which has the ports; a later one, which has not. */
export const WHOLE = 0
export const FIRST_FRAGMENT = 1
export const LATER_FRAGMENT = 2

/** How deep encapsulations are followed; a frame nested deeper is told as undecoded `too deep`. */
export const DEPTH_MAX = 8

/** How many layers a frame's record keeps, for `explain-frame`. */
export const LAYERS_MAX = 32

export class Frame {
  bytes: Uint8Array = NOTHING
  /** The captured bytes are [at, end). */
  at = 0
  end = 0

  /** Destination and source hardware address of the innermost Ethernet (or 802.11, SLL), or -1. */
  targetMac = -1
  sourceMac = -1

  /** Outermost and inner VLAN id of the innermost Ethernet; 0 is none. */
  vlan = 0
  innerVlan = 0
  /** VXLAN or GENEVE network, ERSPAN session, GRE key, ...; 0 is none. */
  session = 0

  /** The innermost ethertype, or the LLC DSAP below 0x0100, or 0. */
  etherType = 0
  /** Where the bytes behind the ethertype (or behind LLC) begin. */
  networkAt = 0

  /** 4, 6, or 0: none. */
  network = 0
  sourceIp = -1
  targetIp = -1
  ttl = 0
  /** The transport's IP protocol number, past all extension headers; -1 without a network layer. */
  protocol = -1
  fragment = WHOLE
  /** Of fragments: what all of one packet have in common (IPv6's has 32 bits, signed). */
  fragmentId = 0
  /** Of fragments: the bytes of this piece, where they belong in the packet, what follows them. */
  pieceAt = 0
  pieceEnd = 0
  pieceOffset = 0
  pieceProtocol = 0
  isLastPiece = false

  /** Where the transport header begins; ports are 0 where the transport has none. */
  transportAt = 0
  sourcePort = 0
  targetPort = 0
  /** TCP only. Sequence numbers are signed. */
  tcpFlags = 0
  sequence = 0
  acknowledged = 0

  /** What the innermost decoded layer carries: [payloadAt, payloadEnd), padding left out. */
  payloadAt = 0
  payloadEnd = 0

  /** Index into UNDECODED when a layer could not be followed, else 0. */
  undecoded = 0

  /** How many encapsulations were opened. */
  depth = 0
  /**
   * The innermost packet came in a tunnel that carries no Ethernet (GRE, GTP, IP in IP, ...): the
   * hardware addresses are those of the tunnel's ends and say nothing about the inner addresses.
   */
  routedInside = false
  /** Where the next layer lies while layers are followed; nothing to anybody else. */
  nextAt = 0
  nextEnd = 0
  /**
   * Where the outermost GRE header with a sequence number has it, or -1; and of that tunnel, where its
   * addresses lie, their network, its session (ERSPAN's, or the key), and whether it is ERSPAN's.
   */
  numberAt = -1
  tunnelIp = -1
  tunnelNetwork = 0
  tunnelSession = 0
  tunnelMirrors = false
  /** Whether the last frame was plain, so that what only others set need not be reset. */
  plain = false

  /** Whether to keep the record of layers; only `explain-frame` asks for it. */
  recording = false
  /** The layers met, outermost first, as indexes into LAYERS. */
  layerCount = 0
  readonly layers = new Uint8Array(LAYERS_MAX)
}
