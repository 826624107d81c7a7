/** One live worker as the main thread knows it: its memory, its messages, its state. */

import { MessageChannel, Worker, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import * as b from './board.js'
import { Board, FOREVER_MS, boardMemory } from './board.js'
import type { Counts } from './crew.js'
import { OPEN, type Discretion } from './discretion.js'
import { Lane, laneMemory } from './lane.js'
import { FACT_LANE_WORDS, ROW_LANE_WORDS } from './live-limits.js'
import type { CountsTold, EarPlan, LiveStart, Order, Pace, Report } from './live-post.js'

/** What all workers of a crew are hired with. */
export interface Terms {
  readonly program: URL
  readonly seed: number
  readonly key: Uint8Array
  readonly discretion?: Discretion
  readonly pace: Pace
  /** Opens, rings and closes what wakes a worker that waits for its rings. */
  readonly wakes: Wakes
  /** Milliseconds since whenever. */
  readonly now: () => number
}

export interface Wakes {
  open(): number
  wake(descriptor: number): void
  close(descriptor: number): void
}

export interface Employer {
  report(hired: Hired, report: Report): void
  /** It ended, as it was told to or not. */
  gone(hired: Hired, why: string): void
}

/**
 * Tables are no part of the heap. A worker makes little garbage, and a small young generation keeps
 * its memory small; parsers and what is compiled of them take about 20 MB of the old one.
 */
const RESOURCES = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 6 }

export class Hired {
  readonly index: number
  readonly board: Board
  readonly facts: Lane
  readonly rows: Lane
  /** It does not hear any more; what it told may not have been read yet. */
  isGone = false
  /** It has told everything. */
  hasEnded = false
  /** What it counted, when it said so last; and how many frames it had heard by then. */
  counts: Counts | undefined
  private frames = 0
  private reports = 0
  /** All seconds before this one were told in full; and when it said so, or was hired. */
  before = 0
  reported_at: number

  private readonly now: () => number
  private readonly worker: Worker
  private readonly port: MessagePort
  private readonly wakes: Wakes
  private readonly descriptor: number

  constructor(index: number, ears: readonly EarPlan[], terms: Terms, employer: Employer) {
    const board = boardMemory()
    const facts = laneMemory(FACT_LANE_WORDS)
    const rows = laneMemory(ROW_LANE_WORDS)
    this.index = index
    this.now = terms.now
    this.reported_at = terms.now()
    this.board = new Board(board)
    this.facts = new Lane(facts, 'main')
    this.rows = new Lane(rows, 'main')
    this.wakes = terms.wakes
    this.descriptor = terms.wakes.open()
    const { port1, port2: port } = new MessageChannel()
    const { seed, key, pace, discretion = OPEN } = terms
    const start: LiveStart = {
      index,
      seed,
      key,
      discretion,
      board,
      facts,
      rows,
      wake: this.descriptor,
      ears,
      pace,
      port,
    }
    this.port = port1
    this.worker = new Worker(terms.program, {
      workerData: start,
      transferList: [port],
      resourceLimits: RESOURCES,
    })
    this.attend(employer)
  }

  /** Takes what it counted, so that it may tell of more. */
  take(told: CountsTold): void {
    this.counts = told.counts
    this.frames = told.frames
    this.before = told.before
    this.reported_at = this.now()
    this.board.taken = ++this.reports
  }

  /** Frames it heard that are in no counts yet. */
  get unreported(): number {
    return this.board.worker[b.FRAMES]! - this.frames
  }

  /** Nothing of what it told is left to be read. */
  get isRead(): boolean {
    return this.facts.next() < 0 && this.rows.next() < 0
  }

  order(order: Order): void {
    if (this.isGone) return
    this.port.postMessage(order)
    this.wakes.wake(this.descriptor)
  }

  /** Ends it at once, whatever it does. */
  async dismiss(): Promise<void> {
    await this.worker.terminate()
  }

  /** For tests: as if it had died. */
  get thread(): Worker {
    return this.worker
  }

  /** Up to when it has told all facts. */
  get horizon_ms(): number {
    return this.isGone ? FOREVER_MS : this.board.horizon_ms
  }

  private attend(employer: Employer): void {
    let why = ''
    this.port.on('message', (report: Report) => employer.report(this, report))
    this.worker.on('error', error => {
      why = error instanceof Error ? error.message : String(error)
    })
    this.worker.on('exit', code => {
      this.isGone = true
      // What it said last may still be on its way.
      for (;;) {
        const last = receiveMessageOnPort(this.port)
        if (last === undefined) break
        employer.report(this, last.message as Report)
      }
      this.port.close()
      if (this.descriptor >= 0) this.wakes.close(this.descriptor)
      employer.gone(this, why === '' ? `ended with ${String(code)}` : why)
    })
  }
}
