/** What carries packets over lines and through provider networks: MPLS, PPPoE, PPP, HDLC. */

import { etherType } from './ethernet.js'
import type { Frame } from './frame.js'
import * as n from './names.js'
import { COMPRESSED_PPP, MULTILINK_PPP, SHORT_MPLS, SHORT_PPP, UNKNOWN_MPLS } from './names.js'
import * as s from './steps.js'
import { DONE, ETHERNET, inside, next, record, refuse } from './steps.js'

/** MPLS (RFC 3032). What lies below the labels says of itself what it is, or has to be guessed. */
export function mpls(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  let bottom = false
  while (!bottom) {
    if (end - at < 4) return refuse(frame, SHORT_MPLS)
    if (frame.recording) record(frame, n.L_MPLS)
    bottom = (bytes[at + 2]! & 1) === 1
    at += 4
  }
  if (end - at < 1) return refuse(frame, SHORT_MPLS)
  const version = bytes[at]! >> 4
  const wire = looksEthernet(frame, at, end)
  if (version === 4 && !(wire && ipLength(frame, at, 2, 0) > end - at))
    return next(frame, s.IP4, at, end)
  if (version === 6 && !(wire && ipLength(frame, at, 4, 40) > end - at))
    return next(frame, s.IP6, at, end)
  return wire || version === 0 ? pseudowire(frame, at, end) : refuse(frame, UNKNOWN_MPLS)
}

/** How long an IP packet here would say it is; only asked where 14 bytes are. */
function ipLength(frame: Frame, at: number, field: number, header: number): number {
  return ((frame.bytes[at + field]! << 8) | frame.bytes[at + field + 1]!) + header
}

/** A wire through the provider's network, with a control word (RFC 4448) or without. */
function pseudowire(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, n.L_PSEUDOWIRE)
  if (looksEthernet(frame, at + 4, end) || !looksEthernet(frame, at, end)) at += 4
  if (end - at < 14) return refuse(frame, SHORT_MPLS)
  const bytes = frame.bytes
  const type = (bytes[at + 12]! << 8) | bytes[at + 13]!
  if (type >= 0x0600 || at + 14 + type <= end) return inside(frame, ETHERNET, at, end)
  return refuse(frame, UNKNOWN_MPLS)
}

/** Whether the ethertype that would be here is one that everybody uses. */
export function looksEthernet(frame: Frame, at: number, end: number): boolean {
  if (end - at < 14) return false
  const bytes = frame.bytes
  switch ((bytes[at + 12]! << 8) | bytes[at + 13]!) {
    case 0x0800:
      return end - at < 15 || bytes[at + 14]! >> 4 === 4
    case 0x86dd:
      return end - at < 15 || bytes[at + 14]! >> 4 === 6
    case 0x0806:
    case 0x8100:
    case 0x88a8:
    case 0x8847:
    case 0x8863:
    case 0x8864:
    case 0x88cc:
    case 0x9000:
      return true
    default:
      return false
  }
}

/** PPPoE session (RFC 2516). Its length tells payload from padding. */
export function pppoe(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, n.L_PPPOE)
  if (end - at < 6) return refuse(frame, SHORT_PPP)
  const bytes = frame.bytes
  if (bytes[at + 1] !== 0) return DONE
  const length = (bytes[at + 4]! << 8) | bytes[at + 5]!
  const stop = at + 6 + length
  return ppp(frame, at + 6, stop < end ? stop : end)
}

/** PPP (RFC 1661), with HDLC's address and control (RFC 1662) or without. */
export function ppp(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (frame.recording) record(frame, n.L_PPP)
  if (end - at >= 2 && bytes[at] === 0xff && bytes[at + 1] === 3) at += 2
  if (end - at < 2) return refuse(frame, SHORT_PPP)
  const first = bytes[at]!
  // An odd first byte is a protocol number compressed to one byte.
  if ((first & 1) === 1) return pppProtocol(frame, first, at + 1, end)
  return pppProtocol(frame, (first << 8) | bytes[at + 1]!, at + 2, end)
}

function pppProtocol(frame: Frame, protocol: number, at: number, end: number): number {
  switch (protocol) {
    case 0x0021:
      return next(frame, s.IP4, at, end)
    case 0x0057:
      return next(frame, s.IP6, at, end)
    case 0x0281:
    case 0x0283:
      return next(frame, s.MPLS, at, end)
    case 0x0031:
      return bridged(frame, at, end)
    case 0x003d:
      return refuse(frame, MULTILINK_PPP)
    case 0x002d:
    case 0x002f:
    case 0x0053:
    case 0x00fb:
    case 0x00fd:
      return refuse(frame, COMPRESSED_PPP)
    default:
      return DONE
  }
}

/** Ethernet bridged over PPP (RFC 3518): flags, the kind of link, the frame. */
function bridged(frame: Frame, at: number, end: number): number {
  if (end - at < 2) return refuse(frame, SHORT_PPP)
  return frame.bytes[at + 1] === 1 ? inside(frame, ETHERNET, at + 2, end) : DONE
}

/** Cisco's HDLC: an address, a control byte and an ethertype; else it is PPP. */
export function hdlc(frame: Frame, at: number, end: number): number {
  if (end - at < 4) return refuse(frame, SHORT_PPP)
  const bytes = frame.bytes
  const address = bytes[at]!
  if (address !== 0x0f && address !== 0x8f) return ppp(frame, at, end)
  if (frame.recording) record(frame, n.L_HDLC)
  return etherType(frame, (bytes[at + 2]! << 8) | bytes[at + 3]!, at + 4, end)
}
