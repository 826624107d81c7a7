/** How what nobody knows began last, by server and port: a bounded memory that newer ones overwrite. */

import { hashBytes } from '../bytes/hash.js'
import type { Memory } from '../protocols/protocol.js'
import { BEGINNINGS_MAX, SHARDS } from './limits.js'
import type { Moment } from './telling.js'

const SLOTS = BEGINNINGS_MAX / SHARDS
const WORDS = 3
const SERVER = 0
const KEY = 1
const VALUE = 2

export class Beginnings implements Memory {
  private readonly words = new Int32Array(BEGINNINGS_MAX * WORDS).fill(-1)
  private server = 0
  private shard = 0

  /** Whose beginnings are remembered and recalled next. */
  aim(bytes: Uint8Array, at: number, length: number, { session, shard }: Moment): this {
    this.server = hashBytes(session, bytes, at, length)
    this.shard = shard
    return this
  }

  remember(key: number, value: number): void {
    const { words } = this
    const at = this.slot(key)
    words[at + SERVER] = this.server
    words[at + KEY] = key
    words[at + VALUE] = value
  }

  recall(key: number): number {
    const { words } = this
    const at = this.slot(key)
    return words[at + SERVER] === this.server && words[at + KEY] === key ? words[at + VALUE]! : -1
  }

  private slot(key: number): number {
    const hash = Math.imul(this.server ^ Math.imul(key, 0x9e3779b1), 0x85ebca6b)
    return (this.shard * SLOTS + (((hash ^ (hash >>> 15)) >>> 0) % SLOTS)) * WORDS
  }
}
