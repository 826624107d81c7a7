/** Checks of messages, where nothing else tells whose they are. No protocol of its own. */

import type { Cursor } from '../bytes/cursor.js'

/** What most begin with. */
export const CRC_START = 0xffff
const POLYNOMIAL = 0xa001

/** Adds one byte to a CRC-16 (reflected, polynomial 0x8005), as Modbus on serial lines has it. */
export function addToCrc16(crc: number, byte: number): number {
  let sum = crc ^ byte
  let bits = 8
  while (bits-- > 0) sum = (sum & 1) === 0 ? sum >> 1 : (sum >> 1) ^ POLYNOMIAL
  return sum
}

/** The CRC-16 of the next `length` bytes, from `first` on; moves nothing. */
export function crc16(c: Cursor, length: number, first = CRC_START): number {
  let crc = first
  let i = 0
  while (i < length) crc = addToCrc16(crc, c.peek(i++))
  return crc
}
