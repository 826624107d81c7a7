/**
 * The kernel's ring, heard in place by the worker that owns it: one block of frames becomes one
 * batch over the ring's own bytes, and is handed back when it was heard.
 */

import type { Addon } from './addon.js'
import * as b from './blocks.js'
import { BLOCK_HEADER_BYTES, FRAME_HEADER_BYTES, KERNELS, OURS } from './blocks.js'
import type { Ear } from './ear.js'
import { CaptureError, liveError } from './errors.js'
import { Batch, FRAMES_MAX } from './source.js'

export interface RingMapping {
  readonly socket: number
  readonly block_bytes: number
  readonly blocks: number
  /** The interface's number within its source, and its pcap link type: told with each frame. */
  readonly port: number
  readonly link: number
  /** The interface's name, for errors. */
  readonly interface?: string
  /** The interface's own hardware address. */
  readonly station?: Uint8Array | undefined
  /** Longer frames were merged by the network card or the kernel; 1,500 if not given. */
  readonly mtu?: number
  /** How many frames came before the group was whole (`Group.early`): they are discarded. */
  readonly early?: number
  /** Somebody who died held this ring: the block that was in his hands is discarded. */
  readonly takes_over?: boolean
}

/** Counts since the ring was mapped; what the kernel counts, since it was opened. */
export interface RingStatistics {
  /** Frames the kernel had for this ring, with those it dropped. */
  received: number
  dropped: number
  /** Times the ring was full. */
  freezes: number
  /** Frames found in the ring, and blocks of them. */
  walked: number
  blocks: number
  /** Frames that were in the ring and are in no batch: early, taken over, or in a broken block. */
  discarded: number
  broken: number
  /** Frames the kernel marked: dropping nearby, checksum not computed yet, several in one. */
  losing: number
  unsummed: number
  merged: number
  /** The largest part of the ring that was ready at once: 1 is full. */
  fullest: number
}

/** Columns of what is counted by frame and block. */
const WALKED = 0
const BLOCKS = 1
const DISCARDED = 2
const BROKEN = 3
const LOSING = 4
const UNSUMMED = 5
const MERGED = 6
const RECEIVED = 7
const DROPPED = 8
const FREEZES = 9
const COLUMNS = 10

/** Ethernet's header, two tags: what a frame may be longer than the MTU. */
const LINK_BYTES = 22
const MTU = 1500
const FLAGS = b.LOSING | b.CHECKSUM_NOT_READY | b.TAG_VALID | b.MERGED_TCP

/** No frame takes less of a ring: its header, its address, its bytes, aligned. */
const FRAME_BYTES_MIN = 64

/** What an ear needs of the addon. */
export type RingAddon = Pick<Addon, 'ringMap' | 'ringUnmap' | 'statistics'>

export class RingEar implements Ear {
  /** The frames of the block that `next` found; valid until `release`. */
  readonly batch: Batch
  readonly socket: number
  readonly station: Uint8Array | undefined
  private readonly addon: RingAddon
  private readonly memory: ArrayBuffer
  private readonly words: Int32Array
  private readonly block_words: number
  private readonly block_count: number
  private readonly long: number
  private readonly counts = new Float64Array(COLUMNS)
  private readonly kernel = new Uint32Array(3)
  /** The block being read, where in it (in words; 0 is its beginning), and how many frames are left. */
  private block: number
  private here = 0
  private left = 0
  /** Blocks read and not handed back, which lie right before `block`. */
  private held = 0
  /** Blocks known to be ready, from `block` on; the most there ever were. */
  private ready = 0
  private most = 0
  private early: number
  private closed = false

  constructor(addon: RingAddon, mapping: RingMapping) {
    const { socket, block_bytes, blocks, port, link } = mapping
    const memory = addon.ringMap(socket, block_bytes * blocks)
    if (!(memory instanceof ArrayBuffer)) {
      throw liveError(memory, mapping.interface ?? `socket ${socket}`)
    }
    this.addon = addon
    this.socket = socket
    this.station = mapping.station
    this.memory = memory
    this.words = new Int32Array(memory)
    const frames = Math.min(FRAMES_MAX, block_bytes / FRAME_BYTES_MIN)
    this.batch = new Batch(new Uint8Array(memory), false, frames)
    this.batch.link.fill(link)
    this.batch.port.fill(port)
    this.block_words = block_bytes >> 2
    this.block_count = blocks
    this.long = (mapping.mtu ?? MTU) + LINK_BYTES
    this.early = mapping.early ?? 0
    this.block = this.firstBlock()
    if (mapping.takes_over === true) this.skipBlock()
  }

