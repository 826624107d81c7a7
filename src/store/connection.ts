/** A connection to the database file: one writes, the others read. */

import Database from 'better-sqlite3'
import { refusing } from './errors.js'
import { BUSY_MS, CUT_MS, PAGE_BYTES, READER_CACHE_KIB, WRITER_CACHE_KIB } from './limits.js'

export type Connection = Database.Database
export type Statement<Row = unknown> = Database.Statement<unknown[], Row>

/** What a commit survives: `full` a power cut too, `normal` only the end of this program. */
export type Durability = 'full' | 'normal'

/** The raw file, without a pragma that would write to it. */
export function openFile(path: string): Connection {
  return refusing(path, () => new Database(path, { timeout: BUSY_MS }))
}

/** For the one who writes. `auto_vacuum` holds only for a file that has no table yet. */
export function prepareWriting(db: Connection, durability: Durability): void {
  db.pragma(`page_size = ${PAGE_BYTES}`)
  db.pragma('auto_vacuum = INCREMENTAL')
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${durability}`)
  db.pragma('foreign_keys = ON')
  db.pragma(`cache_size = -${WRITER_CACHE_KIB}`)
  db.pragma('temp_store = MEMORY')
  db.pragma('secure_delete = FAST')
}

/** For somebody who can't write, whatever they are asked. */
export function openReading(path: string): Connection {
  return refusing(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS })
    db.pragma('query_only = ON')
    db.pragma(`cache_size = -${READER_CACHE_KIB}`)
    db.pragma('temp_store = MEMORY')
    return db
  })
}

/** Cuts the log back to nothing; false where a reader holds it for longer than one may wait. */
export function cutLog(db: Connection): boolean {
  db.pragma(`busy_timeout = ${CUT_MS}`)
  try {
    const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[]
    return row?.busy === 0
  } finally {
    db.pragma(`busy_timeout = ${BUSY_MS}`)
  }
}
