/** Unpacks zstd where Node itself cannot, with fzstd, a block at a time. */

import { Decompress } from 'fzstd'
import { CaptureError } from './errors.js'
import type { Input } from './input.js'
import { ZstdFrames } from './zstd.js'

/** A block with its header and a checksum behind it. */
const PIECE_BYTES = (1 << 17) + 64

/** fzstd shifts its whole window for each block: a larger one would be too slow to be of use. */
const WINDOW_BYTES_MAX = 1 << 23
/** So tiny blocks with a large window cost much and give little; this is how much they may cost. */
const MOVED_PER_BYTE_MAX = 1024
const MOVED_FREELY = 2 ** 32

export class Unzstd implements Input {
  private readonly frames: ZstdFrames
  private damage: Input['fault'] = ''
  private readonly piece = new Uint8Array(PIECE_BYTES)
  private readonly out: Uint8Array[] = []
  /** How much of the first of `out` has been taken. */
  private outAt = 0
  private over = false
  private moved = 0
  private given = 0
  private readonly engine = new Decompress(block => {
    if (block.length > 0) this.out.push(block)
  })

  constructor(packed: Input) {
    this.frames = new ZstdFrames(packed, { windowBytesMax: WINDOW_BYTES_MAX, blockwise: true })
  }

  get name(): string {
    return this.frames.name
  }

  get done(): number {
    return this.frames.done
  }

  get total(): number {
    return this.frames.total
  }

  get fault(): Input['fault'] {
    return this.damage || this.frames.fault
  }

  close(): void {
    this.over = true
    this.frames.close()
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    while (this.out.length === 0 && !this.over) await this.step()
    let taken = 0
    while (taken < length && this.out.length > 0) {
      const block = this.out[0]!
      const count = Math.min(length - taken, block.length - this.outAt)
      into.set(block.subarray(this.outAt, this.outAt + count), at + taken)
      taken += count
      this.outAt += count
      if (this.outAt < block.length) continue
      this.out.shift()
      this.outAt = 0
    }
    this.given += taken
    return taken
  }

  private async step(): Promise<void> {
    const count = await this.frames.read(this.piece, 0, PIECE_BYTES)
    this.moved += this.frames.window
    this.over = count === 0
    try {
      if (this.moved > MOVED_FREELY + this.given * MOVED_PER_BYTE_MAX) {
        throw new CaptureError('window', this.name)
      }
      // It keeps what it is given, so it gets a copy; and it waits for 18 bytes before it starts on
      // a frame, so a small last one is told to go.
      if (this.frames.fault === '') this.engine.push(this.piece.slice(0, count), count === 0)
    } catch (error) {
      if (error instanceof CaptureError) throw error
      // At bytes it can't make sense of it throws; what it gave before is good.
      this.over = true
      this.damage = 'damaged'
    }
  }
}
