/** TLS records (RFC 8446, 5.1) undone: handshake messages as one stream, however they were cut. */

import { Cursor } from '../bytes/cursor.js'
import { IN_SCRATCH, type Notes } from './protocol.js'
import { APPLICATION, CHANGE, HANDSHAKE, HEARTBEAT } from './tls-words.js'

/** Compressed and sealed, a record grows by so much at most. */
const RECORD_MAX = 0x4000 + 0x800
const HIGHEST_MINOR = 4

export class Records {
  /** Over the bytes that were claimed last: in place if they stood in one record, else joined. */
  readonly part = new Cursor()
  /** The record that was opened last, and how much of it is unread. */
  type = 0
  length = 0
  left = 0
  private c = this.part
  private notes: Notes | undefined

  over(c: Cursor, notes: Notes): this {
    this.c = c
    this.notes = notes
    this.left = this.type = 0
    return this
  }

  /** Reads a record's head. */
  open(): void {
    const { c } = this
    this.type = c.u8()
    const version = c.u16()
    this.length = this.left = c.u16()
    if (c.fault !== '') return
    const isRecord =
      this.type >= CHANGE &&
      this.type <= HEARTBEAT &&
      version >= 0x300 &&
      version <= 0x300 + HIGHEST_MINOR
    if (!isRecord || this.length > RECORD_MAX || this.length === 0) c.fail('no record')
  }

  /** Passes over what is left of the record. */
  close(): void {
    this.c.take(this.left)
    this.left = 0
  }

  /** Lets `part` have the next bytes of the handshake; false if they are not all there. */
  claim(count: number): boolean {
    const { c, part } = this
    if (count <= this.left) {
      const at = c.take(count)
      this.left -= count
      if (at >= 0) part.over(c.bytes, at, at + count)
      return at >= 0
    }
    return this.join(count)
  }

  /** Passes over bytes of the handshake. */
  pass(count: number): boolean {
    let rest = count
    while (rest > 0 && this.hasMore()) {
      const piece = Math.min(rest, this.left)
      this.c.take(piece)
      this.left -= piece
      rest -= piece
    }
    return this.c.fault === ''
  }

  /** Writes bytes from several records into the scratch, one after the other. */
  private join(count: number): boolean {
    const { c, part } = this
    const notes = this.notes!
    const from = notes.here - IN_SCRATCH
    let rest = count
    while (rest > 0 && this.hasMore()) {
      const piece = Math.min(rest, this.left)
      const before = c.left
      // A record of which not all is there is asked for as a whole.
      if (before < piece) c.take(piece)
      while (c.fault === '' && before - c.left < piece) {
        if (!notes.put(c.u8())) c.fail('too long')
      }
      this.left -= piece
      rest -= piece
    }
    part.over(notes.scratch, from, from + count)
    return c.fault === ''
  }

  /** Whether the handshake goes on in this record or in the next. */
  private hasMore(): boolean {
    if (this.left === 0) {
      this.open()
      if (this.c.fault === '' && this.type !== HANDSHAKE) this.c.fail('bad record')
    }
    return this.c.fault === ''
  }
}

/** From such a record on, everything is sealed. */
export const isSealed = (type: number): boolean => type === APPLICATION || type === HEARTBEAT
