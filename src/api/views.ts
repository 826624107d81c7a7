/** Records of the store as the API tells them: times are RFC 3339, and nothing is left out. */

import type {
  ConversationRecord,
  DeviceRecord,
  FactRecord,
  HistoryRecord,
  HoldingRecord,
  KeyRecord,
  ManagedRecord,
  MergeRecord,
  Time,
} from '../model/device.js'
import type { Claim } from '../model/judge.js'
import type { DeviceDocument } from '../store/about-device.js'
import type { Receipt } from '../store/store.js'

type Json = Readonly<Record<string, unknown>>

/** The years that RFC 3339 can write. */
const TIME = { min: -62_135_596_800_000, max: 253_402_300_799_999 } as const

export const timeText = (time: Time): string =>
  new Date(Math.min(Math.max(Math.trunc(time), TIME.min), TIME.max)).toISOString()

export const timeTextOrNull = (time: Time | null): string | null =>
  time === null ? null : timeText(time)

export const deviceView = (device: DeviceRecord): Json => ({
  ...device,
  managed: managedView(device.managed),
  first_seen: timeText(device.first_seen),
  last_seen: timeText(device.last_seen),
})

export const claimView = ({ property, value, rule, confidence, fact, said }: Claim): Json => ({
  ...{ property, value, rule, confidence, fact, said },
})

const managedView = (managed: ManagedRecord | null): Json | null =>
  managed === null ? null : { ...managed, seen: timeTextOrNull(managed.seen) }

export const factView = (fact: FactRecord): Json => ({
  ...fact,
  first: timeText(fact.first),
  last: timeText(fact.last),
})

export const conversationView = (talk: ConversationRecord): Json => ({
  ...talk,
  first_seen: timeText(talk.first_seen),
  last_seen: timeText(talk.last_seen),
})

export const historyView = (event: HistoryRecord): Json => ({ ...event, at: timeText(event.at) })

export const holdingView = (holding: HoldingRecord): Json => ({
  ...holding,
  from: timeText(holding.from),
  to: timeTextOrNull(holding.to),
})

export const keyView = ({ kind, value, proof, first, last }: KeyRecord): Json => ({
  ...{ kind, value, proof },
  first: timeText(first),
  last: timeText(last),
})

export const mergeView = (merge: MergeRecord): Json => ({ ...merge, at: timeText(merge.at) })

export const receiptView = (receipt: Receipt): Json => ({ ...receipt, at: timeText(receipt.at) })

/** Everything about a device, its lists by their names. */
export function documentParts(document: DeviceDocument): readonly (readonly [string, Json[]])[] {
  return [
    ['keys', document.keys.map(keyView)],
    ['addresses', document.holdings.map(holdingView)],
    ['merges', document.merges.map(mergeView)],
    ['facts', document.facts.map(factView)],
    ['history', document.history.map(historyView)],
    ['conversations', document.conversations.map(conversationView)],
  ]
}
