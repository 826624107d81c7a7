/** Who talked to whom: one row a connection (both addresses, both ports), counted in each direction. */

import { compareBytes } from '../bytes/compare.js'
import type { Frame } from '../layers/frame.js'
import {
  ANSWERED,
  CLIENT_IS_A,
  CLIENT_IS_B,
  COUNTED_FROM_A,
  ENDED_A,
  ENDED_B,
  END_A,
  END_B,
  FIRST,
  FLAGS,
  HAS_STATIONS,
  LAST,
  OCTETS,
  OPENED_BY_A,
  OPENING,
  PACKETS,
  PROTOCOL_SHIFT,
  RECOGNISED,
  ROW_WORDS,
  SERVER_SPOKE,
  SETTLED,
  STATION,
  SURE,
  SYN_ACK_SEEN,
  SYN_SEEN,
  TCP,
  TRIED_A,
  TRIED_B,
  VLANS,
  clientIsA,
  isSettled,
  openingOf,
  packetsOf,
  setOpening,
} from './conversation-rows.js'
import { shardOf, shardOfPair } from '../layers/shard.js'
import { BOTH_WAYS, ODD_TAGS, ONE_WAY } from './coverage.js'
import type { Dispatch } from './dispatch.js'
import { CONVERSATIONS_MAX, STRANGE_MAX } from './limits.js'
import { RoundTrips } from './round-trips.js'
import { GROUP_MAX, SEEN, Table } from './table.js'
import type { Moment } from './telling.js'

export const FIN = 0x01
export const SYN = 0x02
export const RST = 0x04
export const ACK = 0x10

// The key: both ports, transport and network, session, then the two addresses, the smaller first.
const KEY_WORDS_4 = 5
const KEY_WORDS_6 = 11

export class Conversations {
  readonly table: Table
  readonly roundTrips: RoundTrips
  /** After `hear`: the sender is the end with the smaller address. */
  fromA = false
  /** After `hear`: this segment ended the connection. */
  ended = false
  /** Called when a row's opening must be read for the last time, before the row is reused. */
  onReuse: (row: number) => void = () => undefined
  /** Called when counting begins anew because an end moved: what was counted must be told. */
  onMove: (row: number) => void = () => undefined

  private readonly dispatch: Dispatch

  constructor(dispatch: Dispatch, seed: number) {
    this.dispatch = dispatch
    this.table = new Table(
      {
        name: 'conversations',
        keyWords: KEY_WORDS_6,
        rowWords: ROW_WORDS,
        rows: CONVERSATIONS_MAX,
      },
      seed,
    )
    this.roundTrips = new RoundTrips(this.table)
  }

  // By frame of a group: words of its key, who sends, and its shard. Set by `aim`.
  private readonly used = new Int32Array(GROUP_MAX)
  private readonly fromAs = new Uint8Array(GROUP_MAX)
  private readonly shards = new Int32Array(GROUP_MAX)
  /** The row that `again` found. */
  private row = -1

  /** Works out the key of the nth frame of a group, and returns its shard. */
  aim(n: number, frame: Frame): number {
    const shard =
      frame.network === 4
        ? this.key4(n, frame)
        : frame.network === 6
          ? this.key6(n, frame)
          : shardOf(frame)
    this.shards[n] = shard
    this.table.hash(n, this.used[n]!)
    return shard
  }

  /** One connection in 64 is watched for duplicates even where there were none. */
  isSample(n: number): boolean {
    return this.table.isSample(n)
  }

  /** Touches the rows a group has aimed at. */
  reach(count: number): void {
    this.table.touch(count, this.shards)
  }

