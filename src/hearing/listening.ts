/**
 * The life of a live worker: it waits for its ears, hears what they have, lets go what is due, and
 * does as it is told. It never returns to an event loop before its end, so that nothing else can
 * make it late; and it never queues: what it can't hear waits in the ring, where the kernel counts.
 */

import type { Ear } from '../capture/ear.js'
import * as b from './board.js'
import { Board, FOREVER_MS } from './board.js'
import { Clock } from './clock.js'
import { Ears } from './ears.js'
import { Hearing, type HearingOptions } from './hearing.js'
import { Lane } from './lane.js'
import {
  BARREN_REST_MS,
  BARREN_TURNS_MAX,
  DRAIN_MS,
  DRAIN_QUIET_MS,
  LATE_SECONDS,
  OPEN_BLOCK_MS,
  WAIT_MS,
} from './live-limits.js'
import type { EarPlan, LiveStart, Order, Report } from './live-post.js'
import { SHARDS } from './limits.js'
import { Reporting } from './reporting.js'
import { Moment } from './telling.js'

/** What a worker's program puts together. */
export interface Surroundings {
  readonly openEar: (plan: EarPlan) => Ear
  /**
   * Waits until a socket is ready (poll's answer of each comes into `ready`), somebody wakes it, or
   * time is over; says how many are ready.
   */
  readonly wait: (
    sockets: Int32Array,
    ready: Int32Array,
    wake: number,
    timeout_ms: number,
  ) => number
  /** The error that a socket holds, or ''. */
  readonly fault: (socket: number) => string
  /** The next order, if there is one. */
  readonly order: () => Order | undefined
  readonly report: (report: Report) => void
  /** Milliseconds, since whenever; and since 1970. */
  readonly now: () => number
  readonly wall: () => number
}

type Options = Omit<HearingOptions, 'seed'>

export class Listening {
  private readonly start: LiveStart
  private readonly around: Surroundings
  private readonly board: Board
  private readonly hearing: Hearing
  private readonly clock = new Clock(LATE_SECONDS)
  private readonly ears: Ears
  private readonly reporting: Reporting
  private readonly moment = new Moment()
  private isPaused = false
  private isStopping = false
  private barren = 0
  private counted_at = 0
  /** What the clock of frames said last; and a moment of it and of ours, from which both go on alike. */
  private frame_ms = 0
  private anchor_ms: number
  private anchor_at: number

  constructor(start: LiveStart, options: Options, around: Surroundings) {
    this.start = start
    this.around = around
    this.board = new Board(start.board)
    this.hearing = new Hearing({ ...options, seed: start.seed })
    this.ears = new Ears(this.hearing, this.board, this.clock)
    const desk = {
      board: this.board,
      facts: new Lane(start.facts, 'worker'),
      rows: new Lane(start.rows, 'worker'),
    }
    this.reporting = new Reporting(this.hearing, desk, { pace: start.pace, report: around.report })
    this.anchor_at = this.counted_at = around.now()
    this.anchor_ms = around.wall()
  }

  /** Comes back when it was told to stop and everything was told. */
  run(): void {
    for (const plan of this.start.ears) this.open(plan)
    let from = this.around.now()
    while (!this.isStopping) {
      this.obey()
      const heard = !this.isPaused && this.ears.turn()
      const at = this.around.now()
      this.report(at, heard)
      this.spend(b.BUSY_MS, at - from)
      from = at
      if (heard) this.barren = 0
      else this.rest()
      const rested = this.around.now()
      this.spend(b.WAITED_MS, rested - from)
      from = rested
    }
    this.drain()
    this.end()
  }

  private obey(): void {
    for (let order = this.around.order(); order !== undefined; order = this.around.order()) {
      switch (order.order) {
        case 'open':
          this.open(order.plan)
          break
        case 'close':
          this.around.report(this.ears.remove(order.ear))
          break
        case 'stop':
          this.isStopping = true
          break
        default:
          this.isPaused = order.order === 'pause'
      }
    }
  }

