/** What tests measure of interfaces that are really heard: their readings, and what is wrong with them. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { udpFrame, type End } from '../../fixtures/build/frames.js'
import { addon } from '../../src/capture/addon.js'
import { sourcesFor } from '../../src/cli/listening-to.js'
import { LiveCrew, type Covered } from '../../src/hearing/live-crew.js'
import type { LedgerLine } from '../../src/model/health.js'
import { conditionsOf, type Condition } from '../../src/sensor/audit.js'
import { ledgerLine } from '../../src/sensor/ledger.js'
import { LinkCounts } from '../../src/sensor/link-counts.js'
import type { LinkReading } from '../../src/sensor/links.js'
import { between, type Reading } from '../../src/sensor/measurements.js'
import { Arrivals, ledgerCounts, lineOf, reading, VlanSums } from '../../src/sensor/readings.js'
import { OwnSockets } from '../../src/sensor/sockets.js'
import type { Sources } from '../../src/sensor/sources.js'
import { defaults, type Settings } from '../../src/settings/schema.js'
import { Gathering, HEARING, KEY } from '../hearing/gathering.js'

export const A: End = { mac: '02:00:00:00:00:0a', ip: '10.0.0.1', port: 4000 }
export const B: End = { mac: '02:00:00:00:00:0b', ip: '10.0.0.2', port: 5000 }
const SHAPE = { workers: 2, block_bytes: 131_072, blocks: 32 }
const PACE = { facts_ms: 20, rows_ms: 20, counts_ms: 20 }
/** Blocks are handed over, and counts told, within this time. */
export const SETTLED_MS = 300
export const PATIENCE_MS = 10_000

/** What is measured of interfaces, and what is wrong with them since it began. */
export class Measured {
  readonly vlans = new VlanSums()
  private readonly arrivals = new Arrivals()
  private readonly links: LinkCounts
  private readonly capture: Settings['capture']
  private first: readonly Reading[] = []
  readonly told = new Gathering()
  crew!: LiveCrew
  sources!: Sources

  constructor(
    names: readonly string[],
    capture: Settings['capture'],
    link?: (name: string) => LinkReading | undefined,
  ) {
    this.links = new LinkCounts(names, link)
    this.capture = capture
  }

  /** From now on. */
  begin(names: readonly string[]): void {
    this.first = names.map(name => this.reading(name))
  }

  get heard() {
    const { crew } = this
    return {
      counts: crew.counts(),
      ledger: crew.ledger(),
      totals: crew.totals(),
      sessions: crew.sessions(),
      networks: crew.untaggedNetworks(),
      census: () => crew.census(),
      busy: crew.busy(),
      frames: crew.frames(),
    }
  }

  reading(name: string): Reading {
    const { vlans, arrivals, links, capture } = this
    const times = { at: performance.now() / 1000, now: Date.now() / 1000 }
    return reading(this.heard, name, { vlans, arrivals, links, capture, ...times })
  }

  found(): Condition[] {
    return this.first.flatMap(one => conditionsOf(between(one, this.reading(one.interface))))
  }

  ledger(name = 'near'): LedgerLine {
    return ledgerLine(ledgerCounts(lineOf(this.heard, name), null))
  }

  /** So many frames were heard, and what they tell was told. */
  async all(count: number, name = 'near'): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (lineOf(this.heard, name).heard < count) {
      if (Date.now() > end) {
        throw new Error(`in vain: ${String(count)} frames of ${name}: ${this.ledger(name).words}`)
      }
      await sleep(20)
    }
    await sleep(SETTLED_MS)
  }

  /** What is wrong with an interface, once this is. */
  async finding(id: string, name = 'near'): Promise<Condition> {
    const end = Date.now() + PATIENCE_MS
    for (;;) {
      const all = this.found()
      const one = all.find(condition => condition.id === id && condition.interface === name)
      if (one !== undefined) return one
      if (Date.now() > end) throw new Error(`in vain: ${id}: ${JSON.stringify(all)}`)
      await sleep(20)
    }
  }
}

export const capture = (changed: Partial<Settings['capture']> = {}): Settings['capture'] => ({
  ...defaults().capture,
  ring_timeout_ms: 8,
  ...changed,
})

export const covered = (measured: Measured) => ({
  workerLost: () => undefined,
  earFault: () => undefined,
  covered: (second: Covered) => measured.vlans.add(second),
})

/** Interfaces as the sensor hears them: rings by two workers. */
export async function listening(
  t: Test,
  names: readonly string[],
  changed: Partial<Settings['capture']> = {},
) {
  const native = addon()
  const settings = capture(changed)
  // What copies has one worker.
  const workers = settings.source === 'ring' ? SHAPE.workers : 1
  const shape = { ...SHAPE, workers }
  const wanted = { addon: native, sockets: new OwnSockets(native), capture: settings, shape }
  const sources = sourcesFor({ ...wanted, names, why: '' })
  const measured = new Measured(names, settings)
  const wakes = {
    open: () => native.wakeOpen() as number,
    wake: (one: number) => native.wake(one),
    close: (one: number) => native.close(one),
  }
  const now = (): number => performance.now()
  const program = new URL('../../onlooker/listener.js', import.meta.url)
  const crew = new LiveCrew(
    { ...HEARING, workers, program, key: KEY, wakes, now, wall: () => Date.now(), pace: PACE },
    measured.told,
    { ...covered(measured), earFault: (name, _worker, why) => sources.fault?.(name, why) },
  )
  measured.crew = crew
  measured.sources = sources
  t.teardown(async () => {
    sources.hush()
    await crew.stop()
    sources.close()
  })
  sources.open(crew)
  measured.begin(names)
  while (crew.silent_ms().some(ms => ms > SETTLED_MS)) await sleep(10)
  return measured
}

/** A conversation of two, each frame another. */
export function talk(
  count: number,
  how: { vlans?: [number?, number?]; size?: number } = {},
): Uint8Array[] {
  const { vlans = [], size = 60 } = how
  return Array.from({ length: count }, (_, i) => {
    const payload = new Uint8Array(size).fill(i)
    payload[1] = i >> 8
    return i % 2 === 0
      ? udpFrame(A, B, payload, { vlan: vlans[0] }).bytes
      : udpFrame(B, A, payload, { vlan: vlans[1] }).bytes
  })
}
