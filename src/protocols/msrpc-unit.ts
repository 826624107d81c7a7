/** The heads of remote procedure calls (C706, MS-RPCE): over connections, and in datagrams. */

import type { Cursor } from '../bytes/cursor.js'

export const REQUEST = 0
export const RESPONSE = 2
export const FAULT = 3
export const BIND = 11
export const BIND_ACCEPTED = 12
export const BIND_REFUSED = 13
export const ALTER = 14
export const ALTER_ACCEPTED = 15
export const SIGN_IN = 16
const KIND_MAX = 20

const VERSION = 5
const HEAD = 16
const OBJECT = 0x80
const FIRST = 1
const LITTLE = 0x10
const AUTHENTICATION_HEAD = 8

/** The unit whose head was read last. */
export const unit = {
  kind: 0,
  call: 0,
  /** Whether this is a call's first piece, and whether an object's number stands before it. */
  isFirst: true,
  hasObject: false,
  /** Whether numbers are little-endian, as nearly everybody's are. */
  isLittle: true,
  /** Where its proof of who speaks stands, and how long it is; its kind. */
  tokenAt: -1,
  tokenLength: 0,
  tokenKind: 0,
}

/** Whether a unit may begin here. */
export const isUnit = (c: Cursor): boolean => c.peek() === VERSION && c.peek(1) <= 1

/**
 * Steps into the next unit: until `leaveUnit`, which takes what this returns, nothing else can be
 * read, and the proof at its end is left out.
 */
export function enterUnit(c: Cursor): number {
  const from = c.at
  const version = c.u8()
  const minor = c.u8()
  unit.kind = c.u8()
  const flags = c.u8()
  unit.isLittle = (c.u8() & LITTLE) !== 0
  c.take(3)
  const length = number16(c)
  const proof = number16(c)
  unit.call = unit.isLittle ? c.u32le() : c.u32()
  unit.isFirst = (flags & FIRST) !== 0
  unit.hasObject = (flags & OBJECT) !== 0
  const isBad = version !== VERSION || minor > 1 || unit.kind > KIND_MAX || length < HEAD
  if (c.fault === '' && isBad) c.fail('no unit')
  const outer = c.narrow(length - HEAD)
  findToken(c, from + length, proof)
  return outer
}

/** Where the unit just entered ends: behind its proof, which is cut off; -1 where it has none. */
export const proofEnd = (): number => (unit.tokenAt < 0 ? -1 : unit.tokenAt + unit.tokenLength)

/** Others may have been entered and left since; `end` is what `proofEnd` said of this one. */
export const leaveUnit = (c: Cursor, outer: number, end: number): void => {
  if (c.fault === '' && end >= 0) c.end = end
  c.widen(outer)
}

function findToken(c: Cursor, end: number, length: number): void {
  unit.tokenAt = -1
  unit.tokenLength = length
  if (c.fault !== '' || length === 0) return
  const head = end - length - AUTHENTICATION_HEAD
  if (head < c.at) return c.fail('bad proof')
  unit.tokenKind = c.peek(head - c.at)
  unit.tokenAt = end - length
  c.end = head
}

/** A number of the machine's own order. */
export const number16 = (c: Cursor): number => (unit.isLittle ? c.u16le() : c.u16())
export const number32 = (c: Cursor): number => (unit.isLittle ? c.u32le() : c.u32())

/** Steps behind a request's head and returns which of the interface's calls it is. */
export function readRequest(c: Cursor): number {
  c.take(6)
  const call = number16(c)
  if (unit.hasObject) c.take(16)
  return call
}
