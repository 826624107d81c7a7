/** Links seldom seen: frame relay, FDDI, token ring, switches' own tags, vendors' captures. */

import { hdlc } from './carriers.js'
import { etherType, llc } from './ethernet.js'
import type { Frame } from './frame.js'
import * as n from './names.js'
import { BAD_LINK, SHORT_LINK, UNKNOWN_FAMILY, linkReason } from './names.js'
import * as s from './steps.js'
import { next, record, refuse } from './steps.js'

/** The numbers of IPv6 differ between systems: Linux, the BSDs, macOS, Windows. */
export function ofFamily(frame: Frame, number: number, at: number, end: number): number {
  switch (number) {
    case 2:
      return next(frame, s.IP4, at, end)
    case 10:
    case 23:
    case 24:
    case 26:
    case 28:
    case 30:
      return next(frame, s.IP6, at, end)
    default:
      return refuse(frame, UNKNOWN_FAMILY)
  }
}

/** A header of known size, and then a layer we know. */
function behind(frame: Frame, layer: number, at: number, end: number): number {
  return at > end ? refuse(frame, SHORT_LINK) : next(frame, layer, at, end)
}

/** What is left: local networks that are not quite Ethernet, and the names of all others. */
export function otherLan(frame: Frame, at: number, end: number, link: number): number {
  switch (link) {
    case 6:
      return tokenRing(frame, at, end)
    case 10:
      return fddi(frame, at, end)
    case 8:
      return behind(frame, s.IP, at + 16, end)
    case 109:
      return behind(frame, s.IP, at + 12, end)
    case 240:
    case 282:
      return behind(frame, s.ETHERNET, at + 4, end)
    case 241:
      return behind(frame, s.ETHERNET, at + 12, end)
    case 242:
      return infiniband(frame, at, end)
    case 226:
      return end - at < 24
        ? refuse(frame, SHORT_LINK)
        : ofFamily(frame, frame.bytes[at + 1]!, at + 24, end)
    case 281:
    case 284:
      return switchTag(frame, at, end, 4)
    case 285:
      return switchTag(frame, at, end, 8)
    default:
      return refuse(frame, linkReason(link))
  }
}

/** A switch chip's tag between the addresses and the ethertype, which its driver would remove. */
function switchTag(frame: Frame, at: number, end: number, size: number): number {
  const type = at + 12 + size
  if (type + 2 > end) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_ETHERNET)
  frame.targetMac = at
  frame.sourceMac = at + 6
  return etherType(frame, (frame.bytes[type]! << 8) | frame.bytes[type + 1]!, type + 2, end)
}

/** IP over InfiniBand: two addresses of twenty bytes, an ethertype and two bytes of nothing. */
function infiniband(frame: Frame, at: number, end: number): number {
  if (end - at < 44) return refuse(frame, SHORT_LINK)
  const bytes = frame.bytes
  return etherType(frame, (bytes[at + 40]! << 8) | bytes[at + 41]!, at + 44, end)
}

const FDDI_LLC = 0x50

function fddi(frame: Frame, at: number, end: number): number {
  if (end - at < 13) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_FDDI)
  frame.targetMac = at + 1
  frame.sourceMac = at + 7
  frame.networkAt = frame.payloadAt = at + 13
  return (frame.bytes[at]! & 0xf0) === FDDI_LLC ? llc(frame, at + 13, end) : s.DONE
}

/** The first bit of the source address says that a route follows, whose length is in it. */
function tokenRing(frame: Frame, at: number, end: number): number {
  if (end - at < 16) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_TOKEN_RING)
  const bytes = frame.bytes
  frame.targetMac = at + 2
  frame.sourceMac = at + 8
  const routed = (bytes[at + 8]! & 0x80) !== 0
  const body = at + 14 + (routed ? bytes[at + 14]! & 31 : 0)
  if (body > end) return refuse(frame, SHORT_LINK)
  frame.networkAt = frame.payloadAt = body
  return (bytes[at + 1]! & 0xc0) === 0x40 ? llc(frame, body, end) : s.DONE
}

const UNNUMBERED = 3

/** Frame relay (RFC 2427): an address of two bytes, then IP, SNAP, or Cisco's ethertype. */
export function frameRelay(frame: Frame, at: number, end: number): number {
  if (end - at < 5) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_FRAME_RELAY)
  const bytes = frame.bytes
  if (bytes[at + 2] !== UNNUMBERED) {
    return etherType(frame, (bytes[at + 2]! << 8) | bytes[at + 3]!, at + 4, end)
  }
  const padded = bytes[at + 3] === 0 ? 1 : 0
  const identifier = bytes[at + 3 + padded]!
  const body = at + 4 + padded
  if (identifier === 0xcc) return next(frame, s.IP4, body, end)
  if (identifier === 0x8e) return next(frame, s.IP6, body, end)
  if (identifier !== 0x80 || end - body < 5) return refuse(frame, UNKNOWN_FAMILY)
  return etherType(frame, (bytes[body + 3]! << 8) | bytes[body + 4]!, body + 5, end)
}

const JUNIPER_EXTENDED = 0x80
const JUNIPER_NO_LINK = 0x02

/** Juniper's own captures: a magic, flags, extensions, then the frame or bare IP. */
export function juniper(frame: Frame, at: number, end: number, link: number): number {
  const bytes = frame.bytes
  if (end - at < 6) return refuse(frame, SHORT_LINK)
  if (bytes[at] !== 0x4d || bytes[at + 1] !== 0x47 || bytes[at + 2] !== 0x43)
    return refuse(frame, BAD_LINK)
  const flags = bytes[at + 3]!
  if (frame.recording) record(frame, n.L_JUNIPER)
  let body = at + 4
  if ((flags & JUNIPER_EXTENDED) !== 0) body += 2 + ((bytes[at + 4]! << 8) | bytes[at + 5]!)
  if ((flags & JUNIPER_NO_LINK) !== 0) return behind(frame, s.IP, body + 4, end)
  if (link === 178) return behind(frame, s.ETHERNET, body, end)
  return body > end ? refuse(frame, SHORT_LINK) : hdlc(frame, body, end)
}

/** OpenBSD's firewall log: its own length, aligned to four, and an address family. */
export function pflog(frame: Frame, at: number, end: number): number {
  if (end - at < 4) return refuse(frame, SHORT_LINK)
  const header = (frame.bytes[at]! + 3) & ~3
  if (header > end - at) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_PFLOG)
  return ofFamily(frame, frame.bytes[at + 1]!, at + header, end)
}
