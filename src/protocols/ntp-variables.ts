/** The variables of NTP's control messages: `version="ntpd 4.2.8p15", processor="x86_64", ...`. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const QUOTE = 0x22
const COMMA = 0x2c
const EQUALS = 0x3d
const SPACE = 0x20

/** Notes those variables that are in the list and whole. */
export function noteVariables(
  c: Cursor,
  notes: Notes,
  list: readonly (readonly [string, Fact])[],
): void {
  while (c.left > 0) {
    while (c.left > 0 && c.peek() <= SPACE) c.take(1)
    const said = meant(c, list)
    if (said === undefined) pass(c)
    else noteValue(c, notes, said)
  }
}

function meant(c: Cursor, list: readonly (readonly [string, Fact])[]): Fact | undefined {
  let i = 0
  while (i < list.length) {
    const [key, said] = list[i++]!
    if (!c.starts(key) || c.peek(key.length) !== EQUALS) continue
    c.take(key.length + 1)
    return said
  }
  return undefined
}

function noteValue(c: Cursor, notes: Notes, said: Fact): void {
  if (c.peek() !== QUOTE) return pass(c)
  c.take(1)
  const length = c.distance(QUOTE)
  if (length < 0) return void c.take(c.left)
  notes.add(said, c.take(length), length)
  c.take(1)
  pass(c)
}

/** Steps behind the next comma that is not in quotes. */
function pass(c: Cursor): void {
  let quoted = false
  while (c.left > 0) {
    const byte = c.u8()
    if (byte === QUOTE) quoted = !quoted
    else if (byte === COMMA && !quoted) return
  }
}
