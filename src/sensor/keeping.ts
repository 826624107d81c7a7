/**
 * Keeps what is heard: identity makes devices of it, turn by turn, and each turn's changes are
 * committed together. While the disk takes nothing, the newest wait in bounded memory.
 */

import type { Recommending } from '../findings/recommendations/recommending.js'
import type { Listener } from '../hearing/crew.js'
import { Identity } from '../identity/identity.js'
import { Managed } from '../identity/managed.js'
import type { NamedPlace } from '../identity/places.js'
import { Vendors } from '../identity/vendors.js'
import type { Prefix } from '../bytes/prefixes.js'
import type { Changes } from '../model/changes.js'
import type { DeviceRecord, FactRecord, KeyRecord, Time } from '../model/device.js'
import type { Fact } from '../model/fact.js'
import { NO_JUDGE, type Claim, type Judge } from '../model/judge.js'
import type { AddressHeard, ConversationHeard, StationHeard, Told } from '../model/heard.js'
import { Backlog } from '../store/backlog.js'
import { StoreError } from '../store/errors.js'
import type { Store } from '../store/store.js'
import { LearningPeriods } from './learning.js'
import { Recent } from './recent.js'

/** How long one turn may hold the main thread. */
const SLICE_MS = 8
/** Retention works in small steps. */
const TEND_MS = 5
/** Identity is built anew, from what was stored, when its tables are nearly full. */
const CROWDED = 0.9
/** Managed endpoints that are read before others have their turn. */
const ENDPOINTS_AT_ONCE = 1000
/** Devices whose recommendations are looked at in one turn, and in a minute because time passed. */
const ADVISED_MAX = 500
const REVIEWED_MAX = 5000
/** Records that were asked for or changed lately. */
const RECORDS_MAX = 20_000

export interface KeepingOptions {
  readonly store: Store
  readonly facts: readonly Fact[]
  readonly seed: number
  readonly inside: readonly Prefix[]
  /** What networks are called, and where they are. */
  readonly places?: readonly NamedPlace[]
  readonly timezone?: string
  readonly site: string | null
  /** Who says what a device is. */
  readonly judge?: Judge
  /** Who holds which hardware addresses; what comes with the program, unless another is named. */
  readonly registry?: (() => Uint8Array) | undefined
  readonly learning_days: number
  /** Who says what should be mended. */
  readonly recommending?: Recommending
  readonly now: () => Time
  /** Told of every turn that changed something, once it is on its way to the disk. */
  readonly changed?: (changes: Changes) => void
}

export class Keeping implements Listener {
  readonly backlog = new Backlog()
  readonly learning: LearningPeriods
  /** Which devices another agent looks after. */
  readonly managed = new Managed()
  private identity: Identity
  private readonly options: KeepingOptions
  private readonly vendors: Vendors
  private judge: Judge
  private readonly records = new Recent<DeviceRecord>(RECORDS_MAX)
  /** How often identity was built anew because too many strangers had come. */
  rebuilt = 0

  constructor(options: KeepingOptions) {
    this.options = options
    this.judge = options.judge ?? NO_JUDGE
    this.vendors = new Vendors(options.registry)
    this.learning = new LearningPeriods(options.store, options.learning_days)
    this.identity = this.begin()
  }

  tell(told: Told): void {
    this.identity.tell(told)
  }
  station(heard: StationHeard): void {
    this.identity.station(heard)
  }
  address(heard: AddressHeard): void {
    this.identity.address(heard)
  }
  conversation(heard: ConversationHeard): void {
    this.identity.conversation(heard)
  }

  /** How many devices there are, and how many further ones were not made up. */
  counts(): { devices: number; phantoms: number } {
    return this.identity.counts()
  }

  /** How many addresses were made up to flood the network. */
  get invented(): number {
    return this.identity.invented
  }

  /** The risk of other findings is taken than before. */
  accepted(): void {
    const { recommending, store } = this.options
    recommending?.recallAccepted(store.accepted())
  }

  /** By severity, how much there is to mend. */
  recommended(): Readonly<Record<string, number>> {
    return this.options.recommending?.openCounts() ?? {}
  }

