/** What may not leave a worker as it was heard: secrets, and names where people want that. */

import { secret, type Fact } from '../model/fact.js'
import { isName, mayHoldName, sameName, withoutNames, type NamesKnown } from '../model/names.js'
import { NAME } from '../protocols/protocol.js'
import type { Secrets } from './secrets.js'

const OPEN = 0
const SECRET = 1
const NAMING = 2
const WITHIN = 3

const encoder = new TextEncoder()

export class Veil {
  private readonly facts: readonly Fact[]
  private readonly secrets: Secrets
  private readonly names: NamesKnown
  /** By fact: what is to be hidden of it. */
  private readonly kinds: Uint8Array

  constructor(facts: readonly Fact[], secrets: Secrets, names: NamesKnown = 'full') {
    this.facts = facts
    this.secrets = secrets
    this.names = names
    this.kinds = Uint8Array.from(facts, fact => kindOf(fact, names))
  }

  /** True if nothing may be told of it: a name, or what is about somebody known by name only. */
  isSilent(id: number, about: number): boolean {
    if (this.names === 'full') return false
    return about === NAME || (this.names === 'off' && this.kinds[id] === NAMING)
  }

  /** What is told in place of these bytes; undefined is: they themselves. Only called for news. */
  written(id: number, bytes: Uint8Array, at: number, length: number): Uint8Array | undefined {
    const kind = this.kinds[id]
    if (kind === OPEN) return undefined
    const fact = this.facts[id]!
    if (kind === SECRET) return encoder.encode(this.secrets.written(fact, bytes, at, length))
    const text = fact.form(bytes, at, length)
    return encoder.encode(kind === NAMING ? this.secrets.name(sameName(text)) : withoutNames(text))
  }
}

function kindOf(fact: Fact, names: NamesKnown): number {
  if (fact.form === secret) return SECRET
  if (names === 'full') return OPEN
  if (isName(fact)) return NAMING
  return mayHoldName(fact) ? WITHIN : OPEN
}
