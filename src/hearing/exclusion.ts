/**
 * Frames that people want left out: of a VLAN, a network or a hardware address. They are counted,
 * and nothing else comes of them.
 */

import type { Prefix } from '../bytes/prefixes.js'
import type { Frame } from '../layers/frame.js'
import { EXCLUDED_MAC, EXCLUDED_SUBNET, EXCLUDED_VLAN } from '../layers/names.js'
import { IP4, IP6, MAC } from '../protocols/protocol.js'
import { ARP } from './arp-networks.js'

/** One entry of the list; it may cross a thread. */
export type Excluded =
  | { readonly what: 'vlan'; readonly vlan: number }
  | ({ readonly what: 'subnet' } & Prefix)
  | { readonly what: 'mac'; readonly bytes: Uint8Array }

const VLANS = 4096
/** Words of a network of IPv6: its address and its mask. */
const WORDS6 = 8
/** Of an ARP packet for IPv4: how far the addresses of both lie behind its beginning, and its end. */
const ARP_MACS = { sender: 8, target: 18 }
const ARP_ADDRESSES = { sender: 14, target: 24 }
const ARP_END = 28

export class Exclusion {
  readonly isEmpty: boolean
  private readonly vlans = new Uint8Array(VLANS)
  /** In pairs: the first four bytes of an address, and the other two; a network's word, and its mask. */
  private readonly macs: Int32Array
  private readonly networks4: Int32Array
  private readonly networks6: Int32Array

  constructor(list: readonly Excluded[]) {
    this.isEmpty = list.length === 0
    for (const one of list) if (one.what === 'vlan') this.vlans[one.vlan] = 1
    const macs = list.filter(one => one.what === 'mac')
    const networks = list.filter(one => one.what === 'subnet')
    const maskedBy = (length: number): Int32Array =>
      Int32Array.from(networks.filter(({ bytes }) => bytes.length === length).flatMap(masked))
    this.macs = Int32Array.from(macs.flatMap(({ bytes }) => [word(bytes, 0), half(bytes, 4)]))
    this.networks4 = maskedBy(4)
    this.networks6 = maskedBy(16)
  }

  /** Why a frame is left out, as an index into UNDECODED; 0 is: it is not. */
  of(frame: Frame): number {
    const { bytes, vlan, innerVlan, sourceMac, targetMac, etherType, networkAt, end } = frame
    if (this.vlans[vlan & (VLANS - 1)] === 1 || this.vlans[innerVlan & (VLANS - 1)] === 1) {
      return EXCLUDED_VLAN
    }
    if (sourceMac >= 0 && this.holdsMac(bytes, sourceMac)) return EXCLUDED_MAC
    if (targetMac >= 0 && this.holdsMac(bytes, targetMac)) return EXCLUDED_MAC
    if (etherType !== ARP || end - networkAt < ARP_END) {
      return this.isInNetwork(frame) ? EXCLUDED_SUBNET : 0
    }
    return this.speaksOf(bytes, networkAt)
  }

  /** Whether this subject of a fact is somebody of whom nothing shall be known, whoever speaks. */
  holds(kind: number, bytes: Uint8Array, at: number): boolean {
    if (kind === MAC) return this.holdsMac(bytes, at)
    if (kind === IP4) return this.holds4(bytes, at)
    return kind === IP6 && this.holds6(bytes, at)
  }

  private isInNetwork(frame: Frame): boolean {
    const { bytes, network, sourceIp, targetIp } = frame
    if (network === 4) return this.holds4(bytes, sourceIp) || this.holds4(bytes, targetIp)
    return network === 6 && (this.holds6(bytes, sourceIp) || this.holds6(bytes, targetIp))
  }

  /** ARP speaks of two, whoever sends it. */
  private speaksOf(bytes: Uint8Array, at: number): number {
    if (this.holdsMac(bytes, at + ARP_MACS.sender)) return EXCLUDED_MAC
    if (this.holdsMac(bytes, at + ARP_MACS.target)) return EXCLUDED_MAC
    const { sender, target } = ARP_ADDRESSES
    const isOfNetwork = this.holds4(bytes, at + sender) || this.holds4(bytes, at + target)
    return isOfNetwork ? EXCLUDED_SUBNET : 0
  }

  private holdsMac(bytes: Uint8Array, at: number): boolean {
    const { macs } = this
    if (macs.length === 0) return false
    const first = word(bytes, at)
    const last = half(bytes, at + 4)
    for (let i = 0; i < macs.length; i += 2) {
      if (macs[i] === first && macs[i + 1] === last) return true
    }
    return false
  }

  private holds4(bytes: Uint8Array, at: number): boolean {
    const { networks4 } = this
    if (networks4.length === 0) return false
    const address = word(bytes, at)
    for (let i = 0; i < networks4.length; i += 2) {
      if ((address & networks4[i + 1]!) === networks4[i]) return true
    }
    return false
  }

  private holds6(bytes: Uint8Array, at: number): boolean {
    const { networks6 } = this
    for (let i = 0; i < networks6.length; i += WORDS6) if (this.begins(i, bytes, at)) return true
    return false
  }

  private begins(network: number, bytes: Uint8Array, at: number): boolean {
    const { networks6 } = this
    for (let i = 0; i < 4; i++) {
      const from = network + 2 * i
      if ((word(bytes, at + 4 * i) & networks6[from + 1]!) !== networks6[from]) return false
    }
    return true
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!

const half = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!

/** Each word of a network's address, and which of its bits count. */
function masked({ bytes, bits }: Prefix): number[] {
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => i)
  return words.flatMap(i => {
    const count = Math.min(32, Math.max(0, bits - 32 * i))
    return [word(bytes, 4 * i), count === 0 ? 0 : -1 << (32 - count)]
  })
}
