/**
 * A bounded reader over bytes it does not own.
 *
 * A cursor is total: reading past the end yields zeros, records the fault and leaves nothing to
 * read. A parser is therefore written as if every packet were well formed, and whoever called it
 * asks once, at the end, whether it was.
 */

import { findByte } from './find.js'

/** Why reading stopped: '' while all is well, 'short' when bytes ran out, else a parser's word. */
export type Fault = '' | 'short' | (string & {})

const NOTHING = new Uint8Array(0)

export class Cursor {
  bytes: Uint8Array = NOTHING
  /** Where the message began; compression pointers and the like count from here. */
  start = 0
  at = 0
  end = 0

  /** The first fault is the one kept. */
  fault: Fault = ''

  /** When short: the offset that the read which failed wanted to reach. */
  wanted = 0

  /** Points this cursor at another stretch of bytes and forgets the last one. */
  over(bytes: Uint8Array, at: number, end: number): this {
    this.bytes = bytes
    this.start = at
    this.at = at
    this.end = end
    this.fault = ''
    this.wanted = 0
    return this
  }

  get left(): number {
    return this.end - this.at
  }

  u8(): number {
    const at = this.take(1)
    return at < 0 ? 0 : this.bytes[at]!
  }

  u16(): number {
    const at = this.take(2)
    return at < 0 ? 0 : (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }

  u16le(): number {
    const at = this.take(2)
    return at < 0 ? 0 : (this.bytes[at + 1]! << 8) | this.bytes[at]!
  }

  u24(): number {
    const at = this.take(3)
    return at < 0 ? 0 : (this.bytes[at]! << 16) | (this.bytes[at + 1]! << 8) | this.bytes[at + 2]!
  }

  /** Signed, so that it stays a small integer: compare it with `0x89abcdef | 0`. */
  u32(): number {
    const at = this.take(4)
    if (at < 0) return 0
    const b = this.bytes
    return (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!
  }

  /** Signed, like `u32`. */
  u32le(): number {
    const at = this.take(4)
    if (at < 0) return 0
    const b = this.bytes
    return (b[at + 3]! << 24) | (b[at + 2]! << 16) | (b[at + 1]! << 8) | b[at]!
  }

  /** The byte `ahead` of here without moving, or 0 if there is none: never a fault. */
  peek(ahead = 0): number {
    const at = this.at + ahead
    return ahead >= 0 && at < this.end ? this.bytes[at]! : 0
  }

  /** Claims the next `count` bytes and returns where they start, or -1 if they are not all there. */
  take(count: number): number {
    const at = this.at
    if (count >= 0 && count <= this.end - at) {
      this.at = at + count
      return at
    }
    return this.missing(count)
  }

  /** Apart from `take`, which stays small enough to be inlined wherever something is read. */
  private missing(count: number): number {
    if (this.fault === '') this.wanted = this.at + count
    this.fail('short')
    return -1
  }

  /** True if the next bytes are exactly this ASCII word; moves nothing and faults nothing. */
  starts(word: string): boolean {
    const length = word.length
    if (length > this.end - this.at) return false
    for (let i = 0; i < length; i++) {
      if (this.bytes[this.at + i] !== word.charCodeAt(i)) return false
    }
    return true
  }

  /** How many bytes lie before the next `byte`, or -1 if it does not come. Moves nothing. */
  distance(byte: number): number {
    const at = findByte(this.bytes, this.at, this.end, byte)
    return at < 0 ? -1 : at - this.at
  }

  /** Claims what lies before the next `byte` and steps over that byte; its length is `at - 1 - result`. */
  until(byte: number): number {
    const length = this.distance(byte)
    if (length < 0) return this.take(this.left + 1)
    const at = this.at
    this.at = at + length + 1
    return at
  }

  /**
   * Lets the next `count` bytes be all there is, and returns what to give to `widen` afterwards.
   * A part inside a part is read with the same cursor, and can't read past its own end.
   */
  narrow(count: number): number {
    const outer = this.end
    if (count < 0 || count > this.end - this.at) {
      if (this.fault === '') this.wanted = this.at + count
      this.fail('short')
    } else this.end = this.at + count
    return outer
  }

  /** Steps to the end of the narrowed part and gives the outer end back. */
  widen(outer: number): void {
    this.at = this.fault === '' ? this.end : outer
    this.end = outer
  }

  /** Stops reading here: keeps the first fault, and leaves nothing more to read. */
  fail(fault: Fault): void {
    if (this.fault === '') this.fault = fault
    this.at = this.end
  }
}
