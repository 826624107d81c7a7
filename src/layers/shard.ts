/**
 * Which of 16 shards a frame belongs to. All frames between two addresses share one, in both
 * directions, whatever their ports, fragments or encapsulation. The function is plain enough to
 * be a classic BPF program in the kernel: loads, XOR, one multiplication, one shift. Whoever has no
 * IPv4 address yet is known by the hardware address, or all who ask for one would share a shard.
 */

import { decode } from './decode.js'
import { Frame } from './frame.js'
import { ETHERNET_LINK } from './links.js'
import { udpTunnel } from './transport.js'

export const SHARDS = 16

const ARP = 0x0806
const RARP = 0x8035

/** Shards are the top four bits of a product with 2^32 divided by the golden ratio. */
export const shardOfPair = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 28

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!

/** XOR of all words of both IPv6 addresses, which lie one behind the other. */
const words6 = (bytes: Uint8Array, at: number): number =>
  word(bytes, at) ^
  word(bytes, at + 4) ^
  word(bytes, at + 8) ^
  word(bytes, at + 12) ^
  word(bytes, at + 16) ^
  word(bytes, at + 20) ^
  word(bytes, at + 24) ^
  word(bytes, at + 28)

/**
 * The shard of a decoded frame: by its innermost addresses; ARP by the sender's hardware address
 * in its body; anything else by the sender's hardware address; and 0 where there is none.
 */
export function shardOf(frame: Frame): number {
  const bytes = frame.bytes
  const ip = frame.sourceIp
  if (frame.network === 4) {
    const source = word(bytes, ip)
    if (source === 0 && frame.sourceMac >= 0) return shardOfPair(word(bytes, frame.sourceMac + 2))
    return shardOfPair(source ^ word(bytes, ip + 4))
  }
  if (frame.network === 6) return shardOfPair(words6(bytes, ip))
  const type = frame.etherType
  if ((type === ARP || type === RARP) && frame.payloadEnd - frame.networkAt >= 14) {
    return shardOfPair(word(bytes, frame.networkAt + 10))
  }
  return frame.sourceMac < 0 ? 0 : shardOfPair(word(bytes, frame.sourceMac + 2))
}

const own = new Frame()

/** What `shardOf` says of these bytes once decoded; plain frames are not decoded for it. */
export function shardOfBytes(bytes: Uint8Array, at: number, end: number, link: number): number {
  if (link === ETHERNET_LINK && end - at >= 34) {
    let network = at + 14
    let type = (bytes[at + 12]! << 8) | bytes[at + 13]!
    while (type === 0x8100 && end - network >= 24) {
      type = (bytes[network + 2]! << 8) | bytes[network + 3]!
      network += 4
    }
    if (type === 0x0800 && plain4(bytes, network, end)) {
      const source = word(bytes, network + 12)
      return source === 0
        ? shardOfPair(word(bytes, at + 8))
        : shardOfPair(source ^ word(bytes, network + 16))
    }
    if (type === 0x86dd && plain6(bytes, network, end))
      return shardOfPair(words6(bytes, network + 8))
  }
  decode(own, bytes, at, end, link)
  return shardOf(own)
}

/** Whether this is surely IPv4, and surely without a packet inside. Twenty bytes are there. */
function plain4(bytes: Uint8Array, at: number, end: number): boolean {
  const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
  if (bytes[at] !== 0x45 || length < 20) return false
  const protocol = bytes[at + 9]!
  return protocol === 6 || (protocol === 17 && plainUdp(bytes, at + 20, end))
}

function plain6(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 48 || bytes[at]! >> 4 !== 6) return false
  const protocol = bytes[at + 6]!
  return protocol === 6 || (protocol === 17 && plainUdp(bytes, at + 40, end))
}

function plainUdp(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 8) return false
  return udpTunnel((bytes[at]! << 8) | bytes[at + 1]!, (bytes[at + 2]! << 8) | bytes[at + 3]!) === 0
}
