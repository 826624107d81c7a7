/** Rules as they are written in files, checked and made ready; what is wrong is said with its place. */

import { KINDS } from '../model/kinds.js'
import { PROPERTIES, type Property } from '../model/judge.js'
import { MATCHES, type Match } from '../conditions/condition.js'
import {
  Entry,
  isFields,
  meant,
  strings,
  type Vocabulary,
  type Written,
} from '../conditions/entry.js'
import { calibrationFault, type Calibration } from './calibration.js'
import type { Conclusion, Example, Row, Rule, RuleSet, Table } from './rule.js'

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
  private readonly entry: Entry
  private readonly form: keyof typeof KEYS

  constructor(written: Written, vocabulary: Vocabulary) {
    this.place = written.place
    this.entry = new Entry(written, vocabulary)
    const form = FORMS.find(key => key in this.entry.fields)
    if (form === undefined) this.refuse('an entry begins with rule, table, vendors or calibration')
    this.form = form
    this.entry.allow(KEYS[form], form)
    this.name = this.entry.text(form)
  }

  refuse(why: string): never {
    return this.entry.refuse(why)
  }

  /** A list of demands makes a rule for each. */
  rules(): Rule[] {
    if (this.form !== 'rule') return []
    const when = this.entry.fields['when']
    const all = Array.isArray(when) ? (when as unknown[]) : [when]
    return all.map(one => ({
      name: this.name,
      claim: this.claim(this.entry.fields['claim'], 'claim'),
      confidence: this.confidence(this.entry.fields['confidence']),
      when: this.entry.conditions(one),
      why: this.entry.text('why'),
      examples: this.examples(),
      counterexamples: this.entry.counterexamples(),
      place: this.place,
    }))
  }

  table(): Table | undefined {
    if (this.form !== 'table') return undefined
    const match = this.entry.text('match') as Match
    if (!MATCHES.includes(match)) this.refuse(`match is one of ${MATCHES.join(', ')}`)
    return {
      name: this.name,
      facts: this.entry.list('fact').map(fact => this.entry.known(fact)),
      match,
      confidence: this.confidence(this.entry.fields['confidence']),
      why: this.entry.text('why'),
      rows: this.rows(match),
      examples: this.examples(),
      counterexamples: this.entry.counterexamples(),
      place: this.place,
    }
  }

  *vendors(): Generator<[string, string]> {
    if (this.form !== 'vendors') return
    const names = this.entry.fields['names']
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
    const points = this.entry.fields['points']
    if (!Array.isArray(points) || !points.every(Array.isArray))
      return this.refuse('points is a list of pairs: [0.7, 0.8]')
    const fault = calibrationFault(points as readonly (readonly unknown[])[])
    if (fault !== '') this.refuse(fault)
    return points as unknown as Calibration
  }

  private rows(match: Match): Map<string, Row> {
    const rows = this.entry.fields['rows']
    if (!isFields(rows)) return this.refuse('rows is a map from a key to what it tells')
    const shared =
      this.entry.fields['claim'] === undefined
        ? {}
        : this.claim(this.entry.fields['claim'], 'claim')
    return new Map(
      Object.entries(rows).map(([key, row]) => [this.key(key, match), this.row(row, key, shared)]),
    )
  }

  private key(key: string, match: Match): string {
    if (match !== 'pattern') return key.toLowerCase()
    this.entry.pattern(key)
    return key
  }

  private row(row: unknown, key: string, shared: Conclusion): Row {
    if (!isFields(row)) return this.refuse(`rows: ${key}: what it tells is a map`)
    const { confidence = this.entry.fields['confidence'], ...claim } = row
    return {
      claim: { ...shared, ...this.claim(claim, `rows: ${key}`) },
      confidence: this.confidence(confidence),
    }
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
    const all = this.entry.fields['examples']
    if (!Array.isArray(all) || all.length === 0) return this.refuse('an example is missing')
    return all.map((one: unknown) => {
      if (!isFields(one) || !isFields(one['claim']))
        return this.refuse('an example has what is given, and the claim')
      return { given: this.entry.given(one['given']), claim: one['claim'] as Example['claim'] }
    })
  }
}
