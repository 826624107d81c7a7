/**
 * Spoilt frames, given to everything that reads frames: layers, every parser by itself, and the
 * whole data plane. Nothing may throw, no note may lie outside what was read, nothing may take long.
 */

import type { Frame as Sent } from '../../fixtures/build/frames.js'
import { pcap } from '../../fixtures/build/capture.js'
import { Cursor } from '../../src/bytes/cursor.js'
import { hearCapture } from '../../src/hearing/hear-capture.js'
import { decode } from '../../src/layers/decode.js'
import { Frame, LAYERS_MAX } from '../../src/layers/frame.js'
import { protocols } from '../../src/protocols/index.js'
import { kerberos } from '../../src/protocols/kerberos.js'
import { ntlmssp } from '../../src/protocols/ntlmssp.js'
import { IN_SCRATCH, Notes, Talk, type Protocol, type Side } from '../../src/protocols/protocol.js'
import { tls } from '../../src/protocols/tls.js'
import { Chance, spoil } from './chance.js'
import { TEXT, type Message } from './messages.js'

/** A parser may take this long for a KiB; what seems longer is timed again, for it may be noise. */
const KIB_MS = 1
const TIMED_AGAIN = 25

const FRAME_MAX = 4096
/** The two openings of a connection, one behind the other. */
const OPENING_MAX = 16384
const CLIENT_MAX = 8192
/** Bytes before and behind what may be read: a note that lies there is a mistake. */
const MARGIN = 64
const LINKS = [1, 1, 1, 1, 0, 9, 12, 101, 105, 108, 113, 127, 228, 229, 276]
const SIDES: readonly Side[] = ['client', 'server', 'unknown']
const HEARD_FRAMES = 4000

const overTcp = protocols.filter(({ heard }) => heard.some(where => where.startsWith('tcp')))

/** A sign-in and a handshake are read where they stand, within what other protocols say. */
const WITHIN_OTHERS = new Set(
  [ntlmssp, kerberos, tls].flatMap(({ facts }) => facts.map(({ id }) => id)),
)

/** A parser, and the messages it was made for. */
interface Family {
  readonly protocol: Protocol
  readonly messages: readonly Message[]
  readonly texts: readonly Uint8Array[]
}

export class Assault {
  frames = 0
  private readonly chance: Chance
  private readonly seeds: readonly Uint8Array[]
  /** What the seeds carry over TCP. */
  private readonly spoken: readonly Uint8Array[]
  private readonly bytes = new Uint8Array(2 * MARGIN + OPENING_MAX + CLIENT_MAX)
  private readonly families: readonly Family[]
  /** Where messages are spoilt. */
  private readonly text: Uint8Array
  private readonly frame = new Frame()
  private readonly cursor = new Cursor()
  private readonly notes = new Notes()
  private readonly talk = new Talk()
  /** Where what may be read ends. */
  private end = 0

  constructor(
    seeds: readonly Uint8Array[],
    seed: number,
    messages: ReadonlyMap<string, readonly Message[]> = new Map(),
  ) {
    this.seeds = seeds
    this.text = this.bytes.subarray(MARGIN + TEXT, MARGIN + TEXT + FRAME_MAX)
    this.families = protocols.flatMap(protocol => {
      const own = messages.get(protocol.name) ?? []
      const texts = own.map(({ text }) => text)
      return own.length === 0 ? [] : [{ protocol, messages: own, texts }]
    })
    this.spoken = seeds.map(bytes => this.payloadOf(bytes)).filter(bytes => bytes.length > 0)
    this.chance = new Chance(seed)
  }

  /** One spoilt frame through the layers and all parsers; now and then openings of many. */
  strike(): void {
    const { bytes, chance, frame } = this
    const into = bytes.subarray(MARGIN, MARGIN + FRAME_MAX)
    const end = MARGIN + spoil(chance, this.seeds, into)
    this.frames++
    decode(frame, bytes, MARGIN, end, chance.pick(LINKS))
    this.checkFrame(end)
    const starts = [frame.payloadAt, frame.transportAt, MARGIN + chance.below(end - MARGIN)]
    for (const start of starts)
      this.parseAll(protocols, Math.min(Math.max(MARGIN, start), end), end)
    if (this.frames % 64 === 0) this.openConnection()
  }

