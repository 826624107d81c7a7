/** Rules as they are written in files, checked and made ready; what is wrong is said with its place. */

import { KINDS } from '../model/kinds.js'
import { PROPERTIES, type Property } from '../model/judge.js'
import { nearest } from '../settings/nearest.js'
import { calibrationFault, type Calibration } from './calibration.js'
import { isPattern, sourceOf } from './patterns.js'
import {
  MATCHES,
  type Conclusion,
  type Condition,
  type Example,
  type Given,
  type Match,
  type Row,
  type Rule,
  type RuleSet,
  type Table,
} from './rule.js'

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

/** Throws a RuleError: which file and line, what is wrong, and how to mend it. */
export function readRules(all: readonly Written[], vocabulary: Vocabulary): RuleSet {
  const rules: Rule[] = []
  const tables: Table[] = []
  const aliases = new Map<string, string>()
  const names = new Map<string, string>()
  let calibration: Calibration = []
  for (const written of all) {
    const reading = new Reading(written, vocabulary)
    const name = reading.name
    const before = names.get(name)
    if (before !== undefined) reading.refuse(`${name} is also the name of one at ${before}`)
    names.set(name, written.place)
    for (const made of reading.rules()) rules.push(made)
    const table = reading.table()
    if (table !== undefined) tables.push(table)
    for (const [from, to] of reading.vendors()) aliases.set(from, to)
    calibration = reading.calibration() ?? calibration
  }
  return { rules, tables, aliases, calibration }
}

type Fields = Readonly<Record<string, unknown>>

const FORMS = ['rule', 'table', 'vendors', 'calibration'] as const
const KEYS: Readonly<Record<(typeof FORMS)[number], readonly string[]>> = {
  rule: ['rule', 'claim', 'confidence', 'when', 'why', 'examples', 'counterexamples'],
  table: [
    ...['table', 'fact', 'match', 'claim', 'confidence', 'why', 'rows'],
    ...['examples', 'counterexamples'],
  ],
  vendors: ['vendors', 'names'],
  calibration: ['calibration', 'why', 'points'],
}

class Reading {
  readonly name: string
  private readonly place: string
  private readonly fields: Fields
  private readonly form: keyof typeof KEYS
  private readonly vocabulary: Vocabulary

  constructor({ place, entry }: Written, vocabulary: Vocabulary) {
    this.place = place
    this.vocabulary = vocabulary
    if (!isFields(entry)) throw new RuleError(`${place}: an entry is a map with a rule or a table`)
    this.fields = entry
    const form = FORMS.find(key => key in entry)
    if (form === undefined) this.refuse('an entry begins with rule, table, vendors or calibration')
    this.form = form
    for (const key of Object.keys(entry)) {
      if (!KEYS[form].includes(key))
        this.refuse(`${key} is no part of a ${form}${meant(key, KEYS[form])}`)
    }
    this.name = this.text(form)
  }

  refuse(why: string): never {
    throw new RuleError(`${this.place}: ${why}`)
  }

  /** A list of demands makes a rule for each. */
  rules(): Rule[] {
    if (this.form !== 'rule') return []
    const when = this.fields['when']
    const all = Array.isArray(when) ? (when as unknown[]) : [when]
    return all.map(one => ({
      name: this.name,
      claim: this.claim(this.fields['claim'], 'claim'),
      confidence: this.confidence(this.fields['confidence']),
      when: this.conditions(one),
      why: this.text('why'),
      examples: this.examples(),
      counterexamples: this.counterexamples(),
      place: this.place,
    }))
  }

  table(): Table | undefined {
    if (this.form !== 'table') return undefined
    const match = this.text('match') as Match
    if (!MATCHES.includes(match)) this.refuse(`match is one of ${MATCHES.join(', ')}`)
    return {
      name: this.name,
      facts: this.list('fact').map(fact => this.known(fact)),
      match,
      confidence: this.confidence(this.fields['confidence']),
      why: this.text('why'),
      rows: this.rows(match),
      examples: this.examples(),
      counterexamples: this.counterexamples(),
      place: this.place,
    }
  }

  *vendors(): Generator<[string, string]> {
    if (this.form !== 'vendors') return
    const names = this.fields['names']
    if (!isFields(names))
      return this.refuse('names is a map from a vendor to other ways to write it')
    for (const [vendor, others] of Object.entries(names)) {
      for (const other of strings(others) ?? this.refuse(`${vendor}: a list of names is missing`))
        yield [other, vendor]
    }
  }

