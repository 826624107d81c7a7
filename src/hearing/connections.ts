/** TCP connections whose opening a parser wants: when to keep bytes, when to parse, when to stop. */

import { Cursor } from '../bytes/cursor.js'
import type { Frame } from '../layers/frame.js'
import { IN_SCRATCH, IP4, IP6, Notes, Talk, type Side } from '../protocols/protocol.js'
import { Candidates } from './candidates.js'
import {
  BY_MESSAGES,
  CLIENT_IS_A,
  FLAGS,
  SETTLED,
  networkOf,
  openingOf,
  portOf,
  protocolOf,
  putAddress,
  putStation,
  setOpening,
  slotOf,
} from './conversation-rows.js'
import type { Conversations } from './conversations.js'
import { NOBODY, type Dispatch } from './dispatch.js'
import { Heirs, SOURCE_IP, SOURCE_MAC, TARGET_IP, TARGET_MAC, TEXT } from './heirs.js'
import {
  HEIRS_MAX,
  OPENING_IDLE_SECONDS,
  REOPENINGS_MAX,
  REOPENINGS_PER_SECOND,
  SHARDS,
} from './limits.js'
import type { News } from './news.js'
import { CLIENT, Openings, SERVER } from './openings.js'
import type { Requests } from './requests.js'
import type { Tallies } from './tallies.js'
import type { Moment } from './telling.js'
import type { Unknowns } from './unknowns.js'

/** An opening is made of many frames; each was in order, so none is judged alone. */
const always = (): boolean => true

const SIDES: readonly Side[] = ['client', 'server']

export interface ConnectionParts {
  readonly conversations: Conversations
  readonly dispatch: Dispatch
  readonly news: News
  readonly tallies: Tallies
  readonly requests: Requests
  readonly unknowns: Unknowns
}

export class Connections {
  readonly openings = new Openings()

  private readonly conversations: Conversations
  private readonly dispatch: Dispatch
  private readonly news: News
  private readonly tallies: Tallies
  private readonly cursor = new Cursor()
  private readonly notes = new Notes()
  private readonly talk = new Talk()
  private readonly stage = this.openings.memory
  private readonly heirs = new Heirs()
  private readonly requests: Requests
  private readonly unknowns: Unknowns
  private readonly candidates: Candidates
  /** When each shard opened connections again last, and how many in that second. */
  private readonly reopenedAt = new Int32Array(SHARDS)
  private readonly reopened = new Int32Array(SHARDS)
  // What is asked of the candidates, kept here so that asking allocates nothing.
  private readonly piece = { bytes: this.stage as Uint8Array, at: 0, end: 0 }
  private out = NOBODY
  private asked = 0
  private readonly isOut = (protocol: number): boolean => protocol === this.out
  private readonly hasRefused = (protocol: number): boolean =>
    this.openings.hasRefused(this.asked, protocol)
  private readonly swept = new Int32Array(SHARDS)

  constructor(parts: ConnectionParts) {
    this.conversations = parts.conversations
    this.dispatch = parts.dispatch
    this.news = parts.news
    this.tallies = parts.tallies
    this.requests = parts.requests
    this.unknowns = parts.unknowns
    this.candidates = new Candidates(parts.conversations.table, parts.dispatch)
  }

  /** A SYN-ACK tells where both sides' bytes begin, so that not even the first segment may be late. */
  greet(row: number, frame: Frame, moment: Moment): void {
    const words = this.conversations.table.words
    if (openingOf(words, row) !== 0) return
    const protocol = this.dispatch.tcpPorts.first[frame.sourcePort]!
    if (protocol === NOBODY) return
    if (this.dispatch.byMessages[protocol] === 1)
      return setOpening(words, row, BY_MESSAGES | protocol)
    const slot = this.begin(row, protocol, moment)
    this.openings.startsAt(slot, SERVER, (frame.sequence + 1) | 0)
    this.openings.startsAt(slot, CLIENT, frame.acknowledged)
  }

