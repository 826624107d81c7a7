/**
 * One sensor at a time in a folder. The lock is the kernel's, on a file of its own, so it ends with its
 * holder however that ends; the holder's pid lies beside it for whoever is refused.
 */

import Database from 'better-sqlite3'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { storeError, StoreError } from './errors.js'

const LOCK_FILE = 'onlooker.lock'
const PID_FILE = 'onlooker.pid'

export interface Lock {
  release(): void
}

/** Takes the folder; throws a StoreError that names the holder. */
export function lockFolder(folder: string): Lock {
  const path = join(folder, LOCK_FILE)
  try {
    const db = new Database(path, { timeout: 0 })
    hold(db)
    leavePid(folder)
    return { release: () => void db.close() }
  } catch (error) {
    const refused = storeError(error, folder)
    if (!(refused instanceof StoreError) || refused.fault !== 'busy') throw refused
    throw new StoreError('locked', folder, `pid ${holder(folder)}`)
  }
}

/** Readers may still come in, so nobody has to wait to be refused. */
function hold(db: Database.Database): void {
  try {
    db.exec('BEGIN IMMEDIATE')
  } catch (error) {
    db.close()
    throw error
  }
}

/** Best effort: a full disk must not keep a sensor from hearing. */
function leavePid(folder: string): void {
  try {
    writeFileSync(join(folder, PID_FILE), `${process.pid}\n`)
  } catch {
    // Then whoever is refused is not told by whom.
  }
}

function holder(folder: string): string {
  try {
    return readFileSync(join(folder, PID_FILE), 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
