/**
 * What leaves a live worker, and when: facts at once or every 100 ms, rows that changed within a
 * second, counts every second. Nothing waits without a bound: rows that find no room are told
 * later, facts and rows that can't wait are counted instead.
 */

import * as b from './board.js'
import type { Board } from './board.js'
import { ChangedConversations, ChangedStations } from './changed-rows.js'
import { countsOf } from './crew.js'
import type { Hearing } from './hearing.js'
import { FACT, type Lane } from './lane.js'
import { COVERAGE_WAIT_SECONDS, FACTS_AT_ONCE, ROWS_RESERVE } from './live-limits.js'
import { SHARDS } from './limits.js'
import type { Pace, Report } from './live-post.js'

/** No row is here or beyond. */
const BEHIND_ALL = 0x7fffffff

export class Reporting {
  private readonly hearing: Hearing
  private readonly board: Board
  private readonly facts: Lane
  private readonly rows: Lane
  private readonly pace: Pace
  private readonly report: (report: Report) => void
  private readonly stations: ChangedStations
  private readonly conversations: ChangedConversations
  /** How far into the telling's words facts are in their lane. */
  private passed = 0
  private facts_at = 0
  private rows_at = 0
  private counts_at = 0
  private reports = 0
  /** Rows told when the lane of rows was published last. */
  private published = 0
  private waiting_seconds = 0

  // The shard whose rows are told, and the first rows of both its tables that were not.
  private shard = 0
  private station = 0
  private conversation = 0
  private isFull = false
  private isLast = false
  /** Now, by the clock of frames, in microseconds. */
  private readonly clock = new Float64Array(1)

  constructor(
    hearing: Hearing,
    desk: { board: Board; facts: Lane; rows: Lane },
    { pace, report }: { pace: Pace; report: (report: Report) => void },
  ) {
    this.hearing = hearing
    this.board = desk.board
    this.facts = desk.facts
    this.rows = desk.rows
    this.pace = pace
    this.report = report
    this.stations = new ChangedStations(hearing.stations.table, desk.rows)
    this.conversations = new ChangedConversations(hearing.conversations, desk.rows)
    hearing.telling.onFull = () => this.makeRoom()
    hearing.stations.table.onEvict = row => this.loseStation(row)
    hearing.onConversationLeft = row => this.loseConversation(row)
  }

  /**
   * Lets go what is due at this time of the worker's. Everything before `horizon_ms`, by the clock
   * of frames, was heard.
   */
  turn(at: number, horizon_ms: number, idle: boolean): void {
    this.clock[0] = horizon_ms * 1000
    const { telling } = this.hearing
    const many = telling.told >= FACTS_AT_ONCE
    if (telling.used > 0 && (idle || many || at - this.facts_at >= this.pace.facts_ms)) {
      this.passFacts()
      this.facts_at = at
    }
    this.passDueRows(at)
    this.publishRows()
    if (at - this.counts_at >= this.pace.counts_ms) {
      this.counts_at = at
      this.passCounts(horizon_ms)
    }
  }

  /** No fact waits here. */
  get isClear(): boolean {
    return this.hearing.telling.used === 0
  }

  /** The last facts and all rows; false while there is no room for them. */
  passAll(): boolean {
    this.isLast = true
    this.passFacts()
    for (let i = 0; i < SHARDS && !this.isFull; i++) this.passRows()
    this.publishRows()
    const isDone = this.isClear && !this.isFull
    this.isFull = false
    return isDone
  }

  /** All there was to count; nothing comes after it. */
  passLast(): void {
    this.reportCounts(Number.MAX_SAFE_INTEGER)
  }

  /** Counts, unless the main thread has not even taken those before. */
  private passCounts(horizon_ms: number): void {
    const { board } = this
    if (board.taken >= this.reports) return this.reportCounts(Math.floor(horizon_ms / 1000))
    if (++this.waiting_seconds <= COVERAGE_WAIT_SECONDS) return
    this.hearing.coverage.forget()
    this.hearing.sequences.forget()
    board.worker[b.SECONDS_UNTOLD]! += this.waiting_seconds
    this.waiting_seconds = 0
  }

