/** How long things took, in buckets each an eighth wider than the one before: small, and exact enough. */

const BUCKETS = 128
const GROWTH = 1.125
const FIRST_MS = 1

export class Latencies {
  count = 0
  private readonly buckets = new Float64Array(BUCKETS)

  add(milliseconds: number): void {
    const bucket =
      milliseconds <= FIRST_MS ? 0 : Math.ceil(Math.log(milliseconds / FIRST_MS) / Math.log(GROWTH))
    this.buckets[Math.min(bucket, BUCKETS - 1)]!++
    this.count++
  }

  /** This share of all took no longer than so many milliseconds; 0 when there were none. */
  quantile(share: number): number {
    let left = this.count * share
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.buckets[i]!
      if (left <= 0) return this.count === 0 ? 0 : FIRST_MS * GROWTH ** i
    }
    return FIRST_MS * GROWTH ** (BUCKETS - 1)
  }
}
