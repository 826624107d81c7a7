/**
 * Recommendations of a running sensor: what each turn changed is heard, devices it touched are judged
 * again, and what is told is only what differs from what was told before.
 */

import type { Changes } from '../../model/changes.js'
import type { DeviceRecord, FactRecord, Time } from '../../model/device.js'
import type { FindingRecord } from '../../model/finding.js'
import { withEdits } from '../../model/edited.js'
import { deviceStatements } from './device-statements.js'
import { FramedFindings } from './framed.js'
import type { Advice } from './judging.js'
import { DAY_MS, DEVICES_MAX, STATEMENTS_MAX } from './limits.js'
import type { Statement } from './matching.js'

export interface RecommendingOptions {
  readonly advice: Advice
  readonly resolve_days: number
  /** In how many seconds since then conversations were heard both ways in these VLANs. */
  readonly heardSince: (vlans: readonly number[], time: Time) => number
}

/** What is kept of a device. */
interface Kept {
  first_seen: Time
  last_seen: Time
  vlans: readonly number[]
  /** What is known of it as a whole. */
  whole: readonly Statement[]
  readonly said: Map<string, Statement>
  /** By recommendation and topic: what was told, as text. */
  readonly told: Map<string, string>
  /** The last one of them is unhealthy: with time alone it may be resolved. */
  isOpen: boolean
}

export class Recommending {
  readonly dropped = { devices: 0, statements: 0 }
  /** Findings that others make, of vulnerabilities and of alerts. */
  readonly framed: FramedFindings
  private readonly options: RecommendingOptions
  private readonly devices = new Map<string, Kept>()
  private readonly touched = new Set<string>()
  private readonly reads: (fact: string) => boolean
  private review: Iterator<[string, Kept]> | undefined

  constructor(options: RecommendingOptions) {
    this.options = options
    this.framed = new FramedFindings(options.advice)
    this.reads = fact => options.advice.reads(fact)
  }

  get entries(): number {
    return this.devices.size
  }

  /** What a turn changed. */
  hear({ devices, presence, facts, merges, forgotten }: Changes): void {
    for (const record of devices) this.recall(record)
    for (const { device, last_seen } of presence) {
      const kept = this.devices.get(device)
      if (kept !== undefined) kept.last_seen = Math.max(kept.last_seen, last_seen)
    }
    this.recallFacts(facts)
    for (const { action, from, into } of merges) if (action === 'merge') this.merge(from, into)
    for (const id of forgotten) this.forget(id)
  }

  /** A device as it is from now on. */
  recall(record: DeviceRecord): void {
    const kept = this.keep(record.id)
    if (kept === undefined) return
    const authorized = record.edits.authorized ?? null
    kept.first_seen = record.first_seen
    kept.last_seen = record.last_seen
    kept.vlans = record.vlans
    kept.whole = deviceStatements({ ...withEdits(record), authorized }, this.reads)
    this.touched.add(record.id)
  }

  recallFacts(facts: readonly FactRecord[]): void {
    for (const { device, fact, value, first, last } of facts) {
      if (!this.reads(fact)) continue
      const kept = this.keep(device)
      if (kept === undefined) continue
      this.add(kept, { fact, value, first, last })
      kept.last_seen = Math.max(kept.last_seen, last)
      kept.first_seen = Math.min(kept.first_seen, first)
      this.touched.add(device)
    }
  }

  /** What was told before the sensor was started. */
  recallTold(records: readonly FindingRecord[]): void {
    for (const record of records) {
      if (record.topic !== '') this.framed.recall(record)
      else this.keep(record.device)?.told.set(keyOf(record), textOf(record))
    }
  }

  /** Findings that are new or differ from what was told; of devices touched since, up to `max` of them. */
  settle(now: Time, max: number): FindingRecord[] {
    const changed: FindingRecord[] = []
    let count = 0
    for (const id of this.touched) {
      if (count++ === max) break
      this.touched.delete(id)
      const kept = this.devices.get(id)
      if (kept !== undefined) this.judge(id, kept, { now, changed })
    }
    changed.push(...this.framed.take(max))
    return changed
  }

  get isBusy(): boolean {
    return this.touched.size > 0
  }

  /** Some devices that time alone may have changed are looked at again; all of them, turn by turn. */
  lookAgain(max: number): void {
    this.review ??= this.devices.entries()
    for (let i = 0; i < max; i++) {
      const next = this.review.next()
      if (next.done === true) return void (this.review = undefined)
      const [id, { isOpen }] = next.value
      if (isOpen) this.touched.add(id)
    }
  }

  private judge(id: string, kept: Kept, into: { now: Time; changed: FindingRecord[] }): void {
    const { advice, resolve_days, heardSince } = this.options
    const { first_seen, last_seen, vlans, whole, said, told } = kept
    const subject = { id, first_seen, last_seen, statements: [...whole, ...said.values()] }
    const records = advice.judge(subject, {
      now: into.now,
      resolve_ms: resolve_days * DAY_MS,
      heardSince: time => heardSince(vlans, time),
    })
    kept.isOpen = records.some(({ standing }) => standing === 'unhealthy')
    for (const record of records) {
      const text = textOf(record)
      if (told.get(keyOf(record)) === text) continue
      told.set(keyOf(record), text)
      into.changed.push(record)
    }
  }

  private keep(id: string): Kept | undefined {
    let kept = this.devices.get(id)
    if (kept !== undefined) return kept
    if (this.devices.size >= DEVICES_MAX) {
      this.dropped.devices++
      return undefined
    }
    const times = { first_seen: Infinity, last_seen: -Infinity }
    kept = { ...times, vlans: [], whole: [], said: new Map(), told: new Map(), isOpen: false }
    this.devices.set(id, kept)
    return kept
  }

  private add({ said }: Kept, statement: Statement): void {
    const key = `${statement.fact}\0${statement.value}`
    const before = said.get(key)
    if (before === undefined && said.size >= STATEMENTS_MAX) {
      this.dropped.statements++
      return
    }
    said.set(key, {
      ...statement,
      first: Math.min(before?.first ?? Infinity, statement.first),
      last: Math.max(before?.last ?? -Infinity, statement.last),
    })
  }

  private merge(from: string, into: string): void {
    const own = this.devices.get(from)
    if (own === undefined || from === into) return
    const kept = this.keep(into)
    if (kept === undefined) return
    for (const statement of own.said.values()) this.add(kept, statement)
    this.framed.merge(from, into)
    this.forget(from)
    this.touched.add(into)
  }

  private forget(id: string): void {
    this.devices.delete(id)
    this.touched.delete(id)
    this.framed.forget(id)
  }
}

const keyOf = ({ recommendation, topic }: FindingRecord): string => `${recommendation}\0${topic}`

const textOf = ({ device: _, ...rest }: FindingRecord): string => JSON.stringify(rest)
