/** What knowledge is made of: rules, and tables of many alike. */

import type { Condition, Given, Match } from '../conditions/condition.js'
import type { Property } from '../model/judge.js'
import type { Calibration } from './calibration.js'
import type { Fingerprints } from './fingerprints.js'

/** A value to conclude: words, in which `$name` stands for what a pattern caught under that name. */
export type Template = string

export type Conclusion = Readonly<Partial<Record<Property, Template>>>

/** All conditions must hold. */
export interface Rule {
  readonly name: string
  readonly claim: Conclusion
  readonly confidence: number
  readonly when: readonly Condition[]
  readonly why: string
  readonly examples: readonly Example[]
  readonly counterexamples: readonly Given[]
  /** `config/rules/printers.yaml:12`. */
  readonly place: string
}

/** Many rules that differ only in a word: one fact, compared with all keys at once. */
export interface Table {
  readonly name: string
  readonly facts: readonly string[]
  readonly match: Match
  readonly confidence: number
  readonly why: string
  readonly rows: ReadonlyMap<string, Row>
  readonly examples: readonly Example[]
  readonly counterexamples: readonly Given[]
  readonly place: string
}

export interface Row {
  readonly claim: Conclusion
  readonly confidence: number
}

export interface Example {
  readonly given: Given
  readonly claim: Readonly<Record<string, string | null>>
}

export interface RuleSet {
  readonly rules: readonly Rule[]
  readonly tables: readonly Table[]
  /** Other ways to write a vendor, and the way it is written here. */
  readonly aliases: ReadonlyMap<string, string>
  /** What others publish. */
  readonly fingerprints?: readonly Fingerprints[]
  /** How often claims hold; none is: as often as they say. */
  readonly calibration?: Calibration
}
