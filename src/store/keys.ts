/** The tables of keys, by which devices are known again, and of who held an address when. */

import { createHash } from 'node:crypto'
import type { HoldingRecord, KeyRecord, Time } from '../model/device.js'
import type { Connection, Statement } from './connection.js'
import { REMEMBERED_MAX } from './limits.js'
import type { Words } from './words.js'

/** An address says nothing of who had it before. */
const KINDS_NOT_REMEMBERED = ['ip', 'name']

export class Keys {
  private readonly words: Words
  private readonly upsert: Statement
  private readonly of: Statement<{ kind: string; value: string }>
  private readonly drop: Statement
  private readonly remember: Statement
  private readonly recall: Statement<string>
  private readonly trim: Statement
  private part = 0

  constructor(db: Connection, words: Words) {
    this.words = words
    this.upsert = db.prepare(`INSERT INTO keys (kind, value, device, proof, first, last)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      first = CASE WHEN device = excluded.device THEN min(first, excluded.first)
        ELSE excluded.first END,
      last = CASE WHEN device = excluded.device THEN max(last, excluded.last)
        ELSE excluded.last END,
      device = excluded.device, proof = excluded.proof`)
    this.of = db.prepare<unknown[], { kind: string; value: string }>(
      'SELECT text AS kind, value FROM keys JOIN words ON number = kind WHERE device = ?',
    )
    this.drop = db.prepare('DELETE FROM keys WHERE device = ?')
    this.remember = db.prepare('INSERT OR REPLACE INTO remembered (key, id, at) VALUES (?, ?, ?)')
    this.recall = db.prepare<unknown[], string>('SELECT id FROM remembered WHERE key = ?').pluck()
    this.trim =
      db.prepare(`DELETE FROM remembered WHERE key >= ? AND key < ? AND (at < ? OR key NOT IN
      (SELECT key FROM remembered WHERE key >= ? AND key < ? ORDER BY at DESC LIMIT ?))`)
  }

  put({ kind, value, proof, first, last }: KeyRecord, device: number): void {
    this.upsert.run(this.words.number(kind), value, device, this.words.number(proof), first, last)
  }

  removeOf(device: number): number {
    return this.drop.run(device).changes
  }

  /** So that a forgotten device that returns is nobody new: hashes of keys, and the id they meant. */
  rememberOf(device: number, id: string, at: Time): void {
    for (const { kind, value } of this.of.all(device)) {
      if (!KINDS_NOT_REMEMBERED.includes(kind)) this.remember.run(keyHash(kind, value), id, at)
    }
  }

  /** The id of the forgotten device that a key meant. */
  remembered(kind: string, value: string): string | undefined {
    return this.recall.get(keyHash(kind, value))
  }

  /** Looks over one of 256 parts each time: the old go, and the oldest of too many. */
  forgetSome(before: Time): number {
    const part = this.part++ & 255
    const range = [Buffer.from([part]), part === 255 ? LAST_KEY : Buffer.from([part + 1])]
    return this.trim.run(...range, before, ...range, REMEMBERED_MAX / 256).changes
  }
}

const LAST_KEY = Buffer.alloc(16, 255)
const KEY_BYTES = 12
const keyHash = (kind: string, value: string): Buffer =>
  createHash('sha256').update(`${kind}\0${value}`).digest().subarray(0, KEY_BYTES)

export class Holdings {
  private readonly words: Words
  private readonly upsert: Statement
  private readonly drop: Statement
  private readonly age: Statement

  constructor(db: Connection, words: Words) {
    this.words = words
    this.upsert = db.prepare(`INSERT INTO holdings (device, address, began, ended, proof)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET ended = excluded.ended, proof = excluded.proof`)
    this.drop = db.prepare('DELETE FROM holdings WHERE device = ?')
    this.age = db.prepare('DELETE FROM holdings WHERE device BETWEEN ? AND ? AND ended < ?')
  }

  put({ address, from, to, proof }: HoldingRecord, device: number): void {
    this.upsert.run(device, address, from, to, this.words.number(proof))
  }

  removeOf(device: number): number {
    return this.drop.run(device).changes
  }

  expire(devices: readonly [number, number], before: Time): number {
    return this.age.run(...devices, before).changes
  }
}
