/**
 * Packets inside UDP: VXLAN, GENEVE, GTP-U, Teredo, LISP and their like. A datagram that does
 * not look like what its port promises stays a datagram: ports are only a guess.
 */

import { looksEthernet } from './carriers.js'
import type { Frame } from './frame.js'
import * as n from './names.js'
import { BAD_TUNNEL, DTLS, FRAGMENTED, SHORT_TUNNEL, UNKNOWN_TUNNEL } from './names.js'
import * as s from './steps.js'
import { DONE, ETHERNET, inside, record, refuse } from './steps.js'
import { nextProtocol } from './tags.js'

const VALID_NETWORK = 0x08

/** VXLAN (RFC 7348), whatever the group policy bits say. */
export function vxlan(frame: Frame, at: number, end: number): number {
  if (end - at < 8 || (frame.bytes[at]! & VALID_NETWORK) === 0) return DONE
  if (frame.recording) record(frame, n.L_VXLAN)
  network(frame, at + 4)
  return inside(frame, ETHERNET, at + 8, end)
}

/** VXLAN with a next protocol (draft-ietf-nvo3-vxlan-gpe). */
export function vxlanGpe(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 8 || (bytes[at]! & 0xc0) !== 0) return DONE
  if (frame.recording) record(frame, n.L_VXLAN_GPE)
  if ((bytes[at]! & VALID_NETWORK) !== 0) network(frame, at + 4)
  // The flag that a next protocol is told is forgotten by some who tell it.
  const protocol = bytes[at + 3]!
  return protocol === 0
    ? inside(frame, ETHERNET, at + 8, end)
    : nextProtocol(frame, protocol, at + 8, end)
}

/** GENEVE (RFC 8926). */
export function geneve(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 8 || bytes[at]! >> 6 !== 0) return DONE
  if (frame.recording) record(frame, n.L_GENEVE)
  const behind = at + 8 + ((bytes[at]! & 63) << 2)
  if (behind > end) return refuse(frame, SHORT_TUNNEL)
  network(frame, at + 4)
  const type = (bytes[at + 2]! << 8) | bytes[at + 3]!
  if (type === 0x6558) return inside(frame, ETHERNET, behind, end)
  if (type === 0x0800) return inside(frame, s.IP4, behind, end)
  if (type === 0x86dd) return inside(frame, s.IP6, behind, end)
  if (type === 0x8847) return inside(frame, s.MPLS, behind, end)
  if (type === 0x894f) return inside(frame, s.NSH, behind, end)
  return refuse(frame, UNKNOWN_TUNNEL)
}

/** Virtual networks are numbered with 24 bits. */
function network(frame: Frame, at: number): void {
  const bytes = frame.bytes
  frame.session = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
}

const USER_PACKET = 255

/** GTP-U (3GPP TS 29.281). Its tunnel numbers differ by direction, so they are no session. */
export function gtp(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 8 || bytes[at]! >> 4 !== 3 || bytes[at + 1] !== USER_PACKET) return DONE
  if (frame.recording) record(frame, n.L_GTP)
  const stop = at + 8 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
  if (stop < end) end = stop
  let behind = at + 8
  if ((bytes[at]! & 7) !== 0) {
    behind += 4
    if (behind > end) return refuse(frame, SHORT_TUNNEL)
    if ((bytes[at]! & 4) !== 0) behind = behindExtensions(frame, behind, end)
  }
  if (behind >= end) return behind === end ? DONE : refuse(frame, SHORT_TUNNEL)
  return packetOrFrame(frame, behind, end)
}

/** Each extension header tells its length in words first and the next one's type last. */
function behindExtensions(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  while (bytes[at - 1] !== 0) {
    if (at >= end || bytes[at] === 0) return end + 1
    at += bytes[at]! << 2
    if (at > end) return at
  }
  return at
}

function packetOrFrame(frame: Frame, at: number, end: number): number {
  const version = frame.bytes[at]! >> 4
  if (version === 4 || version === 6) return inside(frame, s.IP, at, end)
  if (looksEthernet(frame, at, end)) return inside(frame, ETHERNET, at, end)
  return refuse(frame, UNKNOWN_TUNNEL)
}

