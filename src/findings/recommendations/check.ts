/** Whether recommendations keep their promises: examples lead to them, counterexamples to nothing. */

import type { Given } from '../../conditions/condition.js'
import { Advice } from './judging.js'
import type { Recommendation } from './recommendation.js'

export interface Fault {
  /** `credentials.yaml:12`. */
  readonly place: string
  readonly what: string
}

/** Whatever begins on some day holds at the end of days. */
const AROUND = { now: Infinity, resolve_ms: Infinity, heardSince: () => 0 }

export function brokenPromises(all: readonly Recommendation[]): Fault[] {
  return all.flatMap(one => {
    const advice = new Advice([one])
    const { place, id } = one
    const wrong = one.examples
      .filter(({ given, standing }) => standingOf(advice, given) !== standing)
      .map(({ given, standing }) => ({
        place,
        what: `${id}: ${JSON.stringify(given)} is not ${standing}: mend the example or the rule`,
      }))
    const near = one.counterexamples
      .filter(given => standingOf(advice, given) === 'unhealthy')
      .map(given => ({
        place,
        what: `${id}: ${JSON.stringify(given)} is unhealthy: make the rule narrower`,
      }))
    return [...wrong, ...near]
  })
}

function standingOf(advice: Advice, given: Given): string | undefined {
  const statements = Object.entries(given).flatMap(([fact, values]) =>
    [values].flat().map(value => ({ fact, value: String(value), first: 0, last: 0 })),
  )
  const subject = { id: '', first_seen: 0, last_seen: 0, statements }
  return advice.judge(subject, AROUND)[0]?.standing
}
