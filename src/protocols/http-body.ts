/** The body of an HTTP/1 message (RFC 9112, 6 and 7): in place, or put together from its chunks. */

import { Cursor } from '../bytes/cursor.js'
import { CHUNKED, UNTIL_END, type Head } from './http-head.js'
import { IN_SCRATCH, type Notes } from './protocol.js'

/** So many bytes of chunks are put together. */
const JOINED_MAX = 8192
const DIGITS_MAX = 7

const walk = new Cursor()

export class Body {
  /** Over what was heard of it; of chunks, over the first until they are joined. */
  readonly text = new Cursor()
  /** What makes the places of `text` those of notes. */
  base = 0
  /** All of it was heard, and is in `text` or can be joined. */
  whole = false

  private chunks = 0
  private chunksAt = -1

  /** Finds the body at the cursor, and steps over it if it is whole. */
  find(c: Cursor, head: Head, ended: boolean): void {
    this.base = 0
    this.chunks = 0
    if (head.bodyLength === CHUNKED) return this.findChunks(c)
    const open = head.bodyLength === UNTIL_END
    const length = open ? c.left : head.bodyLength
    this.whole = length <= c.left && (!open || ended)
    this.text.over(c.bytes, c.at, c.at + Math.min(length, c.left))
    if (this.whole) c.take(length)
  }

  /** Writes the chunks into the scratch, one behind the other, if there are several. */
  join(notes: Notes): void {
    if (this.chunks < 2) return
    const from = notes.here
    let room = JOINED_MAX
    walk.at = this.chunksAt
    walk.fault = ''
    let length = chunkLength()
    while (length > 0 && room > 0) {
      let rest = Math.min(length, walk.left, room)
      room -= rest
      length -= rest
      while (rest > 0 && notes.put(walk.u8())) rest--
      length += rest
      if (length > 0) break
      walk.take(2)
      length = chunkLength()
    }
    this.whole = this.whole && length === 0
    this.base = IN_SCRATCH
    this.text.over(notes.scratch, from - IN_SCRATCH, notes.here - IN_SCRATCH)
  }

  private findChunks(c: Cursor): void {
    walk.over(c.bytes, c.at, c.end)
    this.chunksAt = c.at
    this.text.over(c.bytes, c.at, c.at)
    let length = chunkLength()
    while (length > 0) {
      this.chunks++
      const here = Math.min(length, walk.left)
      if (this.chunks === 1) this.text.over(c.bytes, walk.at, walk.at + here)
      walk.take(length + 2)
      length = chunkLength()
    }
    this.whole = length === 0 && passTrailers()
    if (this.whole) c.take(walk.at - c.at)
  }
}

/** The length of the chunk at which `walk` stands, or -1 where there is none. */
function chunkLength(): number {
  let length = 0
  let digits = 0
  let digit = hexDigit(walk.peek())
  while (digit >= 0 && digits++ < DIGITS_MAX) {
    length = length * 16 + digit
    walk.take(1)
    digit = hexDigit(walk.peek())
  }
  walk.until(0x0a)
  return digits === 0 || walk.fault !== '' ? -1 : length
}

/** Passes the lines behind the last chunk, the blank one included. */
function passTrailers(): boolean {
  let length = walk.distance(0x0a)
  while (length > 1) {
    walk.take(length + 1)
    length = walk.distance(0x0a)
  }
  walk.take(length < 0 ? walk.left + 1 : length + 1)
  return walk.fault === ''
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = (byte | 0x20) - 0x61
  return letter >= 0 && letter < 6 ? letter + 10 : -1
}
