/**
 * How long answers took: TCP handshakes, from a SYN to the ACK that ends it, and messages whose
 * parser tells questions from answers by a number. Of each connection the shortest and the latest.
 *
 * Only what was heard both ways is measured, and nothing that was said twice: which of two the
 * answer belongs to, nobody knows.
 */

import type { Exchange } from '../protocols/protocol.js'
import { LAST, PACKETS, ROW_WORDS } from './conversation-rows.js'
import { DUPLICATE_MICROS, QUESTIONS_MAX, QUESTION_MICROS, SHARDS } from './limits.js'
import type { Rows, Table } from './table.js'

const SYN = 0x02
const ACK = 0x10
const OTHERS = 0x05

// A connection's mark is 0, or of a client that said SYN how many packets that end had sent by then;
// with GREETED once the server had answered.
const SPOILT = -1
const GREETED = 1 << 30

const SLOTS = QUESTIONS_MAX / SHARDS
const NOBODY = -1
const MICROS_MAX = 0x7fffffff

export class RoundTrips {
  private readonly rows: Rows
  private readonly marks: Int32Array
  /** By number of the row: microseconds, 0 for none. */
  private readonly smallest: Int32Array
  private readonly latest: Int32Array
  // By slot: whose question it is, its number, and when it was asked; NaN if it was asked twice.
  private readonly asker = new Int32Array(QUESTIONS_MAX).fill(NOBODY)
  private readonly number = new Int32Array(QUESTIONS_MAX)
  private readonly asked = new Float64Array(QUESTIONS_MAX)

  constructor(table: Table) {
    this.rows = table
    this.marks = new Int32Array(table.capacity)
    this.smallest = new Int32Array(table.capacity)
    this.latest = new Int32Array(table.capacity)
  }

  /** A row begins anew. */
  begin(row: number): void {
    const n = row / ROW_WORDS
    this.marks[n] = this.smallest[n] = this.latest[n] = 0
  }

  /** A connection ended, and another begins between the same ports. */
  restart(row: number): void {
    this.marks[row / ROW_WORDS] = 0
  }

  /**
   * A TCP segment of a row's `end`: its packet is counted, but when it sent last is still that of
   * the one before.
   */
  hearSegment(row: number, end: number, tcp: number, clock: Float64Array): void {
    const n = row / ROW_WORDS
    const mark = this.marks[n]!
    if (tcp & SYN) this.marks[n] = this.greeting(mark, end, tcp, clock)
    else if (mark > 0) {
      if (tcp & OTHERS) this.marks[n] = 0
      else if (mark & GREETED && this.isNext(mark, end)) {
        this.marks[n] = 0
        this.note(n, clock[0]! - this.rows.reals[(end + LAST) >> 1]!)
      }
    }
  }

  /** What becomes of the mark with a SYN or SYN-ACK. */
  private greeting(mark: number, end: number, tcp: number, clock: Float64Array): number {
    if (mark === SPOILT) return mark
    const { words, reals } = this.rows
    const isAgain = (tcp & ACK) === 0 ? mark > 0 : (mark & GREETED) !== 0
    // A mirror may give each frame twice, but nobody tries again so soon.
    if (isAgain && clock[0]! - reals[(end + LAST) >> 1]! > DUPLICATE_MICROS) return SPOILT
    if ((tcp & ACK) === 0) return words[end + PACKETS]! & (GREETED - 1)
    return mark > 0 ? mark | GREETED : 0
  }

  /** This end said SYN, and this is its first packet since. */
  private isNext(mark: number, end: number): boolean {
    return this.rows.words[end + PACKETS]! === (mark & (GREETED - 1)) + 1
  }

  /** A parser knew a message for the question, or the answer, of this number. */
  hearMessage(row: number, shard: number, exchange: Exchange, clock: Float64Array): void {
    const { asker, number, asked } = this
    const slot = slotOf(row, shard, exchange.number)
    const isKnown = asker[slot] === row && number[slot] === exchange.number
    const since = clock[0]! - asked[slot]!
    if (exchange.kind === 'answer') {
      if (!isKnown) return
      asker[slot] = NOBODY
      if (since <= QUESTION_MICROS) this.note(row / ROW_WORDS, since)
      return
    }
    const isAgain = isKnown && !(since <= DUPLICATE_MICROS || since > QUESTION_MICROS)
    asker[slot] = row
    number[slot] = exchange.number
    asked[slot] = isAgain ? NaN : clock[0]!
  }

  /** Writes what is known of a row as two words, behind what is told of it. */
  write(row: number, words: Int32Array, at: number): void {
    words[at] = this.smallest[row / ROW_WORDS]!
    words[at + 1] = this.latest[row / ROW_WORDS]!
  }

  private note(n: number, micros: number): void {
    // Frames of two mirrors may come in the wrong order; at least one microsecond is a time at all.
    const took = Math.min(Math.max(Math.round(micros), 1), MICROS_MAX)
    const before = this.smallest[n]!
    this.latest[n] = took
    this.smallest[n] = before === 0 ? took : Math.min(before, took)
  }
}

function slotOf(row: number, shard: number, number: number): number {
  let hash = Math.imul(row ^ Math.imul(number, 0x9e3779b1), 0x85ebca6b)
  hash ^= hash >>> 15
  return shard * SLOTS + ((hash >>> 0) % SLOTS)
}