  /**
   * A segment with bytes on a connection that is not settled: it is kept, and read as far as it
   * goes. Returns who must read it by itself, because its connection is a row of messages.
   */
  hear(row: number, frame: Frame, moment: Moment): number {
    const opening = openingOf(this.conversations.table.words, row)
    if (opening !== 0) {
      if (slotOf(opening) < 0) return opening & ~BY_MESSAGES
      this.keep(slotOf(opening), row, frame, moment)
      return NOBODY
    }
    const protocol = this.candidates.first(row, frame)
    if (protocol === NOBODY) {
      this.conversations.giveUpSide(row)
      this.unknowns.hear(row, frame, moment)
    } else {
      this.conversations.guessServer(row)
      return this.give(row, protocol, frame, moment)
    }
    return NOBODY
  }

  /** Who read a connection by messages refuses its segment. Returns who else must read it. */
  refuseMessage(row: number, protocol: number, frame: Frame, moment: Moment): number {
    const { bytes, payloadAt, payloadEnd } = frame
    this.out = protocol
    const side = this.piece
    side.bytes = bytes
    side.at = payloadAt
    side.end = payloadEnd
    const next = this.candidates.next(row, side, this.isOut)
    if (next === NOBODY) this.conversations.settle(row)
    else return this.give(row, next, frame, moment)
    return NOBODY
  }

  /** A settled connection has a message again: its bytes are a new opening. */
  reopen(row: number, frame: Frame, moment: Moment): void {
    const { conversations } = this
    const protocol = protocolOf(conversations.table.words, row)
    const times = SETTLED - openingOf(conversations.table.words, row)
    if (times >= REOPENINGS_MAX || !this.dispatch.opensAgain(protocol, frame)) return
    if (!this.mayReopen(moment)) return
    const slot = this.begin(row, protocol, moment)
    this.openings.again[slot] = times + 1
    this.openings.told[slot] = this.openings.counted[slot] = 1
    this.keep(slot, row, frame, moment)
  }

  /** Reads what there is for the last time, and lets the opening go. */
  settle(slot: number, moment: Moment): void {
    const openings = this.openings
    const row = openings.row[slot]!
    for (let side = CLIENT; side <= SERVER; side++) {
      if (openings.row[slot] !== row) return
      if (openings.done[slot * 2 + side] === 0 && openings.length[slot * 2 + side]! > 0) {
        this.run(slot, side, moment, true)
      }
    }
    if (openings.row[slot] === row) this.leave(slot)
  }

  /** Once a second of a shard's time: openings that have been quiet for long are settled. */
  sweep(moment: Moment): void {
    if (this.swept[moment.shard] === moment.seconds) return
    this.swept[moment.shard] = moment.seconds
    if (this.openings.entries === 0) return
    this.openings.each(moment.shard, slot => {
      if (moment.seconds - this.openings.seen[slot]! > OPENING_IDLE_SECONDS)
        this.settle(slot, moment)
    })
  }

  settleAll(moment: Moment): void {
    this.openings.each(moment.shard, slot => this.settle(slot, moment))
  }

  /** Lets `protocol` have the connection, from this segment on. */
  private give(row: number, protocol: number, frame: Frame, moment: Moment): number {
    if (this.dispatch.byMessages[protocol] === 1) {
      setOpening(this.conversations.table.words, row, BY_MESSAGES | protocol)
      return protocol
    }
    this.keep(this.begin(row, protocol, moment), row, frame, moment)
    return NOBODY
  }

  private begin(row: number, protocol: number, moment: Moment): number {
    const openings = this.openings
    const slot = openings.next(moment.shard)
    if (openings.row[slot]! >= 0) this.settle(slot, moment)
    openings.open(slot, row, protocol)
    openings.seen[slot] = moment.seconds
    setOpening(this.conversations.table.words, row, slot + 1)
    return slot
  }

