/**
 * What waits to be committed: cut into slices so that no transaction takes long, and kept within bounds
 * while the disk takes nothing. Of each device the newest record waits, with amounts added up; presence and
 * the amounts of known conversations wait on purpose, and are settled once a minute.
 */

import type { Changes, PresenceRecord } from '../model/changes.js'
import type { FactRecord, KeyRecord, MergeRecord, Time } from '../model/device.js'
import {
  addFact,
  addFinding,
  addHolding,
  copyBundle,
  emptyBundle,
  hasFact,
  isEmpty,
  keyOf,
  noChanges,
  removeCopied,
  rowsOf,
  type Bundle,
  type Copied,
} from './bundles.js'
import { StoreError } from './errors.js'
import { BACKLOG, SETTLE_MS, SLICE_WEIGHT, WEIGHT } from './limits.js'
import { Repeats } from './repeats.js'
import { Talks } from './talks.js'

export interface Committing {
  commit(changes: Changes): number
}

/** How many of each wait, may wait, or had to be dropped. */
export interface Waiting {
  readonly devices: number
  readonly facts: number
  readonly rows: number
  readonly conversations: number
  readonly presence: number
}

/** One transaction, and what to do when it has succeeded. */
interface Slice {
  readonly changes: Changes
  readonly done: () => void
}

export class Backlog {
  /** Why the last attempt failed; null when it didn't. */
  trouble: StoreError | null = null
  private readonly limits: Waiting
  private readonly settle_ms: number
  private readonly bundles = new Map<string, Bundle>()
  private readonly keyed = new Map<string, Bundle>()
  private readonly presence = new Map<string, PresenceRecord>()
  private readonly talks: Talks
  private readonly repeats = new Repeats()
  private merges: MergeRecord[] = []
  private readonly forgotten = new Set<string>()
  private readonly lost = new Set<string>()
  private readonly gone = { devices: 0, facts: 0, rows: 0, presence: 0 }
  private facts = 0
  private rows = 0
  private at: Time = 0
  private settled: Time = -Infinity
  private isSettling = false

  constructor(limits: Waiting = BACKLOG, settle_ms = SETTLE_MS) {
    this.limits = limits
    this.settle_ms = settle_ms
    this.talks = new Talks(limits.conversations)
  }

  /** Whether nothing waits but what waits on purpose. */
  get isEmpty(): boolean {
    const { bundles, merges, forgotten, talks } = this
    const settling = this.isSettling ? this.presence.size : 0
    return bundles.size + merges.length + forgotten.size + talks.waiting + settling === 0
  }

  get waiting(): Waiting {
    const { facts, rows, bundles, presence, talks, repeats } = this
    return {
      ...{ devices: bundles.size, facts: facts + repeats.size, rows },
      ...{ conversations: talks.size, presence: presence.size },
    }
  }

  get dropped(): Waiting {
    return { ...this.gone, conversations: this.talks.dropped }
  }

  /** Devices of which something was dropped since this was last asked: tell of them anew. */
  takeLost(): string[] {
    const ids = [...this.lost]
    this.lost.clear()
    return ids
  }

  add(changes: Changes): void {
    this.at = changes.at
    this.addDevices(changes)
    for (const fact of changes.facts) {
      const bundle = this.bundles.get(fact.device)
      const isWaiting = bundle !== undefined && hasFact(bundle, fact)
      if (isWaiting || !this.repeats.takes(fact)) this.addFact(fact)
    }
    for (const key of changes.keys) this.addKey(key)
    for (const holding of changes.holdings) {
      if (addHolding(this.bundle(holding.device), holding)) this.rows++
    }
    for (const event of changes.history) {
      this.bundle(event.device).history.push(event)
      this.rows++
    }
    for (const finding of changes.findings) {
      if (addFinding(this.bundle(finding.device), finding)) this.rows++
    }
    this.merges.push(...changes.merges)
    for (const talk of changes.conversations) this.talks.add(talk)
    this.addForgotten(changes)
    // Nothing waits for long when there is much of it.
    if (this.repeats.size > this.limits.facts / 2) this.settle(this.settled)
    this.bound()
  }

  private addFact(fact: FactRecord): void {
    if (addFact(this.bundle(fact.device), fact)) this.facts++
  }

  /** Commits for about `budget_ms`; answers whether all is written that should be. */
  drain(store: Committing, now: Time, budget_ms: number): boolean {
    if (Math.abs(now - this.settled) >= this.settle_ms) this.settle(now)
    let last = performance.now()
    const until = last + budget_ms
    for (let slice = this.slice(); slice !== undefined; slice = this.slice()) {
      if (!this.commit(store, slice)) return false
      const before = last
      last = performance.now()
      // Another one would take as long.
      if (last + (last - before) >= until) break
    }
    if (this.isSettling && this.presence.size === 0) this.isSettling = false
    return this.isEmpty
  }

  /** Whatever waits on purpose is to be written too: at the end, and once a minute. */
  settle(now: Time): void {
    this.settled = now
    this.isSettling = true
    this.talks.settle()
    for (const fact of this.repeats.takeAll()) this.addFact(fact)
  }

  private commit(store: Committing, slice: Slice): boolean {
    try {
      store.commit(slice.changes)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.trouble = error
      return false
    }
    this.trouble = null
    slice.done()
    return true
  }

  private bundle(id: string): Bundle {
    const waiting = this.bundles.get(id)
    if (waiting !== undefined) return waiting
    const bundle = emptyBundle()
    this.bundles.set(id, bundle)
    return bundle
  }

