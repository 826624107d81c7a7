/** What a device's statements fulfil of all recommendations, each value compared with all at once. */

import { FactIndex, Remembered } from '../../conditions/fact-index.js'
import type { Proof } from '../../model/finding.js'
import { PROOFS_MAX } from './limits.js'
import type { Alternative, Recommendation } from './recommendation.js'

/** One thing that was said of a device. Times are NaN where no frame said it in so many words. */
export interface Statement {
  readonly fact: string
  readonly value: string
  readonly first: number
  readonly last: number
}

/** Something was observed, from when to when. */
export interface Observation {
  readonly first: number
  readonly last: number
  readonly proofs: readonly Proof[]
}

/** Observations by the place they are about; '' where they name none. */
export type Places = ReadonlyMap<string, Observation>

export interface Matched {
  readonly unhealthy: Places
  readonly healthy: Places
}

interface Target {
  /** The number of the recommendation. */
  readonly recommendation: number
  readonly isHealthy: boolean
  readonly rule: string
  readonly alternative: Alternative
}

interface Fulfilled {
  readonly statement: Statement
  readonly place: string | undefined
}

export class Matching {
  private readonly indexes = new Map<string, FactIndex>()
  private readonly memory = new Remembered()
  private readonly targets: Target[] = []

  constructor(recommendations: readonly Recommendation[]) {
    recommendations.forEach(({ id, unhealthy, healthy }, recommendation) => {
      const target = { recommendation, rule: id }
      for (const alternative of unhealthy) this.add({ ...target, isHealthy: false, alternative })
      for (const alternative of healthy) this.add({ ...target, isHealthy: true, alternative })
    })
  }

  reads(fact: string): boolean {
    return this.indexes.has(fact)
  }

  /** By the number of the recommendation; those of which nothing was observed are left out. */
  match(statements: readonly Statement[], now: number): Map<number, Matched> {
    const fulfilled = this.fulfilled(statements)
    const matched = new Map<
      number,
      { unhealthy: Map<string, Observation>; healthy: Map<string, Observation> }
    >()
    for (const [number, conditions] of fulfilled) {
      const target = this.targets[number]!
      if (target.alternative.from > now) continue
      for (const [place, observation] of observed(target, conditions)) {
        let both = matched.get(target.recommendation)
        if (both === undefined) {
          both = { unhealthy: new Map(), healthy: new Map() }
          matched.set(target.recommendation, both)
        }
        const into = target.isHealthy ? both.healthy : both.unhealthy
        into.set(place, together(into.get(place), observation))
      }
    }
    return matched
  }

  private add(target: Target): void {
    const rule = this.targets.push(target) - 1
    target.alternative.when.forEach((condition, i) => {
      this.index(condition.fact).addCondition(condition, { rule, condition: i })
    })
  }

  private index(fact: string): FactIndex {
    let index = this.indexes.get(fact)
    if (index === undefined) this.indexes.set(fact, (index = new FactIndex(this.memory)))
    return index
  }

  /** By target: what fulfils each of its conditions. */
  private fulfilled(statements: readonly Statement[]): Map<number, Fulfilled[][]> {
    const found = new Map<number, Fulfilled[][]>()
    for (const statement of statements) {
      for (const hit of this.indexes.get(statement.fact)?.hits(statement.value) ?? []) {
        let conditions = found.get(hit.rule)
        if (conditions === undefined) {
          conditions = this.targets[hit.rule]!.alternative.when.map(() => [])
          found.set(hit.rule, conditions)
        }
        conditions[hit.condition]!.push({ statement, place: hit.caught['place'] })
      }
    }
    return found
  }
}

/** The places at which all conditions hold: those the first one names, or that are no place at all. */
function* observed(
  { rule, alternative: { when } }: Target,
  conditions: readonly Fulfilled[][],
): Generator<[string, Observation]> {
  for (const place of new Set(conditions[0]!.map(one => one.place ?? ''))) {
    const here = conditions.map(all => all.filter(one => (one.place ?? place) === place))
    if (!when.every(({ not }, i) => (here[i]!.length === 0) === not)) continue
    const all = here.filter((_, i) => !when[i]!.not).map(found => spanOf(found, rule))
    yield [place, all.reduce(overlap)]
  }
}

function spanOf(found: readonly Fulfilled[], rule: string): Observation {
  const timed = found.filter(({ statement }) => !Number.isNaN(statement.first))
  return {
    first: Math.min(...timed.map(({ statement }) => statement.first)),
    last: Math.max(...timed.map(({ statement }) => statement.last)),
    proofs: found.map(({ statement }) => proofOf(statement, rule)),
  }
}

/** Both must have been observed: since the later one began, until the earlier one was last. */
function overlap(one: Observation, other: Observation): Observation {
  const isTimeless = (of: Observation): boolean => of.first === Infinity
  const proofs = [...one.proofs, ...other.proofs]
  if (isTimeless(one)) return { ...other, proofs }
  if (isTimeless(other)) return { ...one, proofs }
  const first = Math.max(one.first, other.first)
  return { first, last: Math.max(first, Math.min(one.last, other.last)), proofs }
}

function together(before: Observation | undefined, now: Observation): Observation {
  if (before === undefined) return now
  return {
    first: Math.min(before.first, now.first),
    last: Math.max(before.last, now.last),
    proofs: [...before.proofs, ...now.proofs],
  }
}

const proofOf = ({ fact, value, first, last }: Statement, rule: string): Proof => ({
  ...{ fact, value, rule },
  first: Number.isNaN(first) ? null : first,
  last: Number.isNaN(last) ? null : last,
})

/** The latest, each once, the earliest of them first. */
export function shownProofs(all: readonly Proof[]): Proof[] {
  const distinct = new Map(all.map(proof => [`${proof.fact} ${proof.value}`, proof]))
  return [...distinct.values()]
    .sort((a, b) => (b.last ?? 0) - (a.last ?? 0) || compare(a, b))
    .slice(0, PROOFS_MAX)
    .sort((a, b) => (a.first ?? 0) - (b.first ?? 0) || compare(a, b))
}

const compare = (a: Proof, b: Proof): number => {
  const [one, other] = [`${a.fact} ${a.value}`, `${b.fact} ${b.value}`]
  return one < other ? -1 : one > other ? 1 : 0
}
