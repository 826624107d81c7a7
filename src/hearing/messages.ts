/**
 * Messages that are read in place, one at a time: datagrams, frames without a network layer, and
 * the segments of connections that are rows of messages. Each is offered to those who are heard
 * where it came, until one does not refuse it.
 */

import { Cursor } from '../bytes/cursor.js'
import { Frame } from '../layers/frame.js'
import { IP4, IP6, MAC, Notes, Talk, type Side } from '../protocols/protocol.js'
import { ETHERTYPE, IP, LLC, type Census } from './census.js'
import type { Connections } from './connections.js'
import { isSettled, openingOf, protocolOf } from './conversation-rows.js'
import type { Conversations } from './conversations.js'
import { NOBODY, type Dispatch } from './dispatch.js'
import { Heirs } from './heirs.js'
import { CANDIDATES_MAX, HEIRS_MAX } from './limits.js'
import type { News } from './news.js'
import type { Pieces } from './pieces.js'
import type { Places } from './places.js'
import type { Requests } from './requests.js'
import type { Tallies } from './tallies.js'
import type { Moment } from './telling.js'
import type { Unknowns } from './unknowns.js'

const ICMP6 = 58
const SNAP = 0xaa

// What became of a message: nobody is heard there, it was refused, read, or read and noted.
const UNHEARD = 0
const REFUSED = 1
const HEARD = 2
const NOTED = 3

export interface MessageParts {
  readonly conversations: Conversations
  readonly dispatch: Dispatch
  readonly news: News
  readonly tallies: Tallies
  readonly requests: Requests
  readonly pieces: Pieces
  readonly unknowns: Unknowns
  readonly census: Census
  readonly moment: Moment
  /** Whether a frame's bytes can be trusted; asked only if it is about to state news. */
  readonly believes: () => boolean
}

export class Messages {
  /** The frame that is heard now. */
  frame = new Frame()
  /** Its bytes on the wire. */
  octets = 0

  private readonly conversations: Conversations
  private readonly dispatch: Dispatch
  private readonly news: News
  private readonly tallies: Tallies
  private readonly requests: Requests
  private readonly pieces: Pieces
  private readonly unknowns: Unknowns
  private readonly census: Census
  private readonly moment: Moment
  private readonly believes: () => boolean
  private readonly cursor = new Cursor()
  private readonly notes = new Notes()
  private readonly talk = new Talk()
  private readonly heirs = new Heirs()
  /** The frame's time, where it is asked for: in memory of its own, since passing it would allocate. */
  private readonly clock = new Float64Array(1)
  // Of the message being read: who should know it, who read it last, why it was refused, if it was cut.
  private owner = NOBODY
  private reader = NOBODY
  private refusal = ''
  private isShort = false

  constructor(parts: MessageParts) {
    this.conversations = parts.conversations
    this.dispatch = parts.dispatch
    this.news = parts.news
    this.tallies = parts.tallies
    this.requests = parts.requests
    this.talk.pieces = this.pieces = parts.pieces
    this.unknowns = parts.unknowns
    this.census = parts.census
    this.moment = parts.moment
    this.believes = parts.believes
  }

  /** SYN and SYN-ACK: how a machine opens and accepts connections. */
  hearSyn(row: number): void {
    const { syn } = this.dispatch
    const { transportAt, payloadAt } = this.frame
    if (syn !== NOBODY) this.count(syn, this.parse(syn, transportAt, payloadAt, row))
  }

  /** A segment of a connection that is a row of messages: read in place, like a datagram. */
  hearSegment(row: number, first: number, connections: Connections): void {
    const { frame, talk, conversations, tallies } = this
    let reader = first
    for (let tries = 0; reader !== NOBODY && tries < CANDIDATES_MAX; tries++) {
      const side = conversations.side(row)
      talk.side = side < 0 ? 'unknown' : side === 0 ? 'client' : 'server'
      const verdict = this.parse(reader, frame.payloadAt, frame.payloadEnd, row)
      const isKnown = protocolOf(conversations.table.words, row) === reader
      if (verdict !== REFUSED) {
        tallies.packets[reader]!++
        if (!isKnown) tallies.connections[reader]!++
        conversations.recognise(row, reader, talk.side === 'server', conversations.fromA)
        if (talk.enough) conversations.settle(row)
        break
      }
      // The rest of a long message begins anywhere: only a stranger's segments are a fault.
      if (isKnown) break
      const next = connections.refuseMessage(row, reader, frame, this.moment)
      if (next === NOBODY && isSettled(openingOf(conversations.table.words, row))) {
        tallies.packets[first]!++
        tallies.fault(first, this.refusal)
      }
      reader = next
    }
    talk.side = 'unknown'
  }

