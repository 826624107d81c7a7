/** The times of a certificate (RFC 5280, 4.1.2.5), written as ISO 8601. */

import { readLength } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const UTC_TIME = 0x17
const GENERAL_TIME = 0x18
/** Years of two digits from here on are of the century before. */
const FIVE = 0x35
const ZERO = 0x30
const NINE = 0x39

/** Notes `2025-01-31T08:00:00Z` for a time; what is no time is stepped over. */
export function readTime(c: Cursor, notes: Notes, said: Fact): void {
  const tag = c.u8()
  const outer = c.narrow(readLength(c))
  if (tag === UTC_TIME || tag === GENERAL_TIME) {
    const here = notes.here
    const century = tag === GENERAL_TIME ? digits(c, notes) : writeCentury(c, notes)
    const isTime =
      century &&
      digits(c, notes) &&
      notes.write('-') &&
      digits(c, notes) &&
      notes.write('-') &&
      digits(c, notes) &&
      notes.write('T') &&
      readClock(c, notes)
    if (isTime) notes.add(said, here, notes.here - here)
  }
  c.at = c.end
  c.widen(outer)
}

const writeCentury = (c: Cursor, notes: Notes): boolean =>
  notes.write(c.peek() >= FIVE ? '19' : '20')

/** Hours and minutes; seconds are sometimes left out. */
function readClock(c: Cursor, notes: Notes): boolean {
  const isTime = digits(c, notes) && notes.write(':') && digits(c, notes) && notes.write(':')
  if (!isTime) return false
  const seconds = c.peek() >= ZERO && c.peek() <= NINE ? digits(c, notes) : notes.write('00')
  return seconds && notes.write('Z')
}

/** Two digits, if they are some. */
function digits(c: Cursor, notes: Notes): boolean {
  const one = c.peek()
  const other = c.peek(1)
  if (one < ZERO || one > NINE || other < ZERO || other > NINE) return false
  c.take(2)
  return notes.put(one) && notes.put(other)
}
