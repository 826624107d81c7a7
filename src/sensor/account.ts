/** What the sensor says of itself: its health, its metrics, and its state in a few words. */

import { thousands } from '../bytes/thousands.js'
import type { LoopLag } from '../metrics/loop-lag.js'
import type { InterfaceCounts, Snapshot } from '../metrics/snapshot.js'
import { useNow } from '../metrics/use.js'
import {
  statusOf,
  type Health,
  type MirrorFinding,
  type SourceHealth,
  type Unready,
  type WorkerHealth,
} from '../model/health.js'
import { CATEGORIES } from '../model/kinds.js'
import { sensorName } from '../settings/places.js'
import type { Settings } from '../settings/schema.js'
import { Audit } from './audit.js'
import { ledgerLine } from './ledger.js'
import type { Keeping } from './keeping.js'
import type { LinkCounts } from './link-counts.js'
import { readBacklogDrops } from './links.js'
import { since } from './measurements.js'
import { Arrivals, ledgerCounts, lineOf, reading, type Heard, type VlanSums } from './readings.js'
import type { Source } from './sources.js'
import type { Teller } from './teller.js'

/** Every category has a row, also while nobody is in it. */
const NONE = Object.fromEntries(CATEGORIES.map(category => [category, 0]))
/** Milliseconds after which a worker that says nothing is not hearing. */
const SILENT_MS = 5000

export interface AccountParts {
  readonly version: string
  readonly settings: () => Settings
  readonly sources: () => readonly Source[]
  readonly links: LinkCounts
  readonly teller: Teller
  readonly keeping: Keeping
  readonly vlans: VlanSums
  readonly lag: LoopLag
  readonly store_bytes: () => number
  /** What all workers have counted, and milliseconds since each looked up last. */
  readonly heard: () => Heard
  readonly silent_ms: () => readonly number[]
  readonly restarts: (worker: number) => number
}

export class Account {
  findings: readonly MirrorFinding[] = []
  private readonly parts: AccountParts
  private readonly audit = new Audit()
  private readonly arrivals = new Arrivals()
  private readonly backlog = { before: readBacklogDrops() ?? 0, dropped: 0 }
  private readonly began = Date.now() / 1000
  /** Packets at the last status, and when. */
  private told = { packets: 0, dropped: 0, at: performance.now() }

  constructor(parts: AccountParts) {
    this.parts = parts
  }

  /** Looks how things are, once a second. */
  look(): void {
    const { parts } = this
    const heard = parts.heard()
    const now = Date.now() / 1000
    const at = performance.now() / 1000
    this.countBacklog()
    const { vlans, links } = parts
    const looks = { vlans, links, arrivals: this.arrivals, capture: parts.settings().capture }
    const readings = parts.sources().map(({ name }) => reading(heard, name, { ...looks, at, now }))
    const { invented } = parts.keeping
    const machine = { at, backlog: this.backlog.dropped, invented }
    this.findings = this.audit.look(readings, machine, new Date().toISOString())
  }

  snapshot(): Snapshot {
    const { parts } = this
    const heard = parts.heard()
    const { counts } = heard
    return {
      version: parts.version,
      uptime_seconds: process.uptime(),
      interfaces: parts.sources().map(({ name }, i) => this.interfaceCounts(heard, name, i === 0)),
      undecoded: counts.undecoded,
      census: heard.census(),
      protocols: counts.tallies.map(({ name, packets, faults }) => ({
        protocol: name,
        packets,
        faults,
        facts: parts.teller.facts.get(name) ?? 0,
      })),
      // Nothing is classified yet.
      devices: { ...NONE, unknown: parts.keeping.counts().devices },
      store_bytes: parts.store_bytes(),
      store_writes: parts.keeping.trouble === '',
      invented_addresses: parts.keeping.invented,
      tables: this.tables(heard),
      workers: heard.busy.map((busy_ratio, worker) => ({ worker, busy_ratio })),
      loop_lag: parts.lag.read(performance.now()),
      fact_latency: parts.teller.latencies.read(),
      findings: this.findingCounts(),
      recommendations: parts.keeping.recommended(),
      use: useNow(),
    }
  }

  health(): Health {
    const { parts, findings } = this
    const heard = parts.heard()
    const settings = parts.settings()
    const sources = parts.sources()
    return {
      schema: 'onlooker.health/1',
      ...statusOf(this.unready(), findings),
      name: sensorName(settings),
      site: settings.sensor.site === '' ? null : settings.sensor.site,
      version: parts.version,
      started: new Date(this.began * 1000).toISOString(),
      uptime_seconds: Math.floor(process.uptime()),
      sources: sources.map(source => sourceHealth(source, heard)),
      ledger: sources.map(({ name, ring }) =>
        ledgerLine(ledgerCounts(lineOf(heard, name), ring && this.linkSums(name).received)),
      ),
      findings,
      workers: this.workers(heard),
      tables: this.tables(heard),
    }
  }

