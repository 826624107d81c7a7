/** IEEE 802.11 frames, and what radios put before them: radiotap, AVS and prism headers. */

import { leaveLink, llc } from './ethernet.js'
import type { Frame } from './frame.js'
import * as n from './names.js'
import { BAD_LINK, BAD_WIFI, ENCRYPTED_WIFI, SHORT_LINK, SHORT_WIFI } from './names.js'
import { WIFI_AGGREGATE, WIFI_CONTROL, WIFI_FCS, WIFI_MANAGEMENT } from './names.js'
import { DONE, record, refuse } from './steps.js'

const DATA = 2
const TO_STATION = 1
const FROM_STATION = 2
const PROTECTED = 0x40
const ORDERED = 0x80

const FCS_BYTES = 4

/** Some access points send the frame control's two bytes swapped when they tunnel. */
export function wifi(frame: Frame, at: number, end: number): number {
  if (end - at < 10) return refuse(frame, SHORT_WIFI)
  const low = frame.bytes[at]!
  const high = frame.bytes[at + 1]!
  const swapped = frame.depth !== 0 && (low & 3) !== 0 && (high & 0x0f) === 0x08
  return swapped
    ? control(frame, at, end, (low << 8) | high)
    : control(frame, at, end, (high << 8) | low)
}

function control(frame: Frame, at: number, end: number, word: number): number {
  if ((word & 3) !== 0) return refuse(frame, BAD_WIFI)
  if (frame.recording) record(frame, n.L_WIFI)
  const type = (word >> 2) & 3
  if (type === 1) return refuse(frame, WIFI_CONTROL)
  if (end - at < 24) return refuse(frame, SHORT_WIFI)
  if (frame.depth !== 0) leaveLink(frame)
  frame.payloadAt = frame.networkAt = at + 24
  frame.payloadEnd = end
  frame.etherType = 0
  addresses(frame, at, end, type === DATA ? (word >> 8) & 3 : 0)
  if (type !== DATA) return refuse(frame, type === 0 ? WIFI_MANAGEMENT : BAD_WIFI)
  return data(frame, at, end, word)
}

/** Which of three or four addresses are the ends depends on who relays. */
function addresses(frame: Frame, at: number, end: number, way: number): void {
  frame.targetMac = (way & TO_STATION) !== 0 ? at + 16 : at + 4
  if (way === (TO_STATION | FROM_STATION)) frame.sourceMac = end - at >= 30 ? at + 24 : -1
  else frame.sourceMac = way === FROM_STATION ? at + 16 : at + 10
}

const QOS = 0x80
const EMPTY = 0x40

function data(frame: Frame, at: number, end: number, word: number): number {
  const bytes = frame.bytes
  const way = (word >> 8) & 3
  let header = way === 3 ? 30 : 24
  let aggregate = false
  if ((word & QOS) !== 0) {
    aggregate = end - at > header && (bytes[at + header]! & 0x80) !== 0
    header += ((word >> 8) & ORDERED) !== 0 ? 6 : 2
  }
  if (header > end - at) return refuse(frame, SHORT_WIFI)
  frame.payloadAt = frame.networkAt = at + header
  if ((word & EMPTY) !== 0) return DONE
  if (((word >> 8) & PROTECTED) !== 0) return refuse(frame, ENCRYPTED_WIFI)
  if (aggregate) return refuse(frame, WIFI_AGGREGATE)
  return llc(frame, behindPadding(frame, at + header, end), end)
}

/** Some radios align what follows the header to four bytes: LLC tells whether they did. */
function behindPadding(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  const padded = end - at >= 5 && bytes[at] === 0 && bytes[at + 1] === 0
  return padded && bytes[at + 2] === 0xaa && bytes[at + 3] === 0xaa ? at + 2 : at
}

const u16le = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8)

const HAS_TIME = 1
const HAS_FLAGS = 2
const MORE_FIELDS = 0x80
const FLAG_FCS = 0x10
const FLAG_BAD_FCS = 0x40

/** Radiotap: of its fields only the flags matter, which say whether a checksum follows. */
export function radiotap(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 8) return refuse(frame, SHORT_LINK)
  const length = u16le(bytes, at + 2)
  if (bytes[at] !== 0 || length < 8) return refuse(frame, BAD_LINK)
  if (length > end - at) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_RADIOTAP)
  const flags = radiotapFlags(bytes, at, length)
  if ((flags & FLAG_BAD_FCS) !== 0) return refuse(frame, WIFI_FCS)
  return wifi(frame, at + length, (flags & FLAG_FCS) !== 0 ? end - FCS_BYTES : end)
}

function radiotapFlags(bytes: Uint8Array, at: number, length: number): number {
  const present = bytes[at + 4]!
  if ((present & HAS_FLAGS) === 0) return 0
  let field = 8
  while (field + 4 <= length && (bytes[at + field - 1]! & MORE_FIELDS) !== 0) field += 4
  // A time stamp is aligned to eight bytes from the header's start.
  if ((present & HAS_TIME) !== 0) field = ((field + 7) & ~7) + 8
  return field < length ? bytes[at + field]! : 0
}

/** AVS capture header, whose length is big-endian. */
export function avs(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 8) return refuse(frame, SHORT_LINK)
  const length = (bytes[at + 6]! << 8) | bytes[at + 7]!
  if (bytes[at + 4] !== 0 || bytes[at + 5] !== 0 || length < 8) return refuse(frame, BAD_LINK)
  if (length > end - at) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_AVS)
  return wifi(frame, at + length, end)
}

const PRISM_BYTES = 144

/** The prism header is of fixed size, in the byte order of whoever captured; AVS may sit here too. */
export function prism(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (end - at < 8) return refuse(frame, SHORT_LINK)
  if (bytes[at] === 0x80 && bytes[at + 1] === 0x21 && bytes[at + 2] === 0x10)
    return avs(frame, at, end)
  if (end - at < PRISM_BYTES) return refuse(frame, SHORT_LINK)
  if (frame.recording) record(frame, n.L_PRISM)
  return wifi(frame, at + PRISM_BYTES, end)
}
