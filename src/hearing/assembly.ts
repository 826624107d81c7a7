/**
 * Fragmented packets, put together in a bounded pool so that their messages can be read whole. The
 * byte that came first stays: a later one that differs is counted and not believed.
 */

import { hashBytes, mix } from '../bytes/hash.js'
import { decode } from '../layers/decode.js'
import { Frame, WHOLE } from '../layers/frame.js'
import { ASSEMBLIES_MAX, ASSEMBLY_BYTES_MAX, FRAGMENT_SECONDS, SHARDS } from './limits.js'

const SLOTS = ASSEMBLIES_MAX / SHARDS
const BLOCK = 8
const BLOCK_WORDS = ASSEMBLY_BYTES_MAX / BLOCK / 32
const ETHERNET = 1
const MACS = 12
const ETHER_HEAD = 14
const HEAD_MAX = ETHER_HEAD + 40
const SLOT_BYTES = HEAD_MAX + ASSEMBLY_BYTES_MAX

const FREE = 0
const UNKNOWN = -1

export class Assembly {
  entries = 0
  /** Packets given up because their rest did not come, or newer ones needed their place. */
  evicted = 0
  /** Pieces that were cut, or of packets too long to be kept. */
  dropped = 0
  /** Pieces that said otherwise than those before them. */
  disagreed = 0

  /** Called with what there is of a packet that was given up, from its start. */
  onLost: (frame: Frame) => void = () => undefined

  private readonly seed: number
  private readonly pool = new Uint8Array(ASSEMBLIES_MAX * SLOT_BYTES)
  private readonly blocks = new Int32Array(ASSEMBLIES_MAX * BLOCK_WORDS)
  // By slot: its packet's key (FREE is none), blocks so far and in all, bytes in all, when it began.
  private readonly key = new Int32Array(ASSEMBLIES_MAX)
  private readonly filled = new Int32Array(ASSEMBLIES_MAX)
  private readonly total = new Int32Array(ASSEMBLIES_MAX)
  private readonly began = new Int32Array(ASSEMBLIES_MAX)
  private readonly head = new Int32Array(ASSEMBLIES_MAX)
  private readonly vlan = new Int32Array(ASSEMBLIES_MAX)
  private readonly session = new Int32Array(ASSEMBLIES_MAX)
  private readonly hasStations = new Uint8Array(ASSEMBLIES_MAX)
  private readonly routedInside = new Uint8Array(ASSEMBLIES_MAX)
  private readonly hand = new Int32Array(SHARDS)
  private readonly whole = new Frame()

  constructor(seed: number) {
    this.seed = seed
  }

  /** Whether this piece can be kept at all: one that was cut or lies too far out can't. */
  takes({ undecoded, pieceAt, pieceEnd, pieceOffset, isLastPiece }: Frame): boolean {
    const length = pieceEnd - pieceAt
    const fits = length > 0 && pieceOffset + length <= ASSEMBLY_BYTES_MAX
    if (undecoded === 0 && fits && (isLastPiece || length % BLOCK === 0)) return true
    this.dropped++
    return false
  }

  /** Keeps a piece; returns the whole packet once it is the last that was missing. */
  add(frame: Frame, shard: number, seconds: number): Frame | undefined {
    const slot = this.slotOf(frame, shard, seconds)
    const { pieceAt, pieceEnd, pieceOffset, isLastPiece } = frame
    if (isLastPiece) this.total[slot] = pieceOffset + pieceEnd - pieceAt
    this.fill(slot, frame)
    const total = this.total[slot]!
    if (total === UNKNOWN || this.filled[slot]! < Math.ceil(total / BLOCK)) return undefined
    return this.read(slot, total)
  }

  /** Gives up what this shard still waits for. */
  end(shard: number): void {
    for (let slot = shard * SLOTS; slot < (shard + 1) * SLOTS; slot++) this.lose(slot)
  }

  private slotOf(frame: Frame, shard: number, seconds: number): number {
    const key = this.keyOf(frame)
    const from = shard * SLOTS
    let free = -1
    for (let slot = from; slot < from + SLOTS; slot++) {
      if (this.key[slot] === FREE) free = slot
      else if (Math.abs(seconds - this.began[slot]!) > FRAGMENT_SECONDS) {
        this.lose(slot)
        free = slot
      } else if (this.key[slot] === key && this.isSame(slot, frame)) return slot
    }
    if (free < 0) {
      free = from + this.hand[shard]!
      this.hand[shard] = (this.hand[shard]! + 1) % SLOTS
      this.lose(free)
    }
    this.begin(free, key, frame, seconds)
    return free
  }

  private keyOf({ bytes, network, sourceIp, fragmentId, pieceProtocol, session }: Frame): number {
    const start = mix(mix(mix(this.seed, fragmentId), pieceProtocol), session)
    return hashBytes(start, bytes, sourceIp, network === 4 ? 8 : 32) || 1
  }

