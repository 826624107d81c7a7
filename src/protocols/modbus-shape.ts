/** Whether bytes on an odd port are a Modbus unit: each function's message has a length of its own. */

import type { Cursor } from '../bytes/cursor.js'

/** Where the protocol's number and the length stand. */
export const ADU_HEAD = 2
export const EXCEPTION = 0x80
const EXCEPTION_LENGTH = 3
const EXCEPTION_MAX = 11
const FIXED_LENGTH = 6
const ENCAPSULATED = 43
const DEVICE_IDENTIFICATION = 14

/** Asks what stands at the cursor, of so many bytes; moves nothing. */
export function isPlausible(c: Cursor, length: number, isClient: boolean): boolean {
  if (length > c.left) return false
  const code = c.peek(1)
  if ((code & EXCEPTION) !== 0) {
    return !isClient && length === EXCEPTION_LENGTH && c.peek(2) > 0 && c.peek(2) <= EXCEPTION_MAX
  }
  const isRead = code >= 1 && code <= 4
  const isSingle = code === 5 || code === 6
  const isMultiple = code === 15 || code === 16
  if (isClient && isMultiple) return length === FIXED_LENGTH + 1 + c.peek(6)
  if (isSingle || isMultiple || (isRead && isClient)) return length === FIXED_LENGTH
  if (isRead) return c.peek(2) > 0 && length === EXCEPTION_LENGTH + c.peek(2)
  return code === ENCAPSULATED && c.peek(2) === DEVICE_IDENTIFICATION
}