  /** Why it isn't ready; nothing if it is. */
  unready(): Unready[] {
    const closed = this.parts.sources().filter(({ state }) => state !== 'open')
    const silent = this.parts.silent_ms().filter(ms => ms > SILENT_MS).length
    const { trouble } = this.parts.keeping
    return [
      ...(trouble === '' ? [] : [storeTrouble(trouble)]),
      ...closed.map(({ name, state, why }) => ({
        what: `${name} is ${state}${state === 'failed' ? ` (${why})` : ''}`,
        mend: state === 'down' ? `ip link set ${name} up` : `bring ${name} back`,
      })),
      ...(silent === 0
        ? []
        : [{ what: `${String(silent)} workers don't answer`, mend: 'restart the sensor' }]),
    ]
  }

  /** Whether everybody answers. */
  get isAlive(): boolean {
    return this.parts.silent_ms().every(ms => ms <= SILENT_MS)
  }

  /** `hearing eth1: 12,345 packets/s, 87 devices, nothing dropped`. */
  words(): string {
    const { totals, ledger } = this.parts.heard()
    const at = performance.now()
    const seconds = Math.max(0.001, (at - this.told.at) / 1000)
    const rate = Math.round(since(this.told.packets, totals.frames) / seconds)
    const dropped = ledger.reduce((sum, line) => sum + line.dropped.ring + line.dropped.worker, 0)
    const lost = since(this.told.dropped, dropped)
    this.told = { packets: totals.frames, dropped, at }
    const { devices } = this.parts.keeping.counts()
    const losses = lost === 0 ? 'nothing dropped' : `${thousands(lost)} dropped`
    return `${this.placesWords()}: ${thousands(rate)} packets/s, ${thousands(devices)} devices, ${losses}`
  }

  /** `hearing eth1`, `waiting for eth1 (gone)`. */
  placesWords(): string {
    const sources = this.parts.sources()
    const open = sources.filter(({ state }) => state === 'open').map(({ name }) => name)
    const others = sources.filter(({ state }) => state !== 'open')
    const waiting = others.map(({ name, state }) => `${name} (${state})`).join(' and ')
    if (others.length === 0) return `hearing ${open.join(' and ')}`
    if (open.length === 0) return `waiting for ${waiting}`
    return `hearing ${open.join(' and ')}, waiting for ${waiting}`
  }

  private interfaceCounts(heard: Heard, name: string, first: boolean): InterfaceCounts {
    const { heard: packets, octets, dropped, broken } = lineOf(heard, name)
    const { missed, transmitted } = this.linkSums(name)
    return {
      interface: name,
      packets,
      bytes: octets,
      dropped: {
        nic: missed,
        // The backlog is the machine's, and told once.
        backlog: first ? this.backlog.dropped : 0,
        ring: dropped.ring,
        worker: dropped.worker + broken,
      },
      transmitted,
    }
  }

  /** As of now: metrics may be asked for between two looks. */
  private linkSums(name: string) {
    this.parts.links.look(name)
    return this.parts.links.sums(name)
  }

  private workers({ busy, frames }: Heard): WorkerHealth[] {
    const silent = this.parts.silent_ms()
    return busy.map((busy_ratio, worker) => ({
      worker,
      state: (silent[worker] ?? Infinity) <= SILENT_MS ? 'hearing' : 'gone',
      busy_ratio,
      packets: frames[worker] ?? 0,
      restarts: this.parts.restarts(worker),
    }))
  }

  private tables({ counts }: Heard): Health['tables'] {
    const { vlans, keeping } = this.parts
    const { waiting, dropped } = keeping.backlog
    const stored = Object.entries(waiting).map(([name, entries]) => [
      `waiting_${name}`,
      { entries, evicted: 0, dropped: dropped[name as keyof typeof dropped] },
    ])
    const { advised } = keeping
    return { ...counts.tables, vlans: vlans.table, advised, ...Object.fromEntries(stored) }
  }

  private countBacklog(): void {
    const now = readBacklogDrops()
    if (now === null) return
    this.backlog.dropped += since(this.backlog.before, now)
    this.backlog.before = now
  }

  private findingCounts(): Record<string, number> {
    const sums: Record<string, number> = {}
    for (const { id } of this.findings) sums[id] = (sums[id] ?? 0) + 1
    return sums
  }
}

function sourceHealth(source: Source, heard: Heard): SourceHealth {
  const { heard: packets, octets, last_heard } = lineOf(heard, source.name)
  return {
    interface: source.name,
    source: source.kind,
    state: source.state,
    why: source.why === '' ? null : source.why,
    packets,
    bytes: octets,
    last_frame: last_heard > 0 ? new Date(last_heard / 1000).toISOString() : null,
    ring: source.ring,
  }
}

/** `what: where: mend`, as errors of the store are written. */
function storeTrouble(line: string): Unready {
  const parts = line.split(': ')
  return { what: parts.slice(0, -1).join(': '), mend: parts.at(-1)! }
}
