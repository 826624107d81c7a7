/** What a destination has yet to fetch, told as it is now. */

import type { ConversationRecord, DeviceRecord, FactRecord, KeyRecord } from '../model/device.js'
import { factsOf, keysOf, standingOf } from './about-device.js'
import type { Connection } from './connection.js'
import { conversationOf, CONVERSATIONS, type ConversationRow } from './conversation-row.js'
import { heardRecord, type StoredDevice } from './device-row.js'
import { STORED } from './devices.js'
import { ROWS_MAX } from './limits.js'
import { CHANGE_KINDS, type ChangeKind } from './outbox.js'

export interface DeviceChange {
  readonly device: DeviceRecord
  readonly keys: readonly KeyRecord[]
}

export interface Change {
  readonly sequence: number
  readonly at: number
  readonly kind: ChangeKind
  /** Of the kind: a `DeviceChange`, facts, a conversation, or the record of what happened. */
  readonly document: DeviceChange | readonly FactRecord[] | ConversationRecord | object
}

export interface ChangesSince {
  /** Another one means another database, whose numbers begin anew. */
  readonly epoch: string
  /** Changes behind `after` were dropped: fetch all devices anew. */
  readonly gap: boolean
  readonly items: readonly Change[]
  /** What to acknowledge when these have arrived. */
  readonly last: number
}

interface ChangeRow {
  readonly sequence: number
  readonly at: number
  readonly kind: number
  readonly about: number
  readonly since: number
  readonly document: string | null
}

export function changesSince(db: Connection, after: number, limit: number): ChangesSince {
  const meta = db.prepare('SELECT value FROM meta WHERE name = ?').pluck()
  const rows = db
    .prepare<unknown[], ChangeRow>(
      'SELECT * FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?',
    )
    .all(after, Math.min(Math.max(1, limit), ROWS_MAX))
  const items = rows.flatMap(row => {
    const document = row.document === null ? newest(db, row) : (JSON.parse(row.document) as object)
    const { sequence, at } = row
    return document === undefined ? [] : [{ sequence, at, kind: CHANGE_KINDS[row.kind]!, document }]
  })
  return {
    epoch: String(meta.get('epoch')),
    gap: after < Number(meta.get('lost') ?? 0),
    items,
    last: rows.at(-1)?.sequence ?? after,
  }
}

/** undefined where it is gone, or part of something else. */
function newest(db: Connection, { kind, about, since }: ChangeRow): Change['document'] | undefined {
  if (CHANGE_KINDS[kind] === 'conversation') {
    const row = db
      .prepare<unknown[], ConversationRow>(`${CONVERSATIONS} WHERE conversations.number = ?`)
      .get(about)
    return row && conversationOf(row)
  }
  const found = standingOf(db, about)
  if (found === undefined) return undefined
  if (CHANGE_KINDS[kind] === 'facts') return factsOf(db, found, since)
  if (found.number !== about) return undefined
  const row = db.prepare<unknown[], StoredDevice>(`${STORED} WHERE number = ?`).get(about)
  return row && { device: heardRecord(row), keys: keysOf(db, found) }
}
