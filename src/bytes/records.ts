/** Resource records of DNS and mDNS messages (RFC 1035 4.1.3), without their owner's name. */

import type { Cursor } from './cursor.js'

export const A = 1
export const CNAME = 5
export const PTR = 12
export const HINFO = 13
export const TXT = 16
export const AAAA = 28
export const SRV = 33
export const HTTPS = 65

export const IN = 1
export const CHAOS = 3

/** Filled again for each record. */
export const record = { type: 0, class: 0, lasting: false, at: -1, length: 0 }

/** Type, class, time to live and length. */
const HEAD = 10

/** Reads what stands behind the owner's name, up to the data; false if the data is not all there. */
export function readRecord(c: Cursor): boolean {
  const at = c.take(HEAD)
  if (at < 0) return false
  const { bytes } = c
  const length = (bytes[at + 8]! << 8) | bytes[at + 9]!
  record.type = (bytes[at]! << 8) | bytes[at + 1]!
  record.class = (bytes[at + 2]! << 8) | bytes[at + 3]!
  record.lasting = (bytes[at + 4]! | bytes[at + 5]! | bytes[at + 6]! | bytes[at + 7]!) !== 0
  record.length = length
  record.at = c.at
  if (length > c.left) c.take(length)
  return c.fault === ''
}

/** True if the A or AAAA record whose data begins here holds an address that a machine can have. */
export function isAddress(c: Cursor): boolean {
  if (record.type === A && record.length === 4) return c.peek() !== 0 && c.peek() !== 127
  return record.type === AAAA && record.length === 16 && (c.peek() !== 0 || c.peek(1) !== 0)
}
