/** Bytes that nobody knew: their conversation is marked for the census, and what they sound like is told. */

import { Cursor } from '../bytes/cursor.js'
import type { Frame } from '../layers/frame.js'
import { IP4, IP6, Notes, Talk } from '../protocols/protocol.js'
import { Beginnings } from './beginnings.js'
import { TCP_PORT, UDP_PORT, type Census } from './census.js'
import { FLAGS, SYN_SEEN, TCP, UNKNOWN, clientIsA, packetsOf } from './conversation-rows.js'
import type { Conversations } from './conversations.js'
import { NOBODY, type Dispatch } from './dispatch.js'
import { STRANGE_MAX } from './limits.js'
import type { News } from './news.js'
import type { Tallies } from './tallies.js'
import type { Moment } from './telling.js'

/** Systems give ports from here on to whoever asks; of datagrams between such, nobody serves. */
const FIRST_FLEETING_PORT = 49152

interface Parts {
  readonly conversations: Conversations
  readonly dispatch: Dispatch
  readonly news: News
  readonly tallies: Tallies
  readonly census: Census
}

/** Where an opening lies. */
interface Piece {
  readonly bytes: Uint8Array
  readonly at: number
  readonly end: number
}

const always = (): boolean => true

export class Unknowns {
  private readonly parts: Parts
  private readonly cursor = new Cursor()
  private readonly notes = new Notes()
  private readonly talk = new Talk()
  private readonly beginnings = new Beginnings()

  constructor(parts: Parts) {
    this.parts = parts
  }

  /** A datagram, or the first segment of a side, that nobody knew. */
  hear(row: number, frame: Frame, moment: Moment, believes = always): void {
    const { conversations, dispatch, news } = this.parts
    const { talk } = this
    const { words } = conversations.table
    const isTcp = frame.protocol === TCP
    // What goes on since before anybody listened is no opening.
    if (isTcp && (words[row + FLAGS]! & SYN_SEEN) === 0) return
    words[row + FLAGS]! |= UNKNOWN
    if (packetsOf(words, row) > STRANGE_MAX) return
    const fromClient = clientIsA(conversations.table, row, dispatch) === conversations.fromA
    talk.side = fromClient ? 'client' : 'server'
    talk.from = frame.sourcePort
    talk.to = frame.targetPort
    talk.network = frame.network
    talk.sourceIp = frame.sourceIp
    talk.targetIp = frame.targetIp
    talk.transport = frame.protocol
    news.believes = believes
    this.read(frame.bytes, frame.payloadAt, frame.payloadEnd, moment)
  }

  /** An opening that all refused who were tried; `like` tells whose it is. */
  hearOpening(row: number, like: Talk, { bytes, at, end }: Piece, moment: Moment): void {
    const { talk } = this
    const { conversations, news } = this.parts
    conversations.table.words[row + FLAGS]! |= UNKNOWN
    talk.side = like.side
    talk.from = like.from
    talk.to = like.to
    talk.network = like.network
    talk.sourceIp = like.sourceIp
    talk.targetIp = like.targetIp
    talk.transport = TCP
    news.believes = always
    this.read(bytes, at, end, moment)
  }

  private read(bytes: Uint8Array, at: number, end: number, moment: Moment): void {
    const { census, dispatch, news, tallies } = this.parts
    const { talk, notes, cursor } = this
    const isTcp = talk.transport === TCP
    const port = talk.side === 'client' ? talk.to : talk.from
    census.sample(isTcp ? TCP_PORT : UDP_PORT, port, bytes, at, end, moment)
    const reader = dispatch.unheard
    if (reader === NOBODY || (!isTcp && port >= FIRST_FLEETING_PORT)) return
    // What a client says to a port may be a stranger's; only a server's own words tell of it.
    if (talk.side === 'client') return
    notes.clear()
    const length = talk.network === 4 ? 4 : 16
    talk.memory = this.beginnings.aim(bytes, talk.sourceIp, length, moment)
    dispatch.protocols[reader - 1]!.parse(cursor.over(bytes, at, end), notes, talk)
    tallies.packets[reader]!++
    if (notes.count === 0) return
    news.senderKind = talk.network === 4 ? IP4 : IP6
    news.senderAt = talk.sourceIp
    news.hear(notes, bytes, moment, reader)
  }
}
