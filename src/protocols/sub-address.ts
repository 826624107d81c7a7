/**
 * Devices behind an address: a gateway's units, the slots of a rack. No protocol of its own, but
 * the names by which such devices are told apart: `modbus:10.0.0.20:3`.
 */

import { Cursor } from '../bytes/cursor.js'
import { NAME, type Notes, type Talk } from './protocol.js'

const HEX = '0123456789abcdef'
const address = new Cursor()

/** Writes the sender's address, or that of the target, into the scratch as text. */
export function writeEnd(notes: Notes, bytes: Uint8Array, talk: Talk, isTarget = false): void {
  const at = isTarget ? talk.targetIp : talk.sourceIp
  if (talk.network === 4) writeDotted(notes, address.over(bytes, at, at + 4))
  else if (talk.network === 6) writeGroups(notes, address.over(bytes, at, at + 16))
  else
    writeMac(notes, address.over(bytes, isTarget ? talk.targetMac : talk.sourceMac, bytes.length))
}

/** Makes the part of this number behind the sender (or the target) the subject. */
export function aboutUnit(
  notes: Notes,
  bytes: Uint8Array,
  talk: Talk,
  unit: { readonly protocol: string; number: number; isTarget: boolean },
): void {
  const at = notes.here
  notes.write(unit.protocol)
  notes.write(':')
  writeEnd(notes, bytes, talk, unit.isTarget)
  notes.write(':')
  notes.writeNumber(unit.number)
  notes.about(NAME, at, notes.here - at)
}

/** Four bytes as `10.0.0.20`. */
export function writeDotted(notes: Notes, c: Cursor): void {
  let places = 0
  while (places < 4) {
    if (places++ > 0) notes.write('.')
    notes.writeNumber(c.u8())
  }
}

function writeGroups(notes: Notes, c: Cursor): void {
  let groups = 0
  while (groups < 8) {
    if (groups++ > 0) notes.write(':')
    writeHexByte(notes, c.u8())
    writeHexByte(notes, c.u8())
  }
}

function writeMac(notes: Notes, c: Cursor): void {
  let places = 0
  while (places < 6) {
    if (places++ > 0) notes.write('-')
    writeHexByte(notes, c.u8())
  }
}

export function writeHexByte(notes: Notes, byte: number): void {
  notes.put(HEX.charCodeAt(byte >> 4))
  notes.put(HEX.charCodeAt(byte & 15))
}

/** So many bytes of an address in hexadecimal digits; one byte alone as a decimal number. */
export function writeStation(notes: Notes, c: Cursor, length: number): void {
  if (length === 1) notes.writeNumber(c.u8())
  else {
    let rest = length
    while (rest-- > 0 && c.left > 0) writeHexByte(notes, c.u8())
  }
}
