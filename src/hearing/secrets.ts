/** What becomes of a secret before it leaves the worker: a word everybody knows, or a keyed hash. */

import { createHmac } from 'node:crypto'
import { plainText } from '../bytes/text.js'
import type { Fact } from '../model/fact.js'

/** What begins so is a name that was hashed. */
export const HASHED_NAME = 'name-'
const HEX_DIGITS = 16 // 64 bits tell secrets apart, and are too few to search a password by.

export class Secrets {
  private readonly key: Uint8Array

  constructor(key: Uint8Array) {
    this.key = key
  }

  /** Only called for news, so it may take its time. */
  written(fact: Fact, bytes: Uint8Array, at: number, length: number): string {
    const clear = plainText(bytes, at, length)
    if (fact.known?.includes(clear)) return `default: ${clear}`
    return this.hash(bytes.subarray(at, at + length))
  }

  /** What stands for a name; the same name is the same everywhere. */
  name(text: string): string {
    return HASHED_NAME + this.hash(`name ${text}`)
  }

  private hash(what: Uint8Array | string): string {
    return createHmac('sha256', this.key).update(what).digest('hex').slice(0, HEX_DIGITS)
  }
}
