/**
 * The main thread's end of live hearing: it hires the workers, gives each its rings, tells a
 * listener what they heard in the order of time, and adds up what they counted.
 */

import type { Census } from '../model/census.js'
import * as b from './board.js'
import { RowTeller, type Counts, type CrewOptions, type Listener } from './crew.js'
import type { Hired, Wakes } from './hired.js'
import { Latencies } from './latencies.js'
import { Ledger, type InterfaceLedger } from './ledger.js'
import * as limits from './live-limits.js'
import type { CountsTold, Pace } from './live-post.js'
import { LiveSums, type LiveTotals } from './live-sums.js'
import { MergedFacts } from './merged-facts.js'
import { ArpNetworkBook } from './arp-networks.js'
import { Seconds, type CoveredSecond } from './seconds.js'
import { SequenceBook, type SessionHeard } from './sequence-book.js'
import { Staff, type WorkerLoss } from './staff.js'
import { ToldRows } from './told-rows.js'

export type { LiveTotals, WorkerLoss }

export interface LiveOptions extends CrewOptions {
  readonly workers: number
  /** The workers' program: listener.js. */
  readonly program: URL
  /** Under which secrets are hashed. */
  readonly key: Uint8Array
  readonly wakes: Wakes
  /** Milliseconds since whenever, and since 1970. */
  readonly now: () => number
  readonly wall: () => number
  /** How often things leave a worker; for tests. */
  readonly pace?: Partial<Pace & { facts_wait_ms: number }>
}

export interface LiveEvents {
  workerLost(loss: WorkerLoss): void
  /** An ear could not be opened, or its socket holds an error (`ENETDOWN`). */
  earFault(interface_name: string, worker: number, why: string): void
  /** A second of a VLAN, when all workers have told of it. */
  covered(second: Covered): void
}

/** A second of a VLAN on one interface. */
export type Covered = CoveredSecond & { readonly interface: string }

export class LiveCrew {
  private readonly options: LiveOptions
  private readonly events: LiveEvents
  private readonly latencies = new Latencies()
  private readonly facts: MergedFacts
  private readonly teller: RowTeller
  private readonly rows: ToldRows
  private readonly seconds: Seconds
  private readonly sequences = new SequenceBook(ear => this.accounts.nameOf(ear))
  private readonly networks = new ArpNetworkBook(ear => this.accounts.nameOf(ear))
  private readonly accounts = new Ledger()
  private readonly sums = new LiveSums()
  private readonly staff: Staff
  /** By worker: milliseconds it had been busy and waited at the last tick, and the ratio since the one before. */
  private readonly spent: { busy: number; waited: number; ratio: number }[]
  private readonly ticker: NodeJS.Timeout
  private again: NodeJS.Timeout | undefined
  private soon: NodeJS.Immediate | undefined
  private ended: () => void = () => undefined
  /** Turns of facts since rows had theirs. */
  private rowless = 0

  constructor(options: LiveOptions, listener: Listener, events: LiveEvents) {
    const { pace = {}, wall, workers } = options
    const { latencies } = this
    const wait_ms = pace.facts_wait_ms ?? limits.FACTS_WAIT_MS
    this.options = options
    this.events = events
    this.facts = new MergedFacts(options, listener, { wait_ms, wall, latencies })
    this.teller = new RowTeller(listener, options)
    this.rows = new ToldRows(this.teller)
    this.seconds = new Seconds(second =>
      events.covered({ ...second, interface: this.accounts.nameOf(second.ear) }),
    )
    this.spent = Array.from({ length: workers }, () => ({ busy: 0, waited: 0, ratio: 0 }))
    const full: Pace = {
      facts_ms: pace.facts_ms ?? limits.FACTS_MS,
      rows_ms: pace.rows_ms ?? limits.ROWS_MS,
      counts_ms: pace.counts_ms ?? limits.COUNTS_MS,
    }
    this.staff = new Staff(
      workers,
      { ...options, pace: full },
      { ledger: this.accounts, events: this.staffEvents() },
    )
    this.ticker = setInterval(() => this.tick(), limits.COUNTS_MS)
  }

  /**
   * Listens to an interface: one mapping for each worker, in their order. False if there are too
   * many interfaces.
   */
  open(interface_name: string, mappings: readonly unknown[]): boolean {
    this.sequences.beginAnew()
    return this.staff.open(interface_name, mappings)
  }

  /** Hears what an interface's rings still hold and lets go of them; then its sockets may be closed. */
  close(interface_name: string): Promise<void> {
    this.sequences.beginAnew()
    return this.staff.close(interface_name)
  }

  pause(): void {
    this.staff.pause(true)
  }

  resume(): void {
    this.staff.pause(false)
  }

