/** Fields of Protocol Buffers as the wire has them (protobuf.dev, Encoding), one after the other. */

import type { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'

/** The field read last. */
export const field = {
  number: 0,
  /** Where the bytes of a string or message stand, else -1. */
  at: -1,
  length: 0,
  /** The lower and upper half of a number. */
  low: 0,
  high: 0,
}

const VARINT = 0
const FIXED_64 = 1
const BYTES = 2
const FIXED_32 = 5

/** Reads the next field; false at the end, and where what stands there is none. */
export function readField(c: Cursor): boolean {
  if (c.left <= 0) return false
  readVarint(c)
  const kind = field.low & 7
  field.number = field.low >>> 3
  field.at = -1
  field.length = 0
  if (kind === VARINT) readVarint(c)
  else if (kind === FIXED_32) {
    field.low = c.u32le()
    field.high = 0
  } else if (kind === FIXED_64) {
    field.low = c.u32le()
    field.high = c.u32le()
  } else if (kind === BYTES) {
    readVarint(c)
    field.length = field.high === 0 ? field.low : -1
    field.at = c.take(field.length)
  } else return false
  return c.fault === ''
}

/** Writes the number read last into the scratch, in eight bytes; returns where. */
export function writeNumber64(notes: Notes): number {
  const at = notes.here
  let shift = 24
  while (shift >= 0) {
    notes.put((field.high >>> shift) & 0xff)
    shift -= 8
  }
  shift = 24
  while (shift >= 0) {
    notes.put((field.low >>> shift) & 0xff)
    shift -= 8
  }
  return at
}

function readVarint(c: Cursor): void {
  field.low = 0
  field.high = 0
  let bits = 0
  let byte = 0x80
  while (bits < 70 && (byte & 0x80) !== 0) {
    byte = c.u8()
    const group = byte & 0x7f
    if (bits < 32) field.low |= group << bits
    if (bits === 28) field.high |= group >> 4
    if (bits > 28) field.high |= group << (bits - 32)
    bits += 7
  }
}
