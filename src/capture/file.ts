/** Capture files as sources: pcap and pcapng, plain or compressed, from a disk or from a pipe. */

import { CaptureError, captureError } from './errors.js'
import type { Format } from './format.js'
import { compressionOf, inflate } from './inflate.js'
import { type Input, openInput } from './input.js'
import { MergedSource } from './merge.js'
import { PCAP_HEADER_BYTES, isPcap, pcapAt } from './pcap.js'
import { isPcapng, pcapngAt, SECTION_HEADER_BYTES } from './pcapng.js'
import { type Batch, FRAME_BYTES_MAX, type Source } from './source.js'

/** A record is a frame and its header; with this many bytes at hand there is a whole one. */
const RECORD_BYTES_MAX = FRAME_BYTES_MAX + 64

const PAGE_BYTES = 4096

/** One file, whatever its format turns out to be; `-` is the standard input. */
export function openFile(path: string): Source {
  return sourceOver(openInput(path))
}

/** Whatever capture these bytes are. */
export function sourceOver(input: Input): Source {
  return new FileSource(input)
}

/** Several files as one source, in the order of time. */
export function openFiles(paths: readonly string[]): Source {
  const [only, ...others] = paths
  if (only !== undefined && others.length === 0) return openFile(only)
  const opened: Source[] = []
  try {
    for (const path of paths) opened.push(openFile(path))
  } catch (error) {
    for (const source of opened) source.close()
    throw error
  }
  return new MergedSource(opened)
}

class FileSource implements Source {
  readonly name: string
  readonly warnings: string[] = []
  private input: Input
  private format: Format | undefined
  /** What was read and not used: it leads the next batch. A copy, for batches are others' to keep. */
  private rest = new Uint8Array(PAGE_BYTES)
  private restLength = 0
  /** Bytes yet to come that are of no use. */
  private skip = 0
  /** Where in the file the next read begins. */
  private place = 0
  private packets = 0
  private ended = false
  private packed = false

  constructor(input: Input) {
    this.input = input
    this.name = input.name
  }

  get done(): number {
    return this.input.done
  }

  get total(): number {
    return this.input.total
  }

  close(): void {
    this.ended = true
    this.input.close()
  }

  fill(batch: Batch): boolean | Promise<boolean> {
    batch.count = 0
    try {
      while (!this.ended && batch.count === 0) {
        const from = this.lead(batch.bytes)
        const to = from + this.restLength
        const came = this.read(batch.bytes, to)
        if (typeof came !== 'number') return this.fillLater(batch, from, came)
        this.use(batch, from, to, came)
      }
    } catch (error) {
      this.fail(error)
    }
    return batch.count > 0
  }

  private async fillLater(batch: Batch, from: number, coming: Promise<number>): Promise<boolean> {
    try {
      this.use(batch, from, from + this.restLength, await coming)
    } catch (error) {
      this.fail(error)
    }
    return batch.count > 0 || this.fill(batch)
  }

  /**
   * Puts the rest into the batch and returns where: so that what is read behind it lands half a
   * page off its own place in the file. At the same place within a page the kernel's copy runs at a
   * fifth of its speed on some processors (measured: 380 ms instead of 70 ms for 950 MB), which
   * take each load for one that depends on the store just made to an address alike in its low bits.
   */
  private lead(bytes: Uint8Array): number {
    const off = (this.place + PAGE_BYTES / 2 - this.restLength) & (PAGE_BYTES - 1)
    const from = this.hasWholeRecord() ? 0 : off
    bytes.set(this.rest.subarray(0, this.restLength), from)
    return from
  }

  private hasWholeRecord(): boolean {
    return this.restLength >= RECORD_BYTES_MAX
  }

  /** Reads nothing (-1) while there are frames left that the last batch had no room for. */
  private read(bytes: Uint8Array, at: number): number | Promise<number> {
    if (this.hasWholeRecord()) return -1
    const room = Math.min(bytes.length - FRAME_BYTES_MAX, bytes.length - at)
    return this.input.read(bytes, at, room)
  }

  /** Walks [from, to + came), of which the last `came` bytes are new. */
  private use(batch: Batch, from: number, to: number, came: number): void {
    const end = to + Math.max(came, 0)
    this.place = (this.place + (end - to)) & (PAGE_BYTES - 1)
    const skipped = Math.min(this.skip, end - from)
    this.skip -= skipped
    let here = from + skipped
    if (this.format === undefined) here = this.sniff(batch.bytes, here, { end, last: came === 0 })
    if (this.format !== undefined) {
      if (came === 0) this.format.last = true
      here = this.format.walk(batch, here, end)
    }
    this.keep(batch.bytes, here, end)
    this.packets += batch.count
    if (this.format?.broken === true) this.stop('broken record')
    else if (came === 0 && batch.count === 0) this.finish()
  }

  private keep(bytes: Uint8Array, here: number, end: number): void {
    this.skip += Math.max(here - end, 0)
    this.restLength = Math.max(end - here, 0)
    if (this.restLength > this.rest.length) this.rest = new Uint8Array(this.restLength * 2)
    if (this.restLength > 0) this.rest.set(bytes.subarray(here, end))
  }

  /** Finds out what this is and returns where its first record begins; `here` if it can't tell yet. */
  private sniff(bytes: Uint8Array, here: number, till: { end: number; last: boolean }): number {
    const size = till.end - here
    const compression = compressionOf(bytes, here, till.end)
    if (compression !== '') {
      if (this.packed) throw new CaptureError('nested', this.name)
      this.packed = true
      this.input = inflate(this.input, bytes.slice(here, till.end), compression)
      return till.end
    }
    if (size >= PCAP_HEADER_BYTES) {
      this.format = pcapAt(bytes, here, this.name)
      if (this.format !== undefined) return here + PCAP_HEADER_BYTES
    }
    if (size >= SECTION_HEADER_BYTES) {
      this.format = pcapngAt(bytes, here, this.name)
      if (this.format === undefined) throw new CaptureError('alien', this.name)
    } else if (till.last) throw this.nothing(bytes, here, size)
    return here
  }

  /** Why so few bytes are no capture. */
  private nothing(bytes: Uint8Array, here: number, size: number): CaptureError {
    if (this.input.fault !== '') return new CaptureError('damaged', this.name)
    if (size === 0) return new CaptureError('empty', this.name)
    return new CaptureError(size >= 4 && isCapture(bytes, here) ? 'cut' : 'alien', this.name)
  }

  private finish(): void {
    if (this.input.fault === 'damaged') this.stop('damaged compression')
    else if (this.format?.cut === true) this.stop('cut off', ', the last one in part')
    else if (this.restLength > 0 || this.skip > 0 || this.input.fault !== '') this.stop('cut off')
    else this.close()
  }

  private stop(why: string, how = ''): void {
    const packets = this.packets === 1 ? 'packet' : 'packets'
    this.warnings.push(`${why} after ${this.packets.toLocaleString('en-US')} ${packets}${how}`)
    this.close()
  }

  /** Before the first frame it is an error; after it, frames already given stay given. */
  private fail(error: unknown): void {
    const known = captureError(error, this.name)
    if (this.packets === 0) {
      this.close()
      throw known
    }
    this.stop(known.fault === 'unreadable' ? 'could not be read' : 'damaged compression')
  }
}

function isCapture(bytes: Uint8Array, at: number): boolean {
  return isPcap(bytes, at) || isPcapng(bytes, at)
}
