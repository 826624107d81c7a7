/** What all live workers counted, the dead ones among them: it only grows, and takes no more room. */

import * as b from './board.js'
import { sumCounts, type Counts } from './crew.js'
import type { Covered } from './coverage.js'
import type { Hired } from './hired.js'

/** What was heard since the start, whoever heard it. Times are microseconds since 1970; NaN is never. */
export interface LiveTotals {
  readonly frames: number
  readonly octets: number
  readonly truncated: number
  /** How often time went back by more than an hour. */
  readonly epochs: number
  readonly first: number
  readonly last: number
  readonly facts_told: number
  readonly rows_told: number
  /** What found no room on its way because the main thread was too slow. */
  readonly facts_untold: number
  readonly rows_untold: number
  readonly packets_untold: number
  readonly seconds_untold: number
}

export class LiveSums {
  private counts: Counts | undefined
  private readonly columns = new Float64Array(b.WORKER_COLUMNS)

  /** Takes over what a worker that is gone had counted; its tables are gone, too. */
  retire(hired: Hired): void {
    const { counts, board } = hired
    addColumns(this.columns, board.worker)
    board.worker.fill(0)
    hired.counts = undefined
    if (counts === undefined) return
    const sum = sumCounts(this.counts === undefined ? [counts] : [this.counts, counts])
    for (const table of Object.values(sum.tables)) table.entries = 0
    this.counts = sum
  }

  /** As the workers told them last. */
  read(hired: readonly Hired[], coverage: Covered[]): Counts {
    const all = hired.flatMap(({ counts }) => counts ?? [])
    if (this.counts !== undefined) all.unshift(this.counts)
    return { ...sumCounts(all), coverage }
  }

  totals(hired: readonly Hired[]): LiveTotals {
    const sum = this.columns.slice()
    for (const { board } of hired) addColumns(sum, board.worker)
    const of = (column: number): number => sum[column]!
    return {
      frames: of(b.FRAMES),
      octets: of(b.OCTETS),
      truncated: of(b.TRUNCATED),
      epochs: of(b.EPOCHS),
      first: of(b.FIRST_TIME) === 0 ? NaN : of(b.FIRST_TIME),
      last: of(b.LAST_TIME) === 0 ? NaN : of(b.LAST_TIME),
      facts_told: of(b.FACTS_TOLD),
      rows_told: of(b.ROWS_TOLD),
      facts_untold: of(b.FACTS_UNTOLD),
      rows_untold: of(b.ROWS_UNTOLD),
      packets_untold: of(b.PACKETS_UNTOLD),
      seconds_untold: of(b.SECONDS_UNTOLD),
    }
  }
}

function addColumns(sum: Float64Array, columns: Float64Array): void {
  for (let i = 0; i < b.WORKER_COLUMNS; i++) {
    const value = columns[i]!
    if (value === 0) continue
    if (i === b.FIRST_TIME) sum[i] = sum[i] === 0 ? value : Math.min(sum[i]!, value)
    else if (i === b.LAST_TIME) sum[i] = Math.max(sum[i]!, value)
    else sum[i]! += value
  }
}
