/** Everything there is about one device and whatever was merged into it: to show, and to export. */

import type {
  ConversationRecord,
  DeviceRecord,
  FactRecord,
  HistoryRecord,
  HoldingRecord,
  KeyRecord,
  MergeRecord,
} from '../model/device.js'
import type { Connection } from './connection.js'
import { conversationOf, CONVERSATIONS, type ConversationRow } from './conversation-row.js'
import { shownRecord, type StoredDevice } from './device-row.js'
import { FAMILY, STORED } from './devices.js'
import { EVENTS_OF_DEVICE_MAX, MERGE_DEPTH_MAX } from './limits.js'
import { unpackSubject } from './subjects.js'

export interface DeviceDocument {
  readonly device: DeviceRecord
  readonly facts: readonly FactRecord[]
  readonly keys: readonly KeyRecord[]
  readonly holdings: readonly HoldingRecord[]
  readonly history: readonly HistoryRecord[]
  readonly merges: readonly MergeRecord[]
  readonly conversations: readonly ConversationRecord[]
}

export interface Standing {
  readonly number: number
  readonly id: string
}

const standingWhere = (condition: string): string =>
  `WITH RECURSIVE way (number, id, merged_into, steps) AS (
    SELECT number, id, merged_into, 0 FROM devices WHERE ${condition}
    UNION ALL SELECT devices.number, devices.id, devices.merged_into, steps + 1
    FROM way JOIN devices ON devices.number = way.merged_into WHERE steps < ${MERGE_DEPTH_MAX}
  ) SELECT number, id FROM way ORDER BY steps DESC LIMIT 1`

/** The device an id means today; undefined is nobody. */
export const standing = (db: Connection, id: string): Standing | undefined =>
  db.prepare<unknown[], Standing>(standingWhere('id = ?')).get(id)

/** The device that a number belongs to today. */
export const standingOf = (db: Connection, number: number): Standing | undefined =>
  db.prepare<unknown[], Standing>(standingWhere('number = ?')).get(number)

export function deviceOf(db: Connection, number: number): DeviceRecord | undefined {
  const row = db.prepare<unknown[], StoredDevice>(`${STORED} WHERE number = ?`).get(number)
  return row && shownRecord(row)
}

type FactRow = Omit<FactRecord, 'device' | 'subject'> & { readonly subject: Buffer | string }

/** What was said twice, before and after a merge, is one fact. `since` is of when it was said last. */
export function factsOf(
  db: Connection,
  { number, id }: Standing,
  since = Number.MIN_SAFE_INTEGER,
): FactRecord[] {
  const rows = db
    .prepare<unknown[], FactRow>(
      `${FAMILY} SELECT names.text AS fact, value, subject, coalesce(protocols.text, '') AS protocol,
      min(first) AS first, max(last) AS last, sum(count) AS count
      FROM facts JOIN words AS names ON names.number = fact
      LEFT JOIN words AS protocols ON protocols.number = protocol
      WHERE device IN family AND last >= ? GROUP BY fact, value, subject
      ORDER BY names.text, value, first LIMIT ${EVENTS_OF_DEVICE_MAX}`,
    )
    .all(number, since)
  return rows.map(({ subject, fact, value, protocol, first, last, count }) => ({
    ...{ device: id, subject: unpackSubject(subject), fact, value, protocol, first, last, count },
  }))
}

export function keysOf(db: Connection, { number, id }: Standing): KeyRecord[] {
  const rows = db
    .prepare<unknown[], Omit<KeyRecord, 'device'>>(
      `${FAMILY} SELECT kinds.text AS kind, value, coalesce(proofs.text, '') AS proof, first, last
      FROM keys JOIN words AS kinds ON kinds.number = kind
      LEFT JOIN words AS proofs ON proofs.number = proof
      WHERE device IN family ORDER BY kinds.text, value LIMIT ${EVENTS_OF_DEVICE_MAX}`,
    )
    .all(number)
  return rows.map(row => ({ ...row, device: id }))
}

export function holdingsOf(db: Connection, { number, id }: Standing): HoldingRecord[] {
  const rows = db
    .prepare<unknown[], Omit<HoldingRecord, 'device'>>(
      `${FAMILY} SELECT address, began AS "from", ended AS "to", coalesce(text, '') AS proof
      FROM holdings LEFT JOIN words ON words.number = proof
      WHERE device IN family ORDER BY began, address LIMIT ${EVENTS_OF_DEVICE_MAX}`,
    )
    .all(number)
  return rows.map(row => ({ device: id, ...row }))
}

type HistoryRow = Omit<HistoryRecord, 'device' | 'before' | 'after'> & {
  readonly before: string
  readonly after: string
}

/** The newest first. */
export function historyOf(
  db: Connection,
  { number, id }: Standing,
  limit: number,
): HistoryRecord[] {
  const rows = db
    .prepare<unknown[], HistoryRow>(
      `${FAMILY} SELECT at, text AS field, before, after, because
      FROM history JOIN words ON words.number = field
      WHERE device IN family ORDER BY at DESC, history.number DESC LIMIT ?`,
    )
    .all(number, limit)
  return rows.map(({ at, field, before, after, because }) => ({
    ...{ device: id, at, field, because },
    before: JSON.parse(before) as unknown,
    after: JSON.parse(after) as unknown,
  }))
}

export function mergesOf(db: Connection, id: string): MergeRecord[] {
  const rows = db.prepare<unknown[], MergeRecord>(
    `SELECT into_id AS "into", from_id AS "from", at, action, by, why, score FROM merges
    WHERE into_id = ? OR from_id = ? ORDER BY number LIMIT ${EVENTS_OF_DEVICE_MAX}`,
  )
  return rows.all(id, id)
}

export function conversationsOf(db: Connection, { number }: Standing): ConversationRecord[] {
  const rows = db.prepare<unknown[], ConversationRow>(
    `${FAMILY} ${CONVERSATIONS} WHERE source IN family OR (target > 0 AND target IN family)
    ORDER BY last_seen DESC, conversations.number DESC LIMIT ${EVENTS_OF_DEVICE_MAX}`,
  )
  return rows.all(number).map(conversationOf)
}

/** All of it as one document; undefined where nobody has this id. */
export function documentOfDevice(db: Connection, id: string): DeviceDocument | undefined {
  const found = standing(db, id)
  const device = found && deviceOf(db, found.number)
  if (found === undefined || device === undefined) return undefined
  return {
    device,
    facts: factsOf(db, found),
    keys: keysOf(db, found),
    holdings: holdingsOf(db, found),
    history: historyOf(db, found, EVENTS_OF_DEVICE_MAX),
    merges: mergesOf(db, found.id),
    conversations: conversationsOf(db, found),
  }
}