  hearUdp(row: number): void {
    const { frame, talk, conversations, dispatch } = this
    if (frame.payloadEnd <= frame.payloadAt) return
    this.owner = NOBODY
    let verdict = this.offer(dispatch.udpPorts, frame.targetPort, row, 'client')
    if (verdict <= REFUSED && frame.sourcePort !== frame.targetPort) {
      verdict = this.offer(dispatch.udpPorts, frame.sourcePort, row, 'server')
    }
    if (verdict <= REFUSED) verdict = this.offerByPattern(row)
    if (verdict > REFUSED && row >= 0) {
      if (talk.exchange.kind !== 'none') this.measure(row)
      if (verdict === NOTED)
        conversations.recognise(row, this.reader, talk.side === 'server', conversations.fromA)
      if (talk.enough) conversations.settle(row)
    } else if (this.owner === NOBODY && row >= 0) {
      conversations.tireOf(row)
      this.unknowns.hear(row, frame, this.moment, this.believes)
    } else if (verdict <= REFUSED) {
      this.count(this.owner, REFUSED)
      if (row >= 0 && this.isPrivate()) conversations.giveUpSide(row)
      if (row >= 0) this.unknowns.hear(row, frame, this.moment, this.believes)
    }
    talk.side = 'unknown'
  }

  private measure(row: number): void {
    const { moment, clock, talk, conversations } = this
    clock[0] = moment.seconds * 1e6 + moment.micros
    conversations.roundTrips.hearMessage(row, moment.shard, talk.exchange, clock)
  }

  /**
   * Ports that nobody owns, between two machines: what was refused there twice is not read again.
   * Elsewhere one stranger's bytes must not hide what others say.
   */
  private isPrivate(): boolean {
    const { sourcePort, targetPort, targetMac, bytes } = this.frame
    if (sourcePort < 1024 || targetPort < 1024) return false
    return targetMac >= 0 && (bytes[targetMac]! & 1) === 0
  }

  /** Gives a message to those who are heard at a port, until one does not refuse it. */
  private offer(places: Places, port: number, row: number, side: Side): number {
    const { frame, talk } = this
    const other = side === 'client' ? frame.sourcePort : frame.targetPort
    let verdict = UNHEARD
    let reader = places.first[port]!
    while (reader !== NOBODY) {
      talk.side = places.has(other, reader) ? 'unknown' : side
      if (this.owner === NOBODY) this.owner = reader
      verdict = this.parse(reader, frame.payloadAt, frame.payloadEnd, row)
      if (verdict !== REFUSED) {
        this.count(reader, verdict)
        break
      }
      reader = places.after(port, reader)
    }
    return verdict
  }

  private offerByPattern(row: number): number {
    const { frame, dispatch, talk } = this
    const { bytes, payloadAt, payloadEnd } = frame
    const known = dispatch.udpPatterns.match(bytes, payloadAt, payloadEnd)
    if (known <= NOBODY) return UNHEARD
    if (this.owner === NOBODY) this.owner = known
    talk.side = 'unknown'
    const verdict = this.parse(known, payloadAt, payloadEnd, row)
    if (verdict !== REFUSED) this.count(known, verdict)
    return verdict
  }

  hearOther(): void {
    const { frame, dispatch } = this
    const { transportAt, payloadEnd, bytes } = frame
    if (frame.protocol === ICMP6) {
      const type = transportAt < payloadEnd ? bytes[transportAt]! : 0
      this.offerPlace(dispatch.icmp6Types, type, transportAt)
    } else this.offerPlace(dispatch.ipProtocols, frame.protocol & 0xff, transportAt)
    if (frame.undecoded !== 0 || frame.protocol < 0) return
    if (frame.protocol !== ICMP6 && dispatch.ipProtocols.first[frame.protocol & 0xff] === NOBODY)
      this.countUnheard(IP, frame.protocol & 0xff, transportAt)
  }

  /** Frames without a network layer: by ethertype, LLC service point, SNAP number, or group address. */
  hearLink(): void {
    const { frame, dispatch } = this
    const { etherType: type, networkAt, payloadAt, payloadEnd, bytes, targetMac } = frame
    if (type === SNAP) {
      const reader = dispatch.snap(bytes, networkAt, payloadEnd)
      if (reader !== NOBODY) return this.only(reader, networkAt + 5, payloadEnd)
    }
    const places = type >= 0x600 ? dispatch.etherTypes : dispatch.llcPoints
    if (type > 0 && places.first[type >= 0x600 ? type : type & 0xff] !== NOBODY) {
      this.offerPlace(places, type >= 0x600 ? type : type & 0xff, payloadAt)
    } else if (targetMac >= 0) {
      const reader = dispatch.group(bytes, targetMac)
      if (reader !== NOBODY) return this.only(reader, payloadAt, payloadEnd)
      if (frame.undecoded !== 0) return
      if (type >= 0x600) this.countUnheard(ETHERTYPE, type, payloadAt)
      else this.countUnheard(LLC, type & 0xff, payloadAt)
    }
  }

