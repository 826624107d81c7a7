/** TCP connections whose opening a parser wants: when to keep bytes, when to parse, when to stop. */

import { Cursor } from '../bytes/cursor.js'
import type { Frame } from '../layers/frame.js'
import { IP4, IP6, Notes, Talk, type Side } from '../protocols/protocol.js'
import {
  CLIENT_IS_A,
  FLAGS,
  SETTLED,
  SYN_SEEN,
  TRIED_A,
  TRIED_B,
  networkOf,
  openingOf,
  portOf,
  putAddress,
  putStation,
  setOpening,
} from './conversation-rows.js'
import type { Conversations } from './conversations.js'
import { NOBODY, PERHAPS, type Dispatch } from './dispatch.js'
import {
  CLIENT_OPENING_BYTES,
  OPENING_IDLE_SECONDS,
  SERVER_OPENING_BYTES,
  SHARDS,
} from './limits.js'
import type { News } from './news.js'
import { CLIENT, Openings, SERVER } from './openings.js'
import type { Tallies } from './tallies.js'
import type { Moment } from './telling.js'

// Where things lie on the stage: the addresses first, so that notes may be about them.
const SOURCE_MAC = 0
const TARGET_MAC = 8
const SOURCE_IP = 16
const TARGET_IP = 32
const TEXT = 48
const STAGE_BYTES = TEXT + CLIENT_OPENING_BYTES + SERVER_OPENING_BYTES

/** An opening is made of many frames; each was in order, so none is judged alone. */
const always = (): boolean => true

const SIDES: readonly Side[] = ['client', 'server']
const MIDSTREAM_PATTERN_BYTES = 3

export class Connections {
  readonly openings = new Openings()

  private readonly conversations: Conversations
  private readonly dispatch: Dispatch
  private readonly news: News
  private readonly tallies: Tallies
  private readonly cursor = new Cursor()
  private readonly notes = new Notes()
  private readonly talk = new Talk()
  private readonly stage = new Uint8Array(STAGE_BYTES)
  private readonly swept = new Int32Array(SHARDS)

  constructor(conversations: Conversations, dispatch: Dispatch, news: News, tallies: Tallies) {
    this.conversations = conversations
    this.dispatch = dispatch
    this.news = news
    this.tallies = tallies
  }

  /** A SYN-ACK tells where both sides' bytes begin, so that not even the first segment may be late. */
  greet(row: number, frame: Frame, moment: Moment): void {
    const words = this.conversations.table.words
    if (openingOf(words, row) !== 0) return
    const protocol = this.dispatch.tcpPorts[frame.sourcePort]!
    if (protocol === NOBODY) return
    const slot = this.begin(row, protocol, moment)
    this.openings.startsAt(slot, SERVER, (frame.sequence + 1) | 0)
    this.openings.startsAt(slot, CLIENT, frame.acknowledged)
  }

  /** A segment with bytes on a connection that is not settled. */
  hear(row: number, frame: Frame, moment: Moment): void {
    const words = this.conversations.table.words
    let slot = openingOf(words, row) - 1
    if (slot < 0) {
      slot = this.choose(row, frame, moment)
      if (slot < 0) return
    }
    const side = Math.max(CLIENT, this.conversations.side(row))
    const openings = this.openings
    this.tallies.packets[openings.protocol[slot]!]!++
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

  private begin(row: number, protocol: number, moment: Moment): number {
    const openings = this.openings
    const slot = openings.next(moment.shard)
    if (openings.row[slot]! >= 0) this.settle(slot, moment)
    openings.open(slot, row, protocol)
    openings.seen[slot] = moment.seconds
    setOpening(this.conversations.table.words, row, slot + 1)
    this.tallies.connections[protocol]!++
    return slot
  }

  /**
   * Whose connection this is, by the first bytes of a side, else by the server's port. Without a
   * start that was heard, only a telling pattern counts. Returns a slot, or -1.
   */
  private choose(row: number, frame: Frame, moment: Moment): number {
    const conversations = this.conversations
    const words = conversations.table.words
    const flags = words[row + FLAGS]!
    const tried = conversations.fromA ? TRIED_A : TRIED_B
    const { bytes, payloadAt, payloadEnd } = frame
    const begun = (flags & SYN_SEEN) !== 0
    let protocol = this.dispatch.tcpPattern(
      bytes,
      payloadAt,
      payloadEnd,
      begun ? 0 : MIDSTREAM_PATTERN_BYTES,
    )
    if (protocol === PERHAPS) protocol = begun ? this.patternOwner(frame) : NOBODY
    if (protocol === NOBODY && begun) {
      protocol = this.dispatch.tcpPorts[portOf(words, row, (flags & CLIENT_IS_A) === 0)]!
    }
    if (protocol !== NOBODY) {
      conversations.guessServer(row)
      return this.begin(row, protocol, moment)
    }
    words[row + FLAGS] = flags | tried
    if ((flags | tried) & TRIED_A && (flags | tried) & TRIED_B) setOpening(words, row, SETTLED)
    return -1
  }

  /** Too few bytes to be sure: the port's parser if there is one, else whose pattern begins so. */
  private patternOwner(frame: Frame): number {
    const byPort =
      this.dispatch.tcpPorts[frame.sourcePort]! || this.dispatch.tcpPorts[frame.targetPort]!
    return byPort || this.dispatch.tcpBeginning(frame.bytes[frame.payloadAt]!)
  }

  private run(slot: number, side: number, moment: Moment, ended: boolean): void {
    const openings = this.openings
    const row = openings.row[slot]!
    const protocol = openings.protocol[slot]!
    const i = slot * 2 + side
    const cursor = this.set(slot, side, ended)
    const notes = this.notes
    notes.clear()
    openings.runs[i]!++
    openings.runAt[i] = openings.length[i]!
    this.dispatch.protocols[protocol - 1]!.parse(cursor, notes, this.talk)

    const fault = cursor.fault
    // Who read everything may want what comes next; who left something unread has had enough.
    openings.wanted[i] = fault === 'short' ? cursor.wanted - TEXT : openings.length[i]! + 1
    if (fault === '' && cursor.left > 0) openings.done[i] = 1
    if (fault !== '' && fault !== 'short') {
      this.tallies.fault(protocol, fault)
      return this.leave(slot)
    }
    if (notes.count > 0) {
      const clientIsA = (this.conversations.table.words[row + FLAGS]! & CLIENT_IS_A) !== 0
      this.conversations.recognise(
        row,
        protocol,
        side === SERVER,
        side === SERVER ? !clientIsA : clientIsA,
      )
      this.news.senderKind = this.talk.network === 4 ? IP4 : IP6
      this.news.senderAt = SOURCE_IP
      this.news.believes = always
      this.news.hear(notes, this.stage, moment, protocol)
    }
    if (openings.done[slot * 2] === 1 && openings.done[slot * 2 + 1] === 1) this.leave(slot)
  }

  /** Puts both sides on the stage and returns a cursor over this one. */
  private set(slot: number, side: number, ended: boolean): Cursor {
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
    const end = TEXT + openings.copy(slot, side, stage, TEXT)
    const otherEnd = end + openings.copy(slot, 1 - side, stage, end)
    talk.other.over(stage, end, otherEnd)
    return this.cursor.over(stage, TEXT, end)
  }

  private leave(slot: number): void {
    const row = this.openings.row[slot]!
    setOpening(this.conversations.table.words, row, SETTLED)
    this.openings.close(slot)
  }
}
