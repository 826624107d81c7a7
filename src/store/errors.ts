/** What can be wrong with the store, and how a person mends it. */

import { complaintLine } from '../model/complaint.js'

const MENDS = {
  full: ['the disk is full', 'make room on it, or lower store.disk_max; hearing goes on meanwhile'],
  io: ['the disk neither reads nor writes', 'check it; dmesg tells what it complained of'],
  readonly: ['the database may not be written', 'make its folder and files writable for this user'],
  newer: ['the database is of a newer Onlooker', 'start that version, or move the file away'],
  foreign: ['not a database of Onlooker', 'move it away, or set data.dir to another folder'],
  locked: ['another sensor uses this folder', 'stop it, or set data.dir to another folder'],
  busy: ['the database is held by another program', 'close what has it open for writing'],
  corrupt: ['the database is damaged', 'start again: it is set aside, and a new one begun'],
  addon: ['better-sqlite3 does not load', 'build it with: npm rebuild better-sqlite3'],
  room: ['there is no room for a copy', 'make room on that disk'],
  no_backup: ['not a backup of Onlooker', 'name a file that onlooker backup wrote'],
  newer_backup: ['the backup is of a newer Onlooker', 'restore it with that version'],
  broken_backup: ['the backup is damaged', 'take another one'],
  missing: ['there is no database', 'start the sensor once: onlooker run'],
  slow: ['the question took too long', 'ask for less: a filter, or fewer rows'],
  crowded: ['too many questions wait already', 'ask again in a moment'],
  closed: ['the store is closed', 'start the sensor again'],
} as const

export type StoreFault = keyof typeof MENDS

/** `message` is the line to show: what happened, where, how to mend it. */
export class StoreError extends Error {
  readonly fault: StoreFault
  readonly where: string
  readonly mend: string
  readonly detail: string
  /** What happened and how to mend it, without where. */
  readonly words: string
  readonly status = 1

  constructor(fault: StoreFault, where: string, detail = '') {
    super(complaintLine(MENDS[fault], where, detail))
    this.name = 'StoreError'
    this.fault = fault
    this.where = where
    this.mend = MENDS[fault][1]
    this.detail = detail
    this.words = MENDS[fault].join(': ')
  }
}

/** The beginnings of SQLite's codes, the longer first. */
const BY_CODE: readonly (readonly [string, StoreFault])[] = [
  ['SQLITE_FULL', 'full'],
  ['SQLITE_IOERR', 'io'],
  ['SQLITE_READONLY', 'readonly'],
  ['SQLITE_CANTOPEN', 'readonly'],
  ['SQLITE_PERM', 'readonly'],
  ['EACCES', 'readonly'],
  ['EROFS', 'readonly'],
  ['EPERM', 'readonly'],
  ['ENOSPC', 'full'],
  ['EIO', 'io'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['ERR_DLOPEN_FAILED', 'addon'],
]

/** SQLite's or the system's error as ours; what is neither is our mistake and stays as it is. */
export function storeError(error: unknown, where: string): unknown {
  if (error instanceof StoreError) return error
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  const fault = BY_CODE.find(([begin]) => code.startsWith(begin))?.[1]
  if (fault === undefined) return error
  return new StoreError(fault, where, fault === 'io' || fault === 'busy' ? code : '')
}

/** Runs `work`; what SQLite or the system refuse comes out as ours. */
export function refusing<T>(where: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storeError(error, where)
  }
}
