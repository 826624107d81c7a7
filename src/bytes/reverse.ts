/** Names that stand for addresses: `7.0.0.10.in-addr.arpa` and its like (RFC 1035 3.5, 3596 2.5). */

import type { Text } from './names.js'

const IP4_ZONE = '.in-addr.arpa'
const IP6_ZONE = '.ip6.arpa'
const DOT = 0x2e
/** Four bytes backwards as decimal numbers; the longest is 255.255.255.255. */
const IP4_MAX = 15
/** 32 nibbles backwards, dots between them. */
const IP6_LENGTH = 63

/**
 * Writes the address that a lower case name stands for into `out`. Returns 4 or 16, or 0 when the
 * name stands for no whole address.
 */
export function readReverse(name: Uint8Array, at: number, length: number, out: Text): number {
  if (endsWith(name, at, length, IP4_ZONE)) return ip4(name, at, length - IP4_ZONE.length, out)
  if (endsWith(name, at, length, IP6_ZONE)) return ip6(name, at, length - IP6_ZONE.length, out)
  return 0
}

/** True if these bytes end with this ASCII word. */
export function endsWith(bytes: Uint8Array, at: number, length: number, word: string): boolean {
  const from = at + length - word.length
  if (from < at) return false
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word.charCodeAt(i)) return false
  return true
}

function ip4(name: Uint8Array, at: number, length: number, out: Text): number {
  if (length > IP4_MAX) return 0
  let address = 0
  let value = 0
  let unit = 1
  let numbers = 0
  for (let i = at + length - 1; i >= at; i--) {
    const digit = name[i]! - 0x30
    if (digit >= 0 && digit <= 9 && unit <= 100) {
      value += digit * unit
      unit *= 10
    } else if (name[i] !== DOT || unit === 1) return 0
    if (i > at && name[i] !== DOT) continue
    if (value > 255 || unit === 1 || ++numbers > 4) return 0
    address = (address << 8) | value
    value = 0
    unit = 1
  }
  if (numbers !== 4) return 0
  for (let shift = 24; shift >= 0; shift -= 8) if (!out.put((address >>> shift) & 0xff)) return 0
  return 4
}

function ip6(name: Uint8Array, at: number, length: number, out: Text): number {
  if (length !== IP6_LENGTH) return 0
  for (let i = 0; i < IP6_LENGTH; i++) {
    if (i % 2 === 0 ? nibble(name[at + i]!) < 0 : name[at + i] !== DOT) return 0
  }
  for (let i = IP6_LENGTH - 1; i > 0; i -= 4) {
    if (!out.put((nibble(name[at + i]!) << 4) | nibble(name[at + i - 2]!))) return 0
  }
  return 16
}

function nibble(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1
}
