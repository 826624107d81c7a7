/** Captures in forms that only tests need, and what a source gives, as text to be compared. */

import { createHash } from 'node:crypto'
import { join, u16, u16le, u32, u32le, zeros } from '../../fixtures/build/bytes.js'
import { START } from '../../fixtures/build/capture.js'
import type { Frame } from '../../fixtures/build/frames.js'
import { sourceOver } from '../../src/capture/file.js'
import type { Input } from '../../src/capture/input.js'
import { Batch, type Source } from '../../src/capture/source.js'

/** One line a frame: when, how long, on the wire, what kind, which bytes. */
export async function linesOf(source: Source, batch = new Batch()): Promise<string[]> {
  const lines: string[] = []
  while (await source.fill(batch)) {
    for (let i = 0; i < batch.count; i++) lines.push(line(batch, i))
  }
  source.close()
  return lines
}

function line(batch: Batch, i: number): string {
  const at = batch.at[i]!
  const bytes = batch.bytes.subarray(at, at + batch.length[i]!)
  const time = `${batch.seconds[i]! >>> 0}.${String(batch.micros[i]).padStart(6, '0')}`
  const digest = createHash('md5').update(bytes).digest('hex').slice(0, 8)
  return `${time} ${bytes.length} ${batch.wire[i]} ${batch.link[i]} ${digest}`
}

export async function countOf(source: Source, batch = new Batch()): Promise<number> {
  let count = 0
  while (await source.fill(batch)) count += batch.count
  source.close()
  return count
}

/** A capture in memory that comes `step` bytes at a time. */
export function over(bytes: Uint8Array, step = Infinity): Source {
  let here = 0
  const input: Input = {
    name: 'memory',
    fault: '',
    total: bytes.length,
    get done() {
      return here
    },
    read(into, at, length) {
      const part = bytes.subarray(here, here + Math.min(length, step))
      into.set(part, at)
      here += part.length
      return part.length
    },
    close: () => undefined,
  }
  return sourceOver(input)
}

export type OldForm = {
  magic: number
  minor?: number
  network?: number
  bigEndian?: boolean
  scale?: number
  /** What stands behind the sixteen bytes every record begins with. */
  more?: number
  /** The length on the wire stands first. */
  swapped?: boolean
}

/** The dialects of pcap that nobody writes any more. */
export function oldPcap(frames: readonly Frame[], form: OldForm): Uint8Array {
  const half = form.bigEndian === true ? u16 : u16le
  const word = form.bigEndian === true ? u32 : u32le
  const head = [word(form.magic), half(2), half(form.minor ?? 4), zeros(8)]
  const parts = [...head, word(65535), word(form.network ?? 1)]
  for (const { bytes, at = 0, wire = bytes.length } of frames) {
    const whole = Math.floor(at)
    const lengths = [word(bytes.length), word(wire)]
    if (form.swapped === true) lengths.reverse()
    const fraction = Math.round((at - whole) * (form.scale ?? 1e6))
    parts.push(word(START + whole), word(fraction), ...lengths, zeros(form.more ?? 0), bytes)
  }
  return join(...parts)
}

/** A zstd frame of stored blocks (and of repeated bytes, where there are many), as RFC 8878 has it. */
export function storedZstd(bytes: Uint8Array, blockBytes = 100_000): Uint8Array {
  // A window of 128 KiB, no content size, no checksum.
  const parts = [u32le(0xfd2fb528), Uint8Array.of(0x00, 7 << 3)]
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const part = bytes.subarray(at, at + blockBytes)
    const last = at + blockBytes >= bytes.length ? 1 : 0
    const same = part.every(byte => byte === part[0])
    const header = (part.length << 3) | (same ? 2 : 0) | last
    parts.push(u32le(header).subarray(0, 3), same ? part.subarray(0, 1) : part)
  }
  return join(...parts)
}
