/** Everything that rules and tables know, asked of one device at a time. */

import {
  PROPERTIES,
  type Claim,
  type Judge,
  type Judgement,
  type Property,
  type Statement,
  type Verdict,
  type Verdicts,
} from '../model/judge.js'
import { bareModels } from './bare-models.js'
import { calibrated, type Calibration } from './calibration.js'
import { FactIndex, Remembered, type Hit, type Saying } from '../conditions/fact-index.js'
import type { Fingerprints } from './fingerprints.js'
import { ListIndex } from './list-index.js'
import type { Condition } from '../conditions/condition.js'
import type { Conclusion, Rule, RuleSet, Table } from './rule.js'
import { VendorNames } from './vendor-names.js'
import { SHOWN_MIN, weigh, weighKinds } from './weigh.js'

/** Of so many claims on one device the surest are kept. */
const CLAIMS_MAX = 64
const VALUE_MAX = 128

interface Target {
  readonly name: string
  readonly claim: Conclusion
  readonly confidence: number
  /** Empty for a row of a table: its key is its only condition. */
  readonly when: readonly Condition[]
}

/** What a device's statements fulfil of one rule with several conditions. */
interface Progress {
  readonly statements: (Statement | undefined)[]
  caught: Record<string, string | undefined>
}

export class Knowledge implements Judge {
  private readonly indexes = new Map<string, FactIndex>()
  private readonly targets: Target[] = []
  private fingerprints = 0
  private readonly names: VendorNames
  private readonly calibration: Calibration
  private readonly memory = new Remembered()
  /** Lists of fingerprints by the fact they are compared with. */
  private readonly lists = new Map<string, ListIndex[]>()

  constructor({ rules, tables, aliases, fingerprints = [], calibration = [] }: RuleSet) {
    this.calibration = calibration
    this.names = new VendorNames(aliases)
    for (const rule of rules) this.addRule(rule)
    for (const table of tables) this.addTable(table)
    for (const list of fingerprints) this.addList(list)
  }

  /** Rules, rows of tables, and fingerprints. */
  get size(): number {
    return this.targets.length + this.fingerprints
  }

  reads(fact: string): boolean {
    return this.indexes.has(fact) || this.lists.has(fact)
  }

  knows(fact: string, value: string): boolean {
    if ((this.indexes.get(fact)?.hits(value).length ?? 0) > 0) return true
    return this.lists.get(fact)?.some(list => list.find(value) !== undefined) ?? false
  }

  judge(statements: readonly Statement[], before: Verdicts = {}): Judgement {
    const claims = this.claims(statements)
    const verdicts: Partial<Record<Property, Verdict>> = {}
    for (const property of PROPERTIES) {
      const own = this.own(claims, property, verdicts.vendor?.value)
      if (own.length === 0) continue
      const verdict =
        property === 'kind'
          ? weighKinds(own, before.kind)
          : weigh(own, this.keyOf(property), before[property])
      const shown = verdict && this.shown(verdict)
      if (shown !== undefined) verdicts[property] = shown
    }
    return { verdicts, claims: claims.slice(0, CLAIMS_MAX) }
  }

  /** The claims on one property; models as they are called beside their vendor. */
  private own(claims: readonly Claim[], property: Property, vendor?: string): readonly Claim[] {
    const own = claims.filter(claim => claim.property === property)
    if (property !== 'model' || vendor === undefined) return own
    const key = this.names.key(vendor)
    // Of few letters only the name itself: makers' models begin with other such words.
    const isName = (words: string): boolean => words.length > 2 || words === vendor
    return bareModels(own, words => isName(words) && this.names.key(words) === key)
  }

  /** With how often such a verdict is right; undefined where that is too seldom. */
  private shown({ value, confidence }: Verdict): Verdict | undefined {
    const right = calibrated(confidence, this.calibration)
    return right < SHOWN_MIN ? undefined : { value, confidence: right }
  }

  /** The same for all ways to write a value. */
  keyOf(property: Property): (value: string) => string {
    if (property === 'vendor') return name => this.names.key(name)
    return value =>
      value
        .toLowerCase()
        .replace(/[\s_-]+/g, ' ')
        .trim()
  }

  /** The one way in which this vendor is written. */
  vendorName(name: string): string {
    return this.names.written(name)
  }

