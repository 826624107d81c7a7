/** What keeps the database from growing: retention, the disk budget, the log, in small steps. */

import { statSync } from 'node:fs'
import type { Time } from '../model/device.js'
import { Calendar } from './calendar.js'
import { cutLog, type Connection, type Statement } from './connection.js'
import {
  DAY_MS,
  FREE_PAGES_KEPT,
  LOG_BYTES_MAX,
  SWEEP_DEVICES,
  SWEEP_ROWS,
  VACUUM_PAGES,
} from './limits.js'
import type { Tables } from './tables.js'
import type { Transactions } from './transactions.js'

export interface Retention {
  /** Facts, holdings and silent devices, from their last activity. */
  readonly devices_days: number
  readonly history_days: number
  readonly conversations_days: number
  /** Facts that are names somebody looked up. */
  readonly names_days: number
}

/** Rows that are gone: by age, and because the disk budget was used up. */
export interface Dropped {
  facts: number
  holdings: number
  history: number
  conversations: number
  changes: number
  /** By the budget: these were not old yet. */
  history_early: number
  conversations_early: number
  facts_early: number
}

/** The budget begins to drop at its limit, and ends a little below. */
const RELIEF = 0.95
/** Values of one fact on one device that a used-up budget leaves. */
const VALUES_KEPT = 4
/** A fact that is the name of something looked up. */
const NAME_FACTS = /^dns\.(name|query|answer|ptr)$/
/** A whole sweep over all devices takes at least this long. */
const SWEEP_MS = 3_600_000
const REMEMBERED_DAYS = 730

export interface TendingOptions {
  readonly retention: Retention
  readonly disk_max: number
  readonly uptime: () => number
}

/** Each step answers whether it found something to do. */
type Step = () => boolean

export class Tending {
  readonly dropped: Dropped = {
    ...{ facts: 0, holdings: 0, history: 0, conversations: 0, changes: 0 },
    ...{ history_early: 0, conversations_early: 0, facts_early: 0 },
  }
  private readonly db: Connection
  private readonly tables: Tables
  private readonly transactions: Transactions
  private readonly options: TendingOptions
  private readonly calendar: Calendar
  private readonly steps: readonly Step[]
  private readonly thin: Statement
  private readonly lastDevice: Statement<number | null>
  private now: Time = 0
  /** Something was erased that may still stand in the log. */
  mustCut = false
  /** The device a sweep has come to, and when it began. */
  private swept = 0
  private sweptAt = -Infinity
  private thinned = 0
  private next = 0
  private relieving = false

  constructor(db: Connection, parts: TendingParts) {
    this.db = db
    this.tables = parts.tables
    this.transactions = parts.transactions
    this.options = parts.options
    this.calendar = new Calendar(parts.tended_at, parts.options.uptime())
    this.now = parts.tended_at
    this.thin = db.prepare(THIN)
    this.lastDevice = db
      .prepare<unknown[], number | null>('SELECT max(number) FROM devices')
      .pluck()
    this.steps = [
      () => this.trimChanges(),
      () => this.ageConversations(),
      () => this.ageHistory(),
      () => this.sweepDevices(),
      () => this.keepBudget(),
      () => this.giveBack(),
      () => this.cutLog(),
    ]
  }

  /** Works for about `budget_ms`; answers whether there is more to do. */
  tend(now: Time, budget_ms: number): boolean {
    this.now = this.calendar.believed(now, this.options.uptime())
    const until = performance.now() + budget_ms
    let idle = 0
    while (idle < this.steps.length) {
      if (this.steps[this.next]!()) idle = 0
      else {
        idle++
        this.next = (this.next + 1) % this.steps.length
      }
      if (performance.now() >= until) return idle < this.steps.length
    }
    return false
  }

  /** Cuts the log where it is too long, or must go; a reader may put that off. */
  cutLog(): boolean {
    if (this.mustCut || logBytes(this.db.name) > LOG_BYTES_MAX) {
      this.transactions.outside(() => (this.mustCut = !cutLog(this.db)))
    }
    return false
  }

  /** Ids of devices that are older than retention: the caller forgets them. */
  expired(now: Time, limit: number): string[] {
    this.now = this.calendar.believed(now, this.options.uptime())
    return this.tables.devices.silentSince(this.before(this.options.retention.devices_days), limit)
  }

  /** Bytes in use, without the pages that are free. */
  used_bytes(): number {
    return (this.pragma('page_count') - this.pragma('freelist_count')) * this.pragma('page_size')
  }

