/** A ring as the kernel lays it out, in plain memory: what an ear reads when no kernel is there. */

import * as b from '../../src/capture/blocks.js'
import { type RingAddon, RingEar, type RingMapping } from '../../src/capture/ring.js'

export interface Put {
  readonly bytes: Uint8Array
  readonly seconds?: number
  readonly nanos?: number
  readonly wire?: number
  readonly status?: number
  readonly tag?: number
}

/** The kernel puts a frame's bytes so far behind its header, aligned. */
const MAC_AT = 82
const ALIGNMENT = 16

export class MemoryRing {
  readonly memory: ArrayBuffer
  readonly words: Int32Array
  readonly block_bytes: number
  readonly blocks: number
  readonly counts = [0, 0, 0]
  unmapped = 0
  private sequence = 0

  constructor(block_bytes = 4096, blocks = 4) {
    this.memory = new ArrayBuffer(block_bytes * blocks)
    this.words = new Int32Array(this.memory)
    this.block_bytes = block_bytes
    this.blocks = blocks
  }

  /** Writes frames into a block and hands it over; gives how many found room. */
  fill(block: number, frames: readonly Put[]): number {
    const start = block * this.block_bytes
    let at = b.BLOCK_HEADER_BYTES
    let last = -1
    let count = 0
    for (const frame of frames) {
      const size = (MAC_AT + frame.bytes.length + ALIGNMENT - 1) & ~(ALIGNMENT - 1)
      if (at + size > this.block_bytes) break
      this.put(start + at, frame)
      this.words[(start + at + b.FRAME_NEXT) >> 2] = size
      last = start + at
      at += size
      count++
    }
    if (last >= 0) this.words[(last + b.FRAME_NEXT) >> 2] = 0
    this.words[(start + b.BLOCK_FRAMES) >> 2] = count
    this.words[(start + b.BLOCK_FIRST) >> 2] = b.BLOCK_HEADER_BYTES
    this.words[(start + b.BLOCK_SEQUENCE) >> 2] = ++this.sequence
    this.status(block, b.OURS)
    return count
  }

  /** Whose the block is; hands it over if asked. */
  status(block: number, value?: number): number {
    const at = (block * this.block_bytes + b.BLOCK_STATUS) >> 2
    if (value !== undefined) Atomics.store(this.words, at, value)
    return Atomics.load(this.words, at)
  }

  ear(mapping: Partial<RingMapping> = {}): RingEar {
    const { block_bytes, blocks } = this
    const addon: RingAddon = {
      ringMap: () => this.memory,
      ringUnmap: () => void this.unmapped++,
      statistics: (_, into) => {
        into.set(this.counts)
        return undefined
      },
    }
    return new RingEar(addon, { socket: 7, block_bytes, blocks, port: 0, link: 1, ...mapping })
  }

  private put(at: number, frame: Put): void {
    const { words } = this
    words[(at + b.FRAME_SECONDS) >> 2] = frame.seconds ?? 0
    words[(at + b.FRAME_NANOS) >> 2] = frame.nanos ?? 0
    words[(at + b.FRAME_CAPTURED) >> 2] = frame.bytes.length
    words[(at + b.FRAME_WIRE) >> 2] = frame.wire ?? frame.bytes.length
    words[(at + b.FRAME_STATUS) >> 2] = frame.status ?? 0
    words[(at + b.FRAME_MAC) >> 2] = MAC_AT | ((MAC_AT + 14) << 16)
    words[(at + b.FRAME_TAG) >> 2] = frame.tag ?? 0
    new Uint8Array(this.memory).set(frame.bytes, at + MAC_AT)
  }
}
