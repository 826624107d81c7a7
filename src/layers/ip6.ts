/** IPv6 (RFC 8200) and its extension headers. */

import { FIRST_FRAGMENT, LATER_FRAGMENT, type Frame } from './frame.js'
import { enter } from './ip4.js'
import { BAD_IP6, L_AH, L_IP6, MANY_IP6, SHORT_IP6 } from './names.js'
import { DONE, record, refuse } from './steps.js'
import { transport } from './transport.js'

const HEADER = 40
const HEADERS_MAX = 16

const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const AUTHENTICATION = 51
const NOTHING_NEXT = 59
const DESTINATION = 60
const MOBILITY = 135
const HIP = 139
const SHIM6 = 140

/** 1 where a protocol number is that of an extension header. */
const EXTENSIONS = new Uint8Array(256)
for (const header of [HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION]) {
  EXTENSIONS[header] = 1
}
for (const header of [MOBILITY, HIP, SHIM6]) EXTENSIONS[header] = 1

export const isExtension = (protocol: number): boolean => EXTENSIONS[protocol] === 1

/** Fills in nothing before the header is known to be whole: a packet around it stays as it was. */
export function ip6(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < HEADER) return refuse(frame, SHORT_IP6)
  if (bytes[at]! >> 4 !== 6) return refuse(frame, BAD_IP6)
  const length = (bytes[at + 4]! << 8) | bytes[at + 5]!
  const protocol = bytes[at + 6]!
  // No length is a jumbogram or a segment still to be cut up, unless there is nothing to have one.
  if (length < end - at - HEADER && (length !== 0 || protocol === NOTHING_NEXT)) {
    end = at + HEADER + length
  }
  if (frame.network !== 0) enter(frame)
  if (frame.recording) record(frame, L_IP6)
  frame.etherType = 0x86dd
  frame.networkAt = at
  frame.network = 6
  frame.sourceIp = at + 8
  frame.targetIp = at + 24
  frame.ttl = bytes[at + 7]!
  if (EXTENSIONS[protocol] === 1) return extensions(frame, protocol, at + HEADER, end)
  return transport(frame, protocol, at + HEADER, end)
}

function extensions(frame: Frame, protocol: number, at: number, end: number): number {
  const bytes = frame.bytes
  for (let i = 0; i < HEADERS_MAX; i++) {
    if (end - at < 8) return stuck(frame, protocol, at, end, SHORT_IP6)
    const following = bytes[at]!
    // These three usually come last: then they are what the packet is about.
    if (protocol >= MOBILITY && following === NOTHING_NEXT)
      return transport(frame, protocol, at, end)
    const size = extensionSize(protocol, bytes[at + 1]!)
    if (size > end - at) return stuck(frame, protocol, at, end, SHORT_IP6)
    if (protocol === FRAGMENT) fragmented(frame, at, end)
    if (frame.recording && protocol === AUTHENTICATION) record(frame, L_AH)
    at += size
    protocol = following
    if (EXTENSIONS[protocol] === 0 || frame.fragment === LATER_FRAGMENT) {
      return transport(frame, protocol, at, end)
    }
  }
  return stuck(frame, protocol, at, end, MANY_IP6)
}

function extensionSize(protocol: number, units: number): number {
  if (protocol === FRAGMENT) return 8
  return protocol === AUTHENTICATION ? (units + 2) << 2 : (units + 1) << 3
}

/** An offset of 0 without more to come is a whole packet (RFC 6946). */
function fragmented(frame: Frame, at: number, end: number): void {
  const bytes = frame.bytes
  const offset = (bytes[at + 2]! << 8) | bytes[at + 3]!
  frame.fragmentId =
    (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!
  if (offset >> 3 !== 0) frame.fragment = LATER_FRAGMENT
  else if ((offset & 1) !== 0) frame.fragment = FIRST_FRAGMENT
  frame.pieceAt = at + 8
  frame.pieceEnd = end
  frame.pieceOffset = offset & ~7
  frame.pieceProtocol = bytes[at]!
  frame.isLastPiece = (offset & 1) === 0
}

/** The addresses stand, whatever lies behind them. */
function stuck(frame: Frame, protocol: number, at: number, end: number, reason: number): number {
  frame.protocol = protocol
  frame.transportAt = at
  frame.payloadAt = at
  frame.payloadEnd = end
  refuse(frame, reason)
  return DONE
}