  /** Devices of which it is known what should be mended, and those that found no room. */
  get advised(): { entries: number; evicted: number; dropped: number } {
    const { entries = 0, dropped } = this.options.recommending ?? {}
    return { entries, evicted: 0, dropped: (dropped?.devices ?? 0) + (dropped?.statements ?? 0) }
  }

  /** By whom people's decisions are minded. */
  get ruler(): Identity['ruler'] {
    return this.identity.ruler
  }

  /** Somebody changed what is shown of a device. */
  edited(id: string): void {
    this.records.delete(id)
  }

  /** What rules conclude of a device, the surest first. */
  claims(id: string): readonly Claim[] {
    return this.identity.claims(id)
  }

  /** Others judge from now on: what they read besides is fetched, and every device is looked at again. */
  async rejudge(
    judge: Judge,
    registry: (() => Uint8Array) | undefined,
    pause: () => Promise<void>,
  ): Promise<void> {
    const { store } = this.options
    const fresh = this.identity.rejudging.begin(() => {
      this.judge = judge
      this.vendors.readAgain(registry)
    })
    for (const chunk of fresh.length > 0 ? store.facts(fresh) : []) {
      this.identity.rejudging.recall(chunk)
      await pause()
    }
    this.identity.rejudging.end()
  }

  forget(ids: readonly string[]): void {
    this.identity.forget(ids)
    for (const id of ids) this.drop(id)
  }

  /** Another list of managed endpoints holds: every device is looked at again. */
  async match(pause: () => Promise<void>): Promise<void> {
    await this.listEndpoints(pause)
    for (const chunk of this.options.store.devices()) {
      for (const stored of chunk) this.look(this.records.get(stored.id) ?? stored)
      await pause()
    }
  }

  private async listEndpoints(pause: () => Promise<void>): Promise<void> {
    this.managed.begin()
    let count = 0
    for (const endpoint of this.options.store.endpoints.all()) {
      this.managed.add(endpoint)
      if (++count % ENDPOINTS_AT_ONCE === 0) await pause()
    }
  }

  /** A device that is another endpoint than its record says is told of again. */
  private look(record: DeviceRecord): void {
    if (this.managed.stamp(record) !== record) this.managed.touched.add(record.id)
  }

  private drop(id: string): void {
    this.records.delete(id)
    this.managed.forget(id)
  }

  /** Why nothing is written, or ''. */
  get trouble(): string {
    return this.backlog.trouble?.message ?? ''
  }

  /** Knows again what is stored; gives way to others between chunks. */
  async load(pause: () => Promise<void>): Promise<void> {
    const { store } = this.options
    await this.listEndpoints(pause)
    const keys = grouped<KeyRecord>()
    for (const chunk of store.keys()) {
      keys.add(chunk)
      await pause()
    }
    const facts = grouped<FactRecord>()
    for (const chunk of store.facts(this.identity.factsWanted())) {
      facts.add(chunk)
      await pause()
    }
    for (const chunk of store.devices()) {
      for (const record of chunk) {
        this.identity.remember(record, keys.of(record.id), facts.of(record.id))
        this.options.recommending?.recall(record)
        this.look(record)
      }
      await pause()
    }
    this.identity.ruler.recall(store.merges())
    await this.recallAdvice(pause)
  }

  private async recallAdvice(pause: () => Promise<void>): Promise<void> {
    const { store, facts, recommending } = this.options
    if (recommending === undefined) return
    const names = facts.map(({ name }) => name).filter(name => recommending.reads(name))
    for (const chunk of store.facts(names)) {
      recommending.recallFacts(chunk)
      await pause()
    }
    for (const chunk of store.findings()) {
      recommending.recallTold(chunk)
      await pause()
    }
    this.accepted()
  }

