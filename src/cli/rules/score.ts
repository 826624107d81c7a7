/** From labels and what was concluded to how often that was right: per property, kind, tier and confidence. */

import { hashBytes } from '../../bytes/hash.js'
import type { Claim } from '../../model/judge.js'
import type { Label } from './labels.js'
import { concluded, isSame, MEASURED, wanted, type Concluded, type Measured } from './same.js'

/** What became of one labelled device; null where the capture shows nobody of that address. */
export interface Trial {
  readonly label: Label
  readonly device: (Concluded & Reasons) | null
}

export interface Reasons {
  readonly confidence: Readonly<Partial<Record<string, number>>>
  readonly claims: readonly Claim[]
}

/** One property of one labelled device. */
export interface Outcome {
  readonly label: Label
  readonly property: Measured
  readonly right: string
  readonly found: string | null
  readonly how: 'right' | 'wrong' | 'silent'
  readonly confidence: number
  /** The surest claim of what was found. */
  readonly blame: Claim | null
}

export interface Count {
  readonly name: string
  readonly n: number
  readonly right: number
  readonly wrong: number
  readonly silent: number
}

export interface Bin {
  readonly from: number
  readonly to: number
  readonly n: number
  readonly right: number
  /** What was claimed, on average. */
  readonly claimed: number
  /** By fold: how many, and how many of them right. */
  readonly folds: readonly { readonly n: number; readonly right: number }[]
}

export interface Score {
  readonly devices: number
  /** Labelled devices that were not found in their captures. */
  readonly missing: number
  readonly properties: readonly Count[]
  readonly kinds: readonly Count[]
  /** The mean of the shares of kinds that are right. */
  readonly macro: number
  readonly tiers: readonly Count[]
  /** Of what is claimed at 0.9 and above. */
  readonly sure: readonly Count[]
  readonly reliability: readonly Bin[]
  /** Of kinds that were taken for others. */
  readonly confusions: readonly { right: string; found: string; count: number }[]
}

export const SURE_MIN = 0.9
const FOLDS = 5
const BINS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001]

export function outcomesOf(trials: readonly Trial[]): Outcome[] {
  return trials.flatMap(({ label, device }) =>
    MEASURED.flatMap(property => {
      const right = wanted(label, property)
      return right === null ? [] : [outcome(label, device, { property, right })]
    }),
  )
}

function outcome(
  label: Label,
  device: Trial['device'],
  { property, right }: { property: Measured; right: string },
): Outcome {
  const found = device === null ? null : concluded(device, property)
  if (device === null || found === null) {
    return { label, property, right, found, how: 'silent', confidence: 0, blame: null }
  }
  const how = isSame(label, device, property) ? 'right' : 'wrong'
  const value = property === 'os' ? device.os!.name : found
  const own = device.claims.filter(claim => claim.property === property)
  const blame = own.find(claim => claim.value === value) ?? own[0] ?? null
  return { label, property, right, found, how, confidence: device.confidence[property] ?? 0, blame }
}

export function scoreOf(trials: readonly Trial[]): Score {
  const all = outcomesOf(trials)
  const kinds = counts(
    all.filter(({ property }) => property === 'kind'),
    ({ right }) => right,
  )
  const shares = kinds.map(({ right, n }) => right / n)
  return {
    devices: trials.length,
    missing: trials.filter(({ device }) => device === null).length,
    properties: counts(all, ({ property }) => property),
    kinds,
    macro: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
    tiers: counts(all, ({ label, property }) => `${label.tier} ${property}`).sort(byName),
    sure: counts(
      all.filter(({ confidence }) => confidence >= SURE_MIN),
      ({ property }) => property,
    ),
    reliability: reliabilityOf(all),
    confusions: confusionsOf(all),
  }
}

const byName = (a: Count, b: Count): number => (a.name < b.name ? -1 : 1)

function counts(outcomes: readonly Outcome[], nameOf: (one: Outcome) => string): Count[] {
  const found = new Map<string, { n: number; right: number; wrong: number; silent: number }>()
  for (const one of outcomes) {
    const name = nameOf(one)
    let count = found.get(name)
    if (count === undefined) found.set(name, (count = { n: 0, right: 0, wrong: 0, silent: 0 }))
    count.n++
    count[one.how]++
  }
  return [...found].map(([name, count]) => ({ name, ...count }))
}

/** Folds are by vendor: what was learned of one maker's devices must not vouch for itself. */
export function foldOf({ vendor, file }: Label): number {
  const bytes = new TextEncoder().encode(vendor?.toLowerCase() ?? file)
  return (hashBytes(0, bytes, 0, bytes.length) >>> 0) % FOLDS
}

export function reliabilityOf(outcomes: readonly Outcome[]): Bin[] {
  const told = outcomes.filter(({ how }) => how !== 'silent')
  return BINS.slice(1).flatMap((to, i) => {
    const from = BINS[i]!
    const own = told.filter(({ confidence }) => confidence >= from && confidence < to)
    if (own.length === 0) return []
    const folds = Array.from({ length: FOLDS }, (_, fold) => {
      const some = own.filter(({ label }) => foldOf(label) === fold)
      return { n: some.length, right: rightIn(some) }
    })
    const claimed = own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length
    return [{ from, to: Math.min(1, to), n: own.length, right: rightIn(own), claimed, folds }]
  })
}

const rightIn = (outcomes: readonly Outcome[]): number =>
  outcomes.filter(({ how }) => how === 'right').length

function confusionsOf(outcomes: readonly Outcome[]): Score['confusions'] {
  const pairs = new Map<string, { right: string; found: string; count: number }>()
  for (const { property, how, right, found } of outcomes) {
    if (property !== 'kind' || how === 'right') continue
    const pair = { right, found: found ?? '(nothing)', count: 0 }
    const key = `${pair.right} ${pair.found}`
    const known = pairs.get(key) ?? pair
    known.count++
    pairs.set(key, known)
  }
  return [...pairs.values()].sort((a, b) => b.count - a.count || (a.right < b.right ? -1 : 1))
}
