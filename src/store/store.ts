/**
 * The store: what the control plane commits and a person edits. When `commit` has returned, the changes
 * survive the end of this program at any moment, and a power cut too unless durability is `normal`.
 */

import { createHash } from 'node:crypto'
import type { Changes } from '../model/changes.js'
import type { Acceptance, FindingRecord } from '../model/finding.js'
import type {
  DeviceRecord,
  Edits,
  FactRecord,
  HoldingRecord,
  KeyRecord,
  MergeRecord,
  Time,
} from '../model/device.js'
import { documentOfDevice, type DeviceDocument } from './about-device.js'
import { condemn } from './aside.js'
import { prepareWriting, type Connection } from './connection.js'
import type { CategoryOf } from './device-row.js'
import { Endpoints } from './endpoints.js'
import { StoreError } from './errors.js'
import { CHECKPOINT_PAGES, CHECKPOINT_PAGES_LATE, INDEXED_AT_ONCE } from './limits.js'
import {
  deviceLoader,
  loadAliases,
  loadDevices,
  loadFacts,
  loadHoldings,
  loadKeys,
  loadLearning,
  loadMerges,
  type Alias,
  type Learning,
} from './loading.js'
import type { Lock } from './lock.js'
import { migrate } from './migrate.js'
import type { Destination } from './outbox.js'
import { People } from './people.js'
import { Tables, type Removed } from './tables.js'
import { logBytes, Tending, type Dropped, type Retention } from './tending.js'
import { Transactions, type StoreState } from './transactions.js'

export interface StoreParts {
  readonly db: Connection
  readonly path: string
  readonly lock: Lock
  readonly options: StoreSettings
  /** Where a damaged database lies now that was found at start. */
  readonly aside: string | null
  /** Where the database lies now that a restored one took the place of; '' where there was none. */
  readonly replaced: string | null
}

/** All settings, none left out. */
export interface StoreSettings {
  readonly now: () => Time
  /** Milliseconds that never jump. */
  readonly uptime: () => number
  readonly sensor: string
  readonly disk_max: number
  readonly retention: Retention
  readonly durability: 'full' | 'normal'
  /** Another thread asks `checkpoint` of its `Queries`, so that no commit has to copy pages. */
  readonly checkpoints_elsewhere: boolean
  readonly categoryOf: CategoryOf
}

/** What is left of a device that was erased. */
export interface Receipt {
  readonly id: string
  readonly at: Time
  readonly by: string
  readonly removed: Removed
  /** SHA-256 of what `export` told of it before. */
  readonly hash: string
}

export interface StoreSizes {
  readonly database_bytes: number
  readonly used_bytes: number
  readonly log_bytes: number
}

/** How often the time by which things age is written down. */
const NOTE_MS = 3_600_000

export class Store {
  readonly path: string
  readonly aside: string | null
  readonly replaced: string | null
  readonly people: People
  readonly endpoints: Endpoints
  private readonly db: Connection
  private readonly lock: Lock
  private readonly transactions: Transactions
  private readonly tables: Tables
  private readonly tending: Tending
  private readonly loadDevice: (id: string) => DeviceRecord | undefined
  /** The time that was believed when it was last written down. */
  private tended_at: Time

  constructor({ db, path, lock, options, aside, replaced }: StoreParts) {
    this.db = db
    this.path = path
    this.lock = lock
    this.aside = aside
    this.replaced = replaced
    prepareWriting(db, options.durability)
    const pages = options.checkpoints_elsewhere ? CHECKPOINT_PAGES_LATE : CHECKPOINT_PAGES
    db.pragma(`wal_autocheckpoint = ${pages}`)
    migrate(db)
    this.transactions = new Transactions(db, path)
    this.tables = new Tables(db, options.categoryOf)
    this.loadDevice = deviceLoader(db)
    this.transactions.onRollback(() => this.tables.rolledBack())
    this.people = new People(db, this.transactions)
    this.endpoints = new Endpoints(db, this.transactions)
    this.tended_at = Number(this.meta('tended_at') ?? options.now())
    this.tending = new Tending(db, {
      ...{ tables: this.tables, transactions: this.transactions, options },
      tended_at: this.tended_at,
    })
    this.setMeta('sensor', options.sensor)
  }

