/** Words in a JSON text, looked for without reading all of it: `"key": "value"` at any depth. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const SPACE = 0x20
const STRINGS_MAX = 256

/** Notes the values of these keys that are words; false where the text ends within a word. */
export function noteJsonWords(
  c: Cursor,
  notes: Notes,
  keys: readonly (readonly [key: string, said: Fact])[],
): boolean {
  let room = STRINGS_MAX
  while (c.left > 0 && room-- > 0) {
    if (c.distance(QUOTE) < 0) return true
    c.until(QUOTE)
    const said = meant(c, keys)
    if (passWord(c) < 0) return false
    passSpace(c)
    if (said === undefined || c.peek() !== COLON) continue
    c.take(1)
    passSpace(c)
    if (c.peek() !== QUOTE) continue
    c.take(1)
    const at = c.at
    const length = passWord(c)
    if (length < 0) return false
    notes.add(said, at, length)
  }
  return true
}

function meant(c: Cursor, keys: readonly (readonly [key: string, said: Fact])[]): Fact | undefined {
  let i = 0
  while (i < keys.length) {
    const [key, said] = keys[i++]!
    if (c.starts(key) && c.peek(key.length) === QUOTE) return said
  }
  return undefined
}

function passSpace(c: Cursor): void {
  while (c.left > 0 && c.peek() <= SPACE) c.take(1)
}

/** Steps behind the quote that ends a word, and returns how long the word was, or -1. */
function passWord(c: Cursor): number {
  const from = c.at
  while (c.left > 0) {
    const byte = c.u8()
    if (byte === BACKSLASH) c.take(Math.min(1, c.left))
    else if (byte === QUOTE) return c.at - 1 - from
  }
  return -1
}