  /** The time that was believed last, to be kept for the next start. */
  get believed(): Time {
    return this.now
  }

  private pragma(name: string): number {
    return Number(this.db.pragma(name, { simple: true }))
  }

  private before(days: number): Time {
    return this.now - days * DAY_MS
  }

  private trimChanges(): boolean {
    const { outbox } = this.tables
    const count = this.transactions.run(() => outbox.trim(this.now) + outbox.bound())
    this.dropped.changes += count
    return count >= SWEEP_ROWS
  }

  private ageConversations(): boolean {
    const before = this.before(this.options.retention.conversations_days)
    const { conversations } = this.tables
    const count = this.transactions.run(() => conversations.expire(before, SWEEP_ROWS))
    this.dropped.conversations += count
    return count === SWEEP_ROWS
  }

  private ageHistory(): boolean {
    const before = this.before(this.options.retention.history_days)
    const { history } = this.tables
    const count = this.transactions.run(() => history.expire(before, SWEEP_ROWS))
    this.dropped.history += count
    return count === SWEEP_ROWS
  }

  /** Facts have no order by age, which would cost more than it saves: all are looked over. */
  private sweepDevices(): boolean {
    const last = this.lastDevice.get() ?? 0
    if (this.swept >= last && !this.beginSweep()) return false
    const range = [this.swept + 1, this.swept + SWEEP_DEVICES] as const
    this.transactions.run(() => this.sweep(range))
    this.swept += SWEEP_DEVICES
    return this.swept < last
  }

  private beginSweep(): boolean {
    const tick = this.options.uptime()
    if (tick - this.sweptAt < SWEEP_MS) return false
    this.sweptAt = tick
    this.swept = 0
    this.transactions.run(() => this.tables.keys.forgetSome(this.before(REMEMBERED_DAYS)))
    return true
  }

  private sweep(range: readonly [number, number]): void {
    const { retention } = this.options
    const old = this.before(retention.devices_days)
    const names = this.tables.words.matching(NAME_FACTS)
    const ages = { old, old_name: this.before(retention.names_days), names }
    this.dropped.facts += this.tables.facts.expire(range, ages)
    this.dropped.holdings += this.tables.holdings.expire(range, old)
  }

  /** The oldest conversations first, then history, then all but the newest values of facts. */
  private keepBudget(): boolean {
    const used = this.used_bytes()
    if (used > this.options.disk_max) this.relieving = true
    if (used <= this.options.disk_max * RELIEF) this.relieving = false
    return this.relieving && this.relieve()
  }
  private relieve(): boolean {
    const { conversations, history } = this.tables
    let count = this.transactions.run(() => conversations.dropOldest(SWEEP_ROWS))
    this.dropped.conversations_early += count
    if (count > 0) return true
    count = this.transactions.run(() => history.dropOldest(SWEEP_ROWS))
    this.dropped.history_early += count
    return count > 0 || this.thinFacts()
  }

  /** Once over all devices; when that was not enough, what is left is their core. */
  private thinFacts(): boolean {
    const last = this.lastDevice.get() ?? 0
    if (this.thinned >= last) {
      this.thinned = 0
      this.relieving = false
      return false
    }
    const range = [this.thinned + 1, this.thinned + SWEEP_DEVICES]
    const thin = (): number => this.thin.run(...range, VALUES_KEPT).changes
    this.dropped.facts_early += this.transactions.run(thin)
    this.thinned += SWEEP_DEVICES
    return true
  }

  /** Free pages go back to the system when they are many. */
  private giveBack(): boolean {
    const free = this.pragma('freelist_count')
    if (free <= FREE_PAGES_KEPT + this.pragma('page_count') / 20) return false
    this.transactions.outside(() => this.db.pragma(`incremental_vacuum(${VACUUM_PAGES})`))
    return true
  }
}

export interface TendingParts {
  readonly tables: Tables
  readonly transactions: Transactions
  readonly options: TendingOptions
  readonly tended_at: Time
}

/** Of some devices all but the newest values of each fact. */
const THIN = `DELETE FROM facts WHERE (device, fact, value, subject) IN (
  SELECT device, fact, value, subject FROM (SELECT device, fact, value, subject,
    row_number() OVER (PARTITION BY device, fact ORDER BY last DESC) AS place
    FROM facts WHERE device BETWEEN ? AND ?) WHERE place > ?)`

export function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
}
