/** GRE (RFC 2784, 2890, 2637) and what is told by it: ERSPAN, NVGRE, EoIP, WCCP, Aruba's. */

import type { Frame } from './frame.js'
import * as n from './names.js'
import { BAD_TUNNEL, SHORT_TUNNEL, UNKNOWN_GRE, UNKNOWN_TUNNEL } from './names.js'
import * as s from './steps.js'
import { DONE, ETHERNET, inside, next, record, refuse } from './steps.js'

const CHECKSUM = 0x8000
const ROUTED = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGED = 0x0080

const PPP_TYPE = 0x880b
const EOIP_TYPE = 0x6400

/** The depth was counted when IP handed over, so what follows is `next`, not `inside`. */
export function gre(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, n.L_GRE)
  if (end - at < 4) return refuse(frame, SHORT_TUNNEL)
  const bytes = frame.bytes
  const flags = (bytes[at]! << 8) | bytes[at + 1]!
  const type = (bytes[at + 2]! << 8) | bytes[at + 3]!
  const version = flags & 7
  if (version === 1) return enhanced(frame, at, end)
  if (version !== 0) return refuse(frame, BAD_TUNNEL)
  let behind = at + 4
  if ((flags & (CHECKSUM | ROUTED)) !== 0) behind += 4
  const keyAt = (flags & KEY) !== 0 ? behind : -1
  if (keyAt >= 0) behind += 4
  const numberAt = (flags & SEQUENCE) !== 0 ? behind : -1
  if (numberAt >= 0) behind += 4
  if ((flags & ROUTED) !== 0) behind = behindRoutes(frame, behind, end)
  if (behind > end) return refuse(frame, SHORT_TUNNEL)
  if (keyAt >= 0) frame.session = session(frame, type, keyAt)
  if (numberAt >= 0 && frame.numberAt < 0)
    keepNumber(frame, numberAt, keyAt < 0 ? 0 : frame.session)
  if (type === 0x88be) return erspan(frame, numberAt >= 0, behind, end)
  return carried(frame, type, behind, end)
}

/** Looks at a first fragment for its number alone: what it carries is not followed. */
export function numberOf(frame: Frame, at: number, end: number): void {
  const { session, undecoded } = frame
  gre(frame, at, end)
  frame.session = session
  frame.undecoded = undecoded
}

/** What is lost on the way to us shows in the numbers of the outermost tunnel. */
function keepNumber(frame: Frame, at: number, session: number): void {
  frame.numberAt = at
  frame.tunnelIp = frame.sourceIp
  frame.tunnelNetwork = frame.network
  frame.tunnelSession = session
  frame.tunnelMirrors = false
}

/** With Ethernet inside, the key's last byte is NVGRE's flow, if there is a network before it. */
function session(frame: Frame, type: number, at: number): number {
  const bytes = frame.bytes
  const network = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
  if (type === 0x6558 && network !== 0) return network
  return (network << 8) | bytes[at + 3]!
}

/** Source routes: a family, an offset, a length, and that many bytes, until one is empty. */
function behindRoutes(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  while (end - at >= 4) {
    const length = bytes[at + 3]!
    at += 4 + length
    if (length === 0) return at
  }
  return end + 1
}

function carried(frame: Frame, type: number, at: number, end: number): number {
  switch (type) {
    case 0x0800:
      return next(frame, s.IP4, at, end)
    case 0x86dd:
      return next(frame, s.IP6, at, end)
    case 0x6558:
      return next(frame, ETHERNET, at, end)
    case 0x22eb:
      return erspan(frame, true, at, end)
    case 0x8847:
    case 0x8848:
      return next(frame, s.MPLS, at, end)
    case PPP_TYPE:
    case 0x8881:
    case 0x88d2:
      return next(frame, s.PPP, at, end)
    case 0x894f:
      return next(frame, s.NSH, at, end)
    case 0x883e:
      return wccp(frame, at, end)
    case 0x8909:
      return labelled(frame, at, end)
    default:
      return unusual(frame, type, at, end)
  }
}

function unusual(frame: Frame, type: number, at: number, end: number): number {
  // Aruba numbers its tunnels within these; each carries 802.11.
  if (type >= 0x8200 && type < 0x8400) return next(frame, s.WIFI, at, end)
  // Nothing inside is a keepalive.
  return at === end ? DONE : refuse(frame, UNKNOWN_GRE)
}

