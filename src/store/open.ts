/** Opens the store in a folder: one sensor at a time, a damaged database set aside, strangers refused. */

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Time } from '../model/device.js'
import { defaults, type Settings } from '../settings/schema.js'
import { complaintOf, isCondemned, isNoDatabase, setAside } from './aside.js'
import { openFile, type Connection } from './connection.js'
import { refusing, storeError, StoreError } from './errors.js'
import { lockFolder } from './lock.js'
import { refuseStrangers } from './migrate.js'
import { takeRestored } from './restore.js'
import { Store, type StoreSettings } from './store.js'

export const DATABASE_FILE = 'onlooker.db'

export type StoreOptions = Partial<StoreSettings> & Pick<StoreSettings, 'now' | 'sensor'>

/** Throws a StoreError whose message is the line to show. */
export function openStore(folder: string, options: StoreOptions): Store {
  refusing(folder, () => mkdirSync(folder, { recursive: true, mode: 0o750 }))
  const path = join(folder, DATABASE_FILE)
  const lock = lockFolder(folder)
  try {
    const replaced = refusing(path, () => takeRestored(path, options.now()))
    const { db, aside } = openSound(path, options.now)
    const settings = withDefaults(options)
    return refusing(path, () => new Store({ db, path, lock, options: settings, aside, replaced }))
  } catch (error) {
    lock.release()
    throw error
  }
}

/** How much is kept, and how long: a device's history goes with the device. */
export function bounds({
  store,
}: Pick<Settings, 'store'>): Pick<StoreSettings, 'disk_max' | 'retention' | 'durability'> {
  const { disk_max, durability, devices_days, conversations_days, names_days } = store
  const retention = { devices_days, history_days: devices_days, conversations_days, names_days }
  return { disk_max, durability, retention }
}

const withDefaults = (options: StoreOptions): StoreSettings => ({
  uptime: () => performance.now(),
  ...bounds(defaults()),
  checkpoints_elsewhere: false,
  categoryOf: () => undefined,
  ...options,
})

/** A database that is whole: this one, or a new one where this one was damaged. */
function openSound(path: string, now: () => Time): { db: Connection; aside: string | null } {
  const isLost = refusing(path, () => isNoDatabase(path) || isCondemned(path))
  const db = isLost ? undefined : openIfWhole(path)
  if (db !== undefined) return { db, aside: null }
  const aside = existsSync(path) ? setAside(path, now()) : null
  return { db: openFile(path), aside }
}

function openIfWhole(path: string): Connection | undefined {
  const db = openFile(path)
  try {
    refuseStrangers(db, path)
    if (complaintOf(db, path) === '') return writable(db, path)
    db.close()
    return undefined
  } catch (error) {
    db.close()
    const refusal = storeError(error, path)
    if (refusal instanceof StoreError && refusal.fault === 'corrupt') return undefined
    throw refusal
  }
}

/** Says so at start rather than at the first commit. */
function writable(db: Connection, path: string): Connection {
  if (db.readonly) throw new StoreError('readonly', path)
  db.exec('BEGIN IMMEDIATE; ROLLBACK')
  return db
}