  get state(): StoreState {
    return this.transactions.state
  }

  /** Why it isn't ok. */
  get trouble(): StoreError | null {
    return this.transactions.trouble
  }

  /** Transactions that were committed since it was opened. */
  get committed(): number {
    return this.transactions.committed
  }

  /** All of it in one transaction, or a StoreError and nothing. Returns the number of its last change. */
  commit(changes: Changes): number {
    return this.transactions.run(() => {
      this.tables.outbox.open(changes.at)
      this.tables.apply(changes)
      return this.tables.outbox.close()
    })
  }

  /** Retention and budget for about `budget_ms`; answers whether there is more to do. */
  tend(now: Time, budget_ms: number): boolean {
    try {
      const more = this.tending.tend(now, budget_ms)
      if (Math.abs(this.tending.believed - this.tended_at) > NOTE_MS) this.note()
      return more
    } catch (error) {
      if (error instanceof StoreError) return false
      throw error
    }
  }

  /** Brings what is searched up to date, for about `budget_ms`; answers whether there is more to do. */
  index(budget_ms: number): boolean {
    const until = performance.now() + budget_ms
    for (;;) {
      // A transaction for nothing, four times a second, is one too many.
      if (!this.tables.devices.isIndexLate) return false
      const done = this.transactions.run(() => this.tables.devices.index(INDEXED_AT_ONCE))
      if (done < INDEXED_AT_ONCE) return false
      if (performance.now() >= until) return true
    }
  }

  /** Devices that are older than retention; whoever knows them forgets them. */
  expired(now: Time, limit = 100): string[] {
    return this.tending.expired(now, limit)
  }

  get dropped(): Dropped & { readonly orphans: number } {
    return { ...this.tending.dropped, orphans: this.tables.orphans }
  }

  sizes(): StoreSizes {
    const pages = Number(this.db.pragma('page_count', { simple: true }))
    const bytes = Number(this.db.pragma('page_size', { simple: true }))
    return {
      database_bytes: pages * bytes,
      used_bytes: this.tending.used_bytes(),
      log_bytes: logBytes(this.path),
    }
  }

  /** Loading, in chunks of up to 1000. */
  devices(): Generator<DeviceRecord[]> {
    return loadDevices(this.db)
  }

  keys(): Generator<KeyRecord[]> {
    return loadKeys(this.db)
  }

  holdings(): Generator<HoldingRecord[]> {
    return loadHoldings(this.db)
  }

  /** Facts of these names, of all devices. */
  facts(names: readonly string[]): Generator<FactRecord[]> {
    return loadFacts(this.db, names)
  }

  /** One device as it was committed. */
  device(id: string): DeviceRecord | undefined {
    return this.loadDevice(id)
  }

  findings(): Generator<FindingRecord[]> {
    return this.tables.recommendations.all()
  }

  /** Takes the risk of a finding, or takes that back (null); false where nothing is unhealthy. */
  accept(about: AcceptedFinding, acceptance: Acceptance | null): boolean {
    return this.transactions.run(() => {
      const device = this.tables.devices.standing(about.device)
      return device !== 0 && this.tables.recommendations.accept({ ...about, device }, acceptance)
    })
  }

  /** Findings whose risk somebody takes. */
  accepted(): FindingRecord[] {
    return this.tables.recommendations.accepted()
  }

  /** Acceptances whose time is over hold no more. */
  endAcceptances(now: Time): number {
    return this.transactions.run(() => this.tables.recommendations.expire(now))
  }

  aliases(): Alias[] {
    return loadAliases(this.db)
  }

  merges(): MergeRecord[] {
    return loadMerges(this.db)
  }

  learning(): Learning[] {
    return loadLearning(this.db)
  }

