/**
 * Backups and restores of a running sensor: one of each at a time. A backup is made beside the store,
 * fetched, and removed; what is brought to be restored lies there until the next start takes it.
 */

import { appendFile, rm, stat } from 'node:fs/promises'
import { createReadStream, rmSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Backup } from '../store/backup.js'
import { refusing, storeError, StoreError } from '../store/errors.js'
import { broughtPath, restoredPath } from '../store/restore.js'
import { Refusal } from './errors.js'
import type { Jobs } from './jobs.js'

export type CopyState = 'none' | 'bringing' | 'working' | 'ready' | 'failed'

/** How it is; what is not known yet is null. */
export interface Copy {
  readonly state: CopyState
  readonly step: string | null
  readonly done: number
  readonly total: number
  /** Why it failed. */
  readonly why: string | null
  readonly backup: Backup | null
}

const NONE: Copy = { state: 'none', step: null, done: 0, total: 0, why: null, backup: null }
/** A backup that nobody fetches is removed after this. */
const KEPT_MS = 600_000

export interface CopiesParts {
  /** Of the store. */
  readonly path: string
  readonly jobs: Jobs
  /** Our mistakes belong in the log. */
  readonly onError: (error: Error) => void
}

export class Copies {
  backup: Copy = NONE
  restore: Copy = NONE
  private readonly path: string
  private readonly jobs: Jobs
  private readonly onError: (error: Error) => void
  private timer: NodeJS.Timeout | undefined

  constructor({ path, jobs, onError }: CopiesParts) {
    this.onError = onError
    this.path = path
    this.jobs = jobs
    // What the last run of the sensor left half done.
    for (const left of [this.copyPath, broughtPath(path)]) {
      refusing(path, () => rmSync(left, { force: true }))
    }
  }

  private get copyPath(): string {
    return `${this.path}.copy`
  }

  /** Begins a backup; the one that was made before is gone. */
  beginBackup(): Copy {
    refuseBusy(this.backup)
    this.dropLater()
    this.backup = { ...NONE, state: 'working', step: 'copying' }
    const progress = (step: string, done: number, total: number): void => {
      this.backup = { ...this.backup, step, done, total }
    }
    const job = { name: 'backup', given: { from: this.path, to: this.copyPath } } as const
    this.jobs.run(job, { progress }).then(
      backup => (this.backup = { ...NONE, state: 'ready', backup }),
      (error: unknown) => (this.backup = this.failed(error)),
    )
    return this.backup
  }

  /** Its bytes, while it is there. */
  read(): { stream: Readable; bytes: number } {
    const { backup } = this.backup
    if (backup === null) throw new Refusal('no-copy')
    return { stream: createReadStream(this.copyPath), bytes: backup.bytes }
  }

  async dropBackup(): Promise<void> {
    refuseBusy(this.backup)
    clearTimeout(this.timer)
    await rm(this.copyPath, { force: true })
    this.backup = NONE
  }

  /** Takes some bytes of a backup that is to be restored; `at` tells where they belong. */
  async bring(at: number, pieces: readonly Uint8Array[]): Promise<Copy> {
    refuseBusy(this.restore)
    const brought = broughtPath(this.path)
    if (at === 0) await rm(brought, { force: true })
    const known = at === 0 ? 0 : await sizeOf(brought)
    if (known !== at) {
      throw new Refusal(
        'conflict',
        `the next byte is ${String(known)}`,
        'go on from there, or at 0',
      )
    }
    this.restore = { ...NONE, state: 'working', step: 'bringing', done: at }
    try {
      for (const piece of pieces) await appendFile(brought, piece, { mode: 0o600 })
      this.restore = { ...NONE, state: 'bringing', done: await sizeOf(brought) }
    } catch (error) {
      await rm(brought, { force: true }).catch(() => undefined)
      this.restore = this.failed(error)
      throw storeError(error, brought)
    }
    return this.restore
  }

  /** Looks at what was brought; if it is sound, it holds from the next start on. */
  beginRestore(): Copy {
    if (this.restore.state !== 'bringing') {
      throw new Refusal('conflict', 'nothing was brought', 'POST the backup first')
    }
    this.restore = { ...NONE, state: 'working', step: 'checking' }
    const path = this.path
    this.jobs.run({ name: 'restore', given: { path } }).then(
      backup => (this.restore = { ...NONE, state: 'ready', backup }),
      async (error: unknown) => {
        await rm(broughtPath(path), { force: true }).catch(() => undefined)
        this.restore = this.failed(error)
      },
    )
    return this.restore
  }

  /** What was brought, and what waits for the next start, is forgotten. */
  async dropRestore(): Promise<void> {
    refuseBusy(this.restore)
    for (const path of [broughtPath(this.path), restoredPath(this.path)]) {
      await rm(path, { force: true })
    }
    this.restore = NONE
  }

  close(): void {
    clearTimeout(this.timer)
    rmSync(this.copyPath, { force: true })
  }

  /** Where it lies is nobody's business who asks from elsewhere. */
  private failed(error: unknown): Copy {
    if (error instanceof StoreError) return { ...NONE, state: 'failed', why: error.words }
    if (error instanceof Refusal) return { ...NONE, state: 'failed', why: error.message }
    this.onError(error as Error)
    return { ...NONE, state: 'failed', why: 'see the log of the sensor' }
  }

  private dropLater(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (this.backup.state === 'working') this.dropLater()
      else this.dropBackup().catch(() => undefined)
    }, KEPT_MS).unref()
  }
}

function refuseBusy({ state }: Copy): void {
  if (state === 'working') throw new Refusal('conflict', 'one is under way', 'wait for its end')
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    return 0
  }
}
