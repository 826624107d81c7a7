/** Ethernet II, IEEE 802.3 with LLC and SNAP, VLAN tags, and what each ethertype leads to. */

import type { Frame } from './frame.js'
import { L_ARP, L_ETHERNET, L_LLC, L_SNAP, L_VLAN } from './names.js'
import { SHORT_ETHERNET, SHORT_LLC, SHORT_TAG } from './names.js'
import * as s from './steps.js'
import { DONE, ETHERNET, inside, leaveNetwork, next, record, refuse } from './steps.js'

const HEADER = 14
const SOURCE_AT = 6
/** Below this an "ethertype" is the length of an 802.3 frame. */
const TYPE_MIN = 0x0600

export function ethernet(frame: Frame, at: number, end: number): number {
  if (end - at < HEADER) return refuse(frame, SHORT_ETHERNET)
  const bytes = frame.bytes
  if (frame.depth !== 0) leaveLink(frame)
  if (frame.recording) record(frame, L_ETHERNET)
  frame.targetMac = at
  frame.sourceMac = at + SOURCE_AT
  return etherType(frame, (bytes[at + 12]! << 8) | bytes[at + 13]!, at + HEADER, end)
}

/** Forgets the link layer outside, and what it carried, because another one begins inside. */
export function leaveLink(frame: Frame): void {
  leaveNetwork(frame)
  frame.targetMac = -1
  frame.sourceMac = -1
  frame.vlan = 0
  frame.innerVlan = 0
}

/**
 * Puts back what the kernel took out of a decoded frame that was captured from `at` on: its
 * outermost VLAN. It is not the tag of an Ethernet that travels inside.
 */
export function restoreTag(frame: Frame, at: number, vlan: number): void {
  if (frame.sourceMac !== at + SOURCE_AT) return
  if (frame.innerVlan === 0) frame.innerVlan = frame.vlan
  frame.vlan = vlan
}

export const isVlan = (type: number): boolean =>
  type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200

/** Takes what lies behind an ethertype (or an 802.3 length) at [at, end). */
export function etherType(frame: Frame, type: number, at: number, end: number): number {
  const bytes = frame.bytes
  while (isVlan(type)) {
    if (end - at < 4) return cutTag(frame, type, at, end)
    if (frame.recording) record(frame, L_VLAN)
    const id = ((bytes[at]! & 15) << 8) | bytes[at + 1]!
    // Tag 0 carries a priority and no VLAN.
    if (frame.vlan === 0) frame.vlan = id
    else if (frame.innerVlan === 0) frame.innerVlan = id
    type = (bytes[at + 2]! << 8) | bytes[at + 3]!
    at += 4
  }
  if (type < TYPE_MIN) {
    const stop = at + type
    return llc(frame, at, stop < end ? stop : end)
  }
  carries(frame, type, at, end)
  return type === 0x0800 ? next(frame, s.IP4, at, end) : follows(frame, type, at, end)
}

function cutTag(frame: Frame, type: number, at: number, end: number): number {
  carries(frame, type, at, end)
  return refuse(frame, SHORT_TAG)
}

/** Inside a tunnel without Ethernet there is no ethertype to tell of: the network stays. */
function carries(frame: Frame, type: number, at: number, end: number): void {
  if (frame.network !== 0) return
  frame.etherType = type
  frame.networkAt = at
  frame.payloadAt = at
  frame.payloadEnd = end
}

/** The layer an ethertype leads to; most lead no further, and a protocol may know them. */
function follows(frame: Frame, type: number, at: number, end: number): number {
  if (type === 0x86dd) return next(frame, s.IP6, at, end)
  if (type === 0x0806) {
    if (frame.recording) record(frame, L_ARP)
    return DONE
  }
  if (type === 0x6558) return inside(frame, ETHERNET, at, end)
  if (type === 0x8870) return llc(frame, at, end)
  const layer = layerOf(type)
  return layer === DONE ? DONE : next(frame, layer, at, end)
}

export function layerOf(type: number): number {
  switch (type) {
    case 0x8847:
    case 0x8848:
      return s.MPLS
    case 0x8864:
      return s.PPPOE
    case 0x880b:
      return s.PPP
    case 0x894f:
      return s.NSH
    case 0x8926:
      return s.VN_TAG
    case 0x893f:
      return s.E_TAG
    case 0x8909:
      return s.CISCO_META
    case 0x8903:
      return s.FABRIC_PATH
    case 0x88e7:
      return s.PBB
    case 0x892f:
      return s.HSR
    case 0x88e5:
      return s.MACSEC
    case 0xf1c1:
      return s.R_TAG
    default:
      return DONE
  }
}

const SNAP = 0xaa
const IP_SAP = 0x06
const UNNUMBERED = 3

/** IEEE 802.2: the frame's `etherType` is the destination's service access point. */
export function llc(frame: Frame, at: number, end: number): number {
  carries(frame, 0, at, end)
  if (end - at < 3) return refuse(frame, SHORT_LLC)
  const bytes = frame.bytes
  const sap = bytes[at]!
  const source = bytes[at + 1]!
  const header = (bytes[at + 2]! & UNNUMBERED) === UNNUMBERED ? 3 : 4
  const behind = at + header < end ? at + header : end
  carries(frame, sap, behind, end)
  if (sap === SNAP && source === SNAP && header === 3) return snap(frame, behind, end)
  if (frame.recording) record(frame, L_LLC)
  return sap === IP_SAP && source === IP_SAP ? next(frame, s.IP4, behind, end) : DONE
}

/** A vendor's own SNAP protocol stays `etherType` 0xaa, with its number at `networkAt`. */
function snap(frame: Frame, at: number, end: number): number {
  if (end - at < 5) return refuse(frame, SHORT_LLC)
  if (frame.recording) record(frame, L_SNAP)
  const bytes = frame.bytes
  const vendor = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
  const type = (bytes[at + 3]! << 8) | bytes[at + 4]!
  if ((vendor === 0 || vendor === 0xf8) && type >= TYPE_MIN)
    return etherType(frame, type, at + 5, end)
  // 802.3 bridged over something else, with its checksum and without (RFC 2684).
  if (vendor === 0x80c2 && (type === 1 || type === 7)) return inside(frame, ETHERNET, at + 5, end)
  return DONE
}