/** Teredo (RFC 4380): perhaps an authentication, perhaps an origin, then IPv6. */
export function teredo(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at >= 4 && bytes[at] === 0 && bytes[at + 1] === 1)
    at += 13 + bytes[at + 2]! + bytes[at + 3]!
  if (end - at >= 8 && bytes[at] === 0 && bytes[at + 1] === 0) at += 8
  if (end - at < 40 || bytes[at]! >> 4 !== 6) return DONE
  if (frame.recording) record(frame, n.L_TEREDO)
  return inside(frame, s.IP6, at, end)
}

/** LISP (RFC 9300) data: flags, a nonce, perhaps an instance number. */
export function lisp(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 9) return DONE
  const version = bytes[at + 8]! >> 4
  if (version !== 4 && version !== 6) return DONE
  if (frame.recording) record(frame, n.L_LISP)
  if ((bytes[at]! & 8) !== 0) network(frame, at + 4)
  return inside(frame, s.IP, at + 8, end)
}

/** TZSP: tagged fields up to an end, around one frame of the link its header names. */
export function tzsp(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 5 || bytes[at] !== 1 || bytes[at + 1]! > 1) return DONE
  if (frame.recording) record(frame, n.L_TZSP)
  const link = (bytes[at + 2]! << 8) | bytes[at + 3]!
  let behind = at + 4
  while (behind < end && bytes[behind] !== 1) {
    if (bytes[behind] === 0) behind++
    else if (end - behind < 2) return refuse(frame, SHORT_TUNNEL)
    else behind += 2 + bytes[behind + 1]!
  }
  behind++
  if (behind > end) return refuse(frame, SHORT_TUNNEL)
  if (link === 1) return inside(frame, ETHERNET, behind, end)
  if (link === 18) return inside(frame, s.WIFI, behind, end)
  if (link === 4) return inside(frame, s.PPP, behind, end)
  if (link === 7) return inside(frame, s.IP, behind, end)
  return refuse(frame, UNKNOWN_TUNNEL)
}

/** CAPWAP data (RFC 5415): an access point's clients, as 802.3 or 802.11. */
export function capwap(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 4 || bytes[at]! >> 4 !== 0) return DONE
  if ((bytes[at]! & 15) === 1) return refuse(frame, DTLS)
  if (end - at < 8 || (bytes[at]! & 15) !== 0) return DONE
  if (frame.recording) record(frame, n.L_CAPWAP)
  const flags = bytes[at + 3]!
  if ((flags & 0x08) !== 0) return DONE
  if ((flags & 0x80) !== 0) return refuse(frame, FRAGMENTED)
  const header = (bytes[at + 1]! >> 3) << 2
  if (header < 8) return refuse(frame, BAD_TUNNEL)
  if (header > end - at) return refuse(frame, SHORT_TUNNEL)
  const native = (bytes[at + 2]! & 1) === 1
  return inside(frame, native ? s.WIFI : ETHERNET, at + header, end)
}

/** Juniper's jmirror: two numbers of the interception, then a packet or a frame. */
export function jmirror(frame: Frame, at: number, end: number): number {
  if (end - at < 9) return DONE
  const version = frame.bytes[at + 8]! >> 4
  const ip = version === 4 || version === 6
  if (!ip && !looksEthernet(frame, at + 8, end)) return DONE
  if (frame.recording) record(frame, n.L_JMIRROR)
  return inside(frame, ip ? s.IP : ETHERNET, at + 8, end)
}

const PEEK_MAGIC = 0x00ffabcd
const PEEK_HEADER = 20

/** OmniPeek's remote capture, as access points send it: 802.11 behind a new or an old header. */
export function peekRemote(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < PEEK_HEADER) return DONE
  const magic = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  const slice = (bytes[at + 4]! << 8) | bytes[at + 5]!
  let header = PEEK_HEADER
  if (magic === PEEK_MAGIC) header = (bytes[at + 7]! << 8) | bytes[at + 8]!
  else if (slice !== end - at - PEEK_HEADER) return DONE
  if (header < PEEK_HEADER || header > end - at) return DONE
  if (frame.recording) record(frame, n.L_PEEK_REMOTE)
  return inside(frame, s.WIFI, at + header, end)
}

/** MPLS in UDP (RFC 7510). */
export function mplsUdp(frame: Frame, at: number, end: number): number {
  return inside(frame, s.MPLS, at, end)
}
