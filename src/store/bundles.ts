/** What waits to be committed about one device, the newest of everything, and slices of it. */

import type { Changes } from '../model/changes.js'
import type {
  DeviceRecord,
  FactRecord,
  HistoryRecord,
  HoldingRecord,
  KeyRecord,
  Time,
} from '../model/device.js'
import type { FindingRecord } from '../model/finding.js'
import { WEIGHT } from './limits.js'

export interface Bundle {
  record: DeviceRecord | undefined
  readonly facts: Map<string, FactRecord>
  readonly keys: Map<string, KeyRecord>
  readonly holdings: Map<string, HoldingRecord>
  history: HistoryRecord[]
  readonly findings: Map<string, FindingRecord>
}

/** Changes that can be added to. */
export type Filling = { -readonly [Part in keyof Changes]: MutableOf<Changes[Part]> }
type MutableOf<T> = T extends readonly (infer Item)[] ? Item[] : T

export const emptyBundle = (): Bundle => ({
  record: undefined,
  facts: new Map(),
  keys: new Map(),
  holdings: new Map(),
  history: [],
  findings: new Map(),
})

export const noChanges = (at: Time): Filling => ({
  at,
  ...{ devices: [], presence: [], facts: [], keys: [], holdings: [], history: [] },
  ...{ merges: [], conversations: [], findings: [], forgotten: [] },
})

export const isEmpty = (bundle: Bundle): boolean =>
  bundle.record === undefined && bundle.facts.size + rowsOf(bundle) === 0

export const rowsOf = ({ keys, holdings, history, findings }: Bundle): number =>
  keys.size + holdings.size + history.length + findings.size

export const keyOf = ({ kind, value }: KeyRecord): string => `${kind}\0${value}`

const factKey = ({ fact, value, subject }: FactRecord): string => `${fact}\0${value}\0${subject}`

export const hasFact = ({ facts }: Bundle, fact: FactRecord): boolean => facts.has(factKey(fact))

/** The same statement again: it counts, and it was said that early and that late. */
export function addFact({ facts }: Bundle, fact: FactRecord): boolean {
  const key = factKey(fact)
  const before = facts.get(key)
  if (before === undefined) {
    facts.set(key, fact)
    return true
  }
  const first = Math.min(before.first, fact.first)
  const last = Math.max(before.last, fact.last)
  facts.set(key, { ...fact, first, last, count: before.count + fact.count })
  return false
}

export const addHolding = ({ holdings }: Bundle, holding: HoldingRecord): boolean => {
  const key = `${holding.address}\0${holding.from}`
  const isNew = !holdings.has(key)
  holdings.set(key, holding)
  return isNew
}

/** The newest of each recommendation and topic. */
export const addFinding = ({ findings }: Bundle, finding: FindingRecord): boolean => {
  const key = `${finding.recommendation}\0${finding.topic}`
  const isNew = !findings.has(key)
  findings.set(key, finding)
  return isNew
}

/**
 * Copies what waits of a device into `changes`, all but facts that are more than `weight` allows.
 * Returns what it weighs, and what removes it from the bundle once it is committed.
 */
export function copyBundle(bundle: Bundle, changes: Filling, weight: number): Copied {
  const { record, facts, keys, holdings, history, findings } = bundle
  if (record) changes.devices.push(record)
  changes.keys.push(...keys.values())
  changes.holdings.push(...holdings.values())
  changes.history.push(...history)
  changes.findings.push(...findings.values())
  const fixed = (record ? WEIGHT.device : 0) + rowsOf(bundle) * WEIGHT.row
  const taken: string[] = []
  for (const [key, fact] of facts) {
    if (fixed + taken.length * WEIGHT.fact >= Math.max(weight, fixed + 1)) break
    changes.facts.push(fact)
    taken.push(key)
  }
  const rows = rowsOf(bundle)
  return { weight: fixed + taken.length * WEIGHT.fact, facts: taken, rows }
}

export interface Copied {
  readonly weight: number
  readonly facts: readonly string[]
  readonly rows: number
}

/** After a commit: what was copied waits no longer. */
export function removeCopied(bundle: Bundle, { facts }: Copied): void {
  bundle.record = undefined
  bundle.keys.clear()
  bundle.holdings.clear()
  bundle.history = []
  bundle.findings.clear()
  for (const key of facts) bundle.facts.delete(key)
}