  /**
   * One spoilt message to the parser it was made for, as if it had come so, and now and then to
   * another one.
   */
  strikeMessage(): void {
    const { bytes, chance, talk } = this
    const { protocol, messages, texts } = chance.pick(this.families)
    const message = chance.pick(messages)
    const start = message.lend(bytes, MARGIN, talk) - message.length
    const end = start + spoil(chance, texts, this.text, message.text)
    this.end = end + message.other.length
    bytes.set(message.other, end)
    talk.other.over(bytes, end, this.end)
    this.frames++
    this.parseTimed(protocol, start, end)
    if (this.frames % 8 === 0) this.parseTimed(chance.pick(protocols), start, end)
  }

  private parseTimed(protocol: Protocol, start: number, end: number): void {
    const limit = KIB_MS * Math.ceil((this.end - start + 1) / 1024)
    const begun = performance.now()
    this.parse(protocol, start, end)
    if (performance.now() - begun > limit) this.time(protocol, start, end, limit)
  }

  /** Many spoilt frames through the whole data plane, as a capture. */
  async hear(): Promise<void> {
    const frames: Sent[] = []
    const into = new Uint8Array(FRAME_MAX)
    for (let i = 0; i < HEARD_FRAMES; i++) {
      frames.push({ bytes: into.slice(0, spoil(this.chance, this.seeds, into)) })
    }
    this.frames += HEARD_FRAMES
    await hearCapture(pcap(frames))
  }

  private payloadOf(bytes: Uint8Array): Uint8Array {
    const { frame } = this
    decode(frame, bytes, 0, bytes.length, 1)
    return bytes.subarray(
      frame.payloadAt,
      frame.protocol === 6 ? frame.payloadEnd : frame.payloadAt,
    )
  }

  private checkFrame(end: number): void {
    const { frame } = this
    const transport = frame.protocol < 0 ? frame.payloadAt : frame.transportAt
    const places = [frame.networkAt, transport, frame.payloadAt, frame.payloadEnd]
    for (const place of places) {
      if (place < MARGIN || place > end) throw new Error(`the layers point at ${String(place)}`)
    }
    if (frame.payloadAt > frame.payloadEnd) throw new Error('the payload ends before it begins')
    const length = frame.network === 4 ? 4 : 16
    const last = [
      ...[frame.sourceMac, frame.targetMac].map(at => at + 6),
      ...[frame.sourceIp, frame.targetIp].map(at => (at < 0 ? 0 : at + length)),
    ]
    if (Math.max(...last) > end) throw new Error('an address lies outside the frame')
    if (frame.layerCount > LAYERS_MAX) throw new Error('too many layers')
  }

  private parseAll(these: readonly Protocol[], start: number, end: number): void {
    this.setTalk(end)
    const begun = performance.now()
    for (const protocol of these) this.parse(protocol, start, end)
    const limit = KIB_MS * Math.ceil((end - start + 1) / 1024)
    if (performance.now() - begun < limit) return
    for (const protocol of these) this.time(protocol, start, end, limit)
  }

  private time(protocol: Protocol, start: number, end: number, limit: number): void {
    let fastest = Infinity
    for (let i = 0; i < TIMED_AGAIN; i++) {
      const begun = performance.now()
      this.parse(protocol, start, end)
      fastest = Math.min(fastest, performance.now() - begun)
    }
    if (fastest < limit) return
    const place = `${String(end - start)} bytes, frame ${String(this.frames)}`
    throw new Error(`${protocol.name} took ${fastest.toFixed(2)} ms for ${place}`)
  }

