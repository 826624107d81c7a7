/** A database that is damaged or replaced is set aside under another name, never deleted. */

import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { Time } from '../model/device.js'
import type { Connection } from './connection.js'
import { CHECK_BYTES_MAX } from './limits.js'

const HEADER = Buffer.from('SQLite format 3\0', 'latin1')
/** Beside the database: what is wrong with it, as was found while it was in use. */
const CONDEMNED = '.damaged'
const COMPANIONS = ['', '-wal', '-shm', CONDEMNED]
/** More complaints than this say nothing new. */
const COMPLAINTS_MAX = 3

/** Whether a file that has content is no database at all. */
export function isNoDatabase(path: string): boolean {
  if (!existsSync(path) || statSync(path).size === 0) return false
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEADER.length)
    readSync(file, head, 0, head.length, 0)
    return !head.equals(HEADER)
  } finally {
    closeSync(file)
  }
}

/** It is set aside at the next start, since it can't be while it is in use. */
export function condemn(path: string, complaint: string): void {
  writeFileSync(path + CONDEMNED, `${complaint}\n`)
}

export const isCondemned = (path: string): boolean => existsSync(path + CONDEMNED)

/** What is wrong with it, or ''. Large files are left to the query thread, so that starting is quick. */
export function complaintOf(db: Connection, path: string): string {
  if (statSync(path).size > CHECK_BYTES_MAX) return ''
  const lines = db.prepare(`PRAGMA quick_check(${COMPLAINTS_MAX})`).pluck().all() as string[]
  return lines[0] === 'ok' ? '' : lines.join('; ').replaceAll('\n', ' ')
}

/** Renames the database with its log; returns where it lies now, by the reason and the time. */
export function setAside(path: string, at: Time, why = 'corrupt'): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  const wanted = `${path}.${why}-${time}`
  let aside = wanted
  for (let i = 2; existsSync(aside); i++) aside = `${wanted}-${i}`
  for (const companion of COMPANIONS) {
    if (existsSync(path + companion)) renameSync(path + companion, aside + companion)
  }
  return aside
}
