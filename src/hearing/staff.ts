/** Who listens: the workers of a live crew, what each listens to, and who takes the place of the dead. */

import { Hired, type Terms } from './hired.js'
import type { Ledger } from './ledger.js'
import { DEATHS_MAX, DEATHS_MS } from './live-limits.js'
import type { CountsTold, EarPlan, Order, Report } from './live-post.js'

/** A worker died. What it had heard and not told yet is lost; its rings are another's now. */
export interface WorkerLoss {
  readonly worker: number
  readonly why: string
  /** Frames it heard since it told its counts; of those, rows and counts are lost. */
  readonly frames: number
  /** False when too many died: nobody is hired any more, and the sensor should end. */
  readonly replaced: boolean
}

export interface StaffEvents {
  /** Facts or rows are there. */
  rung(): void
  /** A worker counted; with how each second was heard since it did so last. */
  counted(told: CountsTold): void
  lost(hired: Hired, loss: WorkerLoss): void
  earFault(interface_name: string, worker: number, why: string): void
  ended(): void
}

export class Staff {
  /** Who listens, by number. */
  readonly workers: Hired[]
  /** Everybody whose facts and rows are read: the workers, and the dead until all was read. */
  all: Hired[]
  private readonly terms: Terms
  private readonly ledger: Ledger
  private readonly events: StaffEvents
  /** By ear, what each worker opens it by. */
  private readonly mappings = new Map<number, readonly unknown[]>()
  /** By ear that is being closed, who has not closed it yet, and who waits for that. */
  private readonly closing = new Map<number, { left: Set<number>; done: () => void }>()
  private deaths: number[] = []
  private isPaused = false
  private isStopping = false

  constructor(
    count: number,
    terms: Terms,
    { ledger, events }: { ledger: Ledger; events: StaffEvents },
  ) {
    this.terms = terms
    this.ledger = ledger
    this.events = events
    this.workers = Array.from({ length: count }, (_, index) => this.hire(index, []))
    this.all = [...this.workers]
  }

  /** Gives each worker its ring of an interface; false if there are too many already. */
  open(interface_name: string, mappings: readonly unknown[]): boolean {
    const ear = this.ledger.open(interface_name)
    if (ear < 0) return false
    this.mappings.set(ear, mappings)
    for (const worker of this.workers) {
      const plan = { ear, mapping: mappings[worker.index], again: false, takes_over: false }
      worker.order({ order: 'open', plan })
    }
    return true
  }

  /** All workers let go of an interface: once this is done, its sockets may be closed. */
  async close(interface_name: string): Promise<void> {
    const ear = this.ledger.names.indexOf(interface_name)
    if (ear < 0 || this.closing.has(ear)) return
    this.mappings.delete(ear)
    const living = this.workers.filter(({ isGone }) => !isGone)
    await new Promise<void>(done => {
      this.closing.set(ear, { left: new Set(living.map(({ index }) => index)), done })
      for (const worker of living) worker.order({ order: 'close', ear })
      if (living.length === 0) this.closed(ear, -1)
    })
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused
    this.order({ order: isPaused ? 'pause' : 'resume' })
  }

  stop(): void {
    this.isStopping = true
    this.order({ order: 'stop' })
  }

  get areAllGone(): boolean {
    return this.workers.every(({ isGone }) => isGone)
  }

  /** The dead whose last words were read are forgotten. */
  bury(): void {
    if (this.all.length === this.workers.length) return
    this.all = this.all.filter(one => this.workers[one.index] === one || !one.isRead)
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.workers.map(worker => worker.dismiss()))
  }

  private order(order: Order): void {
    for (const worker of this.workers) worker.order(order)
  }

  private hire(index: number, ears: readonly EarPlan[]): Hired {
    const hired = new Hired(index, ears, this.terms, {
      report: (one, report) => this.report(one, report),
      gone: (one, why) => this.leave(one, why),
    })
    if (this.isPaused) hired.order({ order: 'pause' })
    return hired
  }

  private report(hired: Hired, report: Report): void {
    switch (report.report) {
      case 'bell':
        return this.events.rung()
      case 'counts':
        hired.take(report.told)
        return this.events.counted(report.told)
      case 'refused':
      case 'fault':
        return this.events.earFault(this.ledger.names[report.ear]!, hired.index, report.why)
      case 'closed':
        return this.closed(report.ear, hired.index)
      case 'ended':
        hired.hasEnded = true
        return this.events.rung()
      default:
    }
  }

  private closed(ear: number, worker: number): void {
    const closing = this.closing.get(ear)
    if (closing === undefined) return
    closing.left.delete(worker)
    if (closing.left.size > 0) return
    this.closing.delete(ear)
    this.ledger.close(
      ear,
      this.workers.map(({ board }) => board),
    )
    closing.done()
  }

  /** A worker is gone. Unless it was to go, another takes over its rings. */
  private leave(hired: Hired, why: string): void {
    for (const ear of this.closing.keys()) this.closed(ear, hired.index)
    if (hired.hasEnded) return this.events.ended()
    const now = this.terms.now()
    this.deaths = [...this.deaths.filter(at => now - at < DEATHS_MS), now]
    const replaced = !this.isStopping && this.deaths.length < DEATHS_MAX
    const frames = hired.unreported
    const plans = this.inheritance(hired)
    this.ledger.retire(hired.board)
    if (replaced) {
      this.workers[hired.index] = this.hire(hired.index, plans)
      this.all = [...this.all, this.workers[hired.index]!]
    }
    this.events.lost(hired, { worker: hired.index, why, frames, replaced })
    this.events.ended()
  }

  /** What the dead listened to, and which block it had in its hands. */
  private inheritance({ index, board: { holding } }: Hired): EarPlan[] {
    return [...this.mappings].map(([ear, mappings]) => ({
      ear,
      mapping: mappings[index],
      again: true,
      takes_over: ear === holding,
    }))
  }
}
