/**
 * A pool of workers that hear a file together. The file is walked once, here; each worker gets the
 * numbers of its frames in a chunk that all share, so no frame is copied and no connection is split.
 */

import { Worker } from 'node:worker_threads'
import { Batch, FRAMES_MAX, type Batch as Chunk } from '../capture/source.js'
import { shardOfBytes } from '../layers/shard.js'
import type { Census } from '../model/census.js'
import { Told } from '../model/heard.js'
import {
  RowTeller,
  endingOf,
  sumCounts,
  type Counts,
  type Crew,
  type CrewOptions,
  type Listener,
} from './crew.js'
import { CoverageBook } from './coverage.js'
import { OPEN } from './discretion.js'
import type { Ending } from './hearing.js'
import { rowsOf, type FromWorker, type ToWorker, type WorkerStart } from './post.js'
import { TellingReader } from './telling.js'

/** Chunks under way: enough that nobody waits for the slowest worker's last frame. */
const SLOTS = 6

interface Slot {
  readonly batch: Batch
  readonly lists: Uint16Array[]
  /** Workers that have not finished with it. */
  pending: number
}

export class Pool implements Crew {
  private readonly workers: Worker[]
  private readonly slots: Slot[]
  private readonly listener: Listener
  private readonly teller: RowTeller
  private readonly readers: TellingReader[]
  private readonly told = new Told()
  /** Facts by batch, until all workers have spoken: they are told in the order of frames. */
  private readonly waiting = new Map<number, (FromWorker | undefined)[]>()
  private readonly book = new CoverageBook()
  private readonly counts: Counts[] = []
  private last: Ending = { frame: 0, seconds: 0, micros: 0 }
  private sent = 0
  private heard = 0
  private wake: () => void = () => undefined
  private failed: Error | undefined

  constructor(
    options: CrewOptions,
    listener: Listener,
    crew: { count: number; program: URL; key: Uint8Array },
  ) {
    const { count } = crew
    this.listener = listener
    this.teller = new RowTeller(listener, options)
    const names = options.protocols.map(protocol => protocol.name)
    this.readers = Array.from({ length: count }, () => new TellingReader(options.facts, names))
    this.slots = Array.from({ length: SLOTS }, () => ({
      batch: new Batch(undefined, true),
      lists: Array.from(
        { length: count },
        () => new Uint16Array(new SharedArrayBuffer(FRAMES_MAX * 2)),
      ),
      pending: 0,
    }))
    this.workers = Array.from({ length: count }, (_, index) =>
      this.hire(index, { ...options, ...crew }),
    )
  }

  room(): Chunk | Promise<Chunk> {
    const slot = this.slots[this.sent % SLOTS]!
    if (slot.pending === 0) return slot.batch
    return this.until(() => slot.pending === 0).then(() => slot.batch)
  }

  hear(batch: Chunk, firstFrame: number): void {
    this.last = endingOf(batch, firstFrame)
    const index = this.sent++ % SLOTS
    const slot = this.slots[index]!
    const counts = this.share(slot, batch)
    slot.pending = this.workers.length
    this.workers.forEach((worker, i) =>
      this.post(worker, { slot: index, firstFrame, frames: batch.count, count: counts[i]! }),
    )
  }

  async finish(): Promise<Counts> {
    for (const worker of this.workers) this.post(worker, { last: this.last })
    await this.until(() => this.counts.length === this.workers.length)
    this.teller.finish()
    await Promise.all(this.workers.map(worker => worker.terminate()))
    return { ...sumCounts(this.counts), coverage: this.book.read() }
  }

  census(counts: Counts): Census {
    return this.teller.census(counts)
  }

  /** Deals a batch's frames out by shard; returns how many each worker got. */
  private share(slot: Slot, batch: Chunk): Int32Array {
    const workers = this.workers.length
    const counts = new Int32Array(workers)
    const { bytes, at, length, link, count } = batch
    for (let i = 0; i < count; i++) {
      const from = at[i]!
      const worker = shardOfBytes(bytes, from, from + length[i]!, link[i]!) % workers
      slot.lists[worker]![counts[worker]!++] = i
    }
    return counts
  }

  private hire(
    index: number,
    { seed, key, program, discretion = OPEN }: CrewOptions & { key: Uint8Array; program: URL },
  ): Worker {
    const start: WorkerStart = {
      index,
      seed,
      key,
      discretion,
      slots: this.slots.map(slot => ({ batch: slot.batch, list: slot.lists[index]! })),
    }
    const worker = new Worker(program, { workerData: start })
    worker.on('message', (message: FromWorker) => this.receive(index, message))
    worker.on('error', error => {
      this.failed = error instanceof Error ? error : new Error(String(error))
      this.wake()
    })
    return worker
  }

  private post(worker: Worker, message: ToWorker): void {
    worker.postMessage(message)
  }

  private receive(index: number, message: FromWorker): void {
    for (const words of message.stations)
      rowsOf(words, message.rowWords.stations, (rows, row) => this.teller.station(rows, row))
    for (const words of message.conversations)
      rowsOf(words, message.rowWords.conversations, (rows, row) =>
        this.teller.conversation(rows, row),
      )
    const batch = message.batch
    const parts =
      this.waiting.get(batch) ?? Array.from<FromWorker | undefined>({ length: this.workers.length })
    parts[index] = message
    this.waiting.set(batch, parts)
    if (message.counts) this.counts.push(message.counts)
    else this.slots[batch % SLOTS]!.pending--
    this.tellInOrder()
    this.wake()
  }

  /** Tells the facts of every batch that all workers have finished, batch by batch, frame by frame. */
  private tellInOrder(): void {
    for (;;) {
      const parts = this.waiting.get(this.heard)
      if (!parts?.every(part => part !== undefined)) return
      this.waiting.delete(this.heard++)
      this.book.add(parts.map(part => part.coverage))
      this.merge(parts.map(part => part.facts))
    }
  }

  private merge(parts: Int32Array[][]): void {
    const readers = this.readers
    const next = parts.map((pieces, i) => {
      const queue = [...pieces]
      const advance = (): void => {
        const piece = queue.shift()
        readers[i]!.over(piece ?? new Int32Array(0), piece?.length ?? 0)
      }
      advance()
      return advance
    })
    for (;;) {
      let first = 0
      for (let i = 1; i < readers.length; i++) if (readers[i]!.isBefore(readers[first]!)) first = i
      if (!readers[first]!.next(this.told)) return
      this.listener.tell(this.told)
      if (readers[first]!.frame === Infinity) next[first]!()
    }
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.failed) throw this.failed
      await new Promise<void>(resolve => (this.wake = resolve))
    }
    if (this.failed) throw this.failed
  }
}
