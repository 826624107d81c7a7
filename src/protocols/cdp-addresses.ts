/** The list of addresses as CDP writes it, and FDP after it: each with its protocol and its length. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import { isGiven } from './link-words.js'
import type { Notes } from './protocol.js'

const IP4_LENGTH = 4
const IP6_LENGTH = 16

/** Notes the addresses of IP; that the length fits is enough to know them from others. */
export function readAddresses(c: Cursor, notes: Notes, said: Fact): void {
  let count = c.u32()
  while (count > 0 && c.left > 0) {
    count--
    c.u8()
    c.take(c.u8())
    const length = c.u16()
    const given = (length === IP4_LENGTH || length === IP6_LENGTH) && isGiven(c, length)
    const at = c.take(length)
    if (given) notes.add(said, at, length)
  }
}
