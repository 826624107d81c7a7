/**
 * Digests that are dear to compute, remembered by two quick hashes of what they were made of: what
 * was heard before costs only those.
 */

import { randomBytes } from 'node:crypto'
import { hashBytes } from '../bytes/hash.js'
import { Memo } from '../bytes/memo.js'

const REMEMBERED = 1024

/** Nobody can choose what is taken for what, since nobody knows the seeds. */
const seeds = randomBytes(8)
export const SEED_A = seeds.readInt32LE(0)
export const SEED_B = seeds.readInt32LE(4)

export class Digests {
  private readonly memo = new Memo(REMEMBERED)
  private readonly compute: (bytes: Uint8Array) => string

  constructor(compute: (bytes: Uint8Array) => string) {
    this.compute = compute
  }

  /** The digest of `length` bytes. */
  of(bytes: Uint8Array, at: number, length: number): string {
    const a = hashBytes(SEED_A, bytes, at, length)
    const b = hashBytes(SEED_B, bytes, at, length)
    const known = this.memo.recall(a, b)
    if (known !== '') return known
    const digest = this.compute(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length))
    this.memo.remember(a, b, digest)
    return digest
  }
}
