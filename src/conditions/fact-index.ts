/** What conditions and tables want of one fact, so that a value is compared with all of it at once. */

import type { Property } from '../model/judge.js'
import { VALUE_CHARACTERS_MAX, bareSource } from './patterns.js'
import { PatternBook, type KnownPattern } from './pattern-book.js'
import type { Condition, Match } from './condition.js'
import { Sieve } from './sieve.js'

/** What a value fulfils. */
export interface Hit {
  /** The number of the rule, and which of its conditions; or of the table's row. */
  readonly rule: number
  readonly condition: number
  /** What the pattern caught, by name. */
  readonly caught: Readonly<Record<string, string | undefined>>
  /** What its rule says then, once somebody asked. */
  says?: readonly Saying[]
}

/** What is concluded of one property. */
export interface Saying {
  readonly property: Property
  readonly value: string
}

interface Wanted {
  readonly rule: number
  readonly condition: number
}

interface Pattern extends Wanted {
  readonly pattern: KnownPattern
}

/** What is neither a letter nor a digit; beyond ASCII all are taken for letters. */
const BETWEEN_WORDS = /[^a-z0-9\u0080-\uffff]+/
const NOTHING: Readonly<Record<string, string | undefined>> = {}
/** Values that were compared before: of all facts together. */
const REMEMBERED_MAX = 16_384

/** What values were found to fulfil, for all indexes together: when it is full it begins anew. */
export class Remembered {
  readonly patterns = new PatternBook()
  private count = 0
  private readonly all: Map<string, readonly Hit[]>[] = []

  begin(): Map<string, readonly Hit[]> {
    const values = new Map<string, readonly Hit[]>()
    this.all.push(values)
    return values
  }

  keep(values: Map<string, readonly Hit[]>, value: string, hits: readonly Hit[]): void {
    if (++this.count > REMEMBERED_MAX) {
      for (const one of this.all) one.clear()
      this.count = 1
    }
    values.set(value, hits)
  }
}

export class FactIndex {
  private readonly exact = new Map<string, Wanted[]>()
  private readonly domains = new Map<string, Wanted[]>()
  private readonly oids = new Map<string, Wanted[]>()
  private readonly words = new Map<string, Wanted[]>()
  private readonly prefixes = new Map<string, Wanted[]>()
  private readonly prefixLengths = new Set<number>()
  private readonly patterns: Pattern[] = []
  private readonly sieve = new Sieve()
  private sieved = 0
  private readonly memory: Remembered
  private readonly remembered: Map<string, readonly Hit[]>

  constructor(memory = new Remembered()) {
    this.memory = memory
    this.remembered = memory.begin()
  }

  addCondition({ words, patterns }: Condition, wanted: Wanted): void {
    for (const word of words) push(this.exact, word, wanted)
    for (const { source } of patterns) this.addPattern(source, wanted)
  }

  addRow(match: Match, key: string, rule: number): void {
    const wanted = { rule, condition: 0 }
    switch (match) {
      case 'exact':
        return push(this.exact, key, wanted)
      case 'domain':
        return push(this.domains, key, wanted)
      case 'oid':
        return push(this.oids, key, wanted)
      case 'word':
        return push(this.words, key, wanted)
      case 'prefix':
        this.prefixLengths.add(key.length)
        return push(this.prefixes, key, wanted)
      case 'pattern':
        return this.addPattern(bareSource(key), wanted)
    }
  }

  private addPattern(source: string, wanted: Wanted): void {
    this.patterns.push({ ...wanted, pattern: this.memory.patterns.of(source) })
  }

  /** What this value fulfils; asked again for the same value, the answer is remembered. */
  hits(value: string): readonly Hit[] {
    let hits = this.remembered.get(value)
    if (hits === undefined) {
      hits = this.compare(value.slice(0, VALUE_CHARACTERS_MAX))
      this.memory.keep(this.remembered, value, hits)
    }
    return hits
  }

  private compare(value: string): Hit[] {
    const hits: Hit[] = []
    const text = value.toLowerCase()
    take(hits, this.exact.get(text))
    if (this.domains.size > 0) take(hits, longest(this.domains, text, '.', true))
    if (this.oids.size > 0) take(hits, longest(this.oids, text, '.', false))
    for (const length of this.prefixLengths) take(hits, this.prefixes.get(text.slice(0, length)))
    if (this.words.size > 0) {
      for (const word of new Set(text.split(BETWEEN_WORDS))) take(hits, this.words.get(word))
    }
    if (this.patterns.length > 0) this.search(value, text, hits)
    return hits
  }

  private search(value: string, text: string, into: Hit[]): void {
    // Of many facts nobody ever says anything.
    while (this.sieved < this.patterns.length)
      this.sieve.add(this.patterns[this.sieved++]!.pattern.needs)
    for (const i of this.sieve.candidates(text)) {
      const { pattern, rule, condition } = this.patterns[i]!
      const match = pattern.matcher.exec(value)
      if (match) into.push({ rule, condition, caught: match.groups ?? NOTHING })
    }
  }
}

function push(map: Map<string, Wanted[]>, key: string, wanted: Wanted): void {
  const list = map.get(key)
  if (list) list.push(wanted)
  else map.set(key, [wanted])
}

function take(hits: Hit[], wanted: readonly Wanted[] | undefined): void {
  for (const one of wanted ?? []) hits.push({ ...one, caught: NOTHING })
}

/** The entry for as many whole parts of a dotted name as possible, from its end or its beginning. */
function longest(
  map: ReadonlyMap<string, Wanted[]>,
  text: string,
  dot: string,
  fromEnd: boolean,
): readonly Wanted[] | undefined {
  let rest = text
  for (;;) {
    const found = map.get(rest)
    if (found !== undefined) return found
    const at = fromEnd ? rest.indexOf(dot) : rest.lastIndexOf(dot)
    if (at < 0) return undefined
    rest = fromEnd ? rest.slice(at + 1) : rest.slice(0, at)
  }
}
