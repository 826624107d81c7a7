/** What the control plane needs of the database when it starts, in chunks, so that others may run between. */

import type {
  DeviceRecord,
  FactRecord,
  HoldingRecord,
  KeyRecord,
  MergeRecord,
  Time,
} from '../model/device.js'
import type { Connection } from './connection.js'
import { heardRecord, type StoredDevice } from './device-row.js'
import { STORED } from './devices.js'
import { BATCH_ROWS } from './limits.js'
import { unpackSubject } from './subjects.js'

const DEVICES_A_PAGE = 500

interface KeyRow extends KeyRecord {
  readonly kind_number: number
}

/** A device whose id is no longer its own, and whose it is now. */
export interface Alias {
  readonly id: string
  readonly into: string
}

/** Devices as they were committed, with the edits beside what was heard; merged ones are left out. */
export function* loadDevices(db: Connection): Generator<DeviceRecord[]> {
  const page = db.prepare<unknown[], StoredDevice>(
    `${STORED} WHERE number > ? AND merged_into IS NULL ORDER BY number LIMIT ${BATCH_ROWS}`,
  )
  let last = 0
  for (;;) {
    const rows = page.all(last)
    if (rows.length === 0) return
    last = rows.at(-1)!.number
    yield rows.map(heardRecord)
  }
}

/** One device as it was committed; undefined if there is none of this id, or it was merged. */
export function deviceLoader(db: Connection): (id: string) => DeviceRecord | undefined {
  const one = db.prepare<unknown[], StoredDevice>(`${STORED} WHERE id = ? AND merged_into IS NULL`)
  return id => {
    const row = one.get(id)
    return row === undefined ? undefined : heardRecord(row)
  }
}

interface FactRow extends Omit<FactRecord, 'subject'> {
  readonly subject: Buffer | string
}

/** What was said under these names, of whom it is about now; for so many devices at a time. */
export function* loadFacts(db: Connection, names: readonly string[]): Generator<FactRecord[]> {
  const page = db.prepare<unknown[], FactRow>(
    `SELECT coalesce(standing.id, own.id) AS device, facts.subject, words.text AS fact, value,
    '' AS protocol, first, last, count FROM facts
    JOIN words ON words.number = facts.fact
    JOIN devices AS own ON own.number = facts.device
    LEFT JOIN devices AS standing ON standing.number = own.merged_into
    WHERE facts.device BETWEEN ? AND ? AND words.text IN (SELECT value FROM json_each(?))`,
  )
  const most = db.prepare<unknown[], number | null>('SELECT max(number) FROM devices').pluck()
  const end = most.get() ?? 0
  const wanted = JSON.stringify(names)
  for (let from = 1; from <= end; from += DEVICES_A_PAGE) {
    const rows = page.all(from, from + DEVICES_A_PAGE - 1, wanted)
    if (rows.length > 0) {
      yield rows.map(row => ({ ...row, subject: unpackSubject(row.subject) }))
    }
  }
}

export function* loadKeys(db: Connection): Generator<KeyRecord[]> {
  const page = db.prepare<unknown[], KeyRow>(
    `SELECT keys.kind AS kind_number, kinds.text AS kind, value, devices.id AS device,
    coalesce(proofs.text, '') AS proof, first, last FROM keys
    JOIN words AS kinds ON kinds.number = keys.kind
    LEFT JOIN words AS proofs ON proofs.number = keys.proof
    JOIN devices ON devices.number = keys.device
    WHERE (keys.kind, value) > (?, ?) ORDER BY keys.kind, value LIMIT ${BATCH_ROWS}`,
  )
  let last: readonly [number, string] = [-1, '']
  for (;;) {
    const rows = page.all(...last)
    const end = rows.at(-1)
    if (end === undefined) return
    last = [end.kind_number, end.value]
    yield rows.map(({ kind_number: _, ...record }) => record)
  }
}

/** Who holds which address now. */
export function* loadHoldings(db: Connection): Generator<HoldingRecord[]> {
  const page = db.prepare<unknown[], HoldingRecord & { number: number }>(
    `SELECT devices.number, devices.id AS device, address, began AS "from", ended AS "to",
    coalesce(text, '') AS proof FROM holdings JOIN devices ON devices.number = holdings.device
    LEFT JOIN words ON words.number = proof WHERE ended IS NULL
    AND (holdings.device, address) > (?, ?) ORDER BY holdings.device, address LIMIT ${BATCH_ROWS}`,
  )
  let last: readonly [number, string] = [0, '']
  for (;;) {
    const rows = page.all(...last)
    const end = rows.at(-1)
    if (end === undefined) return
    last = [end.number, end.address]
    yield rows.map(({ number: _, ...record }) => record)
  }
}

export function loadAliases(db: Connection): Alias[] {
  return db
    .prepare<unknown[], Alias>(
      `SELECT merged.id, standing.id AS "into" FROM devices AS merged
      JOIN devices AS standing ON standing.number = merged.merged_into`,
    )
    .all()
}

/** Every decision, the oldest first: pins hold, and splits are not merged again. */
export function loadMerges(db: Connection): MergeRecord[] {
  const all = `SELECT into_id AS "into", from_id AS "from", at, action, by, why, score
    FROM merges ORDER BY number`
  return db.prepare<unknown[], MergeRecord>(all).all()
}

export interface Learning {
  readonly segment: string
  readonly begun: Time
  readonly ended: Time | null
}

export function loadLearning(db: Connection): Learning[] {
  return db.prepare<unknown[], Learning>('SELECT segment, begun, ended FROM learning').all()
}