  /** What was heard since the last turn becomes changes, and some of them are written. True if more waits. */
  turn(all = false): boolean {
    const { now, store, changed } = this.options
    const until = performance.now() + SLICE_MS / 2
    this.identity.retell([...this.managed.touched])
    this.managed.touched.clear()
    const heard = this.identity.settle(now(), all, () => !all && performance.now() > until)
    for (const { from } of heard.merges) this.drop(from)
    for (const id of heard.forgotten) this.drop(id)
    const stamped = { ...heard, devices: heard.devices.map(one => this.managed.stamp(one)) }
    const changes = this.withAdvice(stamped, all)
    for (const record of changes.devices) this.records.set(record.id, record)
    this.backlog.add(changes)
    if (!isEmpty(changes)) changed?.(changes)
    const isWritten = this.backlog.drain(store, now(), all ? Infinity : SLICE_MS / 2)
    this.identity.retell(this.backlog.takeLost())
    return this.identity.isBusy || (!isWritten && store.state === 'ok')
  }

  /** What should be mended, and the risk that follows, belong to the turn in which they changed. */
  private withAdvice(changes: Changes, all: boolean): Changes {
    const { recommending, now } = this.options
    if (recommending === undefined) return changes
    recommending.hear(changes)
    const { findings, risks } = recommending.settle(now(), all ? Infinity : ADVISED_MAX)
    const devices = new Map(changes.devices.map(one => [one.id, one]))
    for (const [id, risk] of risks) {
      const record = devices.get(id) ?? this.recall(id)
      if (record !== undefined) devices.set(id, { ...record, risk })
    }
    return { ...changes, findings, devices: [...devices.values()] }
  }

  /** When nothing waits to be written, what is searched catches up. True if there is more. */
  index(): boolean {
    const { store } = this.options
    if (store.state !== 'ok') return false
    try {
      return store.index(SLICE_MS / 2) && this.backlog.isEmpty
    } catch (error) {
      // It is tried again with the next turn; what fails for good is told by what is committed.
      if (error instanceof StoreError) return false
      throw error
    }
  }

  /** Once a minute or so: what is old goes, and strangers are forgotten where there are too many. */
  async tend(pause: () => Promise<void>): Promise<void> {
    const { now, store } = this.options
    while (store.state === 'ok' && store.tend(now(), TEND_MS)) await pause()
    this.forget(store.expired(now()))
    this.options.recommending?.lookAgain(REVIEWED_MAX)
    if (store.state === 'ok' && store.endAcceptances(now()) > 0) this.accepted()
    if (this.identity.crowding > CROWDED) await this.rebuild(pause)
  }

  /** Everything that is known goes to the disk, if it takes it. */
  finish(): boolean {
    this.turn(true)
    this.backlog.settle(this.options.now())
    return this.backlog.drain(this.options.store, this.options.now(), Infinity)
  }

  private begin(): Identity {
    const { facts, seed, inside, places = [], timezone, site } = this.options
    const judge: Judge = {
      reads: fact => this.judge.reads(fact),
      knows: (fact, value) => this.judge.knows(fact, value),
      judge: (statements, before) => this.judge.judge(statements, before),
    }
    return new Identity({
      ...{ facts, seed, inside, places, site, judge, vendors: this.vendors },
      ...(timezone === undefined ? {} : { timezone }),
      recall: id => this.recall(id),
      isNews: (vlans, now) => this.learning.isOver(vlans, now),
    })
  }

  /** What waits is newer than what is stored. */
  private recall(id: string): DeviceRecord | undefined {
    const known = this.records.get(id)
    if (known !== undefined) return known
    const stored = this.options.store.device(id)
    if (stored !== undefined) this.records.set(id, stored)
    return stored
  }

  private async rebuild(pause: () => Promise<void>): Promise<void> {
    if (!this.finish()) return
    this.rebuilt++
    this.identity = this.begin()
    await this.load(pause)
  }
}

function isEmpty(changes: Changes): boolean {
  return Object.values(changes).every(list => !Array.isArray(list) || list.length === 0)
}

/** Rows by the device they are of. */
function grouped<T extends { readonly device: string }>() {
  const rows = new Map<string, T[]>()
  return {
    add(chunk: readonly T[]): void {
      for (const row of chunk) {
        const known = rows.get(row.device)
        if (known === undefined) rows.set(row.device, [row])
        else known.push(row)
      }
    },
    of: (device: string): readonly T[] => rows.get(device) ?? [],
  }
}