  private addRule({ name, claim, confidence, when }: Rule): void {
    const rule = this.targets.push({ name, claim, confidence, when }) - 1
    when.forEach((condition, i) => {
      this.index(condition.fact).addCondition(condition, { rule, condition: i })
    })
  }

  private addTable({ name, facts, match, rows }: Table): void {
    for (const [key, { claim, confidence }] of rows) {
      const rule = this.targets.push({ name, claim, confidence, when: [] }) - 1
      for (const fact of facts) this.index(fact).addRow(match, key, rule)
    }
  }

  private addList(list: Fingerprints): void {
    this.fingerprints += list.size
    const index = new ListIndex(list)
    for (const fact of list.facts) this.lists.set(fact, [...(this.lists.get(fact) ?? []), index])
  }

  private index(fact: string): FactIndex {
    let index = this.indexes.get(fact)
    if (index === undefined) this.indexes.set(fact, (index = new FactIndex(this.memory)))
    return index
  }

  /** The surest first; of claims that say the same for the same reason only one. */
  private claims(statements: readonly Statement[]): Claim[] {
    const claims = new Map<string, Claim>()
    const begun = new Map<number, Progress>()
    for (const statement of statements) {
      const hits = this.indexes.get(statement.fact)?.hits(statement.value) ?? []
      for (const hit of hits) {
        const target = this.targets[hit.rule]!
        if (target.when.length <= 1) {
          hit.says ??= this.sayings(target.claim, statement.value, hit.caught)
          conclude(target, statement, hit.says, claims)
        } else this.note(begun, hit, target, statement)
      }
    }
    this.consult(statements, claims)
    for (const [rule, { statements: found, caught }] of begun) {
      const target = this.targets[rule]!
      const holds = target.when.every(({ not }, i) => (found[i] === undefined) === not)
      const witness = found.find(one => one !== undefined)
      if (!holds || witness === undefined) continue
      conclude(target, witness, this.sayings(target.claim, witness.value, caught), claims)
    }
    return [...claims.values()].sort((a, b) => b.confidence - a.confidence)
  }

  /** What lists of fingerprints make of each statement. */
  private consult(statements: readonly Statement[], claims: Map<string, Claim>): void {
    if (this.lists.size === 0) return
    for (const statement of statements) {
      for (const list of this.lists.get(statement.fact) ?? []) {
        const found = list.find(statement.value)
        if (found === undefined) continue
        found.says ??= this.sayings(found.claim, statement.value, {})
        conclude(found, statement, found.says, claims)
      }
    }
  }

  private note(
    begun: Map<number, Progress>,
    hit: Hit,
    { when }: Target,
    statement: Statement,
  ): void {
    let progress = begun.get(hit.rule)
    if (progress === undefined) {
      progress = { statements: when.map(() => undefined), caught: {} }
      begun.set(hit.rule, progress)
    }
    progress.statements[hit.condition] ??= statement
    progress.caught = { ...hit.caught, ...progress.caught }
  }

  /** What a claim says in full; what is asked for and was not caught leaves its property out. */
  private sayings(
    claim: Conclusion,
    said: string,
    caught: Readonly<Record<string, string | undefined>>,
  ): Saying[] {
    return PROPERTIES.flatMap((property): Saying[] => {
      const template = claim[property]
      if (template === undefined) return []
      const value = tidy(template.includes('$') ? fill(template, caught, said) : template)
      if (value === '') return []
      return [{ property, value: property === 'vendor' ? this.names.written(value) : value }]
    })
  }
}

function conclude(
  { name: rule, confidence }: Pick<Target, 'name' | 'confidence'>,
  { fact, value: said, evidence }: Statement,
  says: readonly Saying[],
  into: Map<string, Claim>,
): void {
  for (const { property, value } of says) {
    const key = `${property} ${rule} ${value}`
    if (!into.has(key)) into.set(key, { property, value, rule, confidence, evidence, fact, said })
  }
}

/** `''` where something that is asked for was not caught. */
function fill(
  template: string,
  caught: Readonly<Record<string, string | undefined>>,
  said: string,
): string {
  let isWhole = true
  const text = template.replace(/\$(\w+)/g, (_, name: string) => {
    const value = name === 'value' ? said : caught[name]
    if (value === undefined || value.trim() === '') isWhole = false
    return value ?? ''
  })
  return isWhole ? text : ''
}

const tidy = (text: string): string =>
  text
    .replace(/[_+]+/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;:-]+|[\s,;:-]+$/g, '')
    .slice(0, VALUE_MAX)
