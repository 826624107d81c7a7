/** What was asked lately, for answers that don't repeat it: a few bits, for a few seconds. */

import type { Memory } from '../protocols/protocol.js'
import { REQUESTS_MAX, REQUEST_SECONDS, SHARDS } from './limits.js'
import type { Moment } from './telling.js'

const SLOTS = REQUESTS_MAX / SHARDS
const WORDS = 4
const ROW = 0
const KEY = 1
const VALUE = 2
const ASKED = 3

export class Requests implements Memory {
  private readonly words = new Int32Array(REQUESTS_MAX * WORDS).fill(-1)
  private row = -1
  private shard = 0
  private seconds = 0

  /** Whose requests are remembered and recalled next: those of one conversation, or of nobody. */
  aim(row: number, moment: Moment): this {
    this.row = row
    this.shard = moment.shard
    this.seconds = moment.seconds
    return this
  }

  remember(key: number, value: number): void {
    if (this.row < 0) return
    const { words } = this
    const at = this.slot(key)
    words[at + ROW] = this.row
    words[at + KEY] = key | 0
    words[at + VALUE] = value | 0
    words[at + ASKED] = this.seconds
  }

  /** What was remembered under this key, or -1. A newer request may have taken its place. */
  recall(key: number): number {
    const { words } = this
    const at = this.slot(key)
    if (this.row < 0 || words[at + ROW] !== this.row || words[at + KEY] !== (key | 0)) return -1
    return this.seconds - words[at + ASKED]! > REQUEST_SECONDS ? -1 : words[at + VALUE]!
  }

  private slot(key: number): number {
    let hash = Math.imul(this.row ^ Math.imul(key, 0x9e3779b1), 0x85ebca6b)
    hash ^= hash >>> 15
    return (this.shard * SLOTS + ((hash >>> 0) % SLOTS)) * WORDS
  }
}
