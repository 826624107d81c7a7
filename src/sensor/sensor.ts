/** The sensor: who listens to what, what is told of it, and its beginning and end. */

import { randomInt } from 'node:crypto'
import { setImmediate as others } from 'node:timers/promises'
import { Api } from '../api/api.js'
import type { RulesRead } from '../api/call.js'
import { thousands } from '../bytes/thousands.js'
import type { Addon } from '../capture/addon.js'
import { monotonic } from '../capture/monotonic.js'
import { LiveCrew } from '../hearing/live-crew.js'
import { Secrets } from '../hearing/secrets.js'
import type { WorkerLoss } from '../hearing/staff.js'
import { LoopLag } from '../metrics/loop-lag.js'
import { Metrics } from '../metrics/metrics.js'
import type { Judge } from '../model/judge.js'
import type { MirrorFinding } from '../model/health.js'
import { facts, protocols } from '../protocols/index.js'
import type { Settings } from '../settings/schema.js'
import type { Queries } from '../store/queries.js'
import type { Store } from '../store/store.js'
import { Account } from './account.js'
import { advisersFor, type Advisers } from './counsel.js'
import { decisionsOf } from './decisions.js'
import { LinkCounts } from './link-counts.js'
import { Keeping } from './keeping.js'
import type { Logger } from './log.js'
import { ownNumbers } from './own-traffic.js'
import { VlanSums, type Heard } from './readings.js'
import { Rounds } from './rounds.js'
import type { Sources } from './sources.js'
import { Teller } from './teller.js'
import type { Watchdog } from './watchdog.js'

/** Interfaces that vanish and come back are noticed within this time. */
const LOOK_MS = 500
const AUDIT_MS = 1000
const STATUS_MS = 5000
/** How long workers may take to begin. */
const AWAKE_MS = 10_000
const AWAKE_LOOK_MS = 20
/** Seeds of tables: nobody outside may know who collides. */
const SEED_MAX = 2 ** 31 - 1

export interface SensorParts {
  readonly version: string
  readonly settings: Settings
  readonly sources: Sources
  readonly workers: number
  /** The workers' program. */
  readonly program: URL
  /** None where nothing native is needed. */
  readonly addon: Addon | undefined
  /** Where everything is kept. */
  readonly folder: string
  readonly store: Store
  readonly queries: Queries
  /** Who says what a device is. */
  readonly judge: Judge
  /** Who holds which hardware addresses; what comes with the program, unless another is named. */
  readonly registry?: (() => Uint8Array) | undefined
  /** Reads the rules again; rejects where they are wrong. None where nobody can. */
  readonly reloadRules?: () => Promise<RulesRead>
  /** Under which secrets are hashed. */
  readonly key: Uint8Array
  readonly log: Logger
  readonly watchdog: Watchdog
  /** Too many workers died: the sensor can't go on. */
  readonly failed: (why: string) => void
}

/** Who needs no waking looks up often enough. */
const NO_WAKES = { open: () => -1, wake: () => undefined, close: () => undefined }

export class Sensor {
  readonly account: Account
  private settings: Settings
  private sources: Sources
  private readonly parts: SensorParts
  private readonly crew: LiveCrew
  private readonly teller: Teller
  private readonly keeping: Keeping
  private readonly rounds: Rounds
  private readonly lag = new LoopLag()
  private readonly vlans = new VlanSums()
  private readonly advisers: Advisers
  private readonly restarts: number[] = []
  private readonly timers: NodeJS.Timeout[] = []
  private readonly metrics: Metrics
  private readonly api: Api
  private findings: ReadonlyMap<string, MirrorFinding> = new Map()

  constructor(parts: SensorParts) {
    const seed = randomInt(SEED_MAX)
    this.parts = parts
    this.settings = parts.settings
    this.sources = parts.sources
    this.advisers = advisersFor(facts, parts.settings.recommendations.resolve_days)
    this.keeping = this.keeper(seed)
    this.rounds = new Rounds(this.keeping, parts.queries, parts.log)
    const own = ownNumbers(parts.addon?.interfaces() ?? [])
    this.teller = new Teller(this.keeping, own, () => Date.now())
    this.crew = this.hire(seed)
    this.account = this.accountOfAll()
    this.metrics = new Metrics(() => this.account.snapshot())
    this.api = this.doors()
  }

