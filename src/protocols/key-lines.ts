/** Lines of the form `KEY : value`, in which several programs tell about themselves. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const NEWLINE = 0x0a
const COLON = 0x3a
const SPACE = 0x20

/** Keys and what they say. */
export type Keys = readonly (readonly [key: string, said: Fact])[]

/** Reads one line, notes its value if its key is in the list, and steps behind it. */
export function noteKeyLine(c: Cursor, notes: Notes, keys: Keys): void {
  const length = c.distance(NEWLINE)
  if (length < 0) return void c.take(c.left + 1)
  const said = meant(c, keys, length)
  const outer = c.end
  const behind = c.at + length + 1
  if (said !== undefined) {
    c.end = behind - 1
    c.until(COLON)
    noteTrimmed(c, notes, said)
    c.end = outer
  }
  c.at = behind
}

function meant(c: Cursor, keys: Keys, length: number): Fact | undefined {
  let i = 0
  while (i < keys.length) {
    const [key, said] = keys[i++]!
    if (!c.starts(key)) continue
    let ahead = key.length
    while (c.peek(ahead) === SPACE && ahead < length) ahead++
    if (c.peek(ahead) === COLON && ahead < length) return said
  }
  return undefined
}

/** Notes all that is left but the spaces and control characters around it. */
export function noteTrimmed(c: Cursor, notes: Notes, said: Fact): void {
  while (c.left > 0 && c.peek() <= SPACE) c.take(1)
  let length = c.left
  while (length > 0 && c.peek(length - 1) <= SPACE) length--
  notes.add(said, c.at, length)
}
