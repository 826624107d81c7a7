/**
 * Putting a backup in the place of the store. It is copied beside it and looked at first; it takes the
 * place when the store is opened next, and what was there before is set aside, never deleted.
 */

import { randomUUID } from 'node:crypto'
import { chmodSync, chownSync, closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Time } from '../model/device.js'
import { setAside } from './aside.js'
import { checkBackup, type Backup } from './backup.js'
import { openFile } from './connection.js'
import { refusing } from './errors.js'

/** What is brought, byte by byte, and what was looked at and waits for the next start. */
export const broughtPath = (path: string): string => `${path}.brought`
export const restoredPath = (path: string): string => `${path}.restored`

/** Looks at what was brought for the store at `path`; from then on it waits for the next start. */
export function makeReady(path: string): Backup {
  const brought = broughtPath(path)
  const backup = checkBackup(brought)
  refusing(brought, () => {
    renew(brought)
    giveToOwner(brought, dirname(path))
    renameSync(brought, restoredPath(path))
    sync(dirname(path))
  })
  return backup
}

/** Its changes are numbered anew from here on; whoever fetched them before learns it by the epoch. */
function renew(path: string): void {
  const db = openFile(path)
  try {
    db.prepare("UPDATE meta SET value = ? WHERE name = 'epoch'").run(randomUUID())
    db.exec('DELETE FROM sessions')
  } finally {
    db.close()
  }
  sync(path)
}

/** What root restores, the sensor's own user must be able to write. */
export function giveToOwner(path: string, folder: string): void {
  chmodSync(path, 0o640)
  const { uid, gid } = statSync(folder)
  if (process.getuid?.() === 0) chownSync(path, uid, gid)
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

/**
 * Before the store is opened: what waits takes its place. Answers where the one before lies now, ''
 * where there was none, and null if nothing waited.
 */
export function takeRestored(path: string, at: Time): string | null {
  const restored = restoredPath(path)
  if (!existsSync(restored)) return null
  // Also where only a log is left of it: that must not be taken for the log of another.
  const aside = setAside(path, at, 'before-restore')
  renameSync(restored, path)
  sync(dirname(path))
  return existsSync(aside) ? aside : ''
}
