/** One entry of a file of rules, read field by field; what is wrong with it is said with its place. */

import { nearest } from '../settings/nearest.js'
import type { Condition, Given } from './condition.js'
import { isPattern, sourceOf } from './patterns.js'

/** One entry of a file, and where it stands. */
export interface Written {
  readonly place: string
  readonly entry: unknown
}

/** The rules are wrong: exit status 2. The message begins with the place, and says how to mend it. */
export class RuleError extends Error {
  override readonly name = 'RuleError'
  readonly status = 2
}

/** The names of all facts a rule may read. */
export type Vocabulary = ReadonlySet<string>

const WORDS_MAX = 200

export type Fields = Readonly<Record<string, unknown>>

export class Entry {
  readonly fields: Fields
  private readonly place: string
  private readonly vocabulary: Vocabulary

  constructor({ place, entry }: Written, vocabulary: Vocabulary) {
    if (!isFields(entry))
      throw new RuleError(`${place}: an entry is a map with a rule or a table, or a recommendation`)
    this.place = place
    this.fields = entry
    this.vocabulary = vocabulary
  }

  refuse(why: string): never {
    throw new RuleError(`${this.place}: ${why}`)
  }

  /** Refuses names that no entry of this form has. */
  allow(keys: readonly string[], form: string): void {
    for (const key of Object.keys(this.fields))
      if (!keys.includes(key)) this.refuse(`${key} is no part of a ${form}${meant(key, keys)}`)
  }

  text(key: string): string {
    const value = this.fields[key]
    return typeof value === 'string' && value !== '' ? value : this.refuse(`${key} must be a text`)
  }

  list(key: string): string[] {
    return strings(this.fields[key]) ?? this.refuse(`${key} must be a text or a list of texts`)
  }

  conditions(when: unknown): Condition[] {
    if (!isFields(when) || Object.keys(when).length === 0)
      return this.refuse('when is a map from facts to what they must be')
    const conditions = Object.entries(when).map(([fact, wanted]) => this.condition(fact, wanted))
    if (conditions.every(({ not }) => not)) this.refuse('when needs something that is there')
    // What catches words comes first: it is the witness.
    return conditions.sort((a, b) => Number(a.not) - Number(b.not))
  }

  private condition(fact: string, wanted: unknown): Condition {
    const not = isFields(wanted) && 'not' in wanted
    const values = strings(not ? wanted['not'] : wanted)
    if (values === undefined || values.length === 0 || values.length > WORDS_MAX)
      return this.refuse(`when: ${fact}: a word, a /pattern/, a list of them, or {not: …}`)
    return {
      fact: this.known(fact),
      words: values.filter(value => !isPattern(value)).map(value => value.toLowerCase()),
      patterns: values.filter(isPattern).map(value => this.pattern(value)),
      not,
    }
  }

  known(fact: string): string {
    if (this.vocabulary.has(fact)) return fact
    return this.refuse(`no protocol tells of ${fact}${meant(fact, [...this.vocabulary])}`)
  }

  given(given: unknown): Given {
    if (!isFields(given)) return this.refuse('what is given is a map from facts to values')
    for (const [fact, value] of Object.entries(given)) {
      this.known(fact)
      if (strings(value) === undefined) this.refuse(`given: ${fact}: a text or a list of texts`)
    }
    return given as Given
  }

  counterexamples(): Given[] {
    const all = this.fields['counterexamples']
    if (!Array.isArray(all) || all.length === 0) return this.refuse('a counterexample is missing')
    return all.map(one => this.given(one))
  }

  pattern(written: string): { readonly source: string } {
    try {
      return { source: sourceOf(written) }
    } catch (error) {
      return this.refuse((error as Error).message)
    }
  }
}

/** `: did you mean x?`, where a known word is near. */
export function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `: did you mean ${near}?`
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One text or number, or a list of such; undefined where it is something else. */
export function strings(value: unknown): string[] | undefined {
  const all: unknown[] = Array.isArray(value) ? value : [value]
  const texts = all.map(one => (typeof one === 'number' ? String(one) : one))
  return texts.every(one => typeof one === 'string') ? texts : undefined
}
