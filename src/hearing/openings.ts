/**
 * The openings of TCP connections: the first KiB of each direction, kept in order, without the rest
 * of stream reassembly.
 *
 * A parser sees both sides. It runs again from the start when the opening has what it lacked, so
 * what a connection says is a pure function of its two openings and of who spoke when.
 */

import {
  CANDIDATES_MAX,
  CLIENT_OPENING_BYTES,
  OPENING_CHUNK_BYTES,
  OPENING_CHUNKS_MAX,
  OPENING_EAGER_RUNS,
  OPENING_RUNS_MAX,
  OPENINGS_MAX,
  SERVER_OPENING_BYTES,
  SHARDS,
} from './limits.js'

const SLOTS = OPENINGS_MAX / SHARDS
const CHUNKS = OPENING_CHUNKS_MAX / SHARDS
const CLIENT_CHUNKS = CLIENT_OPENING_BYTES / OPENING_CHUNK_BYTES
const SLOT_CHUNKS = CLIENT_CHUNKS + SERVER_OPENING_BYTES / OPENING_CHUNK_BYTES
const TURNS = 32
const NONE = -1

/** Room to read in: for what belongs to both sides, and then both sides' bytes. */
const STAGE_HEAD_BYTES = 256
export const STAGE_BYTES = STAGE_HEAD_BYTES + CLIENT_OPENING_BYTES + SERVER_OPENING_BYTES

export const CLIENT = 0
export const SERVER = 1

/** Chunks lie behind the stage. */
const POOL = STAGE_BYTES

export class Openings {
  /** Begins with STAGE_BYTES for whoever reads openings. */
  readonly memory = new Uint8Array(POOL + OPENING_CHUNKS_MAX * OPENING_CHUNK_BYTES)

  /** By slot: the conversation's row (or NONE), the candidate protocol, when it was heard last. */
  readonly row = new Int32Array(OPENINGS_MAX).fill(NONE)
  readonly protocol = new Uint8Array(OPENINGS_MAX)
  readonly seen = new Int32Array(OPENINGS_MAX)
  /** By slot: who refused it so far, whether its protocol said anything, and who inherited it last. */
  readonly refused = new Uint8Array(OPENINGS_MAX * CANDIDATES_MAX)
  readonly refusals = new Uint8Array(OPENINGS_MAX)
  readonly told = new Uint8Array(OPENINGS_MAX)
  readonly counted = new Uint8Array(OPENINGS_MAX)
  readonly heir = new Uint8Array(OPENINGS_MAX)
  /** By slot: how often the connection was opened again. */
  readonly again = new Uint8Array(OPENINGS_MAX)
  /** By slot: how many segments were kept or might have been. */
  readonly segments = new Uint16Array(OPENINGS_MAX)
  readonly turnCount = new Uint8Array(OPENINGS_MAX)
  readonly turns = new Uint8Array(OPENINGS_MAX * TURNS)

  /** By slot and side: bytes in order, and how far the parser got. */
  readonly length = new Int32Array(OPENINGS_MAX * 2)
  readonly wanted = new Int32Array(OPENINGS_MAX * 2)
  readonly runAt = new Int32Array(OPENINGS_MAX * 2)
  readonly runs = new Uint8Array(OPENINGS_MAX * 2)
  readonly done = new Uint8Array(OPENINGS_MAX * 2)

  entries = 0
  /** Openings that were settled early because newer ones needed their place. */
  evicted = 0
  /** Segments that found no chunk. */
  dropped = 0

  private readonly base = new Int32Array(OPENINGS_MAX * 2)
  private readonly based = new Uint8Array(OPENINGS_MAX * 2)
  /** One stretch beyond a hole, that waits for the hole to be filled. */
  private readonly aheadFrom = new Int32Array(OPENINGS_MAX * 2)
  private readonly aheadTo = new Int32Array(OPENINGS_MAX * 2)
  private readonly chunks = new Int32Array(OPENINGS_MAX * SLOT_CHUNKS).fill(NONE)
  /** What is being read, and behind it all chunks: within one memory bytes are moved at once. */
  private readonly view = new DataView(this.memory.buffer)
  /** Where segments are kept from: the capture's buffer, seen anew when it is another. */
  private from: Uint8Array = this.memory
  private fromView: DataView = this.view
  private readonly freeChunks = new Int32Array(OPENING_CHUNKS_MAX)
  private readonly freeCount = new Int32Array(SHARDS)
  private readonly hand = new Int32Array(SHARDS)

