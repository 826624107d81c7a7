/** The tables of what changed on devices, and of who was merged with whom. */

import type { HistoryRecord, MergeRecord, Time } from '../model/device.js'
import type { Connection, Statement } from './connection.js'
import type { Words } from './words.js'

export class History {
  private readonly words: Words
  private readonly insert: Statement
  private readonly drop: Statement
  private readonly age: Statement
  private readonly oldest: Statement

  constructor(db: Connection, words: Words) {
    this.words = words
    this.insert = db.prepare(`INSERT INTO history (device, at, field, before, after, because)
      VALUES (?, ?, ?, ?, ?, ?)`)
    this.drop = db.prepare('DELETE FROM history WHERE device = ?')
    this.age = db.prepare(`DELETE FROM history WHERE number IN
      (SELECT number FROM history WHERE at < ? ORDER BY at LIMIT ?)`)
    this.oldest = db.prepare(`DELETE FROM history WHERE number IN
      (SELECT number FROM history ORDER BY at LIMIT ?)`)
  }

  add({ at, field, before, after, because }: HistoryRecord, device: number): void {
    const [was, is] = [JSON.stringify(before ?? null), JSON.stringify(after ?? null)]
    this.insert.run(device, at, this.words.number(field), was, is, because)
  }

  removeOf(device: number): number {
    return this.drop.run(device).changes
  }

  expire(before: Time, limit: number): number {
    return this.age.run(before, limit).changes
  }

  dropOldest(limit: number): number {
    return this.oldest.run(limit).changes
  }
}

export class Merges {
  private readonly insert: Statement
  private readonly drop: Statement

  constructor(db: Connection) {
    this.insert = db.prepare(`INSERT INTO merges (at, action, into_id, from_id, by, why, score)
      VALUES (?, ?, ?, ?, ?, ?, ?)`)
    this.drop = db.prepare('DELETE FROM merges WHERE into_id = ? OR from_id = ?')
  }

  add({ at, action, into, from, by, why, score }: MergeRecord): void {
    this.insert.run(at, action, into, from, by, why, score)
  }

  removeOf(id: string): number {
    return this.drop.run(id, id).changes
  }
}
