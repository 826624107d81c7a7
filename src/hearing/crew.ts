/**
 * Who hears: one Hearing in this thread, or a pool of them in others. Whoever reads a source fills
 * batches and hands them over; the control plane is told the same in the same order either way.
 */

import type { Prefix } from '../bytes/prefixes.js'
import type { Batch } from '../capture/source.js'
import { Batch as Chunk } from '../capture/source.js'
import type { Census } from '../model/census.js'
import { type AddressHeard, ConversationHeard, StationHeard, Told } from '../model/heard.js'
import { CensusBook } from './census-book.js'
import { sumCensus } from './census.js'
import { FLAGS, UNKNOWN, readConversation, readRoundTrips } from './conversation-rows.js'
import { CoverageBook, type Covered } from './coverage.js'
import { Dispatch } from './dispatch.js'
import { Hearing, type Ending, type HearingOptions } from './hearing.js'
import { SHARDS } from './limits.js'
import { PresenceSums } from './presence.js'
import { readStation } from './stations.js'
import type { Rows, Table } from './table.js'
import { sumTallies, type Tally } from './tallies.js'
import { TellingReader } from './telling.js'
import { copyTold, roomToTell } from './told-conversations.js'
import { UNDECODED } from '../layers/names.js'

/** The control plane, as the data plane sees it. Every record is filled again for the next. */
export interface Listener {
  tell(told: Told): void
  station(heard: StationHeard): void
  address(heard: AddressHeard): void
  conversation(heard: ConversationHeard): void
}

/** What was counted, by any number of workers. */
export interface Counts {
  tallies: Tally[]
  undecoded: Record<string, number>
  duplicates: { same: number; routed: number }
  brokenChecksums: number
  coverage: Covered[]
  /** As `Census` tells it. */
  census: Float64Array
  tables: Record<string, { entries: number; evicted: number; dropped: number }>
}

export interface Crew {
  /** A batch to fill, as soon as one is free. */
  room(): Batch | Promise<Batch>
  /** Hears what the batch holds; its first frame has this number. */
  hear(batch: Batch, firstFrame: number): void
  /** All was handed over: tells the last facts and everything the tables hold. */
  finish(): Promise<Counts>
  /** What nobody parsed; asked when all was told. */
  census?(counts: Counts): Census
}

export interface CrewOptions extends HearingOptions {
  /** Networks whose addresses are told of as well, besides private and link-local ones. */
  readonly inside?: readonly Prefix[]
}

/** Tells a listener what rows hold. */
export class RowTeller {
  private readonly listener: Listener
  private readonly dispatch: Dispatch
  private readonly presence: PresenceSums
  private readonly book = new CensusBook()
  private readonly stationHeard = new StationHeard()
  private readonly conversationHeard = new ConversationHeard()

  constructor(listener: Listener, { protocols, seed, inside = [] }: CrewOptions) {
    this.listener = listener
    this.dispatch = new Dispatch(protocols)
    this.presence = new PresenceSums(listener, inside, seed | 0)
  }

  station(rows: Rows, row: number): void {
    readStation(rows, row, this.stationHeard)
    this.listener.station(this.stationHeard)
  }

  /** A row as `copyTold` makes it. */
  conversation(rows: Rows, row: number): void {
    readConversation(rows, row, this.conversationHeard, this.dispatch)
    readRoundTrips(rows, row, this.conversationHeard)
    this.listener.conversation(this.conversationHeard)
    this.count(rows.words[row + FLAGS]!)
    this.presence.add(rows, row, true)
    this.presence.add(rows, row, false)
  }

  /** What nobody parsed, with what workers told of it. */
  census({ census }: Counts): Census {
    return this.book.read(census)
  }

  private count(flags: number): void {
    const { transport, port, protocol, packets, octetsOut, octetsIn } = this.conversationHeard
    if ((flags & UNKNOWN) !== 0 && protocol === '')
      this.book.add(transport, port, packets, octetsOut + octetsIn)
  }

  /** Tells of everybody who was present; asked when all rows were told. */
  finish(): void {
    this.presence.tell()
  }
}

/** One Hearing in this thread: no copy, no message, no start-up. */
export class Solo implements Crew {
  private readonly hearing: Hearing
  private readonly listener: Listener
  private readonly teller: RowTeller
  private readonly reader: TellingReader
  private readonly batch = new Chunk()
  private readonly told = new Told()
  private readonly row = roomToTell()
  private readonly book = new CoverageBook()
  private last: Ending = { frame: 0, seconds: 0, micros: 0 }

