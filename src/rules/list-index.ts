/** A list of fingerprints, asked; what it said of a value before is remembered. */

import type { Saying } from '../conditions/fact-index.js'
import type { Fingerprints } from './fingerprints.js'
import type { Conclusion } from './rule.js'

const REMEMBERED_MAX = 1024

interface Found {
  readonly name: string
  readonly claim: Conclusion
  readonly confidence: number
  /** What it says in full, once somebody asked. */
  says?: readonly Saying[]
}

export class ListIndex {
  private readonly list: Fingerprints
  private readonly remembered = new Map<string, Found | undefined>()

  constructor(list: Fingerprints) {
    this.list = list
  }

  find(value: string): Found | undefined {
    if (this.remembered.has(value)) return this.remembered.get(value)
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered.clear()
    const found = this.look(value)
    this.remembered.set(value, found)
    return found
  }

  private look(value: string): Found | undefined {
    const { name, confidence } = this.list
    const found = this.list.find(value)
    if (found === undefined) return undefined
    return {
      name: `${name}: ${found.name}`,
      claim: literal(found.claim),
      confidence: found.confidence ?? confidence,
    }
  }
}

/** What is caught already has no gaps to fill. */
const literal = (claim: Conclusion): Conclusion =>
  Object.fromEntries(
    Object.entries(claim).map(([property, value]) => [property, value.replaceAll('$', '')]),
  )
