/** What a person should mend: findings of recommendations about devices, each with its proof. */

import type { Time } from './device.js'
import type { Severity } from './health.js'

/** How a device stands to a recommendation; of what was never heard, nothing is concluded. */
export type Standing = 'unhealthy' | 'healthy' | 'resolved'

export const FINDING_STATUSES = ['unhealthy', 'resolved', 'accepted'] as const
export type FindingStatus = (typeof FINDING_STATUSES)[number]

/** A statement that a conclusion rests on; without times where no frame said it in so many words. */
export interface Proof {
  readonly fact: string
  readonly value: string
  readonly rule: string
  readonly first: Time | null
  readonly last: Time | null
}

/** Of one device and one recommendation, what holds from now on. */
export interface FindingRecord {
  readonly recommendation: string
  /** What tells several of one recommendation apart: a product and its fixed version, an address; or ''. */
  readonly topic: string
  readonly device: string
  readonly standing: Standing
  readonly severity: Severity
  /** When it was observed first and last; of `healthy`, when that was. */
  readonly first: Time
  readonly last: Time
  /** Since when it is mended, and why that is believed. */
  readonly resolved: Time | null
  readonly because: string | null
  readonly proofs: readonly Proof[]
}

/** Somebody takes the risk, for a reason, and until then; null is until it is taken back. */
export interface Acceptance {
  readonly by: string
  readonly reason: string
  readonly at: Time
  readonly until: Time | null
}

/** A finding as it is shown. */
export interface Finding extends FindingRecord {
  /** The recommendation, with its topic where it has one. */
  readonly id: string
  readonly title: string
  readonly status: FindingStatus | 'healthy'
  readonly mend: string
  readonly acceptance: Acceptance | null
}

/** Several of one recommendation are told apart by what they are about. */
export const findingId = (recommendation: string, topic: string): string =>
  topic === '' ? recommendation : `${recommendation}:${topic}`

/** What is known only of a device as a whole; rules of recommendations read it like any fact. */
export const DEVICE_FACTS = [
  'device.category',
  'device.kind',
  'device.vendor',
  'device.model',
  'device.os',
  'device.firmware',
  'device.authorized',
  'device.reached',
] as const