  setLearning({ segment, begun, ended }: Learning): void {
    const put = this.db.prepare(`INSERT INTO learning (segment, begun, ended) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET begun = excluded.begun, ended = excluded.ended`)
    this.transactions.run(() => put.run(segment, begun, ended))
  }

  /** The id that a key had before its device was forgotten. */
  remembered(kind: string, value: string): string | undefined {
    return this.tables.keys.remembered(kind, value)
  }

  /** Merges what a person says into what people said before; undefined where nobody has this id. */
  edit(id: string, edits: Edits, { by, at }: Signed): Edits | undefined {
    return this.transactions.run(() => {
      const device = this.tables.devices.standing(id)
      if (device === 0) return undefined
      const before = this.tables.devices.edits(device)
      const after = edited(before, edits)
      this.tables.devices.edit(device, after)
      this.tables.outbox.open(at)
      for (const [field, value] of Object.entries(edits)) {
        const was = before[field as keyof Edits] ?? null
        if (JSON.stringify(was) === JSON.stringify(value)) continue
        const event = { device: id, at, field, before: was, after: value, because: `person ${by}` }
        this.tables.history.add(event, device)
        this.tables.outbox.happened('history', device, event)
      }
      this.tables.outbox.changed('device', device)
      this.tables.outbox.close()
      return after
    })
  }

  /** Everything about a device; undefined where nobody has this id. */
  export(id: string): DeviceDocument | undefined {
    return documentOfDevice(this.db, id)
  }

  /** Removes a device with no trace but the receipt, also out of the log. */
  erase(id: string, { by, at }: Signed): Receipt | undefined {
    const document = this.export(id)
    if (document === undefined) return undefined
    const hash = createHash('sha256').update(JSON.stringify(document)).digest('hex')
    const removed = this.removeAll(document.device.id, at)
    this.tending.mustCut = true
    this.tending.cutLog()
    return { id: document.device.id, at, by, removed, hash }
  }

  private removeAll(id: string, at: Time): Removed {
    this.db.pragma('secure_delete = ON')
    try {
      return this.transactions.run(() => {
        this.tables.outbox.open(at)
        const removed = this.tables.remove(id, this.tables.devices.standing(id))
        this.tables.outbox.happened('forgotten', 0, { id, at })
        this.tables.outbox.close()
        return removed
      })
    } finally {
      this.db.pragma('secure_delete = FAST')
    }
  }

  /** The number of the last change. */
  get sequence(): number {
    return this.tables.outbox.sequence
  }

  /** Changes that were dropped before everybody had fetched them. */
  get changes_dropped(): number {
    return this.tables.outbox.dropped
  }

  /** A destination has everything up to this change. */
  acknowledge(destination: string, sequence: number, at: Time): void {
    this.transactions.run(() => this.tables.outbox.acknowledge(destination, sequence, at))
  }

  destinations(): Destination[] {
    return this.tables.outbox.destinations()
  }

  abandon(destination: string): void {
    this.transactions.run(() => this.tables.outbox.abandon(destination))
  }

  /** The query thread found it damaged: the next start sets it aside and begins a new one. */
  condemn(complaint: string): void {
    condemn(this.path, complaint)
  }

  close(): void {
    if (!this.db.open) return
    try {
      this.note()
    } catch {
      // A full disk: it is only a note.
    }
    this.db.close()
    this.lock.release()
  }

  private note(): void {
    this.tended_at = this.tending.believed
    this.setMeta('tended_at', this.tended_at)
  }

  private meta(name: string): unknown {
    return this.db.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name)
  }

  private setMeta(name: string, value: unknown): void {
    if (this.meta(name) === value) return
    const put = this.db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
    this.transactions.run(() => put.run(name, value))
  }
}

export interface AcceptedFinding {
  readonly device: string
  readonly recommendation: string
  readonly topic: string
}

/** Who did something, and when. */
export interface Signed {
  readonly by: string
  readonly at: Time
}

/** `null` takes an edit back. */
function edited(before: Edits, edits: Edits): Edits {
  const all = Object.entries({ ...before, ...edits })
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== undefined))
}