  private parse(protocol: Protocol, start: number, end: number): void {
    const { cursor, notes, talk } = this
    notes.clear()
    talk.other.over(talk.other.bytes, talk.other.start, talk.other.end)
    protocol.parse(cursor.over(this.bytes, start, end), notes, talk)
    this.checkNotes(protocol)
    if (cursor.at > end || cursor.end > end) throw new Error(`${protocol.name} read too far`)
  }

  private checkNotes({ name, facts }: Protocol): void {
    const { notes } = this
    for (let i = 0; i < notes.count; i++) {
      const id = notes.fact[i]!
      if (!facts.some(fact => fact.id === id) && !WITHIN_OTHERS.has(id))
        throw new Error(`${name} notes a stranger's fact`)
      this.checkPlace(name, notes.at[i]!, notes.length[i]!)
      if (notes.aboutAt[i]! >= 0) this.checkPlace(name, notes.aboutAt[i]!, notes.aboutLength[i]!)
    }
  }

  private checkPlace(name: string, at: number, length: number): void {
    const inScratch = at >= IN_SCRATCH
    const from = inScratch ? at - IN_SCRATCH : at
    const first = inScratch ? 0 : MARGIN
    const last = inScratch ? this.notes.scratchUsed : this.end
    if (length < 0 || from < first || from + length > last) {
      throw new Error(`${name} notes ${String(length)} bytes at ${String(from)} of ${String(last)}`)
    }
  }

  private setTalk(end: number): void {
    const { chance, frame, talk } = this
    this.end = end
    talk.side = chance.pick(SIDES)
    talk.from = chance.pick([frame.sourcePort, 23, 5900, 5353])
    talk.to = chance.pick([frame.targetPort, 23, 5900, 53])
    talk.hops = frame.ttl
    talk.network = frame.network
    talk.sourceMac = frame.sourceMac
    talk.targetMac = frame.targetMac
    talk.sourceIp = frame.sourceIp
    talk.targetIp = frame.targetIp
    talk.toGroup = chance.below(2) === 1
    talk.ended = chance.below(4) === 0
    talk.turnCount = chance.below(talk.turns.length + 1)
    for (let i = 0; i < talk.turnCount; i++) talk.turns[i] = chance.below(2)
    talk.other.over(this.bytes, end, end)
  }

  /** Two openings as long as they get, of pieces of frames: what a parser must read in one go. */
  private openConnection(): void {
    const { bytes, chance, frame, talk } = this
    const middle = MARGIN + this.fill(MARGIN, OPENING_MAX)
    const end = middle + this.fill(middle, CLIENT_MAX)
    frame.sourceMac = MARGIN
    frame.targetMac = MARGIN + 8
    frame.sourceIp = MARGIN + 16
    frame.targetIp = MARGIN + 32
    frame.network = chance.below(2) === 0 ? 4 : 6
    this.setTalk(end)
    talk.other.over(bytes, middle, end)
    const limit = KIB_MS * Math.ceil((end - MARGIN) / 1024)
    for (const protocol of overTcp) {
      const begun = performance.now()
      this.parse(protocol, MARGIN, middle)
      if (performance.now() - begun > limit) this.time(protocol, MARGIN, middle, limit)
    }
  }

  /** An opening as it may begin, then pieces of what is said over TCP, some again and again. */
  private fill(at: number, room: number): number {
    const { bytes, chance, spoken } = this
    const length = 64 + chance.below(room - 64)
    let done = 0
    for (let pieces = 0; done < length; pieces++) {
      const piece = chance.pick(spoken)
      const from = pieces === 0 ? 0 : chance.below(piece.length)
      const count = Math.min(1 + chance.below(40), piece.length - from, length - done)
      for (
        let again = chance.below(8) === 0 ? 2000 : 1;
        again > 0 && done + count <= length;
        again--
      ) {
        bytes.set(piece.subarray(from, from + count), at + done)
        done += count
      }
    }
    return length
  }
}
