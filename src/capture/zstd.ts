/**
 * zstd (RFC 8878), followed from frame to frame and from block to block without unpacking it.
 *
 * Node's decompressor stops for good at the end of a frame if more comes in the same write, and
 * fzstd unpacks all it is given at once; so neither is given more than it can take.
 */

import { CaptureError } from './errors.js'
import type { Input } from './input.js'

const PACKED_BYTES = 1 << 18
const BLOCK_BYTES_MAX = 1 << 17
const RESERVED = 3
const REPEATED = 1

const FRAME_MAGIC = 0xfd2fb528 | 0
const SKIPPABLE_MAGIC = 0x184d2a50

export type Limits = {
  /** No frame may need more of what was unpacked before. */
  windowBytesMax: number
  /** A read gives one block at most, else one frame at most. */
  blockwise: boolean
}

/** The packed bytes, without what is to be skipped. */
export class ZstdFrames implements Input {
  fault: Input['fault'] = ''
  /** Of the frame that is read. */
  window = 0
  private readonly packed: Input
  private readonly limits: Limits
  private readonly bytes = new Uint8Array(PACKED_BYTES)
  private at = 0
  private end = 0
  /** What is still to be given of the block or header that is read. */
  private left = 0
  private inFrame = false
  private checksum = 0
  private over = false

  constructor(packed: Input, limits: Limits) {
    this.packed = packed
    this.limits = limits
  }

  get name(): string {
    return this.packed.name
  }

  get done(): number {
    return this.packed.done - (this.end - this.at)
  }

  get total(): number {
    return this.packed.total
  }

  close(): void {
    this.over = true
    this.packed.close()
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    let given = 0
    while (given < length && !this.over) {
      if (this.left === 0) {
        if (given > 0 && (this.limits.blockwise || !this.inFrame)) break
        await this.advance()
      } else if (await this.need(1)) {
        const count = Math.min(this.left, length - given, this.end - this.at)
        into.set(this.bytes.subarray(this.at, this.at + count), at + given)
        this.at += count
        this.left -= count
        given += count
      } else this.stop('cut off')
    }
    return given
  }

  private stop(fault: Input['fault']): void {
    this.over = true
    this.fault = fault
  }

  /** True once `count` bytes lie at `at`. */
  private async need(count: number): Promise<boolean> {
    while (this.end - this.at < count) {
      this.bytes.copyWithin(0, this.at, this.end)
      this.end -= this.at
      this.at = 0
      const got = await this.packed.read(this.bytes, this.end, PACKED_BYTES - this.end)
      if (got === 0) return false
      this.end += got
    }
    return true
  }

  private async advance(): Promise<void> {
    if (this.inFrame) return this.block()
    if (!(await this.need(1))) {
      this.over = true
      return
    }
    if (!(await this.need(8))) return this.stop('cut off')
    const magic = this.word(this.at)
    if ((magic & ~15) === SKIPPABLE_MAGIC) return this.passOver((this.word(this.at + 4) >>> 0) + 8)
    if (magic !== FRAME_MAGIC) return this.stop('damaged')
    return this.frame(this.bytes[this.at + 4]!)
  }

  private word(at: number): number {
    const b = this.bytes
    return b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)
  }

  private async frame(flags: number): Promise<void> {
    const single = (flags & 0x20) !== 0
    const dictionary = [0, 1, 2, 4][flags & 3]!
    const sized = flags >> 6
    const sizeBytes = sized === 0 ? (single ? 1 : 0) : 1 << sized
    const length = 5 + (single ? 0 : 1) + dictionary + sizeBytes
    if (!(await this.need(length))) return this.stop('cut off')
    this.window = single
      ? this.content(this.at + length - sizeBytes, sizeBytes)
      : windowOf(this.bytes[this.at + 5]!)
    if (this.window > this.limits.windowBytesMax) throw new CaptureError('window', this.name)
    this.checksum = (flags & 4) !== 0 ? 4 : 0
    this.inFrame = true
    this.left = length
  }

  private content(at: number, size: number): number {
    let value = 0
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[at + i]!
    return size === 2 ? value + 256 : value
  }

  private async block(): Promise<void> {
    if (!(await this.need(3))) return this.stop('cut off')
    const b = this.bytes
    const header = b[this.at]! | (b[this.at + 1]! << 8) | (b[this.at + 2]! << 16)
    const kind = (header >> 1) & 3
    const size = header >> 3
    if (size > BLOCK_BYTES_MAX || kind === RESERVED) return this.stop('damaged')
    this.left = 3 + (kind === REPEATED ? 1 : size)
    if ((header & 1) === 0) return
    this.left += this.checksum
    this.inFrame = false
  }

  private async passOver(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      if (!(await this.need(1))) return this.stop('cut off')
      const step = Math.min(left, this.end - this.at)
      this.at += step
      left -= step
    }
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}
