/**
 * The data plane of one worker: every frame is taken apart, counted for its station, address and
 * conversation, and given to the parser that knows it; what is news is told.
 */

import { slackOf, type Batch } from '../capture/source.js'
import { decode } from '../layers/decode.js'
import { restoreTag } from '../layers/ethernet.js'
import { FIRST_FRAGMENT, Frame, WHOLE } from '../layers/frame.js'
import { UNDECODED } from '../layers/names.js'
import type { Fact } from '../model/fact.js'
import type { Protocol } from '../protocols/protocol.js'
import { ARP, ArpNetworks } from './arp-networks.js'
import { Assembly } from './assembly.js'
import { Census } from './census.js'
import { Checksums } from './checksums.js'
import { Connections } from './connections.js'
import { TCP, UDP, isSettled, openingOf, slotOf } from './conversation-rows.js'
import { ACK, Conversations, SYN } from './conversations.js'
import { CoverageLog, ONE_WAY } from './coverage.js'
import { OPEN, type Discretion } from './discretion.js'
import { NOBODY, Dispatch } from './dispatch.js'
import { Duplicates } from './duplicates.js'
import { Exclusion } from './exclusion.js'
import { Fragments } from './fragments.js'
import { SHARDS } from './limits.js'
import { Messages } from './messages.js'
import { News } from './news.js'
import { Pieces } from './pieces.js'
import { Requests } from './requests.js'
import type { Secrets } from './secrets.js'
import { Sequences } from './sequences.js'
import { Stations, isInside } from './stations.js'
import { Tallies } from './tallies.js'
import { Moment, Telling } from './telling.js'
import { Unknowns } from './unknowns.js'
import { Veil } from './veil.js'

/**
 * Frames are heard in groups: while one waits for its row to come from memory, so do the others.
 * With many conversations that is worth more than anything else done to a frame.
 */
const GROUP = 32
/** In place of a shard: the frame is left out. */
const EXCLUDED = -1

export interface HearingOptions {
  readonly protocols: readonly Protocol[]
  readonly facts: readonly Fact[]
  readonly secrets: Secrets
  /** Live it is random, so that nobody can aim at the tables; reading a file twice must give the same. */
  readonly seed: number
  readonly discretion?: Discretion
}

/** The last frame of all, whoever heard it: what is told at the very end is told then. */
export interface Ending {
  frame: number
  seconds: number
  micros: number
}

export class Hearing {
  readonly telling = new Telling()
  readonly stations: Stations
  readonly conversations: Conversations
  readonly connections: Connections
  readonly duplicates: Duplicates
  readonly news: News
  readonly checksums = new Checksums()
  readonly coverage = new CoverageLog()
  readonly fragments: Fragments
  readonly assembly: Assembly
  readonly sequences: Sequences
  readonly networks = new ArpNetworks()
  readonly tallies: Tallies
  readonly census = new Census()
  /** How many frames could not be followed, by index into UNDECODED. */
  readonly undecoded = new Float64Array(UNDECODED.length)

  /** Called with a conversation's row before it makes room, or is counted anew: it must be told first. */
  onConversationLeft: (row: number) => void = () => undefined

  private readonly exclusion: Exclusion
  private readonly excludes: boolean
  private readonly dispatch: Dispatch
  private readonly messages: Messages
  private readonly frames: readonly Frame[] = Array.from({ length: GROUP }, () => new Frame())
  private readonly shards = new Int32Array(GROUP)
  private frame = this.frames[0]!
  private readonly moment = new Moment()
  /** The frame's time in microseconds; in memory of its own, since passing it would allocate. */
  private readonly clock = new Float64Array(1)