  /**
   * Counts a frame that says nothing new: a connection that nobody reads any more goes on between
   * the same stations. Most frames are such. False, and nothing counted, if it is another.
   */
  again(n: number, frame: Frame, moment: Moment, octets: number, clock: Float64Array): boolean {
    const { table } = this
    const row = table.find(n, this.used[n]!, moment.shard)
    this.row = row
    if (row < 0 || (frame.tcpFlags & (SYN | FIN | RST)) !== 0) return false
    const { words, reals } = table
    if (!isSettled(words[row + OPENING]! & 0xffff)) return false
    if (this.dispatch.opensAgain(words[row + FLAGS]! >>> PROTOCOL_SHIFT, frame)) return false
    const fromA = this.fromAs[n] === 1
    const end = row + (fromA ? END_A : END_B)
    if (words[end + PACKETS]! === 0 || !this.isSameStation(row, end, frame, moment)) return false
    this.fromA = fromA
    words[row + SEEN] = moment.seconds
    words[end + PACKETS]! += 1
    reals[(end + OCTETS) >> 1]! += octets
    reals[(end + LAST) >> 1] = clock[0]!
    if (frame.payloadEnd > frame.payloadAt) this.noteSpeaker(row)
    return true
  }

  /** After `again`: how that connection is heard. */
  get howHeard(): number {
    return this.ways(this.row)
  }

  /** Counts the frame that `again` did not, and returns its row, or -1 if the table has no room. */
  hear(n: number, frame: Frame, moment: Moment, octets: number, clock: Float64Array): number {
    const table = this.table
    this.fromA = this.fromAs[n] === 1
    let row = this.row
    if (row < 0) {
      row = table.claim(n, this.used[n]!, moment.shard, moment.seconds)
      if (row < 0) return -1
      this.begin(row)
    }
    const words = table.words
    const end = row + (this.fromA ? END_A : END_B)
    words[row + SEEN] = moment.seconds
    if (words[end + PACKETS]! === 0) this.firstWords(row, end, frame, moment, clock)
    else if (!this.isSameStation(row, end, frame, moment)) {
      this.changeStation(row, end, frame, moment, clock)
    }
    words[end + PACKETS]! += 1
    const reals = table.reals
    reals[(end + OCTETS) >> 1]! += octets
    if (frame.protocol === TCP && frame.transportAt > 0) {
      this.follow(row, frame)
      this.roundTrips.hearSegment(row, end, frame.tcpFlags, clock)
    }
    reals[(end + LAST) >> 1] = clock[0]!
    return row
  }

  /** Nobody reads this connection any more. */
  settle(row: number): void {
    setOpening(this.table.words, row, SETTLED)
  }

  /** Nobody knew this message; where several were strange already, nobody will read on. */
  tireOf(row: number): void {
    if (packetsOf(this.table.words, row) >= STRANGE_MAX) this.settle(row)
  }

  /** Nobody knows what this end says; once neither is known, nobody will read on. */
  giveUpSide(row: number): void {
    const words = this.table.words
    const flags = words[row + FLAGS]! | (this.fromA ? TRIED_A : TRIED_B)
    words[row + FLAGS] = flags
    if (flags & TRIED_A && flags & TRIED_B) this.settle(row)
  }

  /** How this row's connection is heard: in one direction or both, and whether both have a tag or none. */
  ways(row: number): number {
    const words = this.table.words
    if (words[row + END_A + PACKETS]! === 0 || words[row + END_B + PACKETS]! === 0) return ONE_WAY
    const vlans = words[row + VLANS]!
    return ((vlans & 0xffff) === 0) === (vlans >>> 16 === 0) ? BOTH_WAYS : ODD_TAGS
  }

  /** 0 when the sender of the frame heard last is the client, 1 the server, -1 unknown. */
  side(row: number): number {
    const flags = this.table.words[row + FLAGS]!
    if (flags & CLIENT_IS_A) return this.fromA ? 0 : 1
    if (flags & CLIENT_IS_B) return this.fromA ? 1 : 0
    return -1
  }

  /** A parser knew this protocol (by number); if a server's message, its sender serves. */
  recognise(row: number, protocol: number, server: boolean, fromA: boolean): void {
    const words = this.table.words
    let flags = (words[row + FLAGS]! & 0xffffff) | (protocol << PROTOCOL_SHIFT)
    if (server) {
      flags |= RECOGNISED
      if ((flags & SURE) === 0) flags |= SURE | (fromA ? CLIENT_IS_B : CLIENT_IS_A)
    }
    words[row + FLAGS] = flags
  }

