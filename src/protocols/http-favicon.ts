/**
 * The hash by which icons of web pages are known (as Shodan and others search for them): MurmurHash3
 * of 32 bits, seed 0, over the icon in base64 with a line end after every 76 characters and at the
 * end, written as a signed number.
 */

import type { Cursor } from '../bytes/cursor.js'

const LINE_BYTES = 57
const LF = 0x0a
const LETTERS = Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  letter => letter.charCodeAt(0),
)
const PAD = 0x3d

/** Murmur's way so far: four characters make a block. */
const state = { hash: 0, block: 0, length: 0 }

/** Hashes all that is left at the cursor. */
export function hashIcon(c: Cursor): number {
  state.hash = state.block = state.length = 0
  let inLine = 0
  while (c.left > 0) {
    const count = Math.min(3, c.left)
    pushThree((c.peek() << 16) | (c.peek(1) << 8) | c.peek(2), count)
    c.take(count)
    inLine += count
    if (inLine >= LINE_BYTES || c.left === 0) {
      push(LF)
      inLine = 0
    }
  }
  return finish()
}

function pushThree(three: number, count: number): void {
  push(LETTERS[three >> 18]!)
  push(LETTERS[(three >> 12) & 63]!)
  push(count > 1 ? LETTERS[(three >> 6) & 63]! : PAD)
  push(count > 2 ? LETTERS[three & 63]! : PAD)
}

function push(letter: number): void {
  state.block |= letter << ((state.length & 3) * 8)
  state.length++
  if ((state.length & 3) !== 0) return
  state.hash = (Math.imul(turn(state.hash ^ scramble(state.block), 13), 5) + 0xe6546b64) | 0
  state.block = 0
}

function finish(): number {
  let hash = state.hash
  if ((state.length & 3) !== 0) hash ^= scramble(state.block)
  hash ^= state.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const turn = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))

const scramble = (block: number): number =>
  Math.imul(turn(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593)
