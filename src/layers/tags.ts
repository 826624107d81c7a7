/** What switches put between Ethernet and the network: tags of vendors, fabrics and providers. */

import { etherType } from './ethernet.js'
import type { Frame } from './frame.js'
import {
  BAD_TUNNEL,
  L_CISCO_META,
  L_MACSEC,
  L_E_TAG,
  L_FABRIC_PATH,
  L_HSR,
  L_NSH,
  L_PBB,
} from './names.js'
import { L_R_TAG, L_VN_TAG, MACSEC, SHORT_TAG, SHORT_TUNNEL, UNKNOWN_TUNNEL } from './names.js'
import * as s from './steps.js'
import { inside, record, refuse } from './steps.js'

/** A tag of `size` bytes whose last two are the next ethertype. */
function tag(frame: Frame, at: number, end: number, size: number): number {
  const behind = at + size
  if (behind > end) return refuse(frame, SHORT_TAG)
  const bytes = frame.bytes
  return etherType(frame, (bytes[behind - 2]! << 8) | bytes[behind - 1]!, behind, end)
}

/** Cisco VN-Tag. */
export function vnTag(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_VN_TAG)
  return tag(frame, at, end, 6)
}

/** IEEE 802.1BR E-Tag. */
export function eTag(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_E_TAG)
  return tag(frame, at, end, 8)
}

/** Cisco MetaData: a version, a length in words, and that many options (the security group). */
export function ciscoMeta(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_CISCO_META)
  if (end - at < 2) return refuse(frame, SHORT_TAG)
  return tag(frame, at, end, 4 + (frame.bytes[at + 1]! << 2))
}

/** High-availability Seamless Redundancy (IEC 62439-3): path and size, sequence number. */
export function hsr(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_HSR)
  return tag(frame, at, end, 6)
}

/** IEEE 802.1CB redundancy tag. */
export function rTag(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_R_TAG)
  return tag(frame, at, end, 6)
}

const ENCRYPTED = 0x0c
const CHANNEL = 0x20
const MACSEC_CHECK = 16

/** MACsec (IEEE 802.1AE): readable where it only proves who sent. */
export function macsec(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_MACSEC)
  const flags = at < end ? frame.bytes[at]! : ENCRYPTED
  if ((flags & ENCRYPTED) !== 0) return refuse(frame, MACSEC)
  const size = (flags & CHANNEL) !== 0 ? 16 : 8
  return tag(frame, at, end - at < size + MACSEC_CHECK ? at : end - MACSEC_CHECK, size)
}

/** Cisco FabricPath: a forwarding tag, then the whole frame. */
export function fabricPath(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_FABRIC_PATH)
  if (end - at < 2) return refuse(frame, SHORT_TAG)
  return inside(frame, s.ETHERNET, at + 2, end)
}

/** Provider backbone bridging (IEEE 802.1ah): a service number, then the whole frame. */
export function pbb(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_PBB)
  if (end - at < 4) return refuse(frame, SHORT_TAG)
  const bytes = frame.bytes
  frame.session = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  return inside(frame, s.ETHERNET, at + 4, end)
}

/** What the next-protocol numbers of NSH and VXLAN-GPE lead to. */
export function nextProtocol(frame: Frame, protocol: number, at: number, end: number): number {
  if (protocol === 1) return inside(frame, s.IP4, at, end)
  if (protocol === 2) return inside(frame, s.IP6, at, end)
  if (protocol === 3) return inside(frame, s.ETHERNET, at, end)
  if (protocol === 4) return inside(frame, s.NSH, at, end)
  if (protocol === 5) return inside(frame, s.MPLS, at, end)
  return refuse(frame, UNKNOWN_TUNNEL)
}

/** Network service header (RFC 8300). */
export function nsh(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_NSH)
  if (end - at < 8) return refuse(frame, SHORT_TUNNEL)
  const bytes = frame.bytes
  const size = (bytes[at + 1]! & 0x3f) << 2
  if (bytes[at]! >> 6 !== 0 || size < 8) return refuse(frame, BAD_TUNNEL)
  if (size > end - at) return refuse(frame, SHORT_TUNNEL)
  return nextProtocol(frame, bytes[at + 3]!, at + size, end)
}