  private reportCounts(before: number): void {
    const { hearing, board } = this
    this.waiting_seconds = 0
    this.reports++
    const told = {
      counts: countsOf(hearing),
      frames: board.worker[b.FRAMES]!,
      coverage: hearing.coverage.take(),
      sequences: hearing.sequences.take(),
      networks: hearing.networks.take(),
      before,
    }
    this.report({ report: 'counts', told })
  }

  private bell(): void {
    if (this.board.ring()) this.report({ report: 'bell' })
  }

  /** Moves facts to their lane, as far as it has room. */
  private passFacts(): void {
    const { telling } = this.hearing
    const { facts } = this
    const { words, used } = telling
    let at = this.passed
    let count = 0
    while (at < used) {
      const size = words[at]!
      const place = facts.open(FACT, size)
      if (place < 0) break
      for (let i = 0; i < size; i++) facts.words[place + i] = words[at + i]!
      at += size
      count++
    }
    this.passed = at
    if (at === used) this.empty()
    if (count === 0) return
    this.board.worker[b.FACTS_TOLD]! += count
    facts.publish()
    this.bell()
  }

  /** The telling is full: what its lane has no room for is counted, and gone. */
  private makeRoom(): void {
    this.passFacts()
    const { telling } = this.hearing
    let lost = 0
    for (let at = this.passed; at < telling.used; at += telling.words[at]!) lost++
    this.board.worker[b.FACTS_UNTOLD]! += lost
    this.empty()
  }

  private empty(): void {
    this.passed = 0
    this.hearing.telling.emptied()
    this.hearing.telling.told = 0
  }

  /** One shard after the other, so that all have had their turn when the time is over. */
  private passDueRows(at: number): void {
    const { rows_ms } = this.pace
    const step = rows_ms / SHARDS
    this.rows_at = Math.max(this.rows_at, at - rows_ms)
    for (let i = 0; i < SHARDS && at - this.rows_at >= step; i++) {
      this.rows_at += step
      this.passRows()
    }
  }

  /** Tells what changed in one shard, or in the rest of it. */
  private passRows(): void {
    const { hearing, rows, shard } = this
    if (!this.isLast && this.isFull && rows.share > ROWS_RESERVE / 2) return
    this.isFull = false
    hearing.stations.table.each(shard, this.passStation)
    if (!this.isFull) hearing.conversations.table.each(shard, this.passConversation)
    if (!this.isFull) {
      this.shard = (shard + 1) % SHARDS
      this.station = this.conversation = 0
    }
  }

  private publishRows(): void {
    const told = this.board.worker[b.ROWS_TOLD]!
    if (told === this.published) return
    this.published = told
    this.rows.publish()
    this.bell()
  }

  private readonly passStation = (row: number): void => {
    if (this.isFull || row < this.station || this.stations.untold(row) === 0) return
    this.isFull = !this.stations.tell(row, this.reserve)
    if (this.isFull) this.station = row
    else this.board.worker[b.ROWS_TOLD]!++
  }

  private readonly passConversation = (row: number): void => {
    const { conversations } = this
    if (this.isFull || row < this.conversation || conversations.untold(row) === 0) return
    if (!this.isLast && !conversations.isRipe(row, this.clock)) return
    this.isFull = !conversations.tell(row, this.reserve)
    if (this.isFull) {
      this.station = BEHIND_ALL
      this.conversation = row
    } else this.board.worker[b.ROWS_TOLD]!++
  }

  private get reserve(): number {
    return this.isLast ? 0 : this.rows.capacity * ROWS_RESERVE
  }

  private loseStation(row: number): void {
    const packets = this.stations.untold(row)
    if (packets !== 0) this.lose(packets, this.stations.tell(row, 0))
    this.stations.forget(row)
  }

  private loseConversation(row: number): void {
    const packets = this.conversations.untold(row)
    if (packets !== 0) this.lose(packets, this.conversations.tell(row, 0))
    this.conversations.forget(row)
  }

  /** A row makes room: it is told now or never. */
  private lose(packets: number, told: boolean): void {
    const { worker } = this.board
    if (told) worker[b.ROWS_TOLD]!++
    else {
      worker[b.ROWS_UNTOLD]!++
      worker[b.PACKETS_UNTOLD]! += packets
    }
  }
}
