/** How a device stands to each recommendation, by what it said and how well its network was heard. */

import { findingId, type Finding, type FindingRecord, type Proof } from '../../model/finding.js'
import { HEARD_SECONDS_MIN, RETOLD_MS } from './limits.js'
import {
  Matching,
  shownProofs,
  type Matched,
  type Observation,
  type Statement,
} from './matching.js'
import type { Recommendation } from './recommendation.js'
import { about } from './writing.js'

/** A device when it is judged. */
export interface Subject {
  readonly id: string
  readonly first_seen: number
  readonly last_seen: number
  readonly statements: readonly Statement[]
}

export interface Circumstances {
  readonly now: number
  /** After so long a silence what was wrong is taken for mended. */
  readonly resolve_ms: number
  /** In how many seconds since then conversations were heard both ways where this device is. */
  readonly heardSince: (time: number) => number
}

export class Advice {
  readonly recommendations: readonly Recommendation[]
  private readonly matching: Matching
  private readonly byId: ReadonlyMap<string, Recommendation>

  constructor(recommendations: readonly Recommendation[]) {
    this.recommendations = recommendations
    this.matching = new Matching(recommendations)
    this.byId = new Map(recommendations.map(one => [one.id, one]))
  }

  of(id: string): Recommendation | undefined {
    return this.byId.get(id)
  }

  /** Whether any recommendation rests on this fact: others need not be kept. */
  reads(fact: string): boolean {
    return this.matching.reads(fact)
  }

  /** In the order of recommendations; of what was not observed nothing is told. */
  judge(subject: Subject, around: Circumstances): FindingRecord[] {
    const matched = this.matching.match(subject.statements, around.now)
    return [...matched]
      .sort(([a], [b]) => a - b)
      .map(([number, places]) => {
        const { id: recommendation, severity } = this.recommendations[number]!
        const common = { recommendation, topic: '', device: subject.id, severity }
        return { ...common, ...standingOf(timed(places, subject), subject, around) }
      })
  }
}

/** A finding in words, as nobody has taken the risk of it. */
export function shown(record: FindingRecord, advice: Advice): Finding {
  const { recommendation, topic, standing } = record
  const known = advice.of(recommendation)
  return {
    ...record,
    id: findingId(recommendation, topic),
    title: about(known?.title ?? recommendation, topic),
    status: standing,
    mend: about(known?.mend.join(' ') ?? '', topic),
    acceptance: null,
  }
}

type Concluded = Pick<
  FindingRecord,
  'standing' | 'first' | 'last' | 'resolved' | 'because' | 'proofs'
>

/** What only the device as a whole tells of has held for as long as the device is known. */
function timed({ unhealthy, healthy }: Matched, { first_seen, last_seen }: Subject): Matched {
  const one = (observation: Observation): Observation =>
    Number.isFinite(observation.first)
      ? observation
      : { ...observation, first: first_seen, last: last_seen }
  const all = (places: Matched['healthy']): Map<string, Observation> =>
    new Map([...places].map(([place, observation]) => [place, one(observation)]))
  return { unhealthy: all(unhealthy), healthy: all(healthy) }
}

function standingOf(
  { unhealthy, healthy }: Matched,
  { last_seen }: Subject,
  around: Circumstances,
): Concluded {
  if (unhealthy.size === 0) {
    const span = spanOf([...healthy.values()])
    return { standing: 'healthy', resolved: null, because: null, ...span }
  }
  const open = [...unhealthy].filter(([place, bad]) => !isMended(bad, healthy.get(place), place))
  const bad = spanOf([...unhealthy.values()])
  if (open.length === 0) return mended(unhealthy, healthy, bad)
  const span = { ...spanOf(open.map(([, observation]) => observation)), first: bad.first }
  const silent = { standing: 'resolved' as const, resolved: span.last + around.resolve_ms }
  return isSilent(span.last, last_seen, around)
    ? { ...silent, because: 'it was not seen again, though its network was heard', ...span }
    : { standing: 'unhealthy', resolved: null, because: null, ...span }
}

/**
 * Only evidence about the same place mends it, and only once what was wrong would have been told
 * again. Where no place is named, there may be another one that is as it was.
 */
const isMended = (bad: Observation, good: Observation | undefined, place: string): boolean =>
  place !== '' && good !== undefined && good.last > bad.last + RETOLD_MS

function mended(
  unhealthy: Matched['unhealthy'],
  healthy: Matched['healthy'],
  span: Pick<Concluded, 'first' | 'last' | 'proofs'>,
): Concluded {
  const since = [...unhealthy].map(([place, bad]) =>
    Math.max(healthy.get(place)!.first, bad.last + RETOLD_MS),
  )
  const proofs = [...unhealthy.keys()].flatMap(place => healthy.get(place)!.proofs)
  return {
    standing: 'resolved',
    resolved: Math.max(...since),
    because: 'it was seen to be mended',
    ...span,
    proofs: shownProofs([...span.proofs, ...proofs]),
  }
}

/** It is silence only if the device was there to be heard, and so was its network. */
function isSilent(last: number, last_seen: number, around: Circumstances): boolean {
  const { now, resolve_ms, heardSince } = around
  return (
    now - last >= resolve_ms &&
    last_seen - last >= resolve_ms - RETOLD_MS &&
    heardSince(last) >= HEARD_SECONDS_MIN
  )
}

function spanOf(all: readonly Observation[]): {
  first: number
  last: number
  proofs: readonly Proof[]
} {
  return {
    first: Math.min(...all.map(({ first }) => first)),
    last: Math.max(...all.map(({ last }) => last)),
    proofs: shownProofs(all.flatMap(({ proofs }) => proofs)),
  }
}
