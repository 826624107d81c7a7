/** IPv4 (RFC 791), with its options, and the authentication header (RFC 4302) behind it. */

import { FIRST_FRAGMENT, LATER_FRAGMENT, type Frame } from './frame.js'
import { BAD_IP4, L_AH, L_IP4, SHORT_AH, SHORT_IP4 } from './names.js'
import { leaveTransport, record, refuse } from './steps.js'
import { transport } from './transport.js'

const HEADER = 20
const AUTHENTICATION = 51

/** Fills in nothing before the header is known to be whole: a packet around it stays as it was. */
export function ip4(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < HEADER) return refuse(frame, SHORT_IP4)
  const first = bytes[at]!
  const header = (first & 15) << 2
  const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
  if (first >> 4 !== 4 || header < HEADER) return refuse(frame, BAD_IP4)
  if (header > end - at) return refuse(frame, SHORT_IP4)
  // No length at all is a segment that the network card was to cut up: it fills the frame.
  if (length !== 0 && length < end - at) {
    if (length < header) return refuse(frame, BAD_IP4)
    end = at + length
  }
  if (frame.network !== 0) enter(frame)
  if (frame.recording) record(frame, L_IP4)
  frame.etherType = 0x0800
  frame.networkAt = at
  frame.network = 4
  frame.sourceIp = at + 12
  frame.targetIp = at + 16
  frame.ttl = bytes[at + 8]!
  const offset = ((bytes[at + 6]! & 0x3f) << 8) | bytes[at + 7]!
  if (offset !== 0) {
    frame.fragment = (offset & 0x1fff) === 0 ? FIRST_FRAGMENT : LATER_FRAGMENT
    frame.fragmentId = (bytes[at + 4]! << 8) | bytes[at + 5]!
    frame.pieceAt = at + header
    // One that was cut is no piece to put anything together from.
    frame.pieceEnd = at + length <= end ? end : at + header
    frame.pieceOffset = (offset & 0x1fff) << 3
    frame.pieceProtocol = bytes[at + 9]!
    frame.isLastPiece = offset < 0x2000
  }
  const protocol = bytes[at + 9]!
  if (protocol === AUTHENTICATION) return authenticated(frame, at + header, end)
  return transport(frame, protocol, at + header, end)
}

/** A packet inside a packet, and no link layer in between. */
export function enter(frame: Frame): void {
  leaveTransport(frame)
  frame.routedInside = true
}

function authenticated(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (frame.recording) record(frame, L_AH)
  if (frame.fragment === LATER_FRAGMENT) return transport(frame, AUTHENTICATION, at, end)
  const header = end - at < 12 ? 0 : (bytes[at + 1]! + 2) << 2
  if (header < 12 || header > end - at) {
    refuse(frame, SHORT_AH)
    return transport(frame, AUTHENTICATION, at, end)
  }
  return transport(frame, bytes[at]!, at + header, end)
}
