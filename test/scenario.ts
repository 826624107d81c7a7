/** A scenario heard both ways: as a capture at once, and live, turn by turn, with or without a restart. */

import { pcap, pcapng, START } from '../fixtures/build/capture.js'
import type { Frame } from '../fixtures/build/frames.js'
import type { Known, Scenario } from '../fixtures/scenarios/stage.js'
import { sourceOver } from '../src/capture/file.js'
import { Batch } from '../src/capture/source.js'
import { Board, boardMemory } from '../src/hearing/board.js'
import { RowTeller, Solo, type CrewOptions } from '../src/hearing/crew.js'
import { inputOf } from '../src/hearing/hear-capture.js'
import { Hearing } from '../src/hearing/hearing.js'
import type { Hired } from '../src/hearing/hired.js'
import { Lane, laneMemory } from '../src/hearing/lane.js'
import { readSource } from '../src/hearing/reading.js'
import { Reporting } from '../src/hearing/reporting.js'
import { Secrets } from '../src/hearing/secrets.js'
import { TellingReader } from '../src/hearing/telling.js'
import { ToldRows } from '../src/hearing/told-rows.js'
import type { InventoryDocument } from '../src/identity/document.js'
import { Identity } from '../src/identity/identity.js'
import { Inventory } from '../src/identity/inventory.js'
import { Vendors } from '../src/identity/vendors.js'
import type { Changes } from '../src/model/changes.js'
import type { DeviceRecord, FactRecord, KeyRecord } from '../src/model/device.js'
import { Told } from '../src/model/heard.js'
import { facts, protocols } from '../src/protocols/index.js'
import { EMPTY } from './identity/load.js'

const TURN_MS = 100
/** A pause longer than this is passed over: nothing is left to tell in it. */
const PAUSE_MS = 8000
const vendors = new Vendors()

/** One device as it is compared: all that a scenario may expect of it, in one line. */
export function line(one: Known): string {
  const { macs = [], ipv4 = [], ipv6 = [], vlans = [], routed = false, random = false } = one
  const { subs = [], behind } = one
  const who = behind !== undefined ? `behind ${behind}` : routed ? 'routed' : 'no mac'
  return [
    `${[...macs].sort().join(' ') || who}:`,
    ...[[...ipv4, ...ipv6, ...subs].sort().join(' ')],
    vlans.length > 0 ? `vlan ${[...vlans].sort((a, b) => a - b).join(' ')}` : '',
    random ? 'random' : '',
    (one.roles ?? []).join(' '),
  ]
    .join(' ')
    .replace(/ +/g, ' ')
    .trim()
}

/** A device as it was found, with its gateway called by an address. */
export function knownOf<T extends Found>(one: T, all: Iterable<T>): Known {
  const gateway = one.behind === null ? undefined : [...all].find(({ id }) => id === one.behind)
  const subs = one.subAddresses ?? one.sub_addresses ?? []
  const by = gateway?.ipv4[0] ?? gateway?.macs[0]
  const { macs, ipv4, ipv6, vlans, routed, roles = [] } = one
  const random = one.randomizedMac ?? one.randomized_mac ?? false
  const own = { macs, ipv4, ipv6, vlans, routed, roles, random, subs }
  return by === undefined ? own : { ...own, behind: by }
}

interface Found extends Required<Omit<Known, 'behind' | 'subs' | 'roles' | 'names' | 'random'>> {
  readonly id: string
  readonly roles?: readonly string[]
  readonly randomizedMac?: boolean
  readonly randomized_mac?: boolean
  readonly behind: string | null
  readonly subAddresses?: readonly string[]
  readonly sub_addresses?: readonly string[]
}

/** What a store would hold. */
export class Shelf {
  readonly devices = new Map<string, DeviceRecord>()
  readonly keys = new Map<string, KeyRecord>()
  readonly facts = new Map<string, FactRecord>()
  /** Ids that were told of, and are no device's any more. */
  readonly gone = new Set<string>()
  readonly all: Changes[] = []

  take(changes: Changes): void {
    this.all.push(changes)
    for (const device of changes.devices) this.devices.set(device.id, device)
    for (const { device: id, last_seen } of changes.presence) {
      const known = this.devices.get(id)
      if (known !== undefined)
        this.devices.set(id, { ...known, last_seen: Math.max(known.last_seen, last_seen) })
    }
    for (const key of changes.keys) this.keys.set(`${key.kind} ${key.value}`, key)
    for (const { from, into } of changes.merges) this.merge(from, into)
    for (const id of changes.forgotten) this.forget(id)
    for (const fact of changes.facts) {
      const key = `${fact.subject} ${fact.fact} ${fact.value}`
      const first = Math.min(fact.first, this.facts.get(key)?.first ?? Infinity)
      this.facts.set(key, { ...fact, first })
    }
  }

  /** Tells an identity all it holds. */
  recall(live: Identity): void {
    const of = <T extends { device: string }>(all: Map<string, T>, id: string): T[] =>
      [...all.values()].filter(one => one.device === id)
    for (const record of this.devices.values()) {
      live.remember(record, of(this.keys, record.id), of(this.facts, record.id))
    }
  }

