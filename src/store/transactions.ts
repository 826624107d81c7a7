/** Runs work in transactions, and knows whether the disk takes them. */

import { condemn } from './aside.js'
import type { Connection, Statement } from './connection.js'
import { StoreError, storeError } from './errors.js'

/** `full`: it goes on by itself when there is space. `failed`: it tries, and it may not help. */
export type StoreState = 'ok' | 'full' | 'failed'

export class Transactions {
  state: StoreState = 'ok'
  /** Why it isn't ok. */
  trouble: StoreError | null = null
  failures = 0
  /** How many were committed. */
  committed = 0
  private readonly db: Connection
  private readonly path: string
  private readonly begin: Statement
  private readonly commit: Statement
  private readonly rollback: Statement
  private readonly undo: (() => void)[] = []

  constructor(db: Connection, path: string) {
    this.db = db
    this.path = path
    this.begin = db.prepare('BEGIN IMMEDIATE')
    this.commit = db.prepare('COMMIT')
    this.rollback = db.prepare('ROLLBACK')
  }

  /** `forget` is called when what was done in a transaction has not happened. */
  onRollback(forget: () => void): void {
    this.undo.push(forget)
  }

  /** All of `work`, or a StoreError and none of it. */
  run<T>(work: () => T): T {
    try {
      this.begin.run()
      const outcome = work()
      this.commit.run()
      this.committed++
      this.recover()
      return outcome
    } catch (error) {
      this.undoAll()
      throw this.refused(error)
    }
  }

  /** Work that can't be in a transaction. */
  outside(work: () => void): void {
    try {
      work()
    } catch (error) {
      throw this.refused(error)
    }
  }

  private undoAll(): void {
    try {
      if (this.db.inTransaction) this.rollback.run()
    } catch {
      // SQLite has rolled back by itself already.
    }
    for (const forget of this.undo) forget()
  }

  private recover(): void {
    this.state = 'ok'
    this.trouble = null
  }

  /** Best effort: a disk that loses pages may not take a note either. */
  private condemn(refusal: StoreError): void {
    try {
      condemn(this.path, refusal.message)
    } catch {
      // Then the next start finds out by itself.
    }
  }

  private refused(error: unknown): unknown {
    const refusal = storeError(error, this.path)
    if (!(refusal instanceof StoreError)) return refusal
    this.failures++
    if (refusal.fault === 'corrupt') this.condemn(refusal)
    this.trouble = refusal
    this.state = refusal.fault === 'full' ? 'full' : 'failed'
    return refusal
  }
}