  /** Two packets whose keys are the same by chance differ in their addresses. */
  private isSame(slot: number, { bytes, network, sourceIp }: Frame): boolean {
    const addresses = network === 4 ? 8 : 32
    const at = slot * SLOT_BYTES + HEAD_MAX - addresses
    if (this.head[slot] !== headBytes(network)) return false
    for (let i = 0; i < addresses; i++) if (this.pool[at + i] !== bytes[sourceIp + i]) return false
    return true
  }

  private begin(slot: number, key: number, frame: Frame, seconds: number): void {
    this.entries++
    this.key[slot] = key
    this.filled[slot] = 0
    this.total[slot] = UNKNOWN
    this.began[slot] = seconds
    this.head[slot] = headBytes(frame.network)
    this.vlan[slot] = frame.vlan
    this.session[slot] = frame.session
    this.hasStations[slot] = frame.sourceMac >= 0 && frame.targetMac >= 0 ? 1 : 0
    this.routedInside[slot] = frame.routedInside ? 1 : 0
    this.blocks.fill(0, slot * BLOCK_WORDS, (slot + 1) * BLOCK_WORDS)
    this.writeHead(slot, frame)
  }

  /** An Ethernet and an IP header that end where the pieces begin. */
  private writeHead(slot: number, frame: Frame): void {
    const { pool } = this
    const { bytes, network, sourceIp, targetMac, sourceMac } = frame
    const end = slot * SLOT_BYTES + HEAD_MAX
    const addresses = network === 4 ? 8 : 32
    const ip = end - (network === 4 ? 20 : 40)
    const at = ip - ETHER_HEAD
    pool.fill(0, at, end)
    if (this.hasStations[slot] === 1) {
      pool.set(bytes.subarray(targetMac, targetMac + 6), at)
      pool.set(bytes.subarray(sourceMac, sourceMac + 6), at + 6)
    }
    pool[at + MACS] = network === 4 ? 0x08 : 0x86
    pool[at + MACS + 1] = network === 4 ? 0x00 : 0xdd
    pool[ip] = network === 4 ? 0x45 : 0x60
    pool[ip + (network === 4 ? 9 : 6)] = frame.pieceProtocol
    pool[ip + (network === 4 ? 8 : 7)] = frame.ttl
    pool.set(bytes.subarray(sourceIp, sourceIp + addresses), end - addresses)
  }

  private fill(slot: number, { bytes, pieceAt, pieceEnd, pieceOffset }: Frame): void {
    const { pool, blocks } = this
    const to = slot * SLOT_BYTES + HEAD_MAX + pieceOffset
    for (let done = 0; done < pieceEnd - pieceAt; done += BLOCK) {
      const block = (pieceOffset + done) / BLOCK
      const word = slot * BLOCK_WORDS + (block >> 5)
      const bit = 1 << (block & 31)
      const count = Math.min(BLOCK, pieceEnd - pieceAt - done)
      if ((blocks[word]! & bit) === 0) {
        blocks[word]! |= bit
        this.filled[slot]!++
        for (let i = 0; i < count; i++) pool[to + done + i] = bytes[pieceAt + done + i]!
      } else if (differs(pool, to + done, bytes, pieceAt + done, count)) this.disagreed++
    }
  }

  private lose(slot: number): void {
    if (this.key[slot] === FREE) return
    let blocks = 0
    while (this.hasBlock(slot, blocks)) blocks++
    this.evicted++
    const frame = this.read(slot, blocks * BLOCK)
    if (blocks > 0) this.onLost(frame)
  }

  private hasBlock(slot: number, block: number): boolean {
    const word = block >> 5
    return (
      word < BLOCK_WORDS && (this.blocks[slot * BLOCK_WORDS + word]! & (1 << (block & 31))) !== 0
    )
  }

  /** The packet as one frame, and its slot is free again: its bytes stand until the next piece. */
  private read(slot: number, length: number): Frame {
    const { pool, whole } = this
    const from = slot * SLOT_BYTES + HEAD_MAX
    const head = this.head[slot]!
    const ip = from - head + ETHER_HEAD
    const isFour = head === ETHER_HEAD + 20
    const told = isFour ? 20 + length : length
    pool[ip + (isFour ? 2 : 4)] = told >> 8
    pool[ip + (isFour ? 3 : 5)] = told
    decode(whole, pool, from - head, from + length, ETHERNET)
    whole.vlan = this.vlan[slot]!
    whole.session = this.session[slot]!
    whole.fragment = WHOLE
    whole.routedInside = this.routedInside[slot] === 1
    if (this.hasStations[slot] === 0) whole.targetMac = whole.sourceMac = -1
    this.key[slot] = FREE
    this.entries--
    return whole
  }
}

const headBytes = (network: number): number => ETHER_HEAD + (network === 4 ? 20 : 40)

function differs(a: Uint8Array, at: number, b: Uint8Array, from: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[at + i] !== b[from + i]) return true
  return false
}
