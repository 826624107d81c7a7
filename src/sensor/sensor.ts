/** The sensor: who listens to what, what is told of it, and its beginning and end. */

import { randomBytes, randomInt } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { isLoopback } from '../api/hosts.js'
import { listenAt } from '../api/listening.js'
import { apiServer } from '../api/server.js'
import type { Addon } from '../capture/addon.js'
import { monotonic } from '../capture/monotonic.js'
import { LiveCrew } from '../hearing/live-crew.js'
import { Secrets } from '../hearing/secrets.js'
import type { WorkerLoss } from '../hearing/staff.js'
import { Inventory } from '../identity/inventory.js'
import { LoopLag } from '../metrics/loop-lag.js'
import { Metrics } from '../metrics/metrics.js'
import type { MirrorFinding } from '../model/health.js'
import { facts, protocols } from '../protocols/index.js'
import type { Settings } from '../settings/schema.js'
import { Account } from './account.js'
import { LinkCounts } from './link-counts.js'
import type { Logger } from './log.js'
import { ownNumbers } from './own-traffic.js'
import { VlanSums, type Heard } from './readings.js'
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
const KEY_BYTES = 32

export interface SensorParts {
  readonly version: string
  readonly settings: Settings
  readonly sources: Sources
  readonly workers: number
  /** The workers' program. */
  readonly program: URL
  /** None where nothing native is needed. */
  readonly addon: Addon | undefined
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
  private readonly lag = new LoopLag(performance.now())
  private readonly vlans = new VlanSums()
  private readonly restarts: number[] = []
  private readonly timers: NodeJS.Timeout[] = []
  private readonly metrics: Metrics
  private server: FastifyInstance | undefined
  private findings: ReadonlyMap<string, MirrorFinding> = new Map()

  constructor(parts: SensorParts) {
    const { settings, workers, program, addon, sources, version } = parts
    const { inside } = settings.networks
    const seed = randomInt(SEED_MAX)
    this.parts = parts
    this.settings = settings
    this.sources = sources
    const inventory = new Inventory({ seed, inside })
    this.teller = new Teller(inventory, ownNumbers(addon?.interfaces() ?? []), () => Date.now())
    const wakes = addon === undefined ? NO_WAKES : wakesOf(addon)
    const clocks = { now: monotonic(), wall: () => Date.now() }
    const key = randomBytes(KEY_BYTES)
    this.crew = new LiveCrew(
      {
        protocols,
        facts,
        secrets: new Secrets(key),
        seed,
        inside,
        workers,
        program,
        key,
        wakes,
        ...clocks,
      },
      this.teller,
      {
        workerLost: loss => this.lost(loss),
        earFault: (name, worker, why) => parts.log.debug({ worker, why }, `${name} has a fault`),
        covered: second => this.vlans.add(second),
      },
    )
    this.account = new Account({
      version,
      settings: () => this.settings,
      sources: () => this.sources.list,
      links: new LinkCounts(
        sources.list.map(({ name }) => name),
        name => this.sources.link(name),
      ),
      teller: this.teller,
      vlans: this.vlans,
      lag: this.lag,
      heard: () => this.heard(),
      silent_ms: () => this.crew.silent_ms(),
      restarts: worker => this.restarts[worker] ?? 0,
    })
    this.metrics = new Metrics(() => this.account.snapshot())
  }

  /** Opens everything; throws if something can't be, with nothing left open. */
  async start(): Promise<void> {
    const { log, watchdog } = this.parts
    try {
      this.sources.open(this.crew)
      const where = await this.answer(this.settings)
      log.info(`answering at ${where}`)
    } catch (error) {
      await this.end()
      throw error
    }
    await this.awake()
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
    const { totals, ledger } = this.heard()
    const dropped = ledger.reduce((sum, line) => sum + line.dropped.ring + line.dropped.worker, 0)
    await this.server?.close()
    this.lag.stop()
    this.sources.close()
    const count = (value: number): string => value.toLocaleString('en-US')
    return (
      `heard ${count(totals.frames)} packets of ${count(this.teller.devices)} devices` +
      ` in ${count(Math.round(process.uptime()))} s, ${count(dropped)} dropped`
    )
  }

  /** Answers where the settings say; where it answered before, it does so no more. */
  async answer(settings: Settings): Promise<string> {
    const { version, log } = this.parts
    const { listen } = settings.http
    const api = {
      version,
      health: () => this.account.health(),
      unready: () => this.account.unready(),
      metrics: () => this.metrics.page(),
    }
    const loopback = listen.path !== '' || isLoopback(listen.host)
    const onError = (error: Error): void => log.error({ stack: error.stack }, 'an answer failed')
    const server = apiServer(api, { loopback, onError })
    try {
      const where = await listenAt(server, listen)
      await this.server?.close()
      this.server = server
      return where
    } catch (error) {
      await server.close()
      throw error
    }
  }

  /** What is asked for as it is needed. */
  settle(settings: Settings): void {
    this.settings = settings
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
      ledger: crew.ledger(),
      totals: crew.totals(),
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
    await this.server?.close()
    this.lag.stop()
    this.sources.close()
  }
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