  /** A whole record tells of all packets up to now, so nothing is added to it. */
  private addDevices({ devices, presence }: Changes): void {
    const whole = new Set<string>()
    for (const record of devices) {
      this.bundle(record.id).record = record
      this.presence.delete(record.id)
      whole.add(record.id)
    }
    for (const amounts of presence) if (!whole.has(amounts.device)) this.addPresence(amounts)
  }

  private addPresence(amounts: PresenceRecord): void {
    const before = this.presence.get(amounts.device)
    if (before === undefined) return void this.presence.set(amounts.device, amounts)
    this.presence.set(amounts.device, {
      device: amounts.device,
      last_seen: Math.max(before.last_seen, amounts.last_seen),
      packets: before.packets + amounts.packets,
      bytes: before.bytes + amounts.bytes,
    })
  }

  /** A key belongs to one device: it waits with the one that had it last. */
  private addKey(key: KeyRecord): void {
    const bundle = this.bundle(key.device)
    const name = keyOf(key)
    const before = this.keyed.get(name)
    if (before?.keys.delete(name)) this.rows--
    bundle.keys.set(name, key)
    this.keyed.set(name, bundle)
    this.rows++
  }

  /** A device that was merged is not forgotten: what was said of it stays with the other. */
  private addForgotten({ merges, forgotten }: Changes): void {
    if (forgotten.length === 0) return
    const joined = merges.filter(({ action }) => action === 'merge')
    const merged = new Set(joined.map(({ from }) => from))
    const ids = new Set(forgotten.filter(id => !merged.has(id)))
    for (const id of ids) {
      const bundle = this.bundles.get(id)
      if (bundle) this.remove(id, bundle)
      this.presence.delete(id)
      this.repeats.forget(id)
      this.forgotten.add(id)
    }
    this.talks.forget(ids)
  }

  private remove(id: string, bundle: Bundle): void {
    this.facts -= bundle.facts.size
    this.rows -= rowsOf(bundle)
    for (const name of bundle.keys.keys()) this.keyed.delete(name)
    this.bundles.delete(id)
  }

  /** Too much waits: the oldest goes. */
  private bound(): void {
    const { devices, facts, rows, presence } = this.limits
    for (const [id, bundle] of this.bundles) {
      const isFull = this.bundles.size > devices || this.facts > facts || this.rows > rows
      if (!isFull) break
      if (bundle.record) this.gone.devices++
      this.gone.facts += bundle.facts.size
      this.gone.rows += rowsOf(bundle)
      this.remove(id, bundle)
      if (this.lost.size < devices) this.lost.add(id)
    }
    for (const id of this.presence.keys()) {
      if (this.presence.size <= presence) break
      this.presence.delete(id)
      this.gone.presence++
    }
    const surplus = this.merges.length - rows
    if (surplus > 0) this.gone.rows += this.merges.splice(0, surplus).length
  }

  /** What comes next: who is forgotten goes first, since somebody may have returned since. */
  private slice(): Slice | undefined {
    if (this.forgotten.size > 0) return this.forgottenSlice()
    if (this.bundles.size > 0) return this.bundleSlice()
    if (this.merges.length > 0) return this.mergeSlice()
    if (this.talks.waiting > 0) return this.talkSlice()
    return this.isSettling && this.presence.size > 0 ? this.presenceSlice() : undefined
  }

  /** One at a time: a device may have much. */
  private forgottenSlice(): Slice {
    const [id = ''] = this.forgotten
    const changes = { ...noChanges(this.at), forgotten: [id] }
    return { changes, done: () => void this.forgotten.delete(id) }
  }

  private bundleSlice(): Slice {
    const changes = noChanges(this.at)
    const copied: [string, Bundle, Copied][] = []
    let weight = 0
    for (const [id, bundle] of this.bundles) {
      if (weight >= SLICE_WEIGHT) break
      const copy = copyBundle(bundle, changes, SLICE_WEIGHT - weight)
      weight += copy.weight
      copied.push([id, bundle, copy])
    }
    return { changes, done: () => copied.forEach(entry => this.bundleDone(entry)) }
  }

  private bundleDone([id, bundle, copy]: [string, Bundle, Copied]): void {
    for (const name of bundle.keys.keys()) this.keyed.delete(name)
    removeCopied(bundle, copy)
    this.facts -= copy.facts.length
    this.rows -= copy.rows
    if (isEmpty(bundle)) this.bundles.delete(id)
  }

  private mergeSlice(): Slice {
    const merges = this.merges.slice(0, SLICE_WEIGHT / WEIGHT.merge)
    const changes = { ...noChanges(this.at), merges }
    return { changes, done: () => void (this.merges = this.merges.slice(merges.length)) }
  }

  private talkSlice(): Slice {
    const some = this.talks.urgentOnes(SLICE_WEIGHT / WEIGHT.conversation)
    const conversations = some.map(([, record]) => record)
    const changes = { ...noChanges(this.at), conversations }
    return { changes, done: () => this.talks.written(some.map(([key]) => key)) }
  }

  private presenceSlice(): Slice {
    const presence: PresenceRecord[] = []
    for (const amounts of this.presence.values()) {
      if (presence.length * WEIGHT.presence >= SLICE_WEIGHT) break
      presence.push(amounts)
    }
    const changes = { ...noChanges(this.at), presence }
    const done = (): void => presence.forEach(({ device }) => this.presence.delete(device))
    return { changes, done }
  }
}