  private keeper(seed: number): Keeping {
    const { store, settings, judge, registry } = this.parts
    const { site } = settings.sensor
    return new Keeping({
      ...{ store, facts, seed, judge, registry, inside: settings.networks.inside },
      places: settings.networks.names,
      timezone: settings.sensor.timezone,
      site: site === '' ? null : site,
      learning_days: settings.learning.days,
      recommending: this.advisers.recommending,
      now: () => Date.now(),
    })
  }

  private hire(seed: number): LiveCrew {
    const { addon, key, log, program, settings, workers } = this.parts
    const wakes = addon === undefined ? NO_WAKES : wakesOf(addon)
    const clocks = { now: monotonic(), wall: () => Date.now() }
    const { inside } = settings.networks
    const discretion = { exclude: settings.capture.exclude, names: settings.privacy.names }
    const secrets = new Secrets(key)
    return new LiveCrew(
      {
        ...{ protocols, facts, secrets, seed, inside, workers, program, key, wakes, discretion },
        ...clocks,
      },
      this.teller,
      {
        workerLost: loss => this.lost(loss),
        earFault: (name, worker, why) => {
          log.debug({ worker, why }, `${name} has a fault`)
          this.sources.fault?.(name, why)
        },
        covered: second => {
          this.vlans.add(second)
          this.advisers.coverage.add(second, Date.now())
        },
      },
    )
  }

  private accountOfAll(): Account {
    const { sources, version } = this.parts
    return new Account({
      version,
      settings: () => this.settings,
      sources: () => this.sources.list,
      links: new LinkCounts(
        sources.list.map(({ name }) => name),
        name => this.sources.link(name),
      ),
      teller: this.teller,
      keeping: this.keeping,
      vlans: this.vlans,
      lag: this.lag,
      store_bytes: () => bytesOf(this.parts.store),
      heard: () => this.heard(),
      silent_ms: () => this.crew.silent_ms(),
      restarts: worker => this.restarts[worker] ?? 0,
    })
  }

  private doors(): Api {
    const { version, settings, store, queries, folder, log, reloadRules } = this.parts
    const sensor = {
      version,
      health: () => this.account.health(),
      unready: () => this.account.unready(),
      census: () => this.crew.census(),
      metrics: () => this.metrics.page(),
      claims: (id: string) => this.keeping.claims(id),
      ...(reloadRules && { reloadRules }),
    }
    const onError = (error: Error): void => log.error({ stack: error.stack }, 'an answer failed')
    const decisions = decisionsOf(this.keeping, store)
    const { counsel } = this.advisers
    return new Api({ settings, folder, sensor, store, queries, decisions, counsel, onError })
  }

  /** Opens everything; throws if something can't be, with nothing left open. */
  async start(): Promise<void> {
    const { log, watchdog } = this.parts
    try {
      await this.keeping.load(() => others())
      this.sources.open(this.crew)
      const { places, notes } = await this.api.start()
      log.info(`answering at ${places.join(', ')}`)
      for (const note of notes) log.info(note)
    } catch (error) {
      await this.end()
      throw error
    }
    await this.awake()
    this.lag.begin(performance.now())
    this.rounds.begin()
    this.every(LOOK_MS, () => void this.look())
    this.every(AUDIT_MS, () => this.audit())
    this.every(STATUS_MS, () => watchdog.status(this.account.words()))
    watchdog.ready(this.account.placesWords())
  }

  /** Until all workers listen: what came before waits in the rings. */
  private async awake(): Promise<void> {
    for (let waited = 0; waited < AWAKE_MS && !this.account.isAlive; waited += AWAKE_LOOK_MS) {
      await new Promise(resolve => setTimeout(resolve, AWAKE_LOOK_MS))
    }
  }

  /** Hears what is there to its end; gives what was heard in all, in words. */
  async stop(): Promise<string> {
    this.parts.watchdog.stopping()
    for (const timer of this.timers) clearInterval(timer)
    this.sources.hush()
    await this.crew.stop()
    await this.rounds.end()
    const { totals, ledger } = this.heard()
    const dropped = ledger.reduce((sum, line) => sum + line.dropped.ring + line.dropped.worker, 0)
    await this.api.stop()
    this.lag.stop()
    this.sources.close()
    const { devices } = this.keeping.counts()
    await this.parts.queries.close()
    this.parts.store.close()
    return (
      `heard ${thousands(totals.frames)} packets of ${thousands(devices)} devices` +
      ` in ${thousands(Math.round(process.uptime()))} s, ${thousands(dropped)} dropped`
    )
  }