  /** Fills the batch with the frames of the next block; false when none is ready. */
  next(): boolean {
    const { batch } = this
    batch.count = 0
    while (batch.count === 0) {
      if (this.here === 0 && !this.begin()) return false
      this.walk()
      if (this.early > 0) this.discardEarly()
    }
    return true
  }

  /** Hands back all blocks that were read to their end; the batch is empty from then on. */
  release(): void {
    const { words, block_words, block_count } = this
    this.batch.count = 0
    for (; this.held > 0; this.held--) {
      let block = this.block - this.held
      if (block < 0) block += block_count
      Atomics.store(words, block * block_words + (b.BLOCK_STATUS >> 2), KERNELS)
    }
  }

  get given(): number {
    return this.counts[WALKED]! - this.counts[DISCARDED]!
  }

  /** What was counted so far. What the kernel counts is read, and thereby reset, here. */
  statistics(): RingStatistics {
    const { counts, kernel } = this
    if (!this.closed && this.addon.statistics(this.socket, kernel) === undefined) {
      for (let i = 0; i < 3; i++) counts[RECEIVED + i]! += kernel[i]!
    }
    return {
      received: counts[RECEIVED]!,
      dropped: counts[DROPPED]!,
      freezes: counts[FREEZES]!,
      walked: counts[WALKED]!,
      blocks: counts[BLOCKS]!,
      discarded: counts[DISCARDED]!,
      broken: counts[BROKEN]!,
      losing: counts[LOSING]!,
      unsummed: counts[UNSUMMED]!,
      merged: counts[MERGED]!,
      fullest: this.most / this.block_count,
    }
  }

  /** Which part of the ring is ready now. */
  fill(): number {
    if (!this.closed) this.lookAhead()
    return this.ready / this.block_count
  }

  /** Gives the memory back; the socket stays open. Twice is as good as once. */
  close(): void {
    if (this.closed) return
    this.statistics()
    this.closed = true
    this.batch.count = 0
    this.held = 0
    this.addon.ringUnmap(this.memory)
  }

  /**
   * Where the kernel will hand over the next block. A fresh ring begins at 0; one that somebody
   * left, at the oldest block that is ready, or else where the kernel writes.
   */
  private firstBlock(): number {
    const { words, block_words } = this
    let oldest = -1
    let newest = 0
    let oldest_sequence = 0
    let newest_sequence = words[b.BLOCK_SEQUENCE >> 2]!
    for (let i = 0; i < this.block_count; i++) {
      const at = i * block_words
      const sequence = words[at + (b.BLOCK_SEQUENCE >> 2)]!
      // Sequences wrap round, so they are compared by their difference.
      if (((sequence - newest_sequence) | 0) > 0) {
        newest = i
        newest_sequence = sequence
      }
      if ((Atomics.load(words, at + (b.BLOCK_STATUS >> 2)) & OURS) === 0) continue
      if (oldest < 0 || ((sequence - oldest_sequence) | 0) < 0) {
        oldest = i
        oldest_sequence = sequence
      }
    }
    return oldest < 0 ? newest : oldest
  }

  private skipBlock(): void {
    if (!this.begin()) return
    this.counts[WALKED]! += this.left
    this.counts[DISCARDED]! += this.left
    this.endBlock()
    this.release()
  }

  /** Takes the next block if it is ready. */
  private begin(): boolean {
    if (this.closed) return false
    this.lookAhead()
    if (this.ready === 0) return false
    const at = this.block * this.block_words
    const first = this.words[at + (b.BLOCK_FIRST >> 2)]!
    this.left = this.words[at + (b.BLOCK_FRAMES >> 2)]!
    this.here = at + (first >> 2)
    this.counts[BLOCKS]!++
    return true
  }

