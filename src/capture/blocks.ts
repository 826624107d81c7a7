/** The layout of a TPACKET_V3 ring (linux/if_packet.h): offsets in bytes, and what flags mean. */

/** A block's header: whose it is, how many frames it holds, where the first one lies. */
export const BLOCK_STATUS = 8
export const BLOCK_FRAMES = 12
export const BLOCK_FIRST = 16
/** Counts all blocks ever begun; of the 64 bits the lower ones. */
export const BLOCK_SEQUENCE = 24
export const BLOCK_HEADER_BYTES = 48

/** A frame's header; its offset to the next is 0 at the last one. */
export const FRAME_NEXT = 0
export const FRAME_SECONDS = 4
export const FRAME_NANOS = 8
export const FRAME_CAPTURED = 12
export const FRAME_WIRE = 16
export const FRAME_STATUS = 20
/** Two bytes: where the frame's bytes lie, from its header on. */
export const FRAME_MAC = 24
export const FRAME_TAG = 32
export const FRAME_HEADER_BYTES = 48

/** Whose a block is: the kernel's, or ours to read. */
export const KERNELS = 0
export const OURS = 1

/** Flags of a frame's status. */
export const LOSING = 0x04
/** The sender's network card was to compute the checksum. */
export const CHECKSUM_NOT_READY = 0x08
export const TAG_VALID = 0x10
/** Several TCP segments, put together by the network card or the kernel. */
export const MERGED_TCP = 0x100

export const VLAN_MASK = 0x0fff
/** What a tag takes up on the wire. */
export const TAG_BYTES = 4