  private keep(slot: number, row: number, frame: Frame, moment: Moment): void {
    const words = this.conversations.table.words
    const side = Math.max(CLIENT, this.conversations.side(row))
    const openings = this.openings
    this.tallies.packets[openings.protocol[slot]!]!++
    openings.segments[slot]!++
    openings.seen[slot] = moment.seconds
    const { sequence, payloadAt, payloadEnd, bytes } = frame
    if (!openings.keep(slot, side, sequence, bytes, payloadAt, payloadEnd)) return
    if (openings.isDue(slot, side)) this.run(slot, side, moment, false)
    if (
      openingOf(words, row) === slot + 1 &&
      openings.isFull(slot, side) &&
      openings.isFull(slot, 1 - side)
    ) {
      this.settle(slot, moment)
    }
  }

  private mayReopen({ shard, seconds }: Moment): boolean {
    if (this.reopenedAt[shard] !== seconds) {
      this.reopenedAt[shard] = seconds
      this.reopened[shard] = 0
    }
    return this.reopened[shard]!++ < REOPENINGS_PER_SECOND
  }

  /** Reads one side from its start, and lets whoever it hands over to read on. */
  private run(slot: number, side: number, moment: Moment, ended: boolean): void {
    const { openings, notes, dispatch, cursor } = this
    const i = slot * 2 + side
    let reader = openings.protocol[slot]!
    let bytes = this.set(slot, side, ended)
    this.requests.aim(openings.row[slot]!, moment)
    openings.runs[i]!++
    openings.runAt[i] = openings.length[i]!
    let enough = false
    for (let heirs = 0; ; heirs++) {
      notes.clear()
      dispatch.protocols[reader - 1]!.parse(cursor, notes, this.talk)
      const fault = cursor.fault
      if (fault !== '' && fault !== 'short') {
        if (heirs === 0) return this.refuse(slot, side, fault, moment)
        this.tallies.fault(reader, fault)
        openings.done[i] = 1
        break
      }
      this.judge(i, bytes)
      if (heirs === 0 && (notes.count > 0 || fault === '')) this.count(slot)
      if (enough) openings.done[i] = 1
      if (notes.count > 0) this.tell(slot, side, bytes, reader, moment)
      if (notes.heir === undefined || heirs === HEIRS_MAX) break
      reader = dispatch.numberOf(notes.heir)
      if (reader === NOBODY) break
      enough ||= this.handsOverPart()
      bytes = this.heirs.open(notes, bytes, cursor, this.talk, this.news)
      this.inherit(slot, reader)
    }
    const isDone = openings.done[slot * 2] === 1 && openings.done[slot * 2 + 1] === 1
    if (isDone || this.talk.enough) this.leave(slot)
  }

  /** A connection is its protocol's once its parser has understood something of it. */
  private count(slot: number): void {
    const { openings } = this
    if (openings.counted[slot] === 1) return
    openings.counted[slot] = 1
    this.tallies.connections[openings.protocol[slot]!]!++
  }

  /** Who read everything may want what comes next; who left something unread has had enough. */
  private judge(i: number, bytes: Uint8Array): void {
    const { openings, cursor } = this
    const isStage = bytes === this.stage
    openings.wanted[i] =
      cursor.fault === 'short' && isStage ? cursor.wanted - TEXT : openings.length[i]! + 1
    openings.done[i] = cursor.fault === '' && cursor.left > 0 ? 1 : 0
  }

  /** Who read on behind the beginning of what it hands over, and left something, has had enough. */
  private handsOverPart(): boolean {
    const { cursor, notes } = this
    const isPart = notes.heirAt >= IN_SCRATCH || cursor.at > notes.heirAt
    return isPart && cursor.fault === '' && cursor.left > 0
  }

  private tell(
    slot: number,
    side: number,
    bytes: Uint8Array,
    reader: number,
    moment: Moment,
  ): void {
    const { openings, conversations, news } = this
    const row = openings.row[slot]!
    const clientIsA = (conversations.table.words[row + FLAGS]! & CLIENT_IS_A) !== 0
    const isServer = side === SERVER
    conversations.recognise(row, openings.protocol[slot]!, isServer, isServer !== clientIsA)
    openings.told[slot] = 1
    news.senderKind = this.talk.network === 4 ? IP4 : IP6
    news.senderAt = SOURCE_IP
    news.believes = always
    news.hear(this.notes, bytes, moment, reader)
  }