  private countUnheard(kind: number, number: number, at: number): void {
    this.census.hear(kind, number, this.frame, at, this.moment, this.octets)
  }

  private only(reader: number, at: number, end: number): void {
    this.count(reader, this.parse(reader, at, end, -1))
  }

  private offerPlace(places: Places, place: number, at: number): void {
    const first = places.first[place]!
    if (first === NOBODY) return
    let reader = first
    while (reader !== NOBODY) {
      const verdict = this.parse(reader, at, this.frame.payloadEnd, -1)
      if (verdict !== REFUSED) return this.count(reader, verdict)
      reader = places.after(place, reader)
    }
    this.count(first, REFUSED)
  }

  /** Counts a message for who read it, or for who should have. */
  private count(reader: number, verdict: number): void {
    this.tallies.packets[reader]!++
    if (verdict === REFUSED) this.tallies.fault(reader, this.refusal)
    else if (this.isShort) this.tallies.fault(reader, 'short')
  }

  /** Runs one parser over one message, and its heirs, and tells what is news. */
  private parse(reader: number, at: number, end: number, row: number): number {
    const { frame, notes, cursor } = this
    this.reader = reader
    notes.clear()
    cursor.over(frame.bytes, at, end)
    this.setTalk(row)
    this.dispatch.protocols[reader - 1]!.parse(cursor, notes, this.talk)
    const fault = cursor.fault
    this.isShort = fault === 'short'
    if (fault !== '' && !this.isShort) {
      this.refusal = fault
      return REFUSED
    }
    this.setSender()
    const noted = this.tell(reader, frame.bytes)
    if (notes.heir === undefined) return noted ? NOTED : HEARD
    return this.parseHeirs() || noted ? NOTED : HEARD
  }

  private parseHeirs(): boolean {
    const { notes, cursor, talk, dispatch, tallies } = this
    let noted = false
    let bytes = this.frame.bytes
    for (let heirs = 0; heirs < HEIRS_MAX && notes.heir !== undefined; heirs++) {
      const reader = dispatch.numberOf(notes.heir)
      if (reader === NOBODY) break
      bytes = this.heirs.open(notes, bytes, cursor, talk, this.news)
      notes.clear()
      dispatch.protocols[reader - 1]!.parse(cursor, notes, talk)
      tallies.packets[reader]!++
      if (cursor.fault !== '') tallies.fault(reader, cursor.fault)
      if (cursor.fault !== '' && cursor.fault !== 'short') break
      noted = this.tell(reader, bytes) || noted
    }
    return noted
  }

  private tell(reader: number, bytes: Uint8Array): boolean {
    if (this.notes.count === 0) return false
    this.news.believes = this.believes
    this.news.hear(this.notes, bytes, this.moment, reader)
    return true
  }

  private setTalk(row: number): void {
    const { frame, talk } = this
    talk.enough = false
    talk.exchange.kind = 'none'
    talk.memory = this.requests.aim(row, this.moment)
    this.pieces.frame = frame
    talk.from = frame.sourcePort
    talk.to = frame.targetPort
    talk.hops = frame.ttl
    talk.network = frame.network
    talk.transport = frame.protocol
    talk.sourceMac = frame.sourceMac
    talk.targetMac = frame.targetMac
    talk.sourceIp = frame.sourceIp
    talk.targetIp = frame.targetIp
    talk.toGroup = frame.targetMac >= 0 && (frame.bytes[frame.targetMac]! & 1) === 1
  }

  /** Who is speaking: the source address, or the hardware address where there is none (yet). */
  private setSender(): void {
    const { frame, news } = this
    const at = frame.sourceIp
    if (frame.network === 0 || isUnspecified(frame.bytes, at, frame.network)) {
      news.senderKind = MAC
      news.senderAt = frame.routedInside ? -1 : frame.sourceMac
    } else {
      news.senderKind = frame.network === 4 ? IP4 : IP6
      news.senderAt = at
    }
  }
}

function isUnspecified(bytes: Uint8Array, at: number, network: number): boolean {
  const length = network === 4 ? 4 : 16
  for (let i = 0; i < length; i++) if (bytes[at + i] !== 0) return false
  return true
}