  /** Each block is looked at once, and the one that is not ready once more each time. */
  private lookAhead(): void {
    const { words, block_words, block_count, held } = this
    let { ready } = this
    while (ready + held < block_count) {
      let block = this.block + ready
      if (block >= block_count) block -= block_count
      if ((Atomics.load(words, block * block_words + (b.BLOCK_STATUS >> 2)) & OURS) === 0) break
      ready++
    }
    this.ready = ready
    if (ready + held > this.most) this.most = ready + held
  }

  private endBlock(): void {
    this.here = 0
    this.left = 0
    this.ready--
    this.held++
    this.block = this.block + 1 === this.block_count ? 0 : this.block + 1
  }

  /** Adds frames to the batch, until the block or the batch is full. */
  private walk(): void {
    const { words, batch, block_words } = this
    const { at, length, wire, seconds, micros, tag } = batch
    const from = this.block * block_words
    const end = from + block_words
    const last = end - (FRAME_HEADER_BYTES >> 2)
    const first = from + (BLOCK_HEADER_BYTES >> 2)
    const frames = Math.min(this.left, at.length)
    const bytes_end = end << 2
    const long = this.long
    let here = this.here
    let count = 0
    let tagged = false
    while (count < frames) {
      if (here < first || here > last) break
      const captured = words[here + (b.FRAME_CAPTURED >> 2)]!
      const place = (here << 2) + (words[here + (b.FRAME_MAC >> 2)]! & 0xffff)
      if (captured < 0 || captured > bytes_end - place) break
      const status = words[here + (b.FRAME_STATUS >> 2)]!
      let on_wire = words[here + (b.FRAME_WIRE >> 2)]!
      let vlan = 0
      if ((status & FLAGS) !== 0 || on_wire > long) {
        this.mark(status, on_wire)
        if ((status & b.TAG_VALID) !== 0) {
          vlan = words[here + (b.FRAME_TAG >> 2)]! & b.VLAN_MASK
          on_wire += b.TAG_BYTES
          tagged = true
        }
      }
      at[count] = place
      length[count] = captured
      wire[count] = on_wire < captured ? captured : on_wire
      seconds[count] = words[here + (b.FRAME_SECONDS >> 2)]!
      micros[count] = (words[here + (b.FRAME_NANOS >> 2)]! / 1000) | 0
      tag[count] = vlan
      count++
      const step = words[here + (b.FRAME_NEXT >> 2)]!
      // A step of nothing is the last frame, and a stray one must not lead round in circles.
      if (step < FRAME_HEADER_BYTES) break
      here += step >> 2
    }
    batch.count = count
    batch.tagged = tagged
    this.here = here
    this.settle(count)
  }

  /** More may be left because the batch is full; else the block does not hold what it says. */
  private settle(count: number): void {
    this.left -= count
    this.counts[WALKED]! += count
    if (this.left > 0 && count === this.batch.at.length) return
    if (this.left > 0) this.counts[BROKEN]! += this.left
    this.endBlock()
  }

  /** Few frames have flags. */
  private mark(status: number, on_wire: number): void {
    if ((status & b.LOSING) !== 0) this.counts[LOSING]!++
    if ((status & b.CHECKSUM_NOT_READY) !== 0) this.counts[UNSUMMED]!++
    if ((status & b.MERGED_TCP) !== 0 || on_wire > this.long) this.counts[MERGED]!++
  }

  private discardEarly(): void {
    const { batch } = this
    const drop = Math.min(this.early, batch.count)
    this.early -= drop
    this.counts[DISCARDED]! += drop
    batch.count -= drop
    for (const column of [batch.at, batch.length, batch.wire, batch.seconds, batch.micros]) {
      column.copyWithin(0, drop, drop + batch.count)
    }
    batch.tag.copyWithin(0, drop, drop + batch.count)
  }
}

/** How much memory a ring of this shape takes; a CaptureError if the kernel would refuse it. */
export function ringBytes(shape: { block_bytes: number; blocks: number }): number {
  const { block_bytes, blocks } = shape
  const fits = block_bytes >= 4096 && (block_bytes & (block_bytes - 1)) === 0 && blocks > 0
  if (!fits) throw new CaptureError('shape', `${blocks} blocks of ${block_bytes} bytes`)
  return block_bytes * blocks
}
