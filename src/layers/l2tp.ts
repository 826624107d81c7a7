/** L2TP version 2 (RFC 2661) with PPP inside, and version 3 (RFC 3931) with whatever it may be. */

import { looksEthernet } from './carriers.js'
import type { Frame } from './frame.js'
import { L_L2TP2, L_L2TP3, SHORT_TUNNEL, UNKNOWN_TUNNEL } from './names.js'
import * as s from './steps.js'
import { DONE, ETHERNET, inside, record, refuse } from './steps.js'

const CONTROL = 0x8000
const LENGTH = 0x4000
const SEQUENCE = 0x0800
const OFFSET = 0x0200

/** A control message stays a datagram. Its session numbers differ by direction. */
export function l2tp(frame: Frame, at: number, end: number): number {
  if (end - at < 6) return DONE
  const bytes = frame.bytes
  const flags = (bytes[at]! << 8) | bytes[at + 1]!
  const version = flags & 15
  if ((flags & CONTROL) !== 0 || (version !== 2 && version !== 3)) return DONE
  if (version === 3) return pseudowire(frame, at + 8, end)
  if (frame.recording) record(frame, L_L2TP2)
  let behind = at + 6
  if ((flags & LENGTH) !== 0) {
    const stop = at + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
    if (stop < end) end = stop
    behind += 2
  }
  if ((flags & SEQUENCE) !== 0) behind += 4
  if ((flags & OFFSET) !== 0) {
    if (end - behind < 2) return refuse(frame, SHORT_TUNNEL)
    behind += 2 + ((bytes[behind]! << 8) | bytes[behind + 1]!)
  }
  return behind > end ? refuse(frame, SHORT_TUNNEL) : inside(frame, s.PPP, behind, end)
}

/** Straight in IP: session 0 is control. The depth was counted when IP handed over. */
export function l2tp3(frame: Frame, at: number, end: number): number {
  if (end - at < 4) return refuse(frame, SHORT_TUNNEL)
  const bytes = frame.bytes
  const session = bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!
  if (session === 0) return DONE
  frame.depth--
  return pseudowire(frame, at + 4, end)
}

/**
 * Cookies (0, 4 or 8 bytes) and a sublayer (0 or 4) were agreed upon out of our hearing, as was
 * what is carried: the first place where Ethernet makes sense is taken, then one for IP or PPP.
 */
function pseudowire(frame: Frame, at: number, end: number): number {
  if (frame.recording) record(frame, L_L2TP3)
  if (at >= end) return refuse(frame, SHORT_TUNNEL)
  for (let words = 0; words <= 12; words += 4) {
    if (looksEthernet(frame, at + words, end)) return inside(frame, ETHERNET, at + words, end)
  }
  for (let words = 0; words <= 12; words += 4) {
    const layer = looksPacket(frame, at + words, end)
    if (layer !== DONE) return inside(frame, layer, at + words, end)
  }
  return refuse(frame, UNKNOWN_TUNNEL)
}

function looksPacket(frame: Frame, at: number, end: number): number {
  if (end - at < 20) return DONE
  const bytes = frame.bytes
  const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
  if (bytes[at] === 0x45 && length <= end - at && length >= 20) return s.IP4
  const payload = (bytes[at + 4]! << 8) | bytes[at + 5]!
  if (bytes[at]! >> 4 === 6 && payload + 40 === end - at) return s.IP6
  return bytes[at] === 0xff && bytes[at + 1] === 3 ? s.PPP : DONE
}
