/** The table of conversations: who talked to whom, by which protocol, how much. */

import type { ConversationRecord, Time } from '../model/device.js'
import type { Connection, Statement } from './connection.js'
import type { Words } from './words.js'

/** An end: the number of a device, or 0 and a name. */
export interface End {
  readonly device: number
  readonly name: string
}

export class Conversations {
  private readonly words: Words
  private readonly upsert: Statement<number>
  private readonly dropSource: Statement
  private readonly dropTarget: Statement
  private readonly age: Statement
  private readonly oldest: Statement

  constructor(db: Connection, words: Words) {
    this.words = words
    this.upsert = db
      .prepare<unknown[], number>(
        `INSERT INTO conversations (source, target, source_name, target_name, transport, port,
        protocol, scope, name, packets, bytes_out, bytes_in, first_seen, last_seen,
        community_id, round_trip_smallest, round_trip_last)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET scope = excluded.scope, packets = packets + excluded.packets,
        bytes_out = bytes_out + excluded.bytes_out, bytes_in = bytes_in + excluded.bytes_in,
        first_seen = min(first_seen, excluded.first_seen),
        last_seen = max(last_seen, excluded.last_seen),
        community_id = coalesce(excluded.community_id, community_id),
        round_trip_smallest = min(coalesce(round_trip_smallest, excluded.round_trip_smallest),
          coalesce(excluded.round_trip_smallest, round_trip_smallest)),
        round_trip_last = coalesce(excluded.round_trip_last, round_trip_last) RETURNING number`,
      )
      .pluck()
    this.dropSource = db.prepare('DELETE FROM conversations WHERE source = ?')
    this.dropTarget = db.prepare('DELETE FROM conversations WHERE target = ? AND target > 0')
    this.age = db.prepare(`DELETE FROM conversations WHERE number IN
      (SELECT number FROM conversations WHERE last_seen < ? ORDER BY last_seen LIMIT ?)`)
    this.oldest = db.prepare(`DELETE FROM conversations WHERE number IN
      (SELECT number FROM conversations ORDER BY last_seen LIMIT ?)`)
  }

  /** Returns its number. */
  add(record: ConversationRecord, from: End, to: End): number {
    const { transport, port, protocol, scope, name, packets, bytes_out, bytes_in } = record
    const { first_seen, last_seen } = record
    return this.upsert.get(
      ...[from.device, to.device, from.name, to.name, this.words.number(transport), port ?? -1],
      ...[this.words.number(protocol), this.words.number(scope), name ?? '', packets],
      ...[bytes_out, bytes_in, first_seen, last_seen, record.community_id],
      ...[record.round_trip_smallest_us, record.round_trip_last_us],
    )!
  }

  removeOf(device: number): number {
    return this.dropSource.run(device).changes + this.dropTarget.run(device).changes
  }

  expire(before: Time, limit: number): number {
    return this.age.run(before, limit).changes
  }

  dropOldest(limit: number): number {
    return this.oldest.run(limit).changes
  }
}
