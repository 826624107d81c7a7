/** Which addresses are inside, which are groups, and which hardware addresses are no machine. */

const IP4 = 4

export const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!

/** Private, shared (CGNAT), link-local and unique local addresses, by their first word. */
export function isInsideRange(version: number, first: number): boolean {
  const a = first >>> 24
  const b = (first >>> 16) & 0xff
  if (version !== IP4) return (a & 0xfe) === 0xfc || (a === 0xfe && (b & 0xc0) === 0x80)
  if (a === 10) return true
  if (a === 192) return b === 168
  if (a === 172) return (b & 0xf0) === 16
  if (a === 169) return b === 254
  return a === 100 && (b & 0xc0) === 64
}

/** Addresses that routers never carry, so that whoever sends from one is on the link. */
export function isLinkRange(version: number, first: number): boolean {
  if (version !== IP4) return first >>> 22 === 0x3fa
  return first >>> 16 === 0xa9fe
}

/** Multicast and the broadcast to everybody. */
export function isGroupRange(version: number, first: number): boolean {
  if (version !== IP4) return first >>> 24 === 0xff
  return first >>> 28 === 0xe || first === -1
}

/** Addresses that stand for no machine: unspecified, loopback, reserved, and groups. */
export function isNobody(version: number, words: Int32Array): boolean {
  const first = words[0]!
  if (isGroupRange(version, first)) return true
  if (version === IP4) {
    const net = first >>> 24
    return net === 0 || net === 127 || net >= 240
  }
  return first === 0 && words[1] === 0 && words[2] === 0 && words[3]! >>> 1 === 0
}

/** Hardware addresses of groups, and of nobody. */
export const isGroupMac = (high: number): boolean => ((high >>> 24) & 1) !== 0

/** VRRP and CARP, HSRP (three kinds), GLBP: an address that several routers share. */
export function isVirtualMac(high: number, low: number): boolean {
  const fifth = low >>> 24
  switch (high >>> 8) {
    case 0x00005e:
      return (high & 0xff) === 0 && (fifth === 1 || fifth === 2)
    case 0x00000c:
      if ((high & 0xff) === 0x07) return fifth === 0xac
      return (high & 0xff) === 0x9f && fifth >>> 4 === 0xf
    case 0x000573:
      return (high & 0xff) === 0xa0
    case 0x0007b4:
      return (high & 0xff) === 0
    default:
      return false
  }
}

/** A hop limit that no router has taken from yet. */
export const isFresh = (hops: number): boolean => hops === 64 || hops === 128 || hops === 255

/** One that a few routers have taken from. */
export const isWorn = (hops: number): boolean =>
  (hops >= 48 && hops < 64) || (hops >= 112 && hops < 128) || (hops >= 239 && hops < 255)

/** How a hardware address came to be, which decides what it is good for. */
export const MADE = 0
/** Given to a virtual machine or container: not made up for disguise, but copied with the machine. */
export const COPIED = 1
/** Made up by the machine itself. */
export const RANDOM = 2

/** Prefixes of hypervisors, clouds and containers, universal and local. */
const COPIED_PREFIXES: readonly (readonly [bits: number, prefix: number])[] = [
  [24, 0x525400], // QEMU
  [24, 0xfe5400],
  [24, 0x0a0027], // VirtualBox
  [24, 0x080027],
  [16, 0x0242], // Docker
  [16, 0x0a58], // Kubernetes
  [24, 0xfa163e], // OpenStack
  [24, 0x42010a], // Google's cloud
  [24, 0xbc2411], // Proxmox
  [24, 0x00163e], // Xen
  [24, 0x00155d], // Hyper-V
  [24, 0x005056], // VMware
  [24, 0x000c29],
  [24, 0x000569],
  [24, 0x001c42], // Parallels
  [32, 0xeeeeeeee | 0], // Calico
]
/** Local addresses that are set by rule: DECnet, load balancers, adapters of no cable, by hand. */
const SET_PREFIXES: readonly (readonly [bits: number, prefix: number])[] = [
  [32, 0xaa000400 | 0],
  [16, 0x02bf],
  [16, 0x03bf],
  [24, 0x02004c],
  [32, 0x02005445],
  [32, 0x02000000],
]

/** MADE, COPIED or RANDOM, by the first four bytes. */
export function originOf(high: number): number {
  if (begins(high, COPIED_PREFIXES)) return COPIED
  if (((high >>> 24) & 2) === 0 || begins(high, SET_PREFIXES)) return MADE
  return RANDOM
}

const begins = (
  high: number,
  prefixes: readonly (readonly [bits: number, prefix: number])[],
): boolean => prefixes.some(([bits, prefix]) => high >>> (32 - bits) === prefix >>> 0)
