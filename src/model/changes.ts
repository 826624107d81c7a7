/** What one turn of the control plane changed: committed together, or not at all. */

import type {
  ConversationRecord,
  DeviceRecord,
  FactRecord,
  HistoryRecord,
  HoldingRecord,
  KeyRecord,
  MergeRecord,
  Time,
} from './device.js'
import type { FindingRecord } from './finding.js'

/** Amounts since the last turn; they add up. */
export interface PresenceRecord {
  readonly device: string
  readonly last_seen: Time
  readonly packets: number
  readonly bytes: number
}

export interface Changes {
  readonly at: Time
  /** Whole records, as they are from now on. */
  readonly devices: readonly DeviceRecord[]
  readonly presence: readonly PresenceRecord[]
  /** Counts add up; first and last widen. */
  readonly facts: readonly FactRecord[]
  readonly keys: readonly KeyRecord[]
  readonly holdings: readonly HoldingRecord[]
  readonly history: readonly HistoryRecord[]
  readonly merges: readonly MergeRecord[]
  /** Whole, as they are from now on. */
  readonly findings: readonly FindingRecord[]
  /** Amounts add up. */
  readonly conversations: readonly ConversationRecord[]
  /** Devices that were forgotten, with everything about them. */
  readonly forgotten: readonly string[]
}
