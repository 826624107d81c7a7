/** Text in a field of fixed size, as many protocols of the network's own equipment write it. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** Notes the text in the next `size` bytes, which ends at its first zero, and steps over them. */
export function noteFixedText(c: Cursor, notes: Notes, fact: Fact, size: number): void {
  const ends = c.distance(0)
  const at = c.take(size)
  notes.add(fact, at, ends >= 0 && ends < size ? ends : size)
}

/** Notes the next `size` bytes unless all of them are zero, and steps over them. */
export function noteUnlessZero(c: Cursor, notes: Notes, fact: Fact, size: number): void {
  const at = c.at
  let any = 0
  let rest = size
  while (rest-- > 0 && c.left > 0) any |= c.u8()
  if (rest >= 0) c.take(1)
  if (any !== 0 && c.fault === '') notes.add(fact, at, size)
}
