/**
 * Live sources that copy: whatever hears the frames writes them into a chunk as records of a pcap
 * file, and the code that walks such files reads them.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Ear } from './ear.js'
import { captureError } from './errors.js'
import type { Format } from './format.js'
import { PCAP_HEADER_BYTES, pcapAt } from './pcap.js'
import type { RingStatistics } from './ring.js'
import { Batch, type Source } from './source.js'

/** What hears: a libpcap handle, or the queue that an npm package fills. */
export interface Copier {
  /** The interface. */
  readonly name: string
  /** The pcap link type of all its frames. */
  readonly link: number
  /** Puts whole records (little-endian, microseconds) into the chunk; gives the bytes used, or 0. */
  read(chunk: Uint8Array): number
  /** Since it was opened: frames received (with those dropped), dropped. */
  statistics(into: Uint32Array): void
  close(): void
}

/** A record's header and an Ethernet header: nothing shorter is worth room in a batch. */
const RECORD_BYTES_MIN = 30

/** How long to wait for frames before looking again. */
const PATIENCE_MS = 5

const MAGIC = 0xa1b2c3d4

/** The file header that no copier writes. */
function formatOf({ link, name }: Copier): Format {
  const header = new DataView(new ArrayBuffer(PCAP_HEADER_BYTES))
  header.setUint32(0, MAGIC, true)
  header.setUint16(4, 2, true)
  header.setUint16(6, 4, true)
  header.setUint32(20, link, true)
  return pcapAt(new Uint8Array(header.buffer), 0, name)!
}

/** Reads and walks; the batch's bytes are what is there until the next time. */
class Copies {
  frames = 0
  broken = 0
  private readonly copier: Copier
  private readonly format: Format

  constructor(copier: Copier) {
    this.copier = copier
    this.format = formatOf(copier)
  }

  fill(batch: Batch): boolean {
    batch.count = 0
    batch.tagged = false
    // So few bytes never hold more frames than the batch has room for.
    const room = Math.min(batch.bytes.length, batch.at.length * RECORD_BYTES_MIN)
    const used = this.copier.read(batch.bytes.subarray(0, room))
    const end = this.format.walk(batch, 0, used)
    if (end < used) this.broken++
    this.frames += batch.count
    return batch.count > 0
  }
}

/** As a source, for whoever reads batch by batch. */
export class CopyingSource implements Source {
  readonly name: string
  readonly warnings: string[] = []
  readonly done = 0
  readonly total = 0
  private readonly copier: Copier
  private readonly copies: Copies
  private open = true

  constructor(copier: Copier) {
    this.copier = copier
    this.name = copier.name
    this.copies = new Copies(copier)
  }

  fill(batch: Batch): boolean | Promise<boolean> {
    return this.open && (this.filled(batch) || this.fillLater(batch))
  }

  close(): void {
    if (!this.open) return
    this.open = false
    this.copier.close()
  }

  private async fillLater(batch: Batch): Promise<boolean> {
    while (this.open) {
      await sleep(PATIENCE_MS)
      if (this.open && this.filled(batch)) return true
    }
    return false
  }

  /** An error before the first frame is thrown; later it is a warning and the end. */
  private filled(batch: Batch): boolean {
    try {
      return this.copies.fill(batch)
    } catch (error) {
      this.close()
      const known = captureError(error, this.name)
      if (this.copies.frames === 0) throw known
      this.warnings.push(known.message)
      return false
    }
  }
}

/** The interface's number within its source, and its own hardware address. */
export interface Place {
  readonly port?: number
  readonly station?: Uint8Array | undefined
}

/** As an ear, for a live worker: it is asked for frames when the rings are. */
export class CopyingEar implements Ear {
  readonly batch = new Batch()
  /** Nothing to wait for: it has to be asked. */
  readonly socket = -1
  readonly station: Uint8Array | undefined
  /** Why it hears no more, or ''. */
  fault = ''
  private readonly copier: Copier
  private readonly copies: Copies
  private readonly port: number
  private readonly counts = new Uint32Array(3)
  /** As `counts` was when it was read last, and all that was counted: counts wrap round. */
  private readonly last = new Uint32Array(3)
  private readonly sums = new Float64Array(3)
  private blocks = 0
  private open = true

  constructor(copier: Copier, { port = 0, station }: Place = {}) {
    this.copier = copier
    this.copies = new Copies(copier)
    this.port = port
    this.station = station
  }

  get given(): number {
    return this.copies.frames
  }

  next(): boolean {
    if (!this.open || !this.filled()) return false
    if (this.port !== 0) this.batch.port.fill(this.port, 0, this.batch.count)
    this.blocks++
    return true
  }

  release(): void {
    this.batch.count = 0
  }

  statistics(): RingStatistics {
    const { copies, sums } = this
    if (this.open) this.sumUp()
    const nothing = { freezes: 0, discarded: 0, losing: 0, unsummed: 0, merged: 0, fullest: 0 }
    return {
      ...nothing,
      received: sums[0]!,
      dropped: sums[1]!,
      walked: copies.frames,
      blocks: this.blocks,
      broken: copies.broken,
    }
  }

  close(): void {
    if (!this.open) return
    this.statistics()
    this.open = false
    this.copier.close()
  }

  /** When the interface goes, that is the end of this ear, and not of who listens. */
  private filled(): boolean {
    try {
      return this.copies.fill(this.batch)
    } catch (error) {
      this.fault = captureError(error, this.copier.name).message
      this.close()
      return false
    }
  }

  private sumUp(): void {
    const { counts, last, sums } = this
    this.copier.statistics(counts)
    for (let i = 0; i < counts.length; i++) {
      sums[i]! += (counts[i]! - last[i]!) >>> 0
      last[i] = counts[i]!
    }
  }
}
