/** Text in a field of fixed size that is filled up with blanks or zeros: how controllers write it. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const BLANK = 0x20

/** Notes the text in the next `size` bytes, up to its first zero and without blanks around it. */
export function notePadded(c: Cursor, notes: Notes, said: Fact, size: number): void {
  let length = 0
  while (length < size && c.peek(length) !== 0) length++
  while (length > 0 && c.peek(length - 1) === BLANK) length--
  let lead = 0
  while (lead < length && c.peek(lead) === BLANK) lead++
  const at = c.take(size)
  if (at >= 0) notes.add(said, at + lead, length - lead)
}
