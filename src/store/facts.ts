/** The table of facts: one row for each thing that was said of a device, however often. */

import type { FactRecord } from '../model/device.js'
import type { Connection, Statement } from './connection.js'
import { packSubject } from './subjects.js'
import type { Words } from './words.js'

export class Facts {
  private readonly words: Words
  private readonly upsert: Statement
  private readonly drop: Statement
  private readonly age: Statement

  constructor(db: Connection, words: Words) {
    this.words = words
    this.upsert = db.prepare(`INSERT INTO facts
      (device, fact, value, subject, protocol, first, last, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
      count = count + excluded.count, protocol = excluded.protocol`)
    this.drop = db.prepare('DELETE FROM facts WHERE device = ?')
    this.age = db.prepare(`DELETE FROM facts WHERE device BETWEEN ? AND ? AND last < ?
      AND (last < ? OR fact IN (SELECT value FROM json_each(?)))`)
  }

  add(record: FactRecord, device: number): void {
    const { value, first, last, count } = record
    const fact = this.words.number(record.fact)
    const protocol = this.words.number(record.protocol)
    const subject = packSubject(record.subject)
    this.upsert.run(device, fact, value, subject, protocol, first, last, count)
  }

  /** Returns how many there were. */
  removeOf(device: number): number {
    return this.drop.run(device).changes
  }

  /** Of some devices: those not heard since `old`, and of `names` those not heard since `oldName`. */
  expire(devices: readonly [number, number], ages: FactAges): number {
    const { old, old_name, names } = ages
    return this.age.run(...devices, Math.max(old, old_name), old, JSON.stringify(names)).changes
  }
}

export interface FactAges {
  readonly old: number
  readonly old_name: number
  /** Numbers of the facts that are names looked up. */
  readonly names: readonly number[]
}
