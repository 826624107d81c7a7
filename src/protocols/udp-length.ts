/** Whether a datagram was heard to its end: what runs up to its end is a value only then. */

import type { Cursor } from '../bytes/cursor.js'

const HEAD = 8
/** The length stands so many bytes before the payload. */
const LENGTH = 4

/** Asks the UDP header in front of what the cursor is over; moves nothing. */
export function isWholeDatagram(c: Cursor): boolean {
  if (c.start < HEAD) return false
  const { at } = c
  c.at = c.start - LENGTH
  const said = c.u16() - HEAD
  c.at = at
  return said <= c.end - c.start
}
