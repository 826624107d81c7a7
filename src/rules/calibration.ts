/** From what rules claim to how often such claims hold: a table that only rises, made by measuring. */

/** What was claimed, and how often that was right. */
export type Point = readonly [claimed: number, right: number]

/** Rising in both; between two points a line. */
export type Calibration = readonly Point[]

/** Nobody is ever sure. */
const SURE_MAX = 0.99
const POINTS_MAX = 32

/** How often a claim of this confidence holds. */
export function calibrated(claimed: number, points: Calibration): number {
  const above = points.findIndex(([at]) => at >= claimed)
  if (points.length === 0) return claimed
  if (above < 0) return Math.max(claimed, points.at(-1)![1])
  const [to, right] = points[above]!
  const [from, left] = points[above - 1] ?? [0, 0]
  const part = to === from ? 1 : (claimed - from) / (to - from)
  return Math.min(SURE_MAX, left + (right - left) * part)
}

/** Why these are no calibration, or ''. */
export function calibrationFault(points: readonly (readonly unknown[])[]): string {
  if (points.length > POINTS_MAX) return `points are ${String(POINTS_MAX)} at most`
  for (const [i, point] of points.entries()) {
    const isPair = point.length === 2 && point.every(one => typeof one === 'number')
    if (!isPair || point.some(one => (one as number) < 0 || (one as number) > 1)) {
      return 'a point is two numbers from 0 to 1: what is claimed, and how often that is right'
    }
    const before = points[i - 1] as Point | undefined
    const [claimed, right] = point as unknown as Point
    if (before && (claimed <= before[0] || right < before[1])) return 'points rise in both numbers'
  }
  return ''
}

export interface Sample {
  readonly claimed: number
  readonly isRight: boolean
}

interface Pool {
  claimed: number
  right: number
  n: number
}

/** Claims that differ by less are one. */
const NEAR = 1e-9
/** So many claims are one point at least. */
const POOL_MIN = 40
/** What was measured is believed so far, and what was claimed for the rest: other networks are others. */
const BELIEF = 0.5

/** The rising table that fits what was measured: neighbours that don't rise are pooled. */
export function fitted(samples: readonly Sample[]): Calibration {
  const pools: Pool[] = []
  const sorted = [...samples].sort((a, b) => a.claimed - b.claimed)
  for (const { claimed, isRight } of sorted) {
    const last = pools.at(-1)
    const isSame =
      last !== undefined && (last.n < POOL_MIN || claimed - last.claimed / last.n < NEAR)
    if (last === undefined || !isSame) pools.push({ claimed, right: Number(isRight), n: 1 })
    else add(last, { claimed, right: Number(isRight), n: 1 })
    merge(pools)
  }
  // What is left over at the end is too little for a point of its own.
  if (pools.length > 1 && pools.at(-1)!.n < POOL_MIN) add(pools.at(-2)!, pools.pop()!)
  merge(pools)
  return pools.map(pool => [rounded(pool.claimed / pool.n), rounded(shareOf(pool))] as const)
}

function merge(pools: Pool[]): void {
  while (pools.length > 1 && pools.at(-1)!.n >= POOL_MIN) {
    const [one, other] = pools.slice(-2) as [Pool, Pool]
    if (shareOf(one) <= shareOf(other)) return
    add(one, other)
    pools.pop()
  }
}

function add(into: Pool, { claimed, right, n }: Pool): void {
  into.claimed += claimed
  into.right += right
  into.n += n
}

const shareOf = ({ claimed, right, n }: Pool): number =>
  (BELIEF * right + (1 - BELIEF) * claimed) / n

const rounded = (share: number): number => Math.round(Math.min(SURE_MAX, share) * 1000) / 1000