  constructor() {
    for (let chunk = 0; chunk < OPENING_CHUNKS_MAX; chunk++) {
      const shard = Math.floor(chunk / CHUNKS)
      this.freeChunks[shard * CHUNKS + this.freeCount[shard]!++] = chunk
    }
  }

  /**
   * The slot the next opening of this shard will get, in turn. If it still has a row, the caller
   * settles that one first: it is the oldest.
   */
  next(shard: number): number {
    const from = shard * SLOTS
    for (let i = 0; i < SLOTS; i++) {
      const slot = from + ((this.hand[shard]! + i) % SLOTS)
      if (this.row[slot] === NONE) {
        this.hand[shard] = slot - from + 1
        return slot
      }
      if (i === 7) break // Nearly full: looking longer for a hole costs more than an old opening is worth.
    }
    this.evicted++
    const oldest = from + (this.hand[shard]! % SLOTS)
    this.hand[shard] = oldest - from + 1
    return oldest
  }

  open(slot: number, row: number, protocol: number): void {
    this.row[slot] = row
    this.protocol[slot] = protocol
    this.turnCount[slot] = this.refusals[slot] = this.again[slot] = this.segments[slot] = 0
    this.told[slot] = this.counted[slot] = this.heir[slot] = 0
    for (let i = slot * 2; i < slot * 2 + 2; i++) {
      this.length[i] = this.wanted[i] = this.runAt[i] = this.aheadFrom[i] = this.aheadTo[i] = 0
      this.runs[i] = this.done[i] = this.based[i] = 0
    }
    this.entries++
  }

  /** Lets another protocol read what was kept, from its start. False once enough have refused. */
  retry(slot: number, protocol: number): boolean {
    const count = this.refusals[slot]!
    if (count === CANDIDATES_MAX - 1) return false
    this.refused[slot * CANDIDATES_MAX + count] = this.protocol[slot]!
    this.refusals[slot] = count + 1
    this.protocol[slot] = protocol
    for (let i = slot * 2; i < slot * 2 + 2; i++) {
      this.wanted[i] = this.runAt[i] = this.runs[i] = this.done[i] = 0
    }
    return true
  }

  hasRefused(slot: number, protocol: number): boolean {
    if (this.protocol[slot] === protocol) return true
    for (let i = 0; i < this.refusals[slot]!; i++) {
      if (this.refused[slot * CANDIDATES_MAX + i] === protocol) return true
    }
    return false
  }

  /** Who was tried first. */
  favourite(slot: number): number {
    return this.refusals[slot] === 0 ? this.protocol[slot]! : this.refused[slot * CANDIDATES_MAX]!
  }

  /** Where a side's bytes begin: the number after its SYN's. */
  startsAt(slot: number, side: number, sequence: number): void {
    this.base[slot * 2 + side] = sequence
    this.based[slot * 2 + side] = 1
  }

  /** Keeps a segment; true if there is more to read in order than before. */
  keep(
    slot: number,
    side: number,
    sequence: number,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): boolean {
    const i = slot * 2 + side
    if (this.based[i] === 0) this.startsAt(slot, side, sequence)
    let offset = (sequence - this.base[i]!) | 0
    if (offset < 0) {
      at -= offset
      offset = 0
    }
    const room = side === CLIENT ? CLIENT_OPENING_BYTES : SERVER_OPENING_BYTES
    const length = Math.min(end - at, room - offset)
    if (length <= 0 || !this.write(slot, side, offset, bytes, at, length)) return false
    if (offset > this.length[i]!) {
      this.keepAhead(i, offset, offset + length)
      return false
    }
    if (offset + length <= this.length[i]!) return false
    this.length[i] = offset + length
    if (this.aheadTo[i]! > 0 && this.aheadFrom[i]! <= this.length[i]!) {
      this.length[i] = Math.max(this.length[i]!, this.aheadTo[i]!)
      this.aheadTo[i] = 0
    }
    this.mark(slot, side)
    return true
  }

