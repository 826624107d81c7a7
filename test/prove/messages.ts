/** Every message of the fixtures as its parser got it, to be read again and again. */

import { Cursor } from '../../src/bytes/cursor.js'
import { pcap } from '../../fixtures/build/capture.js'
import type { Frame } from '../../fixtures/build/frames.js'
import { vxlan } from '../../fixtures/build/tunnels.js'
import { hearCapture } from '../../src/hearing/hear-capture.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { Notes, Talk, type Pieces, type Protocol } from '../../src/protocols/protocol.js'
import { loadCases, type Case } from './cases.js'

/** Hardware and network addresses, source and target, stand before the message. */
const TARGET_MAC = 6
const SOURCE_IP = 12
const TARGET_IP = 28
export const TEXT = 44

/** Each case stands in a mirror session of its own, so that none knows of the others. */
const mirror = {
  from: { mac: '02:00:00:00:00:01', ip: '192.0.2.1' },
  to: { mac: '02:00:00:00:00:02', ip: '192.0.2.2' },
}
/** More than the time within which two frames alike are one frame mirrored twice. */
const GAP_SECONDS = 0.025

export class Message {
  readonly parse: Protocol['parse']
  /** How long it is. */
  readonly length: number
  private readonly bytes: Uint8Array
  private readonly talk = new Talk()
  private readonly cursor = new Cursor()
  private readonly end: number

  constructor(parse: Protocol['parse'], cursor: Cursor, talk: Talk) {
    const { other } = talk
    this.parse = parse
    this.length = cursor.end - cursor.start
    this.end = TEXT + this.length
    this.bytes = new Uint8Array(this.end + other.end - other.start)
    copy(this.bytes, 0, cursor.bytes, talk.sourceMac, 6)
    copy(this.bytes, TARGET_MAC, cursor.bytes, talk.targetMac, 6)
    copy(this.bytes, SOURCE_IP, cursor.bytes, talk.sourceIp, talk.network === 6 ? 16 : 4)
    copy(this.bytes, TARGET_IP, cursor.bytes, talk.targetIp, talk.network === 6 ? 16 : 4)
    copy(this.bytes, TEXT, cursor.bytes, cursor.start, this.length)
    copy(this.bytes, this.end, other.bytes, other.start, other.end - other.start)
    this.keep(talk)
  }

  /** Writes addresses and message to the start of `into`, and returns how far; `talk` is told of it. */
  lend(into: Uint8Array, at: number, talk: Talk): number {
    const from = this.talk
    into.set(this.bytes.subarray(0, this.end), at)
    talk.side = from.side
    talk.from = from.from
    talk.to = from.to
    talk.turnCount = from.turnCount
    talk.turns.set(from.turns)
    talk.ended = from.ended
    talk.hops = from.hops
    talk.network = from.network
    talk.transport = from.transport
    talk.toGroup = from.toGroup
    talk.pieces = from.pieces
    talk.sourceMac = from.sourceMac < 0 ? -1 : at
    talk.targetMac = from.targetMac < 0 ? -1 : at + TARGET_MAC
    talk.sourceIp = from.sourceIp < 0 ? -1 : at + SOURCE_IP
    talk.targetIp = from.targetIp < 0 ? -1 : at + TARGET_IP
    return at + this.end
  }

  /** The message itself, and what the other side said. */
  get text(): Uint8Array {
    return this.bytes.subarray(TEXT, this.end)
  }

  get other(): Uint8Array {
    return this.bytes.subarray(this.end)
  }

  /** Reads it once; true if the parser knew what it read. */
  read(notes: Notes): boolean {
    const { cursor, talk, bytes, end } = this
    notes.clear()
    talk.enough = false
    talk.other.over(bytes, end, bytes.length)
    this.parse(cursor.over(bytes, TEXT, end), notes, talk)
    return cursor.fault === ''
  }

  private keep(talk: Talk): void {
    const { side, from, to, turnCount, ended, hops, network, transport, toGroup } = talk
    const sourceMac = talk.sourceMac < 0 ? -1 : 0
    const targetMac = talk.targetMac < 0 ? -1 : TARGET_MAC
    const sourceIp = talk.sourceIp < 0 ? -1 : SOURCE_IP
    const targetIp = talk.targetIp < 0 ? -1 : TARGET_IP
    const addresses = { sourceMac, targetMac, sourceIp, targetIp }
    const pieces = new OnePiece()
    Object.assign(this.talk, { side, from, to, turnCount, ended, hops, network, transport })
    Object.assign(this.talk, addresses, { toGroup, pieces })
    this.talk.turns.set(talk.turns)
  }
}

/** A message that comes in one piece is whole at once. */
class OnePiece implements Pieces {
  whole = 0
  readonly bytes = new Uint8Array(2048)
  readonly at = 0

  open(): boolean {
    this.whole = 0
    return true
  }

  put(offset: number, bytes: Uint8Array, at: number, length: number): void {
    if (offset !== this.whole || offset + length > this.bytes.length) return
    this.bytes.set(bytes.subarray(at, at + length), offset)
    this.whole += length
  }

  close(): void {
    this.whole = 0
  }
}

function copy(to: Uint8Array, place: number, from: Uint8Array, at: number, length: number): void {
  if (at >= 0) to.set(from.subarray(at, at + length), place)
}

/** By protocol, in the order of the list; only messages that were understood. */
export async function fixtureMessages(): Promise<Map<string, Message[]>> {
  const messages = new Map(protocols.map(({ name }) => [name, [] as Message[]]))
  const notes = new Notes()
  const listening = protocols.map(protocol => ({
    ...protocol,
    parse(cursor: Cursor, heard: Notes, talk: Talk): void {
      const message = new Message(protocol.parse, cursor, talk)
      if (message.read(notes)) messages.get(protocol.name)!.push(message)
      protocol.parse(cursor, heard, talk)
    },
  }))
  await hearCapture(pcap(sessions(await loadCases())), { protocols: listening, facts })
  return messages
}

function* sessions(cases: readonly Case[]): Generator<Frame> {
  let at = 0
  for (const [network, { frames }] of cases.entries()) {
    for (const { bytes } of frames) {
      yield { bytes: vxlan(bytes, { ...mirror, network: network + 1 }), at: (at += GAP_SECONDS) }
    }
  }
}
