/** When each of many things was heard, and how much of it: rows of numbers side by side. */

import { reaching } from './columns.js'

const WORDS = 6
const PACKETS = 0
const OCTETS = 1
const OCTETS_BACK = 2
const FIRST = 3
const LAST = 4
const FRAME = 5

/** What a row of the data plane tells of presence. */
interface Heard {
  readonly packets: number
  readonly first: number
  readonly last: number
  readonly frame: number
}

export class Presence {
  private rows = new Float64Array(0)
  private known = 0

  /** Makes room for a thing by its number; numbers come one after the other. */
  welcome(index: number): void {
    if (index < this.known) return
    this.known = index + 1
    const at = index * WORDS
    this.rows = reaching(this.rows, at + WORDS)
    this.rows[at + FIRST] = Infinity
    this.rows[at + LAST] = -Infinity
    this.rows[at + FRAME] = Infinity
  }

  add(index: number, heard: Heard, octets: number, octetsBack: number): void {
    const { rows } = this
    const at = index * WORDS
    const frame = heard.frame >>> 0
    rows[at]! += heard.packets
    rows[at + OCTETS]! += octets
    rows[at + OCTETS_BACK]! += octetsBack
    if (heard.first < rows[at + FIRST]!) rows[at + FIRST] = heard.first
    if (heard.last > rows[at + LAST]!) rows[at + LAST] = heard.last
    if (frame < rows[at + FRAME]!) rows[at + FRAME] = frame
  }

  /** It was spoken of at this time, which makes it no louder. */
  mention(index: number, time: number, frame: number): void {
    const { rows } = this
    const at = index * WORDS
    if (time < rows[at + FIRST]!) rows[at + FIRST] = time
    if (time > rows[at + LAST]!) rows[at + LAST] = time
    if (frame < rows[at + FRAME]!) rows[at + FRAME] = frame
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
  /** The number of the first frame; Infinity while it was not heard. */
  frame(index: number): number {
    return this.rows[index * WORDS + FRAME]!
  }
}