  /** Where no SYN told who the server is, the ports do. */
  guessServer(row: number): void {
    const words = this.table.words
    if (words[row + FLAGS]! & (CLIENT_IS_A | CLIENT_IS_B)) return
    words[row + FLAGS]! |= clientIsA(this.table, row, this.dispatch) ? CLIENT_IS_A : CLIENT_IS_B
  }

  private begin(row: number): void {
    const words = this.table.words
    this.roundTrips.begin(row)
    words[row + OPENING] = 1 << 16
    words[row + FLAGS]! |= this.fromA ? OPENED_BY_A : 0
  }

  /** An end is heard for the first time since counting began. */
  private firstWords(
    row: number,
    end: number,
    frame: Frame,
    moment: Moment,
    clock: Float64Array,
  ): void {
    const { words, reals } = this.table
    const fromA = end === row + END_A
    const other = fromA ? row + END_B : row + END_A
    const vlans = words[row + VLANS]!
    words[row + VLANS] = fromA
      ? (vlans & ~0xffff) | moment.vlan
      : (vlans & 0xffff) | (moment.vlan << 16)
    this.putStation(row, end, frame, frame.sourceMac)
    words[end + STATION + 1]! |= (frame.ttl << 8) | frame.ttl
    if (words[other + PACKETS]! > 0) {
      words[row + ANSWERED] = (clock[0]! - reals[(row + FIRST) >> 1]!) / 1000
      this.table.protect(row, moment.vlan)
    } else {
      reals[(row + FIRST) >> 1] = clock[0]!
      words[row + FLAGS] = (words[row + FLAGS]! & ~COUNTED_FROM_A) | (fromA ? COUNTED_FROM_A : 0)
      this.putStation(row, other, frame, frame.targetMac)
    }
  }

  /** Whether an end still sends from the same station; notes its TTL on the way. */
  private isSameStation(row: number, end: number, frame: Frame, moment: Moment): boolean {
    const words = this.table.words
    const bytes = frame.bytes
    const at = frame.sourceMac
    const rest = words[end + STATION + 1]!
    const vlans = words[row + VLANS]!
    if ((end === row + END_A ? vlans & 0xffff : vlans >>> 16) !== moment.vlan) return false
    if (at >= 0 && !frame.routedInside) {
      if (words[end + STATION]! !== word(bytes, at)) return false
      if (rest >>> 16 !== ((bytes[at + 4]! << 8) | bytes[at + 5]!)) return false
    }
    const ttl = frame.ttl
    if (ttl < (rest & 0xff)) words[end + STATION + 1] = (rest & ~0xff) | ttl
    else if (ttl > ((rest >>> 8) & 0xff)) words[end + STATION + 1] = (rest & ~0xff00) | (ttl << 8)
    return true
  }

  /** The same address now sends from elsewhere: what it sent so far is told, and counting begins anew. */
  private changeStation(
    row: number,
    end: number,
    frame: Frame,
    moment: Moment,
    clock: Float64Array,
  ): void {
    const { words, reals } = this.table
    this.onMove(row)
    words[row + OPENING]! &= 0xffff
    for (const part of [row + END_A, row + END_B]) {
      words[part + PACKETS] = 0
      reals[(part + OCTETS) >> 1] = 0
      // The station stands until the next frame, but the hops are of what was told.
      words[part + STATION + 1]! &= ~0xffff
    }
    words[end + STATION + 1] = 0
    this.firstWords(row, end, frame, moment, clock)
  }

