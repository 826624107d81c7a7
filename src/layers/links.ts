/** Link types other than Ethernet: where in such a frame the first layer we know begins. */

import { etherType, llc } from './ethernet.js'
import { hdlc, mpls, ppp, pppoe } from './carriers.js'
import type { Frame } from './frame.js'
import * as n from './names.js'
import { BAD_LINK, SHORT_LINK, UNKNOWN_FAMILY } from './names.js'
import * as s from './steps.js'
import { next, record, refuse } from './steps.js'
import { avs, prism, radiotap, wifi } from './wifi.js'
import { nflog, pktap, ppi } from './meta-links.js'
import { frameRelay, juniper, ofFamily, otherLan, pflog } from './rare-links.js'

export const ETHERNET_LINK = 1

/** Opens a frame of any link type. */
export function openLink(frame: Frame, at: number, end: number, link: number): number {
  switch (link) {
    case ETHERNET_LINK:
      return next(frame, s.ETHERNET, at, end)
    case 0:
    case 108:
      return family(frame, at, end)
    case 12:
    case 14:
    case 101:
      return raw(frame, s.IP, at, end)
    case 228:
      return raw(frame, s.IP4, at, end)
    case 229:
      return raw(frame, s.IP6, at, end)
    case 113:
      return sll(frame, at, end)
    case 276:
      return sll2(frame, at, end)
    case 105:
      return wifi(frame, at, end)
    case 127:
      return radiotap(frame, at, end)
    default:
      return lineLink(frame, at, end, link)
  }
}

function lineLink(frame: Frame, at: number, end: number, link: number): number {
  switch (link) {
    case 9:
    case 50:
    case 104:
      return hdlc(frame, at, end)
    case 51:
      return pppoe(frame, at, end)
    case 166:
      return ppp(frame, directed(frame, at, end), end)
    case 204:
      return end - at < 1 ? refuse(frame, SHORT_LINK) : hdlc(frame, at + 1, end)
    case 205:
      return end - at < 1 ? refuse(frame, SHORT_LINK) : hdlc(frame, at + 1, end)
    case 107:
      return frameRelay(frame, at, end)
    case 206:
      return end - at < 1 ? refuse(frame, SHORT_LINK) : frameRelay(frame, at + 1, end)
    case 219:
      return mpls(frame, at, end)
    default:
      return rareLink(frame, at, end, link)
  }
}

/** Link types with a header of somebody's own; those we do not know are told by name. */
function rareLink(frame: Frame, at: number, end: number, link: number): number {
  switch (link) {
    case 119:
      return prism(frame, at, end)
    case 163:
      return avs(frame, at, end)
    case 192:
      return follow(frame, at, end, ppi(frame, at, end))
    case 239:
      return nflog(frame, at, end)
    case 258:
    case 149:
      return follow(frame, at, end, pktap(frame, at, end, link))
    case 178:
    case 179:
    case 181:
      return juniper(frame, at, end, link)
    case 117:
      return pflog(frame, at, end)
    default:
      return otherLan(frame, at, end, link)
  }
}

/** A header that told another link type: its frame lies where `nextAt` points. */
function follow(frame: Frame, at: number, end: number, link: number): number {
  if (link < 0) return s.DONE
  // One such header inside another is nobody's capture.
  if (link === 192 || link === 258 || link === 149) return refuse(frame, BAD_LINK)
  return frame.nextAt > at && frame.nextAt <= end
    ? openLink(frame, frame.nextAt, frame.nextEnd, link)
    : refuse(frame, BAD_LINK)
}

function raw(frame: Frame, layer: number, at: number, end: number): number {
  if (frame.recording) record(frame, n.L_RAW)
  return next(frame, layer, at, end)
}

/** An address family of four bytes, in the byte order of whoever captured. */
function family(frame: Frame, at: number, end: number): number {
  if (end - at < 4) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_NULL)
  const bytes = frame.bytes
  // Some write two bytes of their own and an ethertype.
  if (bytes[at + 2] === 8 && bytes[at + 3] === 0) return next(frame, s.IP4, at + 4, end)
  const number = bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!
  return ofFamily(frame, number, at + 4, end)
}

const LOOPBACK = 772

/** Linux cooked capture: the sender's address and an ethertype. */
function sll(frame: Frame, at: number, end: number): number {
  if (end - at < 16) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_SLL)
  const bytes = frame.bytes
  const device = (bytes[at + 2]! << 8) | bytes[at + 3]!
  if (bytes[at + 4] === 0 && bytes[at + 5] === 6 && device !== LOOPBACK) frame.sourceMac = at + 6
  return cooked(frame, (bytes[at + 14]! << 8) | bytes[at + 15]!, at + 16, end)
}

function sll2(frame: Frame, at: number, end: number): number {
  if (end - at < 20) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_SLL2)
  const bytes = frame.bytes
  const device = (bytes[at + 8]! << 8) | bytes[at + 9]!
  if (bytes[at + 11] === 6 && device !== LOOPBACK) frame.sourceMac = at + 12
  return cooked(frame, (bytes[at]! << 8) | bytes[at + 1]!, at + 20, end)
}

const LLC_FRAME = 4
const NOVELL_FRAME = 1

/** Small numbers are Linux's own: LLC, Novell's raw 802.3, CAN and other strangers. */
function cooked(frame: Frame, type: number, at: number, end: number): number {
  if (type >= 0x0600) return etherType(frame, type, at, end)
  if (type === LLC_FRAME) return llc(frame, at, end)
  frame.networkAt = frame.payloadAt = at
  frame.payloadEnd = end
  return type === NOVELL_FRAME ? s.DONE : refuse(frame, UNKNOWN_FAMILY)
}

/** Where a capture of one's own PPP line has the direction in place of the address. */
function directed(frame: Frame, at: number, end: number): number {
  return end - at >= 2 && frame.bytes[at]! < 2 && frame.bytes[at + 1] === 3 ? at + 2 : at
}
