/** Several sources as one, their frames in the order of time. */

import { CaptureError } from './errors.js'
import { Batch, FRAME_BYTES_MAX, type Source } from './source.js'

const SOURCES_MAX = 512

/** Each source has a small batch of its own: hundreds of rotated files are nothing unusual. */
const PIECE_BYTES = 1 << 16
const PIECE_FRAMES = 2048

/** Of one source; more is damage, and told as the first. */
const PORTS_MAX = 65536

class Member {
  readonly source: Source
  /** Frames of one time come in the order of the sources. */
  readonly order: number
  readonly batch = new Batch(PIECE_BYTES + FRAME_BYTES_MAX, false, PIECE_FRAMES)
  /** The next frame of the batch, and when it was heard, in microseconds. */
  next = 0
  time = 0
  over = false
  private coming: Promise<boolean> | undefined
  /** This source's interfaces by the numbers they have outside. */
  readonly ports = new Map<number, number>()

  constructor(source: Source, order: number) {
    this.source = source
    this.order = order
  }

  /** True once there is a next frame, false if there is none any more. */
  ready(): boolean | Promise<boolean> {
    if (this.next < this.batch.count) return true
    if (this.coming !== undefined) return this.coming
    const filled = this.source.fill(this.batch)
    if (typeof filled === 'boolean') return this.begin(filled)
    this.coming = filled.then(more => this.begin(more))
    // It may fail while nobody waits for it; whoever asks next is told.
    this.coming.catch(() => undefined)
    return this.coming
  }

  private begin(more: boolean): boolean {
    this.coming = undefined
    this.next = 0
    this.over = !more
    if (more) this.time = this.timeOf(0)
    return more
  }

  precedes(other: Member): boolean {
    return this.time < other.time || (this.time === other.time && this.order < other.order)
  }

  timeOf(index: number): number {
    return (this.batch.seconds[index]! >>> 0) * 1e6 + this.batch.micros[index]!
  }
}

export class MergedSource implements Source {
  readonly name: string
  private members: Member[]
  private readonly all: readonly Source[]
  private ports = 0

  constructor(sources: readonly Source[]) {
    this.name = `${sources.length} files`
    if (sources.length > SOURCES_MAX) throw new CaptureError('many', this.name)
    this.all = sources
    this.members = sources.map((source, order) => new Member(source, order))
  }

  get warnings(): readonly string[] {
    return this.all.flatMap(source => source.warnings.map(word => `${source.name}: ${word}`))
  }

  get done(): number {
    return this.all.reduce((sum, source) => sum + source.done, 0)
  }

  get total(): number {
    const totals = this.all.map(source => source.total)
    return totals.includes(0) ? 0 : totals.reduce((sum, total) => sum + total, 0)
  }

  close(): void {
    this.members = []
    for (const source of this.all) source.close()
  }

  fill(batch: Batch): boolean | Promise<boolean> {
    batch.count = 0
    return this.go(batch, 0)
  }

  /** Takes runs of frames, the earliest first, until the batch is full. */
  private go(batch: Batch, from: number): boolean | Promise<boolean> {
    try {
      for (let at = from; ;) {
        const late = this.refill()
        // What is here need not wait for what is still to come.
        if (late !== undefined) return batch.count > 0 || this.goLater(batch, at, late)
        if (this.members.length === 0) return batch.count > 0
        const next = this.run(batch, at)
        if (next === at) return true
        at = next
      }
    } catch (error) {
      this.close()
      throw error
    }
  }

  private async goLater(batch: Batch, at: number, late: Promise<unknown>): Promise<boolean> {
    try {
      await late
    } catch (error) {
      this.close()
      throw error
    }
    return this.go(batch, at)
  }

  /** Sees that each source has its next frame at hand, and lets those go that are over. */
  private refill(): Promise<unknown> | undefined {
    let waiting: Promise<boolean>[] | undefined
    let over = false
    for (const member of this.members) {
      const ready = member.ready()
      if (ready === false) over = true
      else if (ready !== true) (waiting ??= []).push(ready)
    }
    if (over) this.members = this.members.filter(member => !member.over)
    return waiting === undefined ? undefined : Promise.all(waiting)
  }

  /**
   * Copies frames of the source that is earliest for as long as it is, all in one stretch, and
   * returns where the bytes of the batch end then: `at` if there is no room for even one.
   */
  private run(batch: Batch, at: number): number {
    const member = this.earliest(undefined)!
    const rival = this.earliest(member)
    const { next, batch: from } = member
    const start = from.at[next]!
    const room = batch.bytes.length - at
    const most = Math.min(from.count, next + batch.at.length - batch.count)
    let stop = next
    while (stop < most && from.at[stop]! + from.length[stop]! - start <= room) {
      this.copy(batch, member, stop, at - start)
      stop++
      if (stop === from.count) break
      member.time = member.timeOf(stop)
      if (rival !== undefined && !member.precedes(rival)) break
    }
    if (stop === next) return at
    const end = from.at[stop - 1]! + from.length[stop - 1]!
    batch.bytes.set(from.bytes.subarray(start, end), at)
    member.next = stop
    // An empty frame has been taken too, though no byte was.
    return Math.max(at + end - start, at + 1)
  }

  private earliest(except: Member | undefined): Member | undefined {
    let found: Member | undefined
    for (const member of this.members) {
      if (member === except) continue
      if (found === undefined || member.precedes(found)) found = member
    }
    return found
  }

  private copy(batch: Batch, member: Member, index: number, shift: number): void {
    const from = member.batch
    const to = batch.count++
    batch.at[to] = from.at[index]! + shift
    batch.length[to] = from.length[index]!
    batch.wire[to] = from.wire[index]!
    batch.seconds[to] = from.seconds[index]!
    batch.micros[to] = from.micros[index]!
    batch.link[to] = from.link[index]!
    batch.port[to] = this.port(member, from.port[index]!)
  }

  private port(member: Member, inside: number): number {
    const known = member.ports.get(inside)
    if (known !== undefined) return known
    if (member.ports.size === PORTS_MAX) return 0
    member.ports.set(inside, this.ports)
    return this.ports++
  }
}
