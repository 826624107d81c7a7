/**
 * Statements that were made before and are made again: only when and how often is news of them, so
 * they wait like presence does. Known are those that were seen since the start, by a hash: who is
 * taken for another waits for a minute, and is written all the same.
 */

import { createHash } from 'node:crypto'
import type { FactRecord } from '../model/device.js'
import { addFact, emptyBundle, type Bundle } from './bundles.js'
import { STATEMENTS_KNOWN } from './limits.js'

const MASK = STATEMENTS_KNOWN - 1

export class Repeats {
  /** How many wait. */
  size = 0
  private readonly known = new Int32Array(STATEMENTS_KNOWN)
  private readonly waiting = new Map<string, Bundle>()

  /** True if it was said before, and waits now. */
  takes(fact: FactRecord): boolean {
    const hash = hashOf(fact)
    if (this.known[hash & MASK] !== hash) {
      this.known[hash & MASK] = hash
      return false
    }
    let bundle = this.waiting.get(fact.device)
    if (bundle === undefined) {
      bundle = emptyBundle()
      this.waiting.set(fact.device, bundle)
    }
    if (addFact(bundle, fact)) this.size++
    return true
  }

  forget(device: string): void {
    this.size -= this.waiting.get(device)?.facts.size ?? 0
    this.waiting.delete(device)
  }

  /** All that waits; it waits here no longer. */
  takeAll(): FactRecord[] {
    const all = [...this.waiting.values()].flatMap(({ facts }) => [...facts.values()])
    this.waiting.clear()
    this.size = 0
    return all
  }
}

/** Never 0, which is an empty place. */
function hashOf({ device, fact, value, subject }: FactRecord): number {
  const text = `${device}\0${fact}\0${value}\0${subject}`
  return createHash('sha1').update(text).digest().readInt32LE() || 1
}
