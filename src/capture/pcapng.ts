/** The pcapng format (draft-ietf-opsawg-pcapng): sections and interfaces of either byte order. */

import { CaptureError } from './errors.js'
import { type Format, withoutChecksum } from './format.js'
import { Interfaces } from './interfaces.js'
import { viewOf } from './pcap.js'
import { type Batch, FRAME_BYTES_MAX } from './source.js'

const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const OLD_PACKET = 2
const SIMPLE_PACKET = 3
const PACKET = 6

const LITTLE_MAGIC = 0x1a2b3c4d

/** A block that claims more is damage. */
const BLOCK_BYTES_MAX = 1 << 24
/** Descriptions (names, comments) are read no further than this. */
const DESCRIPTION_BYTES_MAX = 1 << 16

export const SECTION_HEADER_BYTES = 28

/** The format whose first section header lies at `at`, or undefined if this is no pcapng file. */
export function pcapngAt(bytes: Uint8Array, at: number, name: string): Format | undefined {
  const view = viewOf(bytes)
  if (view.getUint32(at) !== SECTION) return undefined
  const little = view.getUint32(at + 8, true) === LITTLE_MAGIC
  if (!little && view.getUint32(at + 8) !== LITTLE_MAGIC) throw new CaptureError('broken', name)
  const total = view.getUint32(at + 4, little)
  if (total < SECTION_HEADER_BYTES || total > BLOCK_BYTES_MAX)
    throw new CaptureError('broken', name)
  const major = view.getUint16(at + 12, little)
  if (major !== 1) throw new CaptureError('version', name, `pcapng ${major}`)
  return new Pcapng()
}

/** By the first four bytes alone. */
export function isPcapng(bytes: Uint8Array, at: number): boolean {
  return viewOf(bytes).getUint32(at) === SECTION
}

class Pcapng implements Format {
  broken = false
  last = false
  cut = false
  private little = true
  private readonly interfaces = new Interfaces()
  /** Of the last frame: a simple packet has no time of its own. */
  private seconds = 0
  private micros = 0
  /** What is being walked; kept here because an object for each block would be garbage. */
  private batch!: Batch
  private view!: DataView
  private end = 0

  walk(batch: Batch, from: number, end: number): number {
    const view = viewOf(batch.bytes)
    this.batch = batch
    this.view = view
    this.end = end
    const full = batch.at.length
    let here = from
    while (here + 12 <= end && batch.count < full) {
      const kind = view.getUint32(here, this.little)
      if (kind === SECTION && !this.turn(view, here)) break
      const total = view.getUint32(here + 4, this.little)
      if (total < 12 || total > BLOCK_BYTES_MAX) this.broken = true
      if (this.broken || !this.block(kind, here, total)) break
      here += (total + 3) & ~3
    }
    return here
  }

  /** Each section has its own byte order, told by the magic number behind its length. */
  private turn(view: DataView, here: number): boolean {
    this.little = view.getUint32(here + 8, true) === LITTLE_MAGIC
    if (!this.little && view.getUint32(here + 8) !== LITTLE_MAGIC) this.broken = true
    return !this.broken
  }

  /** True if the block was used (or is of no use), false if more of it must come first. */
  private block(kind: number, here: number, total: number): boolean {
    switch (kind) {
      case PACKET:
        return this.packet(here, total, this.word(here + 8))
      case OLD_PACKET:
        return this.packet(here, total, this.half(here + 8))
      case SIMPLE_PACKET:
        return this.simplePacket(here, total)
      case INTERFACE:
        return this.interface(here, total)
      case SECTION:
        this.interfaces.clear()
        return true
      default:
        return true
    }
  }

  /** 0 where the bytes have not come: whoever looks at it has asked, or asks before using it. */
  private word(at: number): number {
    return at + 4 <= this.end ? this.view.getUint32(at, this.little) : 0
  }

  private half(at: number): number {
    return at + 2 <= this.end ? this.view.getUint16(at, this.little) : 0
  }

