/**
 * Recommendations of a running sensor: what each turn changed is heard, devices it touched are judged
 * again, and what is told is only what differs from what was told before.
 */

import type { Changes } from '../../model/changes.js'
import type { ConversationRecord, DeviceRecord, FactRecord, Time } from '../../model/device.js'
import type { FindingRecord } from '../../model/finding.js'
import { riskOf, type Importance } from '../risk.js'
import { withEdits } from '../../model/edited.js'
import { deviceStatements, reachedBy } from './device-statements.js'
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
  /** What is unhealthy: with time alone it may be resolved. */
  open: readonly FindingRecord[]
  importance: Importance
  risk: number
}

/** What is told of a turn. */
export interface Settled {
  readonly findings: FindingRecord[]
  /** Devices whose risk is another one now. */
  readonly risks: ReadonlyMap<string, number>
}

export class Recommending {
  readonly dropped = { devices: 0, statements: 0 }
  /** Findings that others make, of vulnerabilities and of alerts. */
  readonly framed: FramedFindings
  private readonly options: RecommendingOptions
  private readonly devices = new Map<string, Kept>()
  private readonly touched = new Set<string>()
  /** Whether any recommendation rests on this fact. */
  readonly reads: (fact: string) => boolean
  /** Findings whose risk somebody takes: they don't count. */
  private accepted: ReadonlySet<string> = new Set()
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
  hear({ devices, presence, facts, conversations, merges, forgotten }: Changes): void {
    for (const record of devices) this.recall(record)
    for (const { device, last_seen } of presence) {
      const kept = this.devices.get(device)
      if (kept !== undefined) kept.last_seen = Math.max(kept.last_seen, last_seen)
    }
    this.recallFacts(facts)
    for (const talk of conversations) this.reach(talk)
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
    kept.importance = record.edits.importance ?? 'normal'
    kept.risk = record.risk
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

  /** From now on the risk of these is taken, and of no others. */
  recallAccepted(all: readonly Accepted[]): void {
    const before = this.accepted
    const now = new Map(all.map(one => [acceptedKey(one), one.device]))
    this.accepted = new Set(now.keys())
    for (const [key, device] of now) if (!before.has(key)) this.touched.add(device)
    for (const key of before) {
      if (!now.has(key)) this.touched.add(key.slice(0, key.indexOf('\0')))
    }
  }

  /** Findings that are new or differ from what was told; of devices touched since, up to `max` of them. */
  settle(now: Time, max: number): Settled {
    const findings: FindingRecord[] = []
    const risks = new Map<string, number>()
    const framed = this.framed.take(max)
    for (const { device } of framed) this.touched.add(device)
    let count = 0
    for (const id of this.touched) {
      if (count++ === max) break
      this.touched.delete(id)
      const kept = this.devices.get(id)
      if (kept === undefined) continue
      this.judge(id, kept, { now, changed: findings })
      const risk = this.riskOf(id, kept)
      if (risk !== kept.risk) risks.set(id, (kept.risk = risk))
    }
    return { findings: [...findings, ...framed], risks }
  }

  /** By severity, how many findings are open. */
  openCounts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { open } of this.devices.values())
      for (const { severity } of open) counts[severity] = (counts[severity] ?? 0) + 1
    return counts
  }

  private riskOf(id: string, { open, said, importance }: Kept): number {
    const weaknesses = [...open, ...this.framed.open(id)]
      .filter(one => !this.accepted.has(acceptedKey(one)))
      .map(({ recommendation, topic, severity }) => ({
        title: `${recommendation} ${topic}`,
        severity,
      }))
    const reached = [...said.values()].filter(({ fact }) => fact === REACHED)
    const internet = reached.some(({ value }) => value.startsWith(INTERNET))
    const lateral = reached.some(({ value }) => !value.startsWith(INTERNET))
    return riskOf(weaknesses, { internet, lateral }, importance).score
  }

  /** Somebody of another kind, or on the Internet, was answered. */
  private reach({
    to,
    scope,
    protocol,
    bytes_in,
    first_seen,
    last_seen,
  }: ConversationRecord): void {
    const kept = this.devices.get(to)
    const value = reachedBy(scope, protocol)
    if (kept === undefined || bytes_in === 0 || value === '') return
    this.add(kept, { fact: REACHED, value, first: first_seen, last: last_seen })
    this.touched.add(to)
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
      const [id, { open }] = next.value
      if (open.length > 0) this.touched.add(id)
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
    kept.open = records.filter(({ standing }) => standing === 'unhealthy')
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
    kept = {
      ...{ first_seen: Infinity, last_seen: -Infinity, vlans: [], whole: [] },
      ...{ said: new Map(), told: new Map(), open: [], importance: 'normal', risk: 0 },
    }
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

const REACHED = 'device.reached'
const INTERNET = 'internet '

type Accepted = Pick<FindingRecord, 'device' | 'recommendation' | 'topic'>

const acceptedKey = ({ device, recommendation, topic }: Accepted): string =>
  `${device}\0${recommendation}\0${topic}`

const keyOf = ({ recommendation, topic }: FindingRecord): string => `${recommendation}\0${topic}`

/** The same for the same finding, whoever wrote it down. */
function textOf({
  standing,
  severity,
  first,
  last,
  resolved,
  because,
  proofs,
}: FindingRecord): string {
  const shown = proofs.map(proof => [proof.fact, proof.value, proof.rule, proof.first, proof.last])
  return JSON.stringify([standing, severity, first, last, resolved, because, shown])
}