  /** The last one that is read holds. */
  calibration(): Calibration | undefined {
    if (this.form !== 'calibration') return undefined
    const points = this.fields['points']
    if (!Array.isArray(points) || !points.every(Array.isArray))
      return this.refuse('points is a list of pairs: [0.7, 0.8]')
    const fault = calibrationFault(points as readonly (readonly unknown[])[])
    if (fault !== '') this.refuse(fault)
    return points as unknown as Calibration
  }

  private rows(match: Match): Map<string, Row> {
    const rows = this.fields['rows']
    if (!isFields(rows)) return this.refuse('rows is a map from a key to what it tells')
    const shared =
      this.fields['claim'] === undefined ? {} : this.claim(this.fields['claim'], 'claim')
    return new Map(
      Object.entries(rows).map(([key, row]) => [this.key(key, match), this.row(row, key, shared)]),
    )
  }

  private key(key: string, match: Match): string {
    if (match !== 'pattern') return key.toLowerCase()
    this.pattern(key)
    return key
  }

  private row(row: unknown, key: string, shared: Conclusion): Row {
    if (!isFields(row)) return this.refuse(`rows: ${key}: what it tells is a map`)
    const { confidence = this.fields['confidence'], ...claim } = row
    return {
      claim: { ...shared, ...this.claim(claim, `rows: ${key}`) },
      confidence: this.confidence(confidence),
    }
  }

  private conditions(when: unknown): Condition[] {
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

  private known(fact: string): string {
    if (this.vocabulary.has(fact)) return fact
    return this.refuse(`no protocol tells of ${fact}${meant(fact, [...this.vocabulary])}`)
  }

  private claim(claim: unknown, where: string): Conclusion {
    if (!isFields(claim)) return this.refuse(`${where} is a map from a property to its value`)
    for (const [property, value] of Object.entries(claim)) {
      if (!PROPERTIES.includes(property as Property))
        this.refuse(`${where}: ${property} is none of ${PROPERTIES.join(', ')}`)
      if (typeof value !== 'string' || value === '')
        this.refuse(`${where}: ${property} must be a text`)
      if (property === 'kind' && typeof value === 'string' && !KINDS.includes(value))
        this.refuse(`${where}: ${value} is no kind of device${meant(value, KINDS)}`)
    }
    return claim as Conclusion
  }

  private confidence(value: unknown): number {
    if (typeof value === 'number' && value > 0 && value < 1) return value
    return this.refuse('confidence is a number between 0 and 1')
  }

  private examples(): Example[] {
    const all = this.fields['examples']
    if (!Array.isArray(all) || all.length === 0) return this.refuse('an example is missing')
    return all.map((one: unknown) => {
      if (!isFields(one) || !isFields(one['claim']))
        return this.refuse('an example has what is given, and the claim')
      return { given: this.given(one['given']), claim: one['claim'] as Example['claim'] }
    })
  }

  private counterexamples(): Given[] {
    const all = this.fields['counterexamples']
    if (!Array.isArray(all) || all.length === 0) return this.refuse('a counterexample is missing')
    return all.map(one => this.given(one))
  }

  private given(given: unknown): Given {
    if (!isFields(given)) return this.refuse('what is given is a map from facts to values')
    for (const [fact, value] of Object.entries(given)) {
      this.known(fact)
      if (strings(value) === undefined) this.refuse(`given: ${fact}: a text or a list of texts`)
    }
    return given as Given
  }

  private text(key: string): string {
    const value = this.fields[key]
    return typeof value === 'string' && value !== '' ? value : this.refuse(`${key} must be a text`)
  }

  private list(key: string): string[] {
    return strings(this.fields[key]) ?? this.refuse(`${key} must be a text or a list of texts`)
  }

  private pattern(written: string): { readonly source: string } {
    try {
      return { source: sourceOf(written) }
    } catch (error) {
      return this.refuse((error as Error).message)
    }
  }
}

/** `: did you mean x?`, where a known word is near. */
function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `: did you mean ${near}?`
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One text or number, or a list of such; undefined where it is something else. */
function strings(value: unknown): string[] | undefined {
  const all: unknown[] = Array.isArray(value) ? value : [value]
  const texts = all.map(one => (typeof one === 'number' ? String(one) : one))
  return texts.every(one => typeof one === 'string') ? texts : undefined
}
