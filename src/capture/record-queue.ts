/**
 * A queue of pcap records in shared memory, from one thread to another: npm packages hear only on
 * the main thread, and a worker reads. One writes, one reads; what finds no room is counted.
 */

import type { Copier } from './copying.js'

const RECORD_BYTES = 16

/** Positions count all bytes ever written and read; they wrap round, their difference does not. */
const WRITTEN = 0
const READ = 1
const RECEIVED = 2
const DROPPED = 3
/** What the package says was dropped before it came here. */
const LOST = 4
const LINK = 5
const CLOSED = 6
const STATE_BYTES = 64

/** 4 MiB: a quarter of a second at what such packages can do. */
const QUEUE_BYTES = 1 << 22

export class RecordQueue implements Copier {
  readonly name: string
  /** To make another queue over, in another thread. */
  readonly memory: SharedArrayBuffer
  private readonly state: Int32Array
  private readonly bytes: Uint8Array
  private readonly header = new DataView(new ArrayBuffer(RECORD_BYTES))
  private readonly header_bytes = new Uint8Array(this.header.buffer)

  constructor(name: string, memory = new SharedArrayBuffer(STATE_BYTES + QUEUE_BYTES)) {
    this.name = name
    this.memory = memory
    this.state = new Int32Array(memory, 0, STATE_BYTES / 4)
    this.bytes = new Uint8Array(memory, STATE_BYTES)
  }

  get link(): number {
    return Atomics.load(this.state, LINK)
  }

  set link(link: number) {
    Atomics.store(this.state, LINK, link)
  }

  /** Writes a record: its header (seconds, microseconds, captured, on the wire), then its bytes. */
  put(header: readonly [number, number, number, number], frame: Uint8Array): void {
    const captured = Math.min(header[2], frame.length)
    const written = Atomics.load(this.state, WRITTEN)
    const used = (written - Atomics.load(this.state, READ)) >>> 0
    Atomics.add(this.state, RECEIVED, 1)
    if (used + RECORD_BYTES + captured > this.bytes.length) {
      Atomics.add(this.state, DROPPED, 1)
      return
    }
    for (let i = 0; i < 4; i++) this.header.setUint32(4 * i, i === 2 ? captured : header[i]!, true)
    this.write(written, this.header_bytes)
    this.write(written + RECORD_BYTES, frame.subarray(0, captured))
    Atomics.store(this.state, WRITTEN, (written + RECORD_BYTES + captured) | 0)
  }

  /** The package's own count of frames it never gave. */
  lost(frames: number): void {
    Atomics.store(this.state, LOST, frames)
  }

  read(chunk: Uint8Array): number {
    const from = Atomics.load(this.state, READ)
    const there = (Atomics.load(this.state, WRITTEN) - from) >>> 0
    let used = 0
    while (used < there) {
      const next = used + RECORD_BYTES + this.capturedAt(from + used)
      if (next > chunk.length) break
      used = next
    }
    const start = this.place(from)
    const straight = Math.min(used, this.bytes.length - start)
    chunk.set(this.bytes.subarray(start, start + straight))
    chunk.set(this.bytes.subarray(0, used - straight), straight)
    Atomics.store(this.state, READ, (from + used) | 0)
    return used
  }

  statistics(into: Uint32Array): void {
    const lost = Atomics.load(this.state, LOST)
    into[0] = Atomics.load(this.state, RECEIVED) + lost
    into[1] = Atomics.load(this.state, DROPPED) + lost
  }

  /** The reader wants no more; the writer looks at `closed`. */
  close(): void {
    Atomics.store(this.state, CLOSED, 1)
  }

  get closed(): boolean {
    return Atomics.load(this.state, CLOSED) === 1
  }

  private capturedAt(position: number): number {
    let value = 0
    for (let i = 11; i >= 8; i--) value = (value << 8) | this.bytes[this.place(position + i)]!
    return value
  }

  private write(position: number, part: Uint8Array): void {
    const start = this.place(position)
    const straight = Math.min(part.length, this.bytes.length - start)
    this.bytes.set(part.subarray(0, straight), start)
    this.bytes.set(part.subarray(straight), 0)
  }

  /** The queue's size is a power of two. */
  private place(position: number): number {
    return position & (this.bytes.length - 1)
  }
}
