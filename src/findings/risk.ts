/** How much a device is at risk, from 0 to 100, as a sum that a person can follow. */

import type { Severity } from '../model/health.js'

/** One finding that is open: a recommendation, a vulnerability or an alert. */
export interface Weakness {
  /** What it is called where the sum is shown. */
  readonly title: string
  readonly severity: Severity
  /** It is exploited in the wild (KEV). */
  readonly isExploited?: boolean
  /** How likely it is to be exploited soon (EPSS), 0 to 1. */
  readonly likelihood?: number
}

export interface Exposure {
  /** Somebody on the Internet was answered. */
  readonly internet: boolean
  /** Devices of other categories were answered: whoever has one of them gets here. */
  readonly lateral: boolean
}

export type Importance = 'low' | 'normal' | 'high'

export interface RiskPart {
  readonly points: number
  readonly why: string
}

export interface Risk {
  readonly score: number
  /** In the order in which they are added; the sum is cut at 0 and 100. */
  readonly parts: readonly RiskPart[]
}

const POINTS: Readonly<Record<Severity, number>> = { critical: 40, high: 25, medium: 12, low: 4 }
const EXPLOITED = 20
const LIKELY = 10
const LIKELY_MIN = 0.5
const INTERNET = 20
const LATERAL = 5
const IMPORTANCE: Readonly<Record<Importance, number>> = { low: -10, normal: 0, high: 10 }
/** Beyond so many, one more of them changes nothing. */
const WEAKNESSES_MAX = 16
const SCORE_MAX = 100

const NOTHING: Risk = { score: 0, parts: [] }

/** Without a weakness there is no risk, however exposed a device is. */
export function riskOf(
  weaknesses: readonly Weakness[],
  exposure: Exposure,
  importance: Importance = 'normal',
): Risk {
  if (weaknesses.length === 0) return NOTHING
  const gravest = [...weaknesses].sort(byGravity).slice(0, WEAKNESSES_MAX)
  const parts = gravest.map(weakness => ({
    points: pointsOf(weakness),
    why: `${weakness.severity}: ${weakness.title}`,
  }))
  if (exposure.internet) parts.push({ points: INTERNET, why: 'it answers the Internet' })
  if (exposure.lateral) parts.push({ points: LATERAL, why: 'it answers devices of other kinds' })
  const points = IMPORTANCE[importance]
  if (points !== 0) parts.push({ points, why: `its importance is ${importance}` })
  const sum = parts.reduce((all, part) => all + part.points, 0)
  return { score: Math.min(Math.max(sum, 0), SCORE_MAX), parts }
}

const pointsOf = ({ severity, isExploited = false, likelihood = 0 }: Weakness): number =>
  POINTS[severity] + (isExploited ? EXPLOITED : 0) + (likelihood >= LIKELY_MIN ? LIKELY : 0)

/** The gravest first, and then by name: the same weaknesses make the same list. */
function byGravity(a: Weakness, b: Weakness): number {
  const points = pointsOf(b) - pointsOf(a)
  if (points !== 0) return points
  return a.title < b.title ? -1 : a.title > b.title ? 1 : 0
}

/** Of a whole network: the mean of its riskiest tenth, so that one bad device among many still shows. */
export function networkRisk(scores: readonly number[]): number {
  const count = Math.ceil(scores.length / 10)
  if (count === 0) return 0
  const riskiest = [...scores].sort((a, b) => b - a).slice(0, count)
  return Math.round(riskiest.reduce((sum, score) => sum + score, 0) / count)
}
