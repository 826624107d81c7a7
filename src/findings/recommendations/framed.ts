/**
 * Findings that others make of many devices at once: software to be updated, addresses to be blocked.
 * One recommendation for each topic, whatever its devices are.
 */

import type { FindingRecord, Proof } from '../../model/finding.js'
import type { Severity } from '../../model/health.js'
import type { Advice } from './judging.js'
import { FRAMED_MAX } from './limits.js'
import { shownProofs } from './matching.js'

/** What somebody found about one device. */
export interface Framed {
  /** `update-vulnerable-software` or `block-suspicious-address`. */
  readonly recommendation: string
  /** The product and its fixed version, or the address. */
  readonly topic: string
  readonly device: string
  readonly at: number
  readonly proofs: readonly Proof[]
  /** Where it differs from what the recommendation says. */
  readonly severity?: Severity
}

export class FramedFindings {
  dropped = 0
  private readonly advice: Advice
  /** By device, and by recommendation and topic. */
  private readonly known = new Map<string, Map<string, FindingRecord>>()
  private count = 0
  private readonly changed = new Map<string, FindingRecord>()

  constructor(advice: Advice) {
    this.advice = advice
  }

  /** It was observed; again, or for the first time. */
  observe({ recommendation, topic, device, at, proofs, severity }: Framed): void {
    const frame = this.advice.of(recommendation)
    if (frame === undefined || !frame.isFrame || topic === '') return
    const before = this.before({ recommendation, topic, device })
    if (before === undefined && this.count >= FRAMED_MAX) {
      this.dropped++
      return
    }
    this.put({
      ...{ recommendation, topic, device, severity: severity ?? frame.severity },
      ...{ standing: 'unhealthy', resolved: null, because: null },
      first: Math.min(before?.first ?? at, at),
      last: Math.max(before?.last ?? at, at),
      proofs: shownProofs([...(before?.proofs ?? []), ...proofs]),
    })
  }

  /** It no longer holds, for this reason. */
  settle(about: Pick<Framed, 'recommendation' | 'topic' | 'device' | 'at'>, because: string): void {
    const { recommendation, topic, device, at } = about
    const before = this.before({ recommendation, topic, device })
    if (before?.standing !== 'unhealthy') return
    this.put({ ...before, standing: 'resolved', resolved: at, because })
  }

  /** What changed since the last call. */
  take(max: number): FindingRecord[] {
    const taken = [...this.changed].slice(0, max)
    for (const [key] of taken) this.changed.delete(key)
    return taken.map(([, record]) => record)
  }

  /** It was told before the sensor was started. */
  recall(record: FindingRecord): void {
    const own = this.known.get(record.device) ?? new Map<string, FindingRecord>()
    this.known.set(record.device, own)
    if (!own.has(keyOf(record))) this.count++
    own.set(keyOf(record), record)
  }

  /** What is unhealthy of a device. */
  open(device: string): FindingRecord[] {
    const own = [...(this.known.get(device)?.values() ?? [])]
    return own.filter(({ standing }) => standing === 'unhealthy')
  }

  merge(from: string, into: string): void {
    const own = [...(this.known.get(from)?.values() ?? [])]
    this.forget(from)
    for (const record of own) this.put({ ...record, device: into })
  }

  forget(device: string): void {
    const own = this.known.get(device)
    if (own === undefined) return
    for (const key of own.keys()) this.changed.delete(`${device}\0${key}`)
    this.count -= own.size
    this.known.delete(device)
  }

  private before(about: About): FindingRecord | undefined {
    return this.known.get(about.device)?.get(keyOf(about))
  }

  private put(record: FindingRecord): void {
    this.recall(record)
    this.changed.set(`${record.device}\0${keyOf(record)}`, record)
  }
}

type About = Pick<FindingRecord, 'recommendation' | 'topic' | 'device'>

const keyOf = ({ recommendation, topic }: Omit<About, 'device'>): string =>
  `${recommendation}\0${topic}`
