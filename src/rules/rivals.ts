/** Why a property is what it is: each value that some rule concludes, what speaks for it, and its share. */

import { PROPERTIES, type Claim, type Property } from '../model/judge.js'
import { sharesOf } from './weigh.js'

export interface Rival {
  readonly value: string
  /** 0 to 1: what is left of its witnesses' word beside the others'. */
  readonly share: number
  /** What speaks for it, the surest first. */
  readonly claims: readonly Claim[]
}

export interface Contest {
  readonly property: Property
  /** The strongest first. */
  readonly rivals: readonly Rival[]
}

/** Claims by property and value; `keyOf` tells which values are the same. */
export function contestsOf(
  claims: readonly Claim[],
  keyOf: (property: Property, value: string) => string,
): Contest[] {
  return PROPERTIES.flatMap(property => {
    const own = claims.filter(claim => claim.property === property)
    const same = (value: string): string => keyOf(property, value)
    const rivals = sharesOf(own, same).map(({ value, share }) => ({
      ...{ value, share },
      claims: own.filter(claim => same(claim.value) === same(value)),
    }))
    return rivals.length === 0 ? [] : [{ property, rivals: rivals.sort(bySize) }]
  })
}

const bySize = (a: Rival, b: Rival): number => b.share - a.share
