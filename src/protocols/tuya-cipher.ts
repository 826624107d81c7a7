/**
 * AES-128 (FIPS 197) with the one key that all devices of Tuya announce themselves by, word by
 * word: no allocation, and no more than a few microseconds for an announcement.
 */

import type { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'

/** The MD5 of `yGAdlopoPVldABfn`, as published by everybody who ever spoke to such a device. */
const KEY: readonly number[] = [0x6c1ec8e2, 0xbb9bb59a, 0xb50b0daf, 0x649b410a]

const ROUNDS = 10
const KEY_WORDS = 4 * (ROUNDS + 1)
export const BLOCK = 16

const SBOX = new Uint8Array(256)
const BACK = new Uint8Array(256)
/** A round's work on one byte; the tables of the three other bytes are this one, turned. */
const FORTH_TABLE = new Int32Array(256)
const BACK_TABLE = new Int32Array(256)

const double = (x: number): number => (x << 1) ^ (x >> 7 ? 0x11b : 0)
const turned = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))
const spread = (a: number, b: number, c: number, d: number): number =>
  (a << 24) | (b << 16) | (c << 8) | d

fillBoxes()
fillTables()

/** Walks through all bytes but zero by a generator, and through their inverses. */
function fillBoxes(): void {
  let byte = 1
  let inverse = 1
  SBOX[0] = 0x63
  BACK[0x63] = 0
  let step = 0
  while (step++ < 255) {
    byte ^= double(byte)
    inverse ^= inverse << 1
    inverse ^= inverse << 2
    inverse = (inverse ^ (inverse << 4)) & 0xff
    if ((inverse & 0x80) !== 0) inverse ^= 0x09
    const wide = inverse * 0x101
    const mixed = inverse ^ (wide >> 7) ^ (wide >> 6) ^ (wide >> 5) ^ (wide >> 4)
    const box = (mixed & 0xff) ^ 0x63
    SBOX[byte] = box
    BACK[box] = byte
  }
}

function fillTables(): void {
  let x = 0
  while (x < 256) {
    const s = SBOX[x]!
    FORTH_TABLE[x] = spread(double(s), s, s, double(s) ^ s)
    const r = BACK[x]!
    const two = double(r)
    const four = double(two)
    const eight = double(four)
    BACK_TABLE[x++] = spread(eight ^ four ^ two, eight ^ r, eight ^ four ^ r, eight ^ two ^ r)
  }
}

const forthKeys = expand()
const backKeys = Int32Array.from({ length: KEY_WORDS }, (_, i) => backKey(i))

function expand(): Int32Array {
  const keys = new Int32Array(KEY_WORDS)
  keys.set(KEY)
  let constant = 1
  let i = 4
  while (i < KEY_WORDS) {
    let word = keys[i - 1]!
    if (i % 4 === 0) {
      word = substituted(turned(word, 24)) ^ (constant << 24)
      constant = double(constant)
    }
    keys[i] = keys[i - 4]! ^ word
    i++
  }
  return keys
}

function substituted(word: number): number {
  const high = spread(SBOX[word >>> 24]!, SBOX[(word >>> 16) & 0xff]!, 0, 0)
  return high | spread(0, 0, SBOX[(word >>> 8) & 0xff]!, SBOX[word & 0xff]!)
}

/** The key of the same round from the other end, its columns unmixed but for the first and last. */
function backKey(i: number): number {
  const round = i >> 2
  const word = forthKeys[4 * (ROUNDS - round) + (i & 3)]!
  if (round === 0 || round === ROUNDS) return word
  const s = substituted(word)
  return (
    BACK_TABLE[s >>> 24]! ^
    turned(BACK_TABLE[(s >>> 16) & 0xff]!, 8) ^
    turned(BACK_TABLE[(s >>> 8) & 0xff]!, 16) ^
    turned(BACK_TABLE[s & 0xff]!, 24)
  )
}

/** The block that is worked on. */
const state = new Int32Array(4)
const next = new Int32Array(4)

/** Runs the block through all rounds; `step` is 1 forth and 3 back: where a row is moved from. */
function run(keys: Int32Array, table: Int32Array, box: Uint8Array, step: number): void {
  state[0]! ^= keys[0]!
  state[1]! ^= keys[1]!
  state[2]! ^= keys[2]!
  state[3]! ^= keys[3]!
  let k = 4
  while (k < KEY_WORDS) {
    const last = k === KEY_WORDS - 4
    let i = 0
    while (i < 4) {
      const a = state[i]! >>> 24
      const b = (state[(i + step) & 3]! >>> 16) & 0xff
      const c = (state[(i + 2) & 3]! >>> 8) & 0xff
      const d = state[(i + 3 * step) & 3]! & 0xff
      const mixed = last
        ? spread(box[a]!, box[b]!, box[c]!, box[d]!)
        : table[a]! ^ turned(table[b]!, 8) ^ turned(table[c]!, 16) ^ turned(table[d]!, 24)
      next[i] = mixed ^ keys[k + i]!
      i++
    }
    state.set(next)
    k += 4
  }
}

/** Writes the next `length` bytes in clear into the scratch: whole blocks, each by itself. */
export function decipherBlocks(c: Cursor, notes: Notes, length: number): void {
  let rest = length
  while (rest >= BLOCK && c.left >= BLOCK) {
    state[0] = c.u32()
    state[1] = c.u32()
    state[2] = c.u32()
    state[3] = c.u32()
    run(backKeys, BACK_TABLE, BACK, 3)
    putWord(notes, state[0])
    putWord(notes, state[1])
    putWord(notes, state[2])
    putWord(notes, state[3])
    rest -= BLOCK
  }
}

/** The same in Galois counter mode, whose seal is not looked at: 12 bytes that begin the counter. */
export function decipherStream(c: Cursor, notes: Notes, length: number): void {
  const first = c.u32()
  const second = c.u32()
  const third = c.u32()
  let counter = 2
  let rest = length
  while (rest > 0 && c.left > 0) {
    state[0] = first
    state[1] = second
    state[2] = third
    state[3] = counter++
    run(forthKeys, FORTH_TABLE, SBOX, 1)
    let i = 0
    while (i < BLOCK && rest > 0 && c.left > 0) {
      notes.put(c.u8() ^ (state[i >> 2]! >>> (24 - ((i & 3) << 3))))
      i++
      rest--
    }
  }
}

function putWord(notes: Notes, word: number): void {
  notes.put(word >>> 24)
  notes.put((word >>> 16) & 0xff)
  notes.put((word >>> 8) & 0xff)
  notes.put(word & 0xff)
}
