/** Facts of all live workers, told in the order of time: nobody's earlier fact comes after a later one. */

import { Told } from '../model/heard.js'
import type { CrewOptions, Listener } from './crew.js'
import type { Hired } from './hired.js'
import type { Lane } from './lane.js'
import type { Latencies } from './latencies.js'
import { FACTS_PRESSING } from './live-limits.js'
import { TellingReader } from './telling.js'

// Words of a fact's record, as Telling lays it out.
const SIZE = 0
const SHARD = 5
const SECONDS = 8
const MICROS = 9
/** The largest record there is. */
const RECORD_WORDS = 512
/** Frames are numbered anew here, since each worker has its own numbers. */
const NUMBERS = 0x3fffffff

export interface Waits {
  /** Facts are held back for others' earlier ones so long, and twice that at most. */
  readonly facts_wait_ms: number
}

/** What of a worker's facts has been there for how long. */
interface Mark {
  position: number
  since: number
}

export class MergedFacts {
  private readonly listener: Listener
  private readonly reader: TellingReader
  private readonly latencies: Latencies
  private readonly wall: () => number
  private readonly wait_ms: number
  private readonly record = new Int32Array(RECORD_WORDS)
  private readonly told = new Told()
  private readonly marks = new WeakMap<Hired, Mark>()
  private number = 0

  constructor(
    { facts, protocols }: CrewOptions,
    listener: Listener,
    { wait_ms, wall, latencies }: { wait_ms: number; wall: () => number; latencies: Latencies },
  ) {
    this.listener = listener
    this.reader = new TellingReader(
      facts,
      protocols.map(protocol => protocol.name),
    )
    this.wait_ms = wait_ms
    this.wall = wall
    this.latencies = latencies
  }

  /** Tells up to `count` facts that need not wait; false if there were fewer. */
  tell(hired: readonly Hired[], now: number, count: number): boolean {
    // Horizons first: what is in the lanes by then holds everything before them.
    const horizons = hired.map(({ horizon_ms }) => horizon_ms)
    for (const one of hired) this.look(one, now)
    const limits = hired.map((_, i) => Math.min(...horizons.filter((_, other) => other !== i)))
    let told = 0
    for (; told < count; told++) {
      const first = this.first(hired)
      if (first < 0 || !this.isDue(hired[first]!, limits[first]!, now)) break
      this.tellNext(hired[first]!.facts)
    }
    if (told > 0) for (const one of hired) one.facts.giveBack()
    return told === count
  }

  /** Some fact is held back. */
  isWaiting(hired: readonly Hired[]): boolean {
    return hired.some(({ facts }) => facts.next() >= 0)
  }

  private look(one: Hired, now: number): void {
    const { facts } = one
    facts.look()
    const mark = this.marks.get(one)
    if (mark === undefined) this.marks.set(one, { position: facts.filled, since: now })
    else if (!facts.isBefore(mark.position)) {
      mark.position = facts.filled
      mark.since = now
    }
  }

  /** Whose next fact is the earliest; of facts of one moment, the lowest shard's. */
  private first(hired: readonly Hired[]): number {
    let first = -1
    let best = -1
    for (let i = 0; i < hired.length; i++) {
      const body = hired[i]!.facts.next()
      if (body < 0) continue
      if (first >= 0 && !isEarlier(hired[i]!.facts, body, hired[first]!.facts, best)) continue
      first = i
      best = body
    }
    return first
  }

  private isDue(one: Hired, limit_ms: number, now: number): boolean {
    const { facts } = one
    const body = facts.next()
    if (
      (facts.words[body + SECONDS]! >>> 0) * 1000 + facts.words[body + MICROS]! / 1000 <=
      limit_ms
    )
      return true
    if (facts.waiting > FACTS_PRESSING) return true
    const mark = this.marks.get(one)!
    return facts.isBefore(mark.position) && now - mark.since >= this.wait_ms
  }

  /** Copies a fact out of the shared memory, which texts can't be made from, and tells it. */
  private tellNext(facts: Lane): void {
    const { record, reader, told } = this
    const body = facts.next()
    const size = facts.words[body + SIZE]!
    for (let i = 0; i < size; i++) record[i] = facts.words[body + i]!
    facts.drop()
    reader.over(record, size)
    if (!reader.next(told)) return
    this.number = (this.number + 1) & NUMBERS
    told.frame = this.number
    this.listener.tell(told)
    this.latencies.add(this.wall() - (told.seconds >>> 0) * 1000 - told.micros / 1000)
  }
}

function isEarlier(lane: Lane, body: number, other: Lane, best: number): boolean {
  const { words } = lane
  const those = other.words
  const seconds = (words[body + SECONDS]! >>> 0) - (those[best + SECONDS]! >>> 0)
  if (seconds !== 0) return seconds < 0
  const micros = words[body + MICROS]! - those[best + MICROS]!
  if (micros !== 0) return micros < 0
  return words[body + SHARD]! >> 8 < those[best + SHARD]! >> 8
}