  private open(plan: EarPlan): void {
    this.around.report(this.ears.add(plan, this.around.openEar))
  }

  private report(at: number, heard: boolean): void {
    const { clock, reporting, board } = this
    const frame_ms = clock.seconds * 1000 + clock.micros / 1000
    const time_ms = this.time(at, frame_ms)
    // Everything before this was heard: what comes late lies in a block that is still open.
    const horizon_ms = Math.floor(heard ? frame_ms : Math.max(frame_ms, time_ms - OPEN_BLOCK_MS))
    reporting.turn(at, horizon_ms, !heard)
    if (reporting.isClear && !this.isPaused) board.horizon_ms = horizon_ms
    board.worker[b.AWAKE_MS] = at
    if (at - this.counted_at < this.start.pace.counts_ms) return
    this.counted_at = at
    this.ears.count()
    this.ears.eachEnded(this.reportFault)
    this.sweep(time_ms)
  }

  /**
   * The time by the clock of frames: where none comes, it goes on as ours does. Frames are a little
   * behind, as they wait for their block; those far from what we think are right.
   */
  private time(at: number, frame_ms: number): number {
    const guess_ms = this.anchor_ms + at - this.anchor_at
    if (frame_ms === this.frame_ms) return guess_ms
    this.frame_ms = frame_ms
    if (frame_ms <= guess_ms && guess_ms - frame_ms < LATE_SECONDS * 1000) return guess_ms
    this.anchor_ms = frame_ms
    this.anchor_at = at
    return frame_ms
  }

  private spend(column: number, milliseconds: number): void {
    this.board.worker[column]! += milliseconds
  }

  /** Waits, and longer where a socket says that it is ready and never has anything. */
  private rest(): void {
    const { ears, around, start } = this
    if (this.isPaused || this.barren > BARREN_TURNS_MAX) {
      this.barren = 0
      around.wait(NO_SOCKETS, NO_SOCKETS, start.wake, BARREN_REST_MS)
      return
    }
    const ready = around.wait(ears.sockets, ears.ready, start.wake, WAIT_MS)
    this.barren = ready > 0 ? this.barren + 1 : 0
    if (ready > 0) ears.eachFault(around.fault, this.reportFault)
  }

  private readonly reportFault = (ear: number, why: string): void => {
    this.around.report({ report: 'fault', ear, why })
  }

  /** Openings that have been quiet for long are settled, whether or not anything is heard. */
  private sweep(time_ms: number): void {
    const { moment, hearing } = this
    moment.seconds = Math.floor(time_ms / 1000)
    moment.micros = Math.floor((time_ms % 1000) * 1000)
    for (moment.shard = 0; moment.shard < SHARDS; moment.shard++) hearing.connections.sweep(moment)
  }

  /** Hears what lies in the rings, until nothing has come for a while. */
  private drain(): void {
    const { around, ears } = this
    const begun = around.now()
    let quiet_since = begun
    for (let at = begun; at - begun < DRAIN_MS && at - quiet_since < DRAIN_QUIET_MS;) {
      const heard = ears.turn()
      at = around.now()
      if (heard) quiet_since = at
      this.report(at, heard)
      if (!heard) around.wait(ears.sockets, ears.ready, -1, BARREN_REST_MS)
    }
  }

  /** Tells everything, as long as anybody takes it. */
  private end(): void {
    const { around, clock, hearing, board } = this
    hearing.end({ frame: 0, seconds: clock.seconds, micros: clock.micros })
    const begun = around.now()
    while (!this.reporting.passAll() && around.now() - begun < DRAIN_MS) {
      around.wait(NO_SOCKETS, NO_SOCKETS, -1, BARREN_REST_MS)
    }
    this.ears.close()
    this.reporting.passLast()
    board.horizon_ms = FOREVER_MS
    around.report({ report: 'ended' })
  }
}

const NO_SOCKETS = new Int32Array(0)
