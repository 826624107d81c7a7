/**
 * Each VLAN is learned for some days from when it was heard first. What comes to be heard after
 * that is new, and somebody should look at it. With 0 days nothing is learned, and nobody is new.
 */

import type { Time } from '../model/device.js'
import type { Learning } from '../store/loading.js'

const DAY_MS = 86_400_000
/** More VLANs than there can be. */
const SEGMENTS_MAX = 4096

/** Where it is written down when a segment began. */
export interface LearningNotes {
  learning(): Learning[]
  setLearning(learning: Learning): void
}

export class LearningPeriods {
  private readonly notes: LearningNotes
  private readonly period_ms: number
  private readonly segments = new Map<string, Learning>()
  private readonly unwritten = new Set<string>()

  constructor(notes: LearningNotes, days: number) {
    this.notes = notes
    this.period_ms = days * DAY_MS
    if (days === 0) return
    for (const known of notes.learning()) this.segments.set(known.segment, known)
  }

  /** True if all these VLANs were learned long enough; one that is heard first now begins. */
  isOver(vlans: readonly number[], now: Time): boolean {
    if (this.period_ms === 0) return false
    const names = vlans.length === 0 ? ['0'] : vlans.map(String)
    return names.map(name => this.isSegmentOver(name, now)).every(over => over)
  }

  get list(): readonly (Learning & { readonly until: Time })[] {
    return [...this.segments.values()].map(one => ({
      ...one,
      until: one.ended ?? one.begun + this.period_ms,
    }))
  }

  /** Somebody knows the segment well enough; false if there is none of that name. */
  end(segment: string, now: Time): boolean {
    const known = this.segments.get(segment)
    if (known === undefined) return false
    this.set({ ...known, ended: known.ended ?? now })
    return true
  }

  /** Writes down what a full disk refused. */
  write(): void {
    for (const name of this.unwritten) this.set(this.segments.get(name)!)
  }

  private isSegmentOver(segment: string, now: Time): boolean {
    const known = this.segments.get(segment)
    if (known !== undefined) return now >= (known.ended ?? known.begun + this.period_ms)
    if (this.segments.size < SEGMENTS_MAX) this.set({ segment, begun: now, ended: null })
    return false
  }

  private set(learning: Learning): void {
    const { segment } = learning
    this.segments.set(segment, learning)
    try {
      this.notes.setLearning(learning)
      this.unwritten.delete(segment)
    } catch {
      this.unwritten.add(segment)
    }
  }
}
