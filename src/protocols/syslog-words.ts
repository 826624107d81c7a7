/** Words between spaces, as the heads of syslog messages consist of them. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const SPACE = 0x20
const DASH = 0x2d

export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** How long the word at the cursor is; -1 where its end is missing. */
export const wordLength = (c: Cursor): number => c.distance(SPACE)

export function passSpaces(c: Cursor): void {
  while (c.peek() === SPACE) c.take(1)
}

/** Steps behind the word and its spaces. */
export function passWord(c: Cursor): void {
  c.until(SPACE)
  passSpaces(c)
}

/** Notes the word unless it is `-` or too long, and steps behind it. */
export function noteWord(c: Cursor, notes: Notes, said: Fact, max: number): void {
  const length = wordLength(c)
  const isNone = length === 1 && c.peek() === DASH
  const at = c.until(SPACE)
  if (!isNone && length <= max && c.fault === '') notes.add(said, at, length)
  passSpaces(c)
}