  constructor(options: CrewOptions, listener: Listener) {
    this.hearing = new Hearing(options)
    this.listener = listener
    this.teller = new RowTeller(listener, options)
    this.reader = new TellingReader(
      options.facts,
      options.protocols.map(protocol => protocol.name),
    )
    const { stations, telling } = this.hearing
    stations.table.onEvict = row => this.teller.station(stations.table, row)
    this.hearing.onConversationLeft = row => this.tellConversation(row)
    telling.onFull = () => this.drain()
  }

  room(): Batch {
    return this.batch
  }

  hear(batch: Batch, firstFrame: number): void {
    this.last = endingOf(batch, firstFrame)
    this.hearing.hear(batch, firstFrame, undefined, batch.count)
    this.book.add([this.hearing.coverage.take()])
    this.drain()
  }

  finish(): Promise<Counts> {
    this.hearing.end(this.last)
    this.drain()
    const { stations, conversations } = this.hearing
    eachRow(stations.table, row => this.teller.station(stations.table, row))
    eachRow(conversations.table, row => this.tellConversation(row))
    this.teller.finish()
    return Promise.resolve({ ...countsOf(this.hearing), coverage: this.book.read() })
  }

  census(counts: Counts): Census {
    return this.teller.census(counts)
  }

  private tellConversation(row: number): void {
    copyTold(this.hearing.conversations, row, this.row, 0)
    this.teller.conversation(this.row, 0)
  }

  private drain(): void {
    const { telling } = this.hearing
    this.reader.over(telling.words, telling.used)
    while (this.reader.next(this.told)) this.listener.tell(this.told)
    telling.emptied()
  }
}

/** Where the capture ends, should this be its last batch. */
export function endingOf(batch: Batch, firstFrame: number): Ending {
  const last = Math.max(0, batch.count - 1)
  return { frame: firstFrame + last, seconds: batch.seconds[last]!, micros: batch.micros[last]! }
}

function eachRow(table: Table, visit: (row: number) => void): void {
  for (let shard = 0; shard < SHARDS; shard++) table.each(shard, visit)
}

export function countsOf(hearing: Hearing): Counts {
  const { stations, conversations, news, connections, duplicates } = hearing
  const undecoded: Record<string, number> = {}
  hearing.undecoded.forEach((count, i) => {
    if (count > 0) undecoded[UNDECODED[i]!] = count
  })
  const tables: Counts['tables'] = {}
  for (const { name, entries, evicted, dropped } of [
    stations.table,
    conversations.table,
    news.table,
  ]) {
    tables[name] = { entries, evicted, dropped }
  }
  const { assembly, fragments, sequences, networks, census } = hearing
  for (const [name, { entries, evicted, dropped }] of [
    ['openings', connections.openings],
    ['fragments', { ...fragments, dropped: 0 }],
    ['assemblies', assembly],
    ['sessions', { ...sequences, evicted: 0 }],
    ['census', { ...census, evicted: 0 }],
    ['arp_networks', { ...networks, evicted: 0 }],
  ] as const) {
    tables[name] = { entries, evicted, dropped }
  }
  return {
    tallies: hearing.tallies.read(),
    undecoded,
    tables,
    duplicates: { same: duplicates.same, routed: duplicates.routed },
    brokenChecksums: hearing.checksums.broken,
    coverage: [],
    census: hearing.census.read(),
  }
}

export function sumCounts(all: readonly Counts[]): Counts {
  const sum: Counts = {
    tallies: sumTallies(all.map(one => one.tallies)),
    undecoded: {},
    tables: {},
    duplicates: { same: 0, routed: 0 },
    brokenChecksums: 0,
    coverage: [],
    census: sumCensus(all.map(one => one.census)),
  }
  for (const one of all) {
    for (const [name, count] of Object.entries(one.undecoded))
      sum.undecoded[name] = (sum.undecoded[name] ?? 0) + count
    for (const [name, table] of Object.entries(one.tables)) {
      const into = (sum.tables[name] ??= { entries: 0, evicted: 0, dropped: 0 })
      into.entries += table.entries
      into.evicted += table.evicted
      into.dropped += table.dropped
    }
    sum.brokenChecksums += one.brokenChecksums
    sum.duplicates.same += one.duplicates.same
    sum.duplicates.routed += one.duplicates.routed
  }
  return sum
}