  /**
   * Hears what the rings hold, tells everything, and ends. Whoever wants an end to that soon lets
   * no more frames into the rings before.
   */
  async stop(): Promise<Counts> {
    const done = new Promise<void>(resolve => (this.ended = resolve))
    this.staff.stop()
    this.look()
    let patience: NodeJS.Timeout | undefined
    const enough = new Promise<void>(resolve => {
      patience = setTimeout(resolve, limits.STOP_MS)
    })
    if (!this.staff.areAllGone) await Promise.race([done, enough])
    clearTimeout(patience)
    await this.staff.dismiss()
    clearInterval(this.ticker)
    clearTimeout(this.again)
    clearImmediate(this.soon)
    while (this.slice());
    this.seconds.close(Infinity)
    this.sequences.close(Infinity)
    return this.counts()
  }

  /** As the workers told them within the last second. */
  counts(): Counts {
    return this.sums.read(this.staff.workers, this.seconds.read())
  }

  /** What nobody parsed, as far as it was told. */
  census(): Census {
    return this.teller.census(this.counts())
  }

  totals(): LiveTotals {
    return this.sums.totals(this.staff.workers)
  }

  ledger(): InterfaceLedger[] {
    return this.accounts.read(this.staff.workers.map(({ board }) => board))
  }

  /** Tunnels whose frames are numbered, and what never came of each. */
  sessions(): SessionHeard[] {
    return this.sequences.read()
  }

  /** By interface: IPv4 networks whose ARP was heard without a tag. */
  untaggedNetworks(): Map<string, number> {
    return this.networks.count()
  }

  /** Of the last second, the part that each worker did not wait. */
  busy(): number[] {
    return this.spent.map(({ ratio }) => ratio)
  }

  /** Frames that each worker heard. */
  frames(): number[] {
    return this.staff.workers.map(({ board }) => board.worker[b.FRAMES]!)
  }

  /** Milliseconds since each worker looked up last: far more than 50 is a worker that hangs. */
  silent_ms(): number[] {
    const now = this.options.now()
    return this.staff.workers.map(({ board }) => Math.max(0, now - board.worker[b.AWAKE_MS]!))
  }

  /** Milliseconds from a frame's time to its fact being told. */
  latency(): { count: number; p50_ms: number; p99_ms: number } {
    const { latencies } = this
    return {
      count: latencies.count,
      p50_ms: latencies.quantile(0.5),
      p99_ms: latencies.quantile(0.99),
    }
  }

  /** The threads of the workers: for tests, which kill them. */
  get threads(): Hired['thread'][] {
    return this.staff.workers.map(({ thread }) => thread)
  }

  private staffEvents() {
    const { events } = this
    return {
      rung: () => this.look(),
      counted: (told: CountsTold) => this.cover(told),
      lost: (hired: Hired, loss: WorkerLoss) => {
        this.sums.retire(hired)
        this.sequences.beginAnew()
        this.spent[hired.index] = { busy: 0, waited: 0, ratio: 0 }
        events.workerLost(loss)
      },
      earFault: events.earFault.bind(events),
      ended: () => {
        this.look()
        if (this.staff.areAllGone) this.ended()
      },
    }
  }

  private cover({ coverage, sequences, networks, before }: CountsTold): void {
    const now = this.options.now()
    const talking = this.staff.workers.filter(
      ({ isGone, reported_at }) => !isGone && now - reported_at < limits.COVERAGE_LATE_MS,
    )
    const whole = Math.min(...talking.map(one => one.before))
    this.seconds.add(coverage)
    this.seconds.close(whole)
    this.sequences.add(sequences)
    this.sequences.close(whole)
    this.networks.add(networks, before)
  }

  /** There may be something to tell: as soon as it's this one's turn. */
  private look(): void {
    if (this.soon !== undefined) return
    clearTimeout(this.again)
    this.again = undefined
    this.soon = setImmediate(() => {
      this.soon = undefined
      if (this.slice()) this.look()
      else this.lookAgain()
    })
  }

  /** Facts are held back for a moment. */
  private lookAgain(): void {
    if (this.again !== undefined || !this.facts.isWaiting(this.staff.all)) return
    this.again = setTimeout(() => {
      this.again = undefined
      this.look()
    }, limits.LOOK_AGAIN_MS)
  }

  /** Tells for a few milliseconds, facts first; true if there is more. */
  private slice(): boolean {
    const { staff, facts, rows, options } = this
    for (const { board } of staff.all) board.answer()
    const from = options.now()
    let more = true
    let now = from
    for (; more && now - from < limits.SLICE_MS; now = options.now()) {
      more = facts.tell(staff.all, now, limits.FACTS_A_LOOK)
      if (more && this.rowless++ < limits.ROWS_TURN) continue
      this.rowless = 0
      more = rows.tell(staff.all, limits.ROWS_A_LOOK) || more
      // A few at a time, as they are summed up: telling of them counts, too.
      rows.finish()
    }
    if (!more) staff.bury()
    return more
  }

  private tick(): void {
    this.staff.workers.forEach(({ board }, i) => {
      const { busy, waited } = this.spent[i]!
      const busy_now = board.worker[b.BUSY_MS]!
      const waited_now = board.worker[b.WAITED_MS]!
      const passed = busy_now - busy + (waited_now - waited)
      const ratio = passed > 0 ? (busy_now - busy) / passed : 0
      this.spent[i] = { busy: busy_now, waited: waited_now, ratio }
    })
    this.look()
  }
}
