/**
 * A copy of the store in one file, made while everything goes on. It has all that the store has but
 * who is logged in; the key of secrets and certificates are files of their own, and not in it.
 */

import Database from 'better-sqlite3'
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Time } from '../model/device.js'
import { isNoDatabase } from './aside.js'
import { openFile, openReading, type Connection } from './connection.js'
import { refusing, storeError, StoreError, type StoreFault } from './errors.js'
import { COPIED_PAGES } from './limits.js'
import { refuseStrangers } from './migrate.js'

/** What a backup says of itself. */
export interface Backup {
  readonly sensor: string
  readonly made: Time
  readonly devices: number
  readonly bytes: number
}

/** How far a copy is, in whatever is counted; a step has a name for people. */
export type Progress = (step: 'copying' | 'checking', done: number, total: number) => void

export interface CopyOptions {
  readonly now: () => Time
  readonly progress: Progress
}

/** What a backup is by, in the table of such things. */
const MADE = 'backup_made'
/** A copy is a little larger than what it is of, for a moment. */
const ROOM = 1.05

/** Writes over `to`. What is committed while it copies is not in it: it is of the moment it began. */
export async function copyStore(from: string, to: string, options: CopyOptions): Promise<Backup> {
  if (!existsSync(from)) throw new StoreError('missing', from)
  const { now, progress } = options
  const made = now()
  await copyPages(from, to, progress)
  refusing(to, () => finishCopy(to, made))
  progress('checking', 0, 1)
  return checkBackup(to)
}

async function copyPages(from: string, to: string, progress: Progress): Promise<void> {
  const db = openReading(from)
  try {
    refuseStrangers(db, from)
    // Without one view of it all, every commit of others would make the copy begin anew.
    db.exec('BEGIN')
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    refusing(to, () => emptyFile(to, sizeOf(db)))
    await db.backup(to, {
      progress({ totalPages, remainingPages }) {
        progress('copying', totalPages - remainingPages, totalPages)
        return COPIED_PAGES
      },
    })
  } catch (error) {
    rmSync(to, { force: true })
    throw storeError(error, to)
  } finally {
    db.close()
  }
}

const sizeOf = (db: Connection): number =>
  Number(db.pragma('page_count', { simple: true })) *
  Number(db.pragma('page_size', { simple: true }))

/** For its owner alone, since accounts are in it. */
function emptyFile(path: string, bytes: number): void {
  rmSync(path, { force: true })
  const { bavail, bsize } = statfsSync(dirname(path))
  if (bavail * bsize < bytes * ROOM) {
    throw new StoreError('room', path, `it takes ${String(Math.ceil(bytes / 1e6))} MB`)
  }
  closeSync(openSync(path, 'wx', 0o600))
}

/** One file without a log, which says when it was made; nobody is logged in where it is restored. */
function finishCopy(path: string, made: Time): void {
  const db = openFile(path)
  try {
    db.pragma('journal_mode = DELETE')
    db.pragma('secure_delete = ON')
    const put = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
    db.transaction(() => {
      db.exec('DELETE FROM sessions')
      put.run(MADE, made)
    })()
  } finally {
    db.close()
  }
  const file = openSync(path, 'r+')
  fsyncSync(file)
  closeSync(file)
}

/** Reads all of it; throws a StoreError that says why it can't be restored. */
export function checkBackup(path: string): Backup {
  if (!refusing(path, () => statSync(path)).isFile()) throw new StoreError('no_backup', path)
  if (statSync(path).size === 0 || isNoDatabase(path)) throw new StoreError('no_backup', path)
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true })
    try {
      return checkedBackup(db, path)
    } finally {
      db.close()
    }
  } catch (error) {
    throw asBackup(storeError(error, path), path)
  }
}

function checkedBackup(db: Connection, path: string): Backup {
  refuseStrangers(db, path)
  const [complaint] = db.prepare('PRAGMA integrity_check(1)').pluck().all() as string[]
  if (complaint !== 'ok') throw new StoreError('broken_backup', path, String(complaint))
  const meta = db.prepare<unknown[], unknown>('SELECT value FROM meta WHERE name = ?').pluck()
  const devices = db.prepare('SELECT count(*) FROM devices WHERE merged_into IS NULL').pluck()
  return {
    sensor: String(meta.get('sensor') ?? ''),
    made: Number(meta.get(MADE) ?? statSync(path).mtimeMs),
    devices: Number(devices.get()),
    bytes: statSync(path).size,
  }
}

/** What is wrong with a database, said of a backup. */
const SAID: Readonly<Partial<Record<StoreFault, StoreFault>>> = {
  foreign: 'no_backup',
  newer: 'newer_backup',
  corrupt: 'broken_backup',
}

function asBackup(error: unknown, path: string): unknown {
  const said = error instanceof StoreError ? SAID[error.fault] : undefined
  return said === undefined ? error : new StoreError(said, path)
}
