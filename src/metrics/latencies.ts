/** How long things took, in buckets: for quantiles here and for a histogram of Prometheus. */

import type { Distribution } from './snapshot.js'

/** Seconds; the last bucket holds what took longer. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.5, 1, 2.5, 5, 10] as const

export class Latencies {
  private readonly counts = new Float64Array(BOUNDS.length + 1)
  private sum = 0

  /** A clock that was set back makes no time negative. */
  observe(seconds: number): void {
    const took = seconds > 0 ? seconds : 0
    let bucket = 0
    while (bucket < BOUNDS.length && took > BOUNDS[bucket]!) bucket++
    this.counts[bucket]!++
    this.sum += took
  }

  /** At most how long `share` of them took: the bound of a bucket, or Infinity above the last. */
  quantile(share: number): number {
    const total = this.counts.reduce((sum, n) => sum + n, 0)
    let below = 0
    for (let bucket = 0; bucket < BOUNDS.length; bucket++) {
      below += this.counts[bucket]!
      if (below >= total * share) return BOUNDS[bucket]!
    }
    return Infinity
  }

  read(): Distribution {
    return { bounds: BOUNDS, counts: [...this.counts], sum: this.sum }
  }
}
