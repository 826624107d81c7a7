/** When each of many things was heard, and how much of it: rows of numbers side by side. */

import { reaching, START_OF_ROWS } from './columns.js'

const WORDS = 6
const PACKETS = 0
const OCTETS = 1
const OCTETS_BACK = 2
const FIRST = 3
const LAST = 4
const LATEST = 5

/** What a row of the data plane tells of presence. */
interface Heard {
  readonly packets: number
  readonly first: number
  readonly last: number
}

export class Presence {
  private rows = new Float64Array(0)
  private known = 0

  /** Makes room for a thing by its number; numbers come one after the other. */
  welcome(index: number): void {
    if (index < this.known) return
    this.known = index + 1
    const at = index * WORDS
    if (at + WORDS > this.rows.length) {
      this.rows = reaching(this.rows, at + WORDS, START_OF_ROWS)
    }
    this.rows[at + FIRST] = Infinity
    this.rows[at + LAST] = -Infinity
    this.rows[at + LATEST] = -Infinity
  }

  add(index: number, heard: Heard, octets: number, octetsBack: number): void {
    const { rows } = this
    const at = index * WORDS
    const first = heard.first
    rows[at]! += heard.packets
    rows[at + OCTETS]! += octets
    rows[at + OCTETS_BACK]! += octetsBack
    if (first < rows[at + FIRST]!) rows[at + FIRST] = first
    if (heard.last > rows[at + LAST]!) rows[at + LAST] = heard.last
    if (first > rows[at + LATEST]!) rows[at + LATEST] = first
  }

  /** Adds what was heard of a thing in another list, or in this one, to one of this list. */
  merge(index: number, { rows: from }: Presence, other: number): void {
    const { rows } = this
    const at = index * WORDS
    const that = other * WORDS
    for (let i = PACKETS; i < FIRST; i++) rows[at + i]! += from[that + i]!
    if (from[that + FIRST]! < rows[at + FIRST]!) rows[at + FIRST] = from[that + FIRST]!
    if (from[that + LAST]! > rows[at + LAST]!) rows[at + LAST] = from[that + LAST]!
  }

  /** It was spoken of at this time, which makes it no louder. */
  mention(index: number, seconds: number, micros: number): void {
    const { rows } = this
    const at = index * WORDS
    const time = (seconds >>> 0) * 1e6 + micros
    if (time < rows[at + FIRST]!) rows[at + FIRST] = time
    if (time > rows[at + LAST]!) rows[at + LAST] = time
  }

  packets(index: number): number {
    return this.rows[index * WORDS + PACKETS]!
  }
  /** Bytes; of conversations, those from the client to the server. */
  octets(index: number): number {
    return this.rows[index * WORDS + OCTETS]!
  }
  octetsBack(index: number): number {
    return this.rows[index * WORDS + OCTETS_BACK]!
  }
  /** Microseconds since 1970; Infinity and -Infinity while it was not heard. */
  first(index: number): number {
    return this.rows[index * WORDS + FIRST]!
  }
  last(index: number): number {
    return this.rows[index * WORDS + LAST]!
  }
  /** When the latest of its parts began. */
  latest(index: number): number {
    return this.rows[index * WORDS + LATEST]!
  }
}