  /** Answers where the new settings say, and no more where it answered before. */
  async answer(settings: Settings): Promise<string> {
    const { places } = await this.api.reopen(settings, this.settings)
    return places.join(', ')
  }

  /** What is asked for as it is needed. */
  settle(settings: Settings): void {
    this.settings = settings
  }

  /** Others say from now on what devices are; all are judged again, some at a time. */
  rejudge(judge: Judge, registry?: () => Uint8Array): Promise<void> {
    return this.keeping.rejudge(judge, registry, () => others())
  }

  refilter(filter: string): void {
    this.sources.refilter(filter)
  }

  /**
   * Listens to something else. Frames that wait are heard to their end; for a moment nobody listens.
   * If the new can't be opened, the old is opened again.
   */
  async reopen(next: Sources, old: () => Sources): Promise<void> {
    this.sources.hush()
    await Promise.all(this.sources.list.map(({ name }) => this.crew.close(name)))
    this.sources.close()
    this.sources = next
    try {
      next.open(this.crew)
    } catch (error) {
      next.close()
      this.sources = old()
      this.sources.open(this.crew)
      throw error
    }
  }

  private heard(): Heard {
    const { crew } = this
    return {
      counts: crew.counts(),
      census: () => crew.census(),
      ledger: crew.ledger(),
      totals: crew.totals(),
      sessions: crew.sessions(),
      networks: crew.untaggedNetworks(),
      busy: crew.busy(),
      frames: crew.frames(),
    }
  }

  private async look(): Promise<void> {
    const { log, watchdog, addon } = this.parts
    const { sources } = this
    const changes = await sources.look()
    for (const { what, words } of changes) {
      if (what === 'gone' || what === 'down') log.warn(words)
      else log.info(words)
    }
    if (changes.length === 0) return
    if (addon !== undefined) this.teller.addresses = ownNumbers(addon.interfaces())
    for (const { name, state, why } of sources.list) {
      if (state === 'failed') log.error({ interface: name }, `cannot hear it again: ${why}`)
    }
    if (sources.list.every(({ state }) => state === 'failed')) {
      this.parts.failed('nothing is left to hear')
    }
    watchdog.status(this.account.placesWords())
  }

  /** Says what began to be wrong, and what no longer is. */
  private audit(): void {
    const { log } = this.parts
    this.account.look()
    const now = new Map(
      this.account.findings.map(one => [
        `${one.id} ${one.interface ?? ''} ${String(one.vlan)}`,
        one,
      ]),
    )
    for (const [key, { id, title, evidence, mend, interface: name }] of now) {
      if (this.findings.has(key)) continue
      log.warn({ finding: id, interface: name, mend }, `${title}: ${evidence}`)
    }
    for (const [key, { id, title, interface: name }] of this.findings) {
      if (!now.has(key)) log.info({ finding: id, interface: name }, `no longer: ${title}`)
    }
    this.findings = now
  }

  private lost({ worker, why, frames, replaced }: WorkerLoss): void {
    this.restarts[worker] = (this.restarts[worker] ?? 0) + 1
    const what = `worker ${String(worker)} died: ${why}`
    if (replaced) this.parts.log.error({ worker, frames }, `${what}: another took its place`)
    else this.parts.failed(`${what}: too many died`)
  }

  private every(interval_ms: number, act: () => void): void {
    this.timers.push(setInterval(act, interval_ms))
  }

  private async end(): Promise<void> {
    await this.crew.stop()
    await this.api.stop()
    this.lag.stop()
    this.sources.close()
  }
}

function bytesOf(store: Store): number {
  const { database_bytes, log_bytes } = store.sizes()
  return database_bytes + log_bytes
}

function wakesOf(addon: Addon) {
  return {
    open(): number {
      const descriptor = addon.wakeOpen()
      return typeof descriptor === 'number' ? descriptor : -1
    },
    wake(descriptor: number): void {
      if (descriptor >= 0) addon.wake(descriptor)
    },
    close: (descriptor: number) => addon.close(descriptor),
  }
}