  private inherit(slot: number, reader: number): void {
    this.tallies.packets[reader]!++
    if (this.openings.heir[slot] === reader) return
    this.openings.heir[slot] = reader
    this.tallies.connections[reader]!++
  }

  /** A parser does not know what it reads: another is tried, unless it had known it so far. */
  private refuse(slot: number, side: number, fault: string, moment: Moment): void {
    const { openings, tallies, talk } = this
    const protocol = openings.protocol[slot]!
    if (openings.told[slot] === 1) {
      tallies.fault(protocol, fault)
      return this.leave(slot)
    }
    tallies.packets[protocol]! -= openings.segments[slot]!
    this.asked = slot
    const piece = this.piece
    piece.bytes = this.stage
    piece.at = TEXT
    piece.end = talk.other.start
    const next = this.candidates.next(openings.row[slot]!, piece, this.hasRefused)
    if (next !== NOBODY && openings.retry(slot, next)) this.readAgain(slot, side, moment)
    else {
      const first = openings.favourite(slot)
      tallies.fault(first, fault)
      tallies.packets[first]! += openings.segments[slot]!
      this.unknowns.hearOpening(openings.row[slot]!, talk, piece, moment)
      this.leave(slot)
    }
  }

  /** Another candidate reads both sides from their start. */
  private readAgain(slot: number, side: number, moment: Moment): void {
    const { openings, tallies } = this
    const row = openings.row[slot]!
    const protocol = openings.protocol[slot]!
    tallies.packets[protocol]! += openings.segments[slot]!
    for (const each of [side, 1 - side]) {
      if (openings.row[slot] !== row || openings.protocol[slot] !== protocol) return
      if (openings.length[slot * 2 + each]! > 0) this.run(slot, each, moment, false)
    }
    const goesOn = openings.row[slot] === row && openings.protocol[slot] === protocol
    if (!goesOn || this.dispatch.byMessages[protocol] === 0) return
    this.openings.close(slot)
    setOpening(this.conversations.table.words, row, BY_MESSAGES | protocol)
  }

  /** Puts both sides on the stage, the cursor over this one, and returns the stage. */
  private set(slot: number, side: number, ended: boolean): Uint8Array {
    const { openings, conversations, stage, talk } = this
    const row = openings.row[slot]!
    const rows = conversations.table
    const clientIsA = (rows.words[row + FLAGS]! & CLIENT_IS_A) !== 0
    const senderIsA = (side === CLIENT) === clientIsA
    putAddress(rows, row, senderIsA, stage, SOURCE_IP)
    putAddress(rows, row, !senderIsA, stage, TARGET_IP)
    putStation(rows, row, senderIsA, stage, SOURCE_MAC)
    putStation(rows, row, !senderIsA, stage, TARGET_MAC)
    talk.side = SIDES[side]!
    talk.network = networkOf(rows.words, row)
    talk.from = portOf(rows.words, row, senderIsA)
    talk.to = portOf(rows.words, row, !senderIsA)
    talk.sourceMac = SOURCE_MAC
    talk.targetMac = TARGET_MAC
    talk.sourceIp = SOURCE_IP
    talk.targetIp = TARGET_IP
    talk.ended = ended
    talk.turnCount = openings.turnCount[slot]!
    for (let i = 0; i < talk.turnCount; i++) talk.turns[i] = openings.turns[slot * 32 + i]!
    const end = TEXT + openings.stage(slot, side, TEXT)
    const otherEnd = end + openings.stage(slot, 1 - side, end)
    talk.other.over(stage, end, otherEnd)
    talk.memory = this.requests
    talk.enough = false
    this.cursor.over(stage, TEXT, end)
    return stage
  }

  private leave(slot: number): void {
    const row = this.openings.row[slot]!
    setOpening(this.conversations.table.words, row, SETTLED - this.openings.again[slot]!)
    this.openings.close(slot)
  }
}
