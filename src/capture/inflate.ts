/** Compressed input: gzip and zstd, told by their first bytes, unpacked a piece at a time. */

import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { type Input, StreamInput } from './input.js'
import { Unzstd } from './unzstd.js'
import { ZstdFrames } from './zstd.js'

/** What is read, and what is unpacked, in one go; where damage begins, that much may be lost. */
const PIECE_BYTES = 1 << 16

/** What libzstd itself takes without being asked to take more. */
const WINDOW_BYTES_MAX = 1 << 27

type ZstdOptions = { chunkSize: number; readableHighWaterMark: number }

/** Only newer versions of Node have it; the types here are those of the oldest one supported. */
const zstdOfNode = (
  zlib as unknown as { createZstdDecompress?: (options: ZstdOptions) => Transform }
).createZstdDecompress

export type Compression = '' | 'gzip' | 'zstd'

/** By the first four bytes. */
export function compressionOf(bytes: Uint8Array, at: number, end: number): Compression {
  if (end - at < 4) return ''
  if (bytes[at] === 0x1f && bytes[at + 1] === 0x8b) return 'gzip'
  const rest = bytes[at + 1] === 0xb5 && bytes[at + 2] === 0x2f && bytes[at + 3] === 0xfd
  if (bytes[at] === 0x28 && rest) return 'zstd'
  const skippable = bytes[at + 1] === 0x2a && bytes[at + 2] === 0x4d && bytes[at + 3] === 0x18
  return (bytes[at]! & 0xf0) === 0x50 && skippable ? 'zstd' : ''
}

/** The unpacked bytes of `packed`, whose first ones, already read, are `head`. */
export function inflate(packed: Input, head: Uint8Array, compression: Compression): Input {
  const whole = new Rejoined(packed, head)
  const options = { chunkSize: PIECE_BYTES, readableHighWaterMark: PIECE_BYTES }
  if (compression === 'gzip') return new Inflated(whole, zlib.createGunzip(options))
  if (zstdOfNode === undefined) return new Unzstd(whole)
  const frames = new ZstdFrames(whole, { windowBytesMax: WINDOW_BYTES_MAX, blockwise: false })
  return new Inflated(frames, zstdOfNode(options))
}

/** An input with what was read for sniffing put back in front. */
class Rejoined implements Input {
  private readonly rest: Input
  private head: Uint8Array

  constructor(rest: Input, head: Uint8Array) {
    this.rest = rest
    this.head = head
  }

  get name(): string {
    return this.rest.name
  }

  get done(): number {
    return this.rest.done - this.head.length
  }

  get total(): number {
    return this.rest.total
  }

  get fault(): Input['fault'] {
    return this.rest.fault
  }

  read(into: Uint8Array, at: number, length: number): number | Promise<number> {
    if (this.head.length === 0) return this.rest.read(into, at, length)
    const count = Math.min(length, this.head.length)
    into.set(this.head.subarray(0, count), at)
    this.head = this.head.subarray(count)
    return count
  }

  close(): void {
    this.rest.close()
  }
}

/** Pushes packed bytes through one of Node's decompressors, as fast as the other end is read. */
class Inflated implements Input {
  private readonly packed: Input
  private readonly unpacked: StreamInput

  constructor(packed: Input, through: Transform) {
    this.packed = packed
    this.unpacked = new StreamInput(through, packed.name)
    pump(packed, through).catch((error: unknown) => through.destroy(error as Error))
  }

  get name(): string {
    return this.packed.name
  }

  get done(): number {
    return this.packed.done
  }

  get total(): number {
    return this.packed.total
  }

  get fault(): Input['fault'] {
    return this.packed.fault || this.unpacked.fault
  }

  read(into: Uint8Array, at: number, length: number): number | Promise<number> {
    return this.unpacked.read(into, at, length)
  }

  close(): void {
    this.unpacked.close()
    this.packed.close()
  }
}

/**
 * Each piece is unpacked and taken before the next is read, and the end is told apart from the last
 * piece: told together, a cut-off file would lose what its last piece held.
 */
async function pump(packed: Input, through: Transform): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES)
  for (;;) {
    const count = await packed.read(piece, 0, PIECE_BYTES)
    if (count === 0 || through.destroyed) break
    await new Promise(resolve => through.write(piece.subarray(0, count), resolve))
  }
  through.end()
}
