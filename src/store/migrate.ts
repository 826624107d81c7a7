/** Brings a database to the form this program knows, and refuses what isn't ours or is newer. */

import { randomUUID } from 'node:crypto'
import type { Connection } from './connection.js'
import { StoreError } from './errors.js'
import { MIGRATIONS } from './migrations/index.js'

/** "Onlk", by which `file` and we know the database. */
export const APPLICATION_ID = 0x4f6e6c6b

const pragma = (db: Connection, name: string): number => Number(db.pragma(name, { simple: true }))

/** Throws unless this is a database of ours, or an empty file. Writes nothing. */
export function refuseStrangers(db: Connection, path: string): void {
  const application = pragma(db, 'application_id')
  const version = pragma(db, 'user_version')
  if (application !== APPLICATION_ID) {
    const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
    if (application !== 0 || version !== 0 || tables !== 0) throw new StoreError('foreign', path)
  }
  if (version <= MIGRATIONS.length) return
  const known = `version ${version}; this one knows up to ${MIGRATIONS.length}`
  throw new StoreError('newer', path, known)
}

/** Each migration is one transaction with the version it leads to. */
export function migrate(db: Connection, migrations: readonly string[] = MIGRATIONS): void {
  for (let version = pragma(db, 'user_version'); version < migrations.length; version++) {
    const step = db.transaction(() => {
      db.exec(migrations[version]!)
      if (version === 0) begun(db)
      db.pragma(`user_version = ${version + 1}`)
    })
    step.immediate()
  }
}

/** By its epoch a destination knows that the numbers of changes begin anew. */
function begun(db: Connection): void {
  db.pragma(`application_id = ${APPLICATION_ID}`)
  const put = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)')
  put.run('epoch', randomUUID())
  put.run('sequence', 0)
}
