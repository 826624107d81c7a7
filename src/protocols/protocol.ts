/** The shape of a protocol, and the notes its parser takes. */

import { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'

export interface Protocol {
  /** File = protocol = fact prefix = metric label = fixture folder. */
  readonly name: string
  /** Where it is written down: `RFC 2131`, `IEEE 802.1AB`, or who made it. */
  readonly standard: string
  /** What its facts are good for, in a few words; `docs/protocols.md` is made of this. */
  readonly tells: string
  /**
   * Where it is heard, as data: `udp/67`, `udp/67-68`, `tcp/23`, `ether/0806`, `ip/2`,
   * `icmp6/133-137`, `llc/42`, `snap/00000c2000`, `mac/01:00:0c:cc:cc:cc`, or a pattern at the
   * start of a datagram or of either side's opening: `tcp "RFB 00"`, `udp "\x00\x01"`, or a few
   * bytes further in: `udp @4 "\x21\x12\xa4\x42"`. `unheard` is what nobody else knew.
   *
   * Several protocols may be heard at one place. They are tried in the order of the list, until one
   * does not fault (`short` is no refusal): so say early, by `fail`, that this is another's.
   */
  readonly heard: readonly string[]
  /**
   * TCP: a long-lived connection is a row of messages (Modbus, S7). Every segment is read by
   * itself, in place, as a datagram is; `talk.other` is empty. Else the opening is read.
   */
  readonly messages?: true
  /**
   * TCP: how a message begins with which a connection that was read to its end is opened again
   * (`GET `, `HTTP/1.`): its bytes are a new opening of that side.
   */
  readonly again?: readonly string[]
  readonly facts: readonly Fact[]
  /**
   * Reads one message (UDP and below) or one side's opening (TCP; called again as it grows).
   * Total: any bytes give notes and perhaps a fault, never an exception. Keeps no state.
   */
  parse(c: Cursor, notes: Notes, talk: Talk): void
}

/** Which side of the conversation a parser is looking at. */
export type Side = 'client' | 'server' | 'unknown'

/** What a parser may ask about the conversation its message belongs to. */
export class Talk {
  side: Side = 'unknown'
  /** This message's own source and destination port, 0 where there is none. */
  from = 0
  to = 0
  /** Over the other direction's opening as far as it was heard (TCP only; else empty). */
  readonly other = new Cursor()
  /** Who spoke when: 0 for the client, 1 for the server, in order, one mark a turn. */
  readonly turns = new Uint8Array(32)
  turnCount = 0
  /** The connection has ended: what is missing will not come. */
  ended = false
  /** Hop limit or TTL of this frame. */
  hops = 0
  /** Offsets into the frame's bytes of the hardware and network addresses, -1 where there is none. */
  sourceMac = -1
  targetMac = -1
  sourceIp = -1
  targetIp = -1
  /** 4, 6, or 0 when there is no network layer. */
  network = 0
  /** IP protocol: 6, 17, ... */
  transport = 0
  /** The frame went to a group (or to everybody) rather than to one machine. */
  toGroup = false
  /**
   * What a request was, for answers that don't repeat it: 32 bits by a key of the protocol's own
   * (a transaction's number), remembered for a few seconds for this pair of ends.
   */
  memory: Memory = FORGETFUL
  /** Where a message is put together that comes in several datagrams, and is dear to read (UDP). */
  pieces: Pieces = NO_PIECES
  /** Set by a parser whose messages are asked and answered between the same two ends (UDP). */
  readonly exchange: Exchange = { kind: 'none', number: 0 }
  /**
   * Set by a parser: whatever else these two ends send each other over this connection, or between
   * these ports, says nothing new (a tunnel, a stream), and need not be read.
   */
  enough = false
}

/** A bounded memory of requests. It may forget: then `recall` gives -1. */
export interface Memory {
  remember(key: number, value: number): void
  recall(key: number): number
}

/** Of a message that asks or answers: how long answers take is measured by the number they share. */
export interface Exchange {
  kind: 'none' | 'question' | 'answer'
  number: number
}

/** A bounded place for the pieces of one message from one end to another. It may be refused. */
export interface Pieces {
  /**
   * Whether this datagram should be read for its piece: not when such a message was read of these
   * two machines lately, or too many datagrams came. One call a datagram.
   */
  open(): boolean
  /** Puts a piece where it belongs. */
  put(offset: number, bytes: Uint8Array, at: number, length: number): void
  /** How much is there from the beginning without a hole, and where it lies. */
  readonly whole: number
  readonly bytes: Uint8Array
  readonly at: number
  /** The message was read: there is no need for another one for some minutes. */
  close(): void
}

const NO_PIECES: Pieces = {
  open: () => false,
  put: () => undefined,
  whole: 0,
  bytes: new Uint8Array(0),
  at: 0,
  close: () => undefined,
}

const FORGETFUL: Memory = { remember: () => undefined, recall: () => -1 }

/** Whom notes are about. */
export const SENDER = 0
export const MAC = 1
export const IP4 = 2
export const IP6 = 3
export const NAME = 4
export type About = typeof SENDER | typeof MAC | typeof IP4 | typeof IP6 | typeof NAME

const ROOM = 96
export const SCRATCH_BYTES = 24_576

/** Offsets from here on point into the scratch, not into the frame. */
export const IN_SCRATCH = 0x40000000

/**
 * What one message said: places in its bytes, which become strings only if they turn out to be
 * news. Where a value is not in the frame as such (a compressed name, a computed word), it is
 * written into the scratch first.
 */
export class Notes {
  count = 0
  /** How many notes found no room. */
  lost = 0
  readonly fact = new Uint16Array(ROOM)
  readonly at = new Int32Array(ROOM)
  readonly length = new Int32Array(ROOM)
  readonly aboutKind = new Uint8Array(ROOM)
  readonly aboutAt = new Int32Array(ROOM)
  readonly aboutLength = new Int32Array(ROOM)

  readonly scratch = new Uint8Array(SCRATCH_BYTES)
  scratchUsed = 0

  /** Who reads on, and where: see `handOver`. */
  heir: Protocol | undefined
  heirAt = 0
  heirEnd = 0

  private kind: About = SENDER
  private subject = -1
  private subjectLength = 0

  /** Whose words the following notes are. `at` may lie in the frame or in the scratch. */
  about(kind: About, at = -1, length = 0): void {
    this.kind = at < 0 ? SENDER : kind
    this.subject = at
    this.subjectLength = kind === MAC ? 6 : kind === IP4 ? 4 : kind === IP6 ? 16 : length
  }

  /** Notes that `fact` stands at these bytes; an empty or missing place is no note. */
  add(fact: Fact, at: number, length: number): void {
    if (at < 0 || length <= 0) return
    if (this.count === ROOM) {
      this.lost++
      return
    }
    const i = this.count++
    this.fact[i] = fact.id
    this.at[i] = at
    this.length[i] = length
    this.aboutKind[i] = this.kind
    this.aboutAt[i] = this.subject
    this.aboutLength[i] = this.subjectLength
  }

  /** Notes a word of our own, for what the bytes mean rather than spell. */
  say(fact: Fact, word: string): void {
    const at = this.here
    if (this.write(word)) this.add(fact, at, word.length)
    else this.lost++
  }

  /** Notes a whole number that was computed rather than read; its form must be `text`. */
  count32(fact: Fact, value: number): void {
    const at = this.here
    if (this.writeNumber(value)) this.add(fact, at, this.here - at)
    else this.lost++
  }

  /**
   * Hands [at, end) to another protocol's parser once this one is done: what follows a STARTTLS, or
   * what a frame carries. They may lie in the scratch. The heir takes notes of its own, and its
   * faults are its own.
   */
  handOver(heir: Protocol, at: number, end: number): void {
    this.heir = heir
    this.heirAt = at
    this.heirEnd = end
  }

  /** Writes an ASCII word into the scratch, whole or not at all. */
  write(word: string): boolean {
    const { scratch, scratchUsed } = this
    const length = word.length
    if (scratchUsed + length > SCRATCH_BYTES) return false
    for (let i = 0; i < length; i++) scratch[scratchUsed + i] = word.charCodeAt(i)
    this.scratchUsed = scratchUsed + length
    return true
  }

  /** Writes an unsigned number of 32 bits in decimal digits, whole or not at all. */
  writeNumber(value: number): boolean {
    let rest = value >>> 0
    let digits = 1
    for (let bound = 10; rest >= bound; bound *= 10) digits++
    if (this.scratchUsed + digits > SCRATCH_BYTES) return false
    this.scratchUsed += digits
    const { scratch, scratchUsed } = this
    for (let i = 1; i <= digits; i++) {
      const tenth = Math.floor(rest / 10)
      scratch[scratchUsed - i] = 48 + rest - tenth * 10
      rest = tenth
    }
    return true
  }

  /** Writes one byte into the scratch; when it is full, says so by returning false. */
  put(byte: number): boolean {
    if (this.scratchUsed === SCRATCH_BYTES) return false
    this.scratch[this.scratchUsed++] = byte
    return true
  }

  /** Where the next scratch byte will lie, in the form `add` and `about` take. */
  get here(): number {
    return this.scratchUsed + IN_SCRATCH
  }

  clear(): void {
    this.count = 0
    this.scratchUsed = 0
    this.heir = undefined
    this.kind = SENDER
    this.subject = -1
    this.subjectLength = 0
  }
}