  private putStation(row: number, end: number, frame: Frame, at: number): void {
    if (at < 0 || frame.routedInside) return
    const words = this.table.words
    const bytes = frame.bytes
    words[end + STATION] = word(bytes, at)
    words[end + STATION + 1] =
      (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (words[end + STATION + 1]! & 0xffff)
    words[row + FLAGS]! |= HAS_STATIONS
  }

  /** What a TCP segment tells about its connection. */
  private follow(row: number, frame: Frame): void {
    const words = this.table.words
    const tcp = frame.tcpFlags
    this.ended = false
    if ((tcp & (SYN | FIN | RST)) === 0) {
      if (frame.payloadEnd > frame.payloadAt) this.noteSpeaker(row)
      return
    }
    if (tcp & SYN) {
      if ((tcp & ACK) === 0) this.restart(row)
      const clientIsA = this.fromA === ((tcp & ACK) === 0)
      const seen = tcp & ACK ? SYN_ACK_SEEN | SYN_SEEN : SYN_SEEN
      words[row + FLAGS] =
        (words[row + FLAGS]! & ~(CLIENT_IS_A | CLIENT_IS_B)) |
        seen |
        SURE |
        (clientIsA ? CLIENT_IS_A : CLIENT_IS_B)
      return
    }
    words[row + FLAGS]! |= tcp & RST ? ENDED_A | ENDED_B : this.fromA ? ENDED_A : ENDED_B
    if (this.hasEnded(row)) {
      this.ended = true
      this.table.release(row)
    }
  }

  private noteSpeaker(row: number): void {
    if (this.side(row) === 1) this.table.words[row + FLAGS]! |= SERVER_SPOKE
  }

  private hasEnded(row: number): boolean {
    return (this.table.words[row + FLAGS]! & (ENDED_A | ENDED_B)) === (ENDED_A | ENDED_B)
  }

  /** A SYN on a connection that had ended is a new one between the same ports. */
  private restart(row: number): void {
    if (!this.hasEnded(row)) return
    const words = this.table.words
    this.roundTrips.restart(row)
    const opening = openingOf(words, row)
    if (opening !== 0 && !isSettled(opening)) this.onReuse(row)
    setOpening(words, row, 0)
    if (words[row + OPENING]! >>> 16 < 0xffff) words[row + OPENING]! += 1 << 16
    words[row + FLAGS]! &= ~(ENDED_A | ENDED_B | TRIED_A | TRIED_B)
  }

  private key4(n: number, frame: Frame): number {
    const { bytes, sourcePort, targetPort } = frame
    const source = word(bytes, frame.sourceIp)
    const target = word(bytes, frame.targetIp)
    const fromA = source < target || (source === target && sourcePort <= targetPort)
    const key = this.table.key
    const from = n * KEY_WORDS_6
    key[from] = fromA ? (sourcePort << 16) | targetPort : (targetPort << 16) | sourcePort
    key[from + 1] = frame.protocol | (4 << 8)
    key[from + 2] = frame.session
    key[from + 3] = fromA ? source : target
    key[from + 4] = fromA ? target : source
    this.used[n] = KEY_WORDS_4
    this.fromAs[n] = fromA ? 1 : 0
    return source === 0 ? shardOf(frame) : shardOfPair(source ^ target)
  }

  private key6(n: number, frame: Frame): number {
    const { bytes, sourcePort, targetPort, sourceIp, targetIp } = frame
    const order = compareBytes(bytes, sourceIp, targetIp, 16)
    const fromA = order < 0 || (order === 0 && sourcePort <= targetPort)
    const key = this.table.key
    const from = n * KEY_WORDS_6
    key[from] = fromA ? (sourcePort << 16) | targetPort : (targetPort << 16) | sourcePort
    key[from + 1] = frame.protocol | (6 << 8)
    key[from + 2] = frame.session
    const a = fromA ? sourceIp : targetIp
    const b = fromA ? targetIp : sourceIp
    let pair = 0
    for (let i = 0; i < 4; i++) {
      const wordA = word(bytes, a + 4 * i)
      const wordB = word(bytes, b + 4 * i)
      key[from + 3 + i] = wordA
      key[from + 7 + i] = wordB
      pair ^= wordA ^ wordB
    }
    this.used[n] = KEY_WORDS_6
    this.fromAs[n] = fromA ? 1 : 0
    return shardOfPair(pair)
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
