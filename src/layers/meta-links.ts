/** Captures whose frames carry notes of their own before them: PPI, NFLOG, PKTAP. */

import type { Frame } from './frame.js'
import {
  BAD_LINK,
  L_NFLOG,
  L_PKTAP,
  L_PPI,
  SHORT_LINK,
  UNKNOWN_FAMILY,
  linkReason,
} from './names.js'
import { DONE, IP4, IP6, ETHERNET, next, record, refuse } from './steps.js'

const u16le = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8)

/** A number of four bytes if it is a small one, else -1. */
function small32le(bytes: Uint8Array, at: number): number {
  return bytes[at + 2] === 0 && bytes[at + 3] === 0 ? u16le(bytes, at) : -1
}

const WIFI_LINK = 105
const WIFI_COMMON = 2

/** Per-Packet Information: gives the link type behind it, or -1, and says where in `nextAt`. */
export function ppi(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 8) return refuse(frame, SHORT_LINK) - 1
  const length = u16le(bytes, at + 2)
  const link = small32le(bytes, at + 4)
  if (bytes[at] !== 0 || length < 8 || link < 0) return refuse(frame, BAD_LINK) - 1
  if (length > end - at) return refuse(frame, SHORT_LINK) - 1
  if (frame.recording) record(frame, L_PPI)
  const stop = link === WIFI_LINK && hasChecksum(bytes, at + 8, at + length) ? end - 4 : end
  next(frame, DONE, at + length, stop > at + length ? stop : end)
  return link
}

/** Looks for the flag among the fields, each of which tells its type and length. */
function hasChecksum(bytes: Uint8Array, at: number, end: number): boolean {
  while (end - at >= 14) {
    if (u16le(bytes, at) === WIFI_COMMON) return (bytes[at + 12]! & 1) === 1
    at += 4 + u16le(bytes, at + 2)
  }
  return false
}

/** macOS's capture of everything: like PPI. As a user link type it has to look like it. */
export function pktap(frame: Frame, at: number, end: number, link: number): number {
  const bytes = frame.bytes
  if (end - at < 12) return refuse(frame, link === 258 ? SHORT_LINK : linkReason(link)) - 1
  const length = small32le(bytes, at)
  const inner = small32le(bytes, at + 8)
  if (length < 12 || length > end - at || inner < 0 || small32le(bytes, at + 4) !== 1) {
    return refuse(frame, link === 258 ? BAD_LINK : linkReason(link)) - 1
  }
  if (frame.recording) record(frame, L_PKTAP)
  next(frame, DONE, at + length, end)
  return inner
}

const NFLOG_ADDRESS = 8
const NFLOG_PACKET = 9

/** Linux's netfilter log: fields with lengths, one of which is the packet. */
export function nflog(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 4) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, L_NFLOG)
  const family = bytes[at]!
  let field = at + 4
  while (end - field >= 4) {
    const size = u16le(bytes, field)
    const type = u16le(bytes, field + 2)
    if (size < 4) return refuse(frame, BAD_LINK)
    const stop = field + size
    if (type === NFLOG_PACKET) return packet(frame, family, field + 4, stop < end ? stop : end)
    if (type === NFLOG_ADDRESS && size >= 14 && stop <= end && bytes[field + 5] === 6) {
      frame.sourceMac = field + 8
    }
    field += (size + 3) & ~3
  }
  return refuse(frame, SHORT_LINK)
}

function packet(frame: Frame, family: number, at: number, end: number): number {
  if (family === 2) return next(frame, IP4, at, end)
  if (family === 10) return next(frame, IP6, at, end)
  return family === 7 ? next(frame, ETHERNET, at, end) : refuse(frame, UNKNOWN_FAMILY)
}
