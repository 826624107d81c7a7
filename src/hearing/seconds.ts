/**
 * How each second of each VLAN was heard, once all workers have told of it: what one worker heard
 * of one direction, and another of the other, is one second.
 */

import { CoverageBook, ENTRY_WORDS, type Covered } from './coverage.js'

/** A second of a VLAN, whole, as one interface heard it. */
export interface CoveredSecond {
  readonly ear: number
  readonly vlan: number
  readonly second: number
  readonly packets: number
  readonly duplicates: number
  readonly cut: number
  /** Packets of conversations that were heard both ways. */
  readonly both_ways: number
  /** Of those, packets of conversations whose one direction has a tag, and the other none. */
  readonly odd_tags: number
}

const VLANS = 4096
const EARS = 64
/** Of an entry: where what is no count stands. */
const EAR = 7

export class Seconds {
  private readonly book = new CoverageBook()
  /** Sums of seconds that are not whole, by second, VLAN and ear: ENTRY_WORDS each. */
  private readonly open = new Map<number, Int32Array>()
  private readonly closed: (second: CoveredSecond) => void

  constructor(closed: (second: CoveredSecond) => void) {
    this.closed = closed
  }

  add(log: Int32Array): void {
    for (let at = 0; at < log.length; at += ENTRY_WORDS) {
      const key = (log[at + 1]! * VLANS + log[at]!) * EARS + log[at + EAR]!
      const sum = this.open.get(key)
      if (sum === undefined) this.open.set(key, log.slice(at, at + ENTRY_WORDS))
      else for (let i = 2; i < EAR; i++) sum[i]! += log[at + i]!
    }
  }

  /** Closes the seconds before this one: all workers have told of them. */
  close(before: number): void {
    const whole: Int32Array[] = []
    for (const [key, entry] of this.open) {
      if (entry[1]! >= before) continue
      this.open.delete(key)
      whole.push(entry)
      const [vlan = 0, second = 0, packets = 0, duplicates = 0, cut = 0, both_ways = 0] = entry
      const [odd_tags = 0, ear = 0] = entry.subarray(EAR - 1)
      this.closed({ ear, vlan, second, packets, duplicates, cut, both_ways, odd_tags })
    }
    this.book.add(whole)
  }

  /** All that is closed, by VLAN. */
  read(): Covered[] {
    return this.book.read()
  }
}