/** Cisco MetaData in GRE has the next type before its six bytes, not behind them. */
function labelled(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, n.L_CISCO_META)
  if (end - at < 8) return refuse(frame, SHORT_TUNNEL)
  const type = (frame.bytes[at]! << 8) | frame.bytes[at + 1]!
  return type === 0x8909 ? refuse(frame, BAD_TUNNEL) : carried(frame, type, at + 8, end)
}

/** Web Cache Coordination: version 2 has a word before the packet, version 1 has none. */
function wccp(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, n.L_WCCP)
  if (end - at < 5) return refuse(frame, SHORT_TUNNEL)
  return next(frame, s.IP4, frame.bytes[at]! >> 4 === 4 ? at : at + 4, end)
}

/** What ERSPAN III may say it mirrors. */
const ETHERNET_FRAME = 0
const IP_FRAME = 2

/** A mirrored frame: type I has no header of its own, II has 8 bytes, III has 12 or 20. */
function erspan(frame: Frame, numbered: boolean, at: number, end: number): number {
  const bytes = frame.bytes
  const version = numbered && at < end ? bytes[at]! >> 4 : 0
  if (version !== 1 && version !== 2) {
    if (frame.recording) record(frame, n.L_ERSPAN1)
    return next(frame, ETHERNET, at, end)
  }
  if (frame.recording) record(frame, version === 1 ? n.L_ERSPAN2 : n.L_ERSPAN3)
  let header = version === 1 ? 8 : 12
  if (end - at < header) return refuse(frame, SHORT_TUNNEL)
  frame.session = ((bytes[at + 2]! & 3) << 8) | bytes[at + 3]!
  if (frame.numberAt === at - 4) {
    frame.tunnelSession = frame.session
    frame.tunnelMirrors = true
  }
  if (version === 1) return next(frame, ETHERNET, at + header, end)
  const type = (bytes[at + 10]! >> 2) & 31
  if (type !== ETHERNET_FRAME && type !== IP_FRAME) return refuse(frame, UNKNOWN_TUNNEL)
  // A last bit says that the platform adds eight bytes.
  if ((bytes[at + 11]! & 1) === 1) header += 8
  if (end - at < header) return refuse(frame, SHORT_TUNNEL)
  return next(frame, type === IP_FRAME ? s.IP : ETHERNET, at + header, end)
}

/** Version 1: PPTP's (RFC 2637), and MikroTik's Ethernet over IP, which borrows its looks. */
function enhanced(frame: Frame, at: number, end: number): number {
  if (end - at < 8) return refuse(frame, SHORT_TUNNEL)
  const bytes = frame.bytes
  const flags = (bytes[at]! << 8) | bytes[at + 1]!
  const type = (bytes[at + 2]! << 8) | bytes[at + 3]!
  const length = (bytes[at + 4]! << 8) | bytes[at + 5]!
  if (type === EOIP_TYPE) {
    if (frame.recording) record(frame, n.L_EOIP)
    frame.session = (bytes[at + 7]! << 8) | bytes[at + 6]!
    return length === 0 ? DONE : next(frame, ETHERNET, at + 8, end)
  }
  if (type !== PPP_TYPE) return refuse(frame, UNKNOWN_GRE)
  let behind = at + 8
  if ((flags & SEQUENCE) !== 0) behind += 4
  if ((flags & ACKNOWLEDGED) !== 0) behind += 4
  // Without a sequence number it only acknowledges.
  if ((flags & SEQUENCE) === 0 || length === 0) return DONE
  if (behind > end) return refuse(frame, SHORT_TUNNEL)
  const stop = behind + length
  return next(frame, s.PPP, behind, stop < end ? stop : end)
}

/** Ethernet in IP (RFC 3378): version 3 and 12 bits of nothing. */
export function etherIp(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, n.L_ETHERIP)
  if (end - at < 2) return refuse(frame, SHORT_TUNNEL)
  return next(frame, ETHERNET, at + 2, end)
}

/** GRE in UDP (RFC 8086). */
export function greUdp(frame: Frame, at: number, end: number): number {
  return inside(frame, s.GRE, at, end)
}
