/**
 * ISO transport units as they come in TCP segments, read one segment at a time: some stacks send the
 * four bytes of the TPKT header in a segment of their own, and what it announces in the next.
 */

import type { Cursor } from '../bytes/cursor.js'
import { PAYLOAD, enterTpkt } from './tpkt.js'

const LENGTH = 2

/** Steps into the next unit until `leaveTpkt`, which takes what this returns. */
export function enterSegment(c: Cursor): number {
  return c.peek() === LENGTH && c.peek(1) === PAYLOAD ? c.end : enterTpkt(c)
}