  /** Whether there is a reason to run the parser over this side now. */
  isDue(slot: number, side: number): boolean {
    const i = slot * 2 + side
    if (this.done[i] === 1 || this.runs[i]! >= OPENING_RUNS_MAX) return false
    const length = this.length[i]!
    if (this.runs[i] === 0 || length >= 2 * this.runAt[i]!) return true
    return this.runs[i]! < OPENING_EAGER_RUNS && length >= this.wanted[i]!
  }

  isFull(slot: number, side: number): boolean {
    return (
      this.length[slot * 2 + side]! >=
      (side === CLIENT ? CLIENT_OPENING_BYTES : SERVER_OPENING_BYTES)
    )
  }

  /** Puts one side's bytes, which lie in chunks, at a place of the stage; returns how many. */
  stage(slot: number, side: number, place: number): number {
    const length = this.length[slot * 2 + side]!
    for (let offset = 0; offset < length; offset += OPENING_CHUNK_BYTES) {
      const from = POOL + this.chunks[this.chunkAt(slot, side, offset)]! * OPENING_CHUNK_BYTES
      const count = Math.min(OPENING_CHUNK_BYTES, length - offset)
      this.memory.copyWithin(place + offset, from, from + count)
    }
    return length
  }

  /** Gives the slot and its chunks back. */
  close(slot: number): void {
    const shard = Math.floor(slot / SLOTS)
    for (let i = slot * SLOT_CHUNKS; i < (slot + 1) * SLOT_CHUNKS; i++) {
      if (this.chunks[i] === NONE) continue
      this.freeChunks[shard * CHUNKS + this.freeCount[shard]!++] = this.chunks[i]!
      this.chunks[i] = NONE
    }
    this.row[slot] = NONE
    this.entries--
  }

  /** Calls back with every open slot of a shard, oldest first. */
  each(shard: number, visit: (slot: number) => void): void {
    const from = shard * SLOTS
    const hand = this.hand[shard]!
    for (let i = 0; i < SLOTS; i++) {
      const slot = from + ((hand + i) % SLOTS)
      if (this.row[slot] !== NONE) visit(slot)
    }
  }

  private mark(slot: number, side: number): void {
    const count = this.turnCount[slot]!
    if (count === TURNS) return
    if (count > 0 && this.turns[slot * TURNS + count - 1] === side) return
    this.turns[slot * TURNS + count] = side
    this.turnCount[slot] = count + 1
  }

  private keepAhead(i: number, from: number, to: number): void {
    if (this.aheadTo[i] === 0) {
      this.aheadFrom[i] = from
      this.aheadTo[i] = to
    } else if (from <= this.aheadTo[i]! && to >= this.aheadFrom[i]!) {
      this.aheadFrom[i] = Math.min(from, this.aheadFrom[i]!)
      this.aheadTo[i] = Math.max(to, this.aheadTo[i]!)
    }
  }

  private chunkAt(slot: number, side: number, offset: number): number {
    return (
      slot * SLOT_CHUNKS +
      (side === CLIENT ? 0 : CLIENT_CHUNKS) +
      Math.floor(offset / OPENING_CHUNK_BYTES)
    )
  }

  private write(
    slot: number,
    side: number,
    offset: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): boolean {
    for (let done = 0; done < length;) {
      const place = this.chunkAt(slot, side, offset + done)
      if (this.chunks[place] === NONE && !this.takeChunk(place, slot)) return false
      const within = (offset + done) % OPENING_CHUNK_BYTES
      const count = Math.min(OPENING_CHUNK_BYTES - within, length - done)
      this.take(bytes, at + done, count, POOL + this.chunks[place]! * OPENING_CHUNK_BYTES + within)
      done += count
    }
    return true
  }

  private takeChunk(place: number, slot: number): boolean {
    const shard = Math.floor(slot / SLOTS)
    if (this.freeCount[shard] === 0) {
      this.dropped++
      return false
    }
    this.chunks[place] = this.freeChunks[shard * CHUNKS + --this.freeCount[shard]!]!
    return true
  }

  /** Four bytes at a time: a view of just these bytes would be made anew for every segment. */
  private take(bytes: Uint8Array, at: number, count: number, to: number): void {
    if (bytes !== this.from) {
      this.from = bytes
      this.fromView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    const { memory, view, fromView } = this
    let i = 0
    for (; i <= count - 4; i += 4) view.setInt32(to + i, fromView.getInt32(at + i, true), true)
    for (; i < count; i++) memory[to + i] = bytes[at + i]!
  }
}