  constructor(options: HearingOptions) {
    const { seed, discretion = OPEN } = options
    this.exclusion = new Exclusion(discretion.exclude)
    this.excludes = !this.exclusion.isEmpty
    this.dispatch = new Dispatch(options.protocols)
    this.stations = new Stations(seed)
    this.conversations = new Conversations(this.dispatch, seed)
    this.duplicates = new Duplicates(seed)
    this.fragments = new Fragments(seed)
    this.assembly = new Assembly(seed)
    this.sequences = new Sequences(seed)
    const veil = new Veil(options.facts, options.secrets, discretion.names)
    this.news = new News(options.facts, this.telling, veil, seed)
    this.news.exclusion = this.exclusion
    this.tallies = new Tallies(options.protocols)
    const { conversations, dispatch, news, tallies, moment } = this
    const requests = new Requests()
    const believes = (): boolean => this.checksums.believes(this.frame, moment.shard)
    const { census } = this
    const unknowns = new Unknowns({ conversations, dispatch, news, tallies, census })
    const parts = { conversations, dispatch, news, tallies, requests, unknowns, census }
    this.connections = new Connections(parts)
    const pieces = new Pieces(seed, moment)
    this.messages = new Messages({ ...parts, pieces, moment, believes })
    this.assembly.onLost = frame => this.readAs(frame, -1)
    this.conversations.onReuse = row => this.settleRow(row)
    this.conversations.onMove = row => this.onConversationLeft(row)
    this.conversations.table.onEvict = row => {
      this.settleRow(row)
      this.onConversationLeft(row)
    }
  }

  /** Hears the frames of a batch whose numbers are listed, or all of them. */
  hear(batch: Batch, firstFrame: number, list: Uint16Array | undefined, count: number): void {
    for (let from = 0; from < count; from += GROUP) {
      const to = Math.min(from + GROUP, count)
      this.open(batch, list, from, to)
      this.conversations.reach(to - from)
      this.each(batch, firstFrame, list, from, to)
    }
  }

  /** Takes a group of frames apart, and works out where what is known of each would lie. */
  private open(batch: Batch, list: Uint16Array | undefined, from: number, to: number): void {
    const { at, length, link, bytes, tag, tagged, seconds } = batch
    const { frames, shards, conversations, excludes } = this
    for (let n = from; n < to; n++) {
      const i = list === undefined ? n : list[n]!
      const frame = frames[n - from]!
      decode(frame, bytes, at[i]!, at[i]! + length[i]!, link[i]!)
      if (tagged && tag[i] !== 0) restoreTag(frame, at[i]!, tag[i]!)
      if (excludes && this.leavesOut(frame, seconds[i]!)) {
        shards[n - from] = EXCLUDED
        continue
      }
      if (frame.fragment !== WHOLE) this.fragments.hear(frame, seconds[i]!)
      shards[n - from] = conversations.aim(n - from, frame)
    }
  }

  private each(
    batch: Batch,
    firstFrame: number,
    list: Uint16Array | undefined,
    from: number,
    to: number,
  ): void {
    const { length, wire, seconds, micros } = batch
    const slack = slackOf(batch)
    const { moment, clock, frames, shards, conversations, coverage, duplicates } = this
    for (let n = from; n < to; n++) {
      const i = list === undefined ? n : list[n]!
      const frame = frames[n - from]!
      moment.shard = shards[n - from]!
      if (moment.shard === EXCLUDED) continue
      moment.seconds = seconds[i]!
      moment.micros = micros[i]!
      moment.vlan = frame.vlan
      clock[0] = seconds[i]! * 1e6 + micros[i]!
      const cut = length[i]! + slack < wire[i]!
      const calm = !duplicates.looksAtAll(moment.shard) && !conversations.isSample(n - from)
      if (calm && frame.plain && conversations.again(n - from, frame, moment, wire[i]!, clock)) {
        coverage.hear(moment.vlan, moment.seconds, false, cut, conversations.howHeard)
        continue
      }
      this.frame = this.messages.frame = frame
      moment.session = frame.session
      moment.frame = firstFrame + i
      this.one(n - from, wire[i]!, cut, calm)
    }
  }

  /** Counts a frame that nobody may hear; the number of its tunnel tells only how the mirror is. */
  private leavesOut(frame: Frame, second: number): boolean {
    const reason = this.exclusion.of(frame)
    if (reason === 0) return false
    this.undecoded[reason]!++
    if (frame.numberAt >= 0) this.sequences.hear(frame, second)
    return true
  }