  private interface(here: number, total: number): boolean {
    const known = Math.min(total, DESCRIPTION_BYTES_MAX)
    if (here + known > this.end) return false
    const block = { at: here + 8, end: here + known - 4, little: this.little }
    this.broken = total < 20 || !this.interfaces.declare(this.view, block)
    return true
  }

  private packet(here: number, total: number, port: number): boolean {
    const { batch, interfaces } = this
    if (total < 32) this.broken = true
    if (this.broken || here + 28 > this.end) return false
    const captured = this.word(here + 20)
    if (port >= interfaces.count || captured > FRAME_BYTES_MAX || captured > total - 32) {
      this.broken = true
      return false
    }
    const given = this.given(here + 28, captured)
    if (given < 0) return false
    const index = batch.count
    batch.at[index] = here + 28
    batch.length[index] = given
    batch.wire[index] = Math.max(this.word(here + 24) | 0, captured)
    batch.link[index] = interfaces.link[port]!
    batch.port[index] = interfaces.base + port
    this.stamp(here + 12, port)
    if (interfaces.checksum[port] !== 0) withoutChecksum(batch, index, interfaces.checksum[port]!)
    batch.count = index + 1
    return true
  }

  /** Of interface 0, cut to its snap length, without a time: the last frame's is the nearest. */
  private simplePacket(here: number, total: number): boolean {
    if (here + 12 > this.end) return false
    const { batch, interfaces } = this
    const wire = this.word(here + 8)
    const captured = Math.min(wire, interfaces.snaplen[0]! >>> 0 || wire, total - 16)
    this.broken = interfaces.count === 0 || captured < 0 || captured > FRAME_BYTES_MAX
    const given = this.given(here + 12, captured)
    if (this.broken || given < 0) return false
    const index = batch.count
    batch.at[index] = here + 12
    batch.length[index] = given
    batch.wire[index] = Math.max(wire | 0, captured)
    batch.link[index] = interfaces.link[0]!
    batch.port[index] = interfaces.base
    batch.seconds[index] = this.seconds
    batch.micros[index] = this.micros
    if (interfaces.checksum[0] !== 0) withoutChecksum(batch, index, interfaces.checksum[0]!)
    batch.count = index + 1
    return true
  }

  /** How many of a frame's bytes can be given: all, or, at a cut, what there is; -1 is none yet. */
  private given(at: number, captured: number): number {
    if (at + captured <= this.end) return captured
    if (!this.last || at >= this.end) return -1
    this.cut = true
    return this.end - at
  }

  /**
   * Turns 64 bits of clock ticks into seconds and microseconds: long division with digits of 16
   * bits, exact in a double for up to 10^11 ticks a second; of finer clocks the double keeps more
   * than microseconds anyway.
   */
  private stamp(at: number, port: number): void {
    const high = this.word(at)
    const low = this.word(at + 4)
    const perSecond = this.interfaces.perSecond[port]!
    const perMicro = this.interfaces.perMicro[port]!
    let seconds = 0
    let ticks = 0
    if (perSecond <= 1e11) {
      const whole = Math.floor(high / perSecond)
      const upper = (high - whole * perSecond) * 65536 + (low >>> 16)
      const middle = Math.floor(upper / perSecond)
      const lower = (upper - middle * perSecond) * 65536 + (low & 0xffff)
      const last = Math.floor(lower / perSecond)
      seconds = whole * 2 ** 32 + middle * 65536 + last
      ticks = lower - last * perSecond
    } else {
      const all = high * 2 ** 32 + low
      seconds = Math.floor(all / perSecond)
      ticks = all - seconds * perSecond
    }
    seconds += this.interfaces.offset[port]!
    // Before 1970 and after 2106 there is nothing to be heard.
    this.seconds = Math.min(Math.max(seconds, 0), 2 ** 32 - 1) | 0
    this.micros = Math.min(Math.floor(ticks / perMicro), 999_999) | 0
    this.batch.seconds[this.batch.count] = this.seconds
    this.batch.micros[this.batch.count] = this.micros
  }
}
