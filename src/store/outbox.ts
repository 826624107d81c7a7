/**
 * The table of changes that destinations have yet to fetch. Devices, facts and conversations wait once
 * each, at the place of their latest change, and are read as they are then; events wait as they were.
 */

import type { Time } from '../model/device.js'
import type { Connection, Statement } from './connection.js'
import { CHANGES_KEPT_MS, CHANGES_MAX, SWEEP_ROWS } from './limits.js'

export const CHANGE_KINDS = [
  'device',
  'facts',
  'conversation',
  'holding',
  'history',
  'merge',
  'forgotten',
  'recommendation',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export interface Destination {
  readonly destination: string
  /** The last change it has acknowledged. */
  readonly sequence: number
  readonly at: Time
}

export class Outbox {
  /** Of the last change; it is never used for another one. */
  sequence = 0
  /** Changes that were dropped because nobody fetched them. */
  dropped = 0
  private at: Time = 0
  private readonly db: Connection
  private readonly wait: Statement
  private readonly tell: Statement
  private readonly save: Statement
  private readonly load: Statement<number>
  private readonly lose: Statement
  private readonly cursor: Statement
  private readonly cursors: Statement<Destination>
  private readonly taken: Statement
  private readonly stale: Statement
  private readonly overflow: Statement<number>
  private readonly states: Statement
  private readonly events: Statement

  constructor(db: Connection) {
    this.db = db
    this.wait =
      db.prepare(`INSERT INTO changes (sequence, at, kind, about, since) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (kind, about) WHERE document IS NULL DO UPDATE SET
      sequence = excluded.sequence, at = excluded.at, since = min(since, excluded.since)`)
    this.tell = db.prepare(`INSERT INTO changes (sequence, at, kind, about, since, document)
      VALUES (?, ?, ?, ?, ?, ?)`)
    this.save = db.prepare("UPDATE meta SET value = ? WHERE name = 'sequence'")
    this.load = db
      .prepare<unknown[], number>("SELECT value FROM meta WHERE name = 'sequence'")
      .pluck()
    this.lose = db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('lost', ?)")
    this.cursor = db.prepare(`INSERT INTO cursors (destination, sequence, at) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence), at = excluded.at`)
    this.cursors = db.prepare<unknown[], Destination>(
      'SELECT destination, sequence, at FROM cursors ORDER BY destination',
    )
    this.taken = db.prepare(`DELETE FROM changes WHERE sequence IN
      (SELECT sequence FROM changes WHERE sequence <= ? ORDER BY sequence LIMIT ?)`)
    this.stale = db.prepare(`DELETE FROM changes WHERE sequence IN
      (SELECT sequence FROM changes ORDER BY sequence LIMIT ?) AND at < ?`)
    this.overflow = db
      .prepare<unknown[], number>(
        'SELECT sequence FROM changes ORDER BY sequence DESC LIMIT 1 OFFSET ?',
      )
      .pluck()
    this.states = db.prepare(`DELETE FROM changes
      WHERE kind IN (0, 1) AND about = ? AND document IS NULL`)
    this.events = db.prepare('DELETE FROM changes WHERE about = ? AND document IS NOT NULL')
    this.reload()
  }

  /** Must be called when a transaction was rolled back: its numbers were not given away. */
  reload(): void {
    this.sequence = this.load.get() ?? 0
  }

  /** Begins a turn. */
  open(at: Time): void {
    this.at = at
  }

  /** Its newest state is to be fetched; of facts those that were said `since`. */
  changed(kind: 'device' | 'facts' | 'conversation', about: number, since = 0): void {
    this.wait.run(++this.sequence, this.at, CHANGE_KINDS.indexOf(kind), about, since)
  }

  happened(kind: ChangeKind, about: number, document: unknown): void {
    const text = JSON.stringify(document)
    this.tell.run(++this.sequence, this.at, CHANGE_KINDS.indexOf(kind), about, 0, text)
  }

  /** Ends a turn: its last number is kept in the same transaction. */
  close(): number {
    this.save.run(this.sequence)
    return this.sequence
  }

  /** Whatever waits about a device that is to be forgotten. */
  removeOf(device: number): number {
    return this.states.run(device).changes + this.events.run(device).changes
  }

  /** A destination has everything up to `sequence`. */
  acknowledge(destination: string, sequence: number, at: Time): void {
    this.cursor.run(destination, Math.min(sequence, this.sequence), at)
  }

  destinations(): Destination[] {
    return this.cursors.all()
  }

  abandon(destination: string): void {
    this.db.prepare('DELETE FROM cursors WHERE destination = ?').run(destination)
  }

  /** Drops some that all destinations have, or that nobody comes for. */
  trim(now: Time): number {
    const destinations = this.destinations()
    if (destinations.length === 0) return this.stale.run(SWEEP_ROWS, now - CHANGES_KEPT_MS).changes
    const acknowledged = Math.min(...destinations.map(({ sequence }) => sequence))
    return this.taken.run(acknowledged, SWEEP_ROWS).changes
  }

  /** Keeps the newest; who has not fetched the others is told that there was a gap. */
  bound(max = CHANGES_MAX): number {
    const last = this.overflow.get(max)
    if (last === undefined) return 0
    const count = this.taken.run(last, SWEEP_ROWS).changes
    const first = this.db.prepare('SELECT min(sequence) FROM changes').pluck().get()
    this.lose.run(Number(first ?? last + 1) - 1)
    this.dropped += count
    return count
  }
}