  private merge(from: string, into: string): void {
    if (this.devices.delete(from)) this.gone.add(from)
    for (const [name, key] of this.keys)
      if (key.device === from) this.keys.set(name, { ...key, device: into })
    for (const [name, fact] of this.facts)
      if (fact.device === from) this.facts.set(name, { ...fact, device: into })
  }

  private forget(id: string): void {
    if (this.devices.delete(id)) this.gone.add(id)
    for (const list of [this.keys, this.facts]) {
      for (const [name, { device }] of list) if (device === id) list.delete(name)
    }
  }
}

const options = (): CrewOptions => ({
  ...{ protocols, facts, seed: 1 },
  secrets: new Secrets(new Uint8Array(32)),
})

/** What `onlooker read` makes of it. */
export async function read({ frames, ports }: Scenario): Promise<InventoryDocument> {
  const inventory = new Inventory({ seed: 1, vendors })
  const bytes = ports === undefined ? pcap(frames) : pcapng(frames)
  await readSource(sourceOver(inputOf(bytes)), new Solo(options(), inventory), () => undefined)
  return inventory.finish(EMPTY)
}

/** Hears frames as one worker of the sensor does, and tells what it heard as workers do. */
class Ear {
  private readonly hearing = new Hearing(options())
  private readonly reader = new TellingReader(
    facts,
    protocols.map(({ name }) => name),
  )
  private readonly reporting: Reporting
  private readonly rows: ToldRows
  private readonly lanes: readonly Hired[]
  private readonly batch = new Batch()
  private readonly told = new Told()
  private readonly live: Identity
  private heard = 0

  constructor(live: Identity) {
    this.live = live
    const memory = laneMemory(1 << 20)
    const desk = {
      board: new Board(boardMemory()),
      facts: new Lane(laneMemory(1 << 10), 'worker'),
      rows: new Lane(memory, 'worker'),
    }
    const pace = { facts_ms: 100, rows_ms: 1000, counts_ms: 1e15 }
    this.reporting = new Reporting(this.hearing, desk, { pace, report: () => undefined })
    this.hearing.telling.onFull = () => this.drain()
    this.rows = new ToldRows(new RowTeller(live, options()))
    this.lanes = [{ rows: new Lane(memory, 'main') } as unknown as Hired]
  }

  hear(frames: readonly Frame[]): void {
    const { batch } = this
    batch.count = 0
    let at = 0
    for (const frame of frames) {
      if (at + frame.bytes.length > batch.bytes.length || batch.count === batch.at.length) {
        this.flush()
        at = 0
      }
      this.put(frame, at)
      at += frame.bytes.length
    }
    this.flush()
  }

  /** Tells what is due at this time of the capture, or all there is. */
  turn(now_ms: number, all = false): void {
    if (all) this.reporting.passAll()
    else this.reporting.turn(now_ms, now_ms, false)
    while (this.rows.tell(this.lanes, 1000));
    this.rows.finish()
  }

  private put({ bytes, at: time = 0 }: Frame, at: number): void {
    const { batch } = this
    const i = batch.count++
    batch.bytes.set(bytes, at)
    batch.at[i] = at
    batch.length[i] = batch.wire[i] = bytes.length
    batch.seconds[i] = START + Math.floor(time)
    batch.micros[i] = Math.min(999_999, Math.round((time - Math.floor(time)) * 1e6))
    batch.link[i] = 1
  }

  private flush(): void {
    const { batch, hearing } = this
    hearing.hear(batch, this.heard + 1, undefined, batch.count)
    this.heard += batch.count
    batch.count = 0
    this.drain()
  }

  private drain(): void {
    const { telling } = this.hearing
    this.reader.over(telling.words, telling.used)
    while (this.reader.next(this.told)) this.live.tell(this.told)
    telling.emptied()
  }
}

export function identity(shelf: Shelf): Identity {
  return new Identity({ seed: 1, facts, vendors, recall: id => shelf.devices.get(id) })
}

/** What the sensor makes of it, turn by turn; it is started anew at these seconds. */
export function listen({ frames }: Scenario, restarts: readonly number[] = []): Shelf {
  const shelf = new Shelf()
  let live = identity(shelf)
  let ear = new Ear(live)
  const waiting = [...restarts]
  let here = 0
  let now = Math.floor((frames[0]?.at ?? 0) * 1000)
  const stop = (): void => {
    ear.turn(START * 1000 + now, true)
    do shelf.take(live.settle(START * 1000 + now, true))
    while (live.isBusy)
  }
  while (here < frames.length) {
    if (waiting.length > 0 && now / 1000 >= waiting[0]!) {
      waiting.shift()
      stop()
      live = identity(shelf)
      shelf.recall(live)
      ear = new Ear(live)
    }
    const from = here
    while (here < frames.length && frames[here]!.at! * 1000 < now + TURN_MS) here++
    ear.hear(frames.slice(from, here))
    now += TURN_MS
    ear.turn(START * 1000 + now)
    shelf.take(live.settle(START * 1000 + now))
    const next = here < frames.length ? frames[here]!.at! * 1000 : now
    const since = here > 0 ? frames[here - 1]!.at! * 1000 : now
    if (now - since > PAUSE_MS && next - now > PAUSE_MS) now = Math.floor(next)
  }
  stop()
  return shelf
}