  /** At the end of a capture, after this frame: what was still open is read as far as it goes. */
  end(last: Ending): void {
    this.moment.frame = last.frame
    this.moment.seconds = last.seconds
    this.moment.micros = last.micros
    for (let shard = 0; shard < SHARDS; shard++) {
      this.moment.shard = shard
      this.moment.vlan = this.moment.session = 0
      this.assembly.end(shard)
      this.connections.settleAll(this.moment)
    }
  }

  /** A frame that may have something to say. */
  private one(n: number, octets: number, cut: boolean, calm: boolean): void {
    const { frame, moment, clock, conversations } = this
    this.messages.octets = octets
    if (frame.undecoded !== 0) this.undecoded[frame.undecoded]!++
    if (frame.numberAt >= 0) this.sequences.hear(frame, moment.seconds)
    const duplicate = (!calm || frame.network === 0) && this.duplicates.hear(frame, moment, clock)
    if (frame.network === 0) {
      if (frame.sourceMac >= 0) this.stations.hear(frame, moment, octets, clock)
      this.coverage.hear(moment.vlan, moment.seconds, duplicate, cut, ONE_WAY)
      if (frame.etherType === ARP && moment.vlan === 0) this.networks.hear(frame)
      if (!duplicate) this.messages.hearLink()
      return
    }
    // A calm and plain frame was looked up before it came here.
    const tried = calm && frame.plain
    const heard = !duplicate && !tried && conversations.again(n, frame, moment, octets, clock)
    const row = duplicate || heard ? -1 : conversations.hear(n, frame, moment, octets, clock)
    const ways = heard ? conversations.howHeard : row >= 0 ? conversations.ways(row) : ONE_WAY
    this.coverage.hear(moment.vlan, moment.seconds, duplicate, cut, ways)
    if (heard) return
    if (row < 0 && frame.sourceMac >= 0) this.stations.hear(frame, moment, octets, clock)
    if (duplicate) return
    if (frame.fragment === WHOLE) this.read(row)
    else this.hearPiece(row)
  }

  private read(row: number): void {
    if (this.frame.protocol === TCP) this.hearTcp(row)
    else if (this.frame.protocol === UDP) this.messages.hearUdp(row)
    else this.messages.hearOther()
  }

  /** A fragment is read with the others of its packet, or alone if it can't wait for them. */
  private hearPiece(row: number): void {
    const { frame, moment, assembly } = this
    if (assembly.takes(frame)) {
      const whole = assembly.add(frame, moment.shard, moment.seconds)
      if (whole !== undefined) this.readAs(whole, row)
    } else if (frame.fragment === FIRST_FRAGMENT) this.read(row)
  }

  private readAs(frame: Frame, row: number): void {
    // Only now that it is whole it shows what is in it.
    if (this.excludes && this.exclusion.of(frame) !== 0) return
    const { vlan, session } = this.moment
    this.frame = this.messages.frame = frame
    this.moment.vlan = frame.vlan
    this.moment.session = frame.session
    this.read(row)
    this.moment.vlan = vlan
    this.moment.session = session
  }

  private hearTcp(row: number): void {
    const { frame, moment, conversations, connections, messages } = this
    if (frame.tcpFlags & SYN) {
      if (!this.isFromInternet()) messages.hearSyn(row)
      if (frame.tcpFlags & ACK && row >= 0) connections.greet(row, frame, moment)
    }
    if (row < 0) return
    const speaks = frame.payloadEnd > frame.payloadAt
    if (isSettled(openingOf(conversations.table.words, row))) {
      if (speaks) connections.reopen(row, frame, moment)
      return
    }
    if (speaks) {
      const reader = connections.hear(row, frame, moment)
      if (reader !== NOBODY) messages.hearSegment(row, reader, connections)
    }
    if (conversations.ended) this.settleRow(row)
    connections.sweep(moment)
  }

  /** A server out there answers one of ours: there are many, and none is a device of this network. */
  private isFromInternet(): boolean {
    const { bytes, network, sourceIp, targetIp, tcpFlags } = this.frame
    return (
      (tcpFlags & ACK) !== 0 &&
      !isInside(bytes, sourceIp, network) &&
      isInside(bytes, targetIp, network)
    )
  }

  private settleRow(row: number): void {
    const slot = slotOf(openingOf(this.conversations.table.words, row))
    if (slot >= 0) this.connections.settle(slot, this.moment)
  }
}
