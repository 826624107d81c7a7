/** The table of managed endpoints: devices that another agent looks after, as a list told us. */

import type { Time } from '../model/device.js'
import type { Connection, Statement } from './connection.js'
import type { Transactions } from './transactions.js'

export interface Endpoint {
  readonly hosts: readonly string[]
  readonly macs: readonly string[]
  readonly serial: string | null
  readonly agent: string | null
  readonly seen: Time | null
}

/** A list is put slice by slice under a new generation; then the older generations are dropped. */
export class Endpoints {
  private readonly db: Connection
  private readonly transactions: Transactions
  private readonly insert: Statement

  constructor(db: Connection, transactions: Transactions) {
    this.db = db
    this.transactions = transactions
    this.insert = db.prepare(
      'INSERT INTO endpoints (source, generation, document) VALUES (?, ?, ?)',
    )
  }

  nextGeneration(source: string): number {
    const last = this.db.prepare('SELECT max(generation) FROM endpoints WHERE source = ?').pluck()
    return Number(last.get(source) ?? 0) + 1
  }

  put(source: string, generation: number, slice: readonly Endpoint[]): void {
    this.transactions.run(() => {
      for (const endpoint of slice) this.insert.run(source, generation, JSON.stringify(endpoint))
    })
  }

  /** Drops some of what is older; answers whether there is more. */
  dropBefore(source: string, generation: number, limit = 2000): boolean {
    const drop = this.db.prepare(`DELETE FROM endpoints WHERE number IN (SELECT number
      FROM endpoints WHERE source = ? AND generation < ? LIMIT ?)`)
    return this.transactions.run(() => drop.run(source, generation, limit).changes) === limit
  }

  *all(): Generator<Endpoint & { readonly source: string }> {
    const page = this.db.prepare<unknown[], { number: number; source: string; document: string }>(
      'SELECT number, source, document FROM endpoints WHERE number > ? ORDER BY number LIMIT 1000',
    )
    let rows = page.all(0)
    while (rows.length > 0) {
      for (const { source, document } of rows) {
        yield { source, ...(JSON.parse(document) as Endpoint) }
      }
      rows = page.all(rows.at(-1)!.number)
    }
  }
}
