/** The page for Prometheus: one snapshot a page, filled into a registry that is made of data. */

import { Counter, Gauge, Registry, type Metric } from 'prom-client'
import { families, PREFIX, tableFamilies, type Family, type Sample } from './families.js'
import type { Distribution, Snapshot } from './snapshot.js'

/** Rows of one metric: no name a network sends makes more. */
export const SERIES_MAX = 1024
/** Tables that have metrics of their own. */
export const TABLES_MAX = 64

export interface Page {
  readonly type: string
  readonly text: string
}

export class Metrics {
  private readonly registry = new Registry()
  private readonly snapshot: () => Snapshot
  private readonly rows: Rows[]
  private readonly tables = new Set<string>()
  private latency: Distribution = { bounds: [], counts: [0], sum: 0 }

  constructor(snapshot: () => Snapshot) {
    this.snapshot = snapshot
    this.rows = families.map(family => new Rows(family, this.registry))
    const latency = {
      name: `${PREFIX}fact_latency_seconds`,
      help: "From a frame's time to its fact on the main thread.",
      type: 'histogram',
      get: () => Promise.resolve({ ...latency, values: histogram(latency.name, this.latency) }),
    }
    // The registry's own histogram counts one by one; ours was counted already.
    this.registry.registerMetric(latency as unknown as Metric)
  }

  async page(): Promise<Page> {
    const snapshot = this.snapshot()
    for (const table of Object.keys(snapshot.tables)) this.meet(table)
    for (const rows of this.rows) rows.fill(snapshot)
    this.latency = snapshot.fact_latency
    return { type: this.registry.contentType, text: await this.registry.metrics() }
  }

  private meet(table: string): void {
    if (this.tables.has(table) || this.tables.size >= TABLES_MAX) return
    this.tables.add(table)
    this.rows.push(...tableFamilies(table).map(family => new Rows(family, this.registry)))
  }
}

/** One family's rows. What counts never goes down, though a worker that died counts from 0 again. */
class Rows {
  private readonly family: Family
  private readonly metric: Gauge | Counter
  /** By labels: the last count that was told, and what was counted before it began anew. */
  private readonly known = new Map<string, { last: number; before: number }>()

  constructor(family: Family, registry: Registry) {
    const { name, help, type, labels } = family
    const options = {
      name: PREFIX + name,
      help,
      labelNames: [...labels],
      registers: [registry],
    }
    this.family = family
    this.metric = type === 'counter' ? new Counter(options) : new Gauge(options)
  }

  fill(snapshot: Snapshot): void {
    const { labels, type } = this.family
    this.metric.reset()
    for (const sample of this.family.read(snapshot)) {
      const value = this.kept(sample, type === 'counter')
      if (value === undefined) continue
      const names = Object.fromEntries(labels.map((label, i) => [label, String(sample[i + 1])]))
      this.metric.inc(names, value)
    }
  }

  /** The value to tell, or undefined where there are too many rows already. */
  private kept([value, ...labels]: Sample, counts: boolean): number | undefined {
    const key = labels.join('\0')
    let row = this.known.get(key)
    if (row === undefined) {
      if (this.known.size >= SERIES_MAX) return undefined
      row = { last: 0, before: 0 }
      this.known.set(key, row)
    }
    if (!counts) return value
    if (value < row.last) row.before += row.last
    row.last = value
    return row.before + value
  }
}

interface Line {
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName: string
  readonly value: number
}

/** Buckets of Prometheus hold all below them as well. */
function histogram(name: string, { bounds, counts, sum }: Distribution): Line[] {
  let below = 0
  const buckets = counts.map((count, i) => {
    below += count
    const le = bounds[i] ?? '+Inf'
    return { labels: { le }, metricName: `${name}_bucket`, value: below }
  })
  return [
    ...buckets,
    { labels: {}, metricName: `${name}_sum`, value: sum },
    { labels: {}, metricName: `${name}_count`, value: below },
  ]
}
