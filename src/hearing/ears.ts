/** All ears of one worker: who is heard next, and what came of it, on the board. */

import type { Ear } from '../capture/ear.js'
import { slackOf } from '../capture/source.js'
import * as b from './board.js'
import type { Board } from './board.js'
import type { Clock } from './clock.js'
import { EarCounts } from './ear-counts.js'
import type { Hearing } from './hearing.js'
import { BLOCKS_A_TURN, BLOCKS_TO_LEAVE } from './live-limits.js'
import type { EarPlan, Report } from './live-post.js'

/** Frames are numbered by what a small integer holds; only their order within a moment matters. */
const NUMBERS = 0x3fffffff

interface Open {
  readonly number: number
  readonly ear: Ear
  /** It was told that it hears no more. */
  isEnded: boolean
}

export class Ears {
  /** Of all ears that have one: the sockets to wait for, and what poll says of them. */
  sockets = new Int32Array(0)
  ready = new Int32Array(0)
  private open: Open[] = []
  private waiting: readonly Open[] = []
  private frames = 0
  private readonly hearing: Hearing
  private readonly board: Board
  private readonly clock: Clock
  private readonly counts: EarCounts

  constructor(hearing: Hearing, board: Board, clock: Clock) {
    this.hearing = hearing
    this.board = board
    this.clock = clock
    this.counts = new EarCounts(hearing, clock)
  }

  add(plan: EarPlan, openEar: (plan: EarPlan) => Ear): Report {
    const number = plan.ear
    try {
      this.open = [...this.open, { number, ear: openEar(plan), isEnded: false }]
    } catch (error) {
      return { report: 'refused', ear: number, why: (error as Error).message }
    }
    this.gatherSockets()
    this.count()
    const { ears } = this.board
    const at = number * b.EAR_COLUMNS
    if (plan.takes_over) ears[at + b.TAKEN_OVER] = ears[at + b.DISCARDED]!
    return { report: 'opened', ear: number }
  }

  /** Hears what an ear still holds, and closes it. */
  remove(number: number): Report {
    const found = this.open.find(one => one.number === number)
    if (found !== undefined) {
      this.hearOne(found, BLOCKS_TO_LEAVE)
      this.open = this.open.filter(one => one !== found)
      this.gatherSockets()
      this.countEar(found)
      found.ear.close()
    }
    return { report: 'closed', ear: number }
  }

  close(): void {
    for (const { number } of this.open) this.remove(number)
  }

  /** Hears a few blocks of each ear; false if there was none. */
  turn(): boolean {
    const { open } = this
    let heard = false
    for (let i = 0; i < open.length; i++) heard = this.hearOne(open[i]!, BLOCKS_A_TURN) || heard
    return heard
  }

  /** Calls back with every ear whose socket holds an error. */
  eachFault(fault: (socket: number) => string, found: (ear: number, why: string) => void): void {
    for (let i = 0; i < this.ready.length; i++) {
      if ((this.ready[i]! & POLL_FAULT) === 0) continue
      const why = fault(this.sockets[i]!)
      if (why !== '') found(this.waiting[i]!.number, why)
    }
  }

  /** Calls back, once, with every ear that hears no more. */
  eachEnded(found: (ear: number, why: string) => void): void {
    for (const one of this.open) {
      const { fault = '' } = one.ear
      if (fault === '' || one.isEnded) continue
      one.isEnded = true
      found(one.number, fault)
    }
  }

  /** What the ears counted goes to the board. */
  count(): void {
    for (const one of this.open) this.countEar(one)
  }

  private hearOne({ number, ear }: Open, blocks: number): boolean {
    let heard = false
    for (let i = 0; i < blocks && ear.next(); i++) {
      this.hearBlock(number, ear)
      heard = true
    }
    return heard
  }

  /** The block is given back, whatever becomes of it: who takes over must not fail by it again. */
  private hearBlock(number: number, ear: Ear): void {
    const { batch } = ear
    const { hearing, board } = this
    const { ears } = board
    const at = number * b.EAR_COLUMNS
    const frames = batch.count
    let isHeard = false
    board.holding = number
    hearing.coverage.by(number)
    hearing.sequences.ear = hearing.networks.ear = number
    this.counts.begin()
    try {
      this.clock.steady(batch)
      hearing.hear(batch, this.frames + 1, undefined, frames)
      isHeard = true
    } finally {
      this.frames = (this.frames + frames) & NUMBERS
      board.turnPage()
      if (isHeard) {
        this.countBlock(at, ear)
        this.counts.add(ears, at, ear)
      } else ears[at + b.LOST]! += frames
      ears[at + b.GIVEN] = ear.given
      board.turnPage()
      ear.release()
      board.holding = -1
    }
  }

  private countBlock(at: number, { batch }: Ear): void {
    const { wire, length, count } = batch
    const slack = slackOf(batch)
    const { worker, ears } = this.board
    let octets = 0
    let cut = 0
    for (let i = 0; i < count; i++) {
      octets += wire[i]!
      if (length[i]! + slack < wire[i]!) cut++
    }
    worker[b.FRAMES]! += count
    worker[b.OCTETS]! += octets
    worker[b.TRUNCATED]! += cut
    worker[b.EPOCHS] = this.clock.epochs
    worker[b.FIRST_TIME] = this.clock.first
    worker[b.LAST_TIME] = this.clock.last
    ears[at + b.HEARD]! += count
    ears[at + b.HEARD_OCTETS]! += octets
    ears[at + b.CUT]! += cut
  }

  private countEar({ number, ear }: Open): void {
    const { ears } = this.board
    const at = number * b.EAR_COLUMNS
    const counted = ear.statistics()
    this.board.turnPage()
    ears[at + b.RECEIVED] = counted.received
    ears[at + b.DROPPED] = counted.dropped
    ears[at + b.FREEZES] = counted.freezes
    ears[at + b.DISCARDED] = counted.discarded
    ears[at + b.BROKEN] = counted.broken
    ears[at + b.LOSING] = counted.losing
    ears[at + b.UNSUMMED] = counted.unsummed
    ears[at + b.MERGED] = counted.merged
    ears[at + b.FULLEST] = counted.fullest
    this.board.turnPage()
  }

  private gatherSockets(): void {
    this.waiting = this.open.filter(({ ear }) => ear.socket >= 0)
    this.sockets = Int32Array.from(this.waiting, ({ ear }) => ear.socket)
    this.ready = new Int32Array(this.sockets.length)
  }
}

/** POLLERR, POLLHUP and POLLNVAL. */
const POLL_FAULT = 0x38
