/** Frames from memory as an ear would hear them: in blocks, and given back. */

import type { Ear } from '../../src/capture/ear.js'
import type { RingStatistics } from '../../src/capture/ring.js'
import { Batch } from '../../src/capture/source.js'
import { shardOfBytes } from '../../src/layers/shard.js'
import type { Frame } from '../../fixtures/build/frames.js'

const ETHERNET = 1

/** Frames in shared memory; times are seconds since 1970 and microseconds. */
export interface Reel {
  readonly bytes: Uint8Array
  readonly at: Int32Array
  readonly length: Int32Array
  readonly seconds: Int32Array
  readonly micros: Int32Array
}

/** What a test's worker opens an ear by: which frames of a reel, how many to a block. */
export interface Replay {
  readonly reel: Reel
  readonly frames: Int32Array
  readonly block_frames: number
  /** How often the reel is played, each time later by its length. */
  readonly times?: number
}

const ints = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * 4))

export function reelOf(frames: readonly Frame[], start: number): Reel {
  const octets = frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const reel: Reel = {
    bytes: new Uint8Array(new SharedArrayBuffer(octets)),
    at: ints(frames.length),
    length: ints(frames.length),
    seconds: ints(frames.length),
    micros: ints(frames.length),
  }
  let here = 0
  frames.forEach(({ bytes, at = 0 }, i) => {
    reel.bytes.set(bytes, here)
    reel.at[i] = here
    reel.length[i] = bytes.length
    reel.seconds[i] = start + Math.floor(at)
    reel.micros[i] = Math.min(999_999, Math.round((at - Math.floor(at)) * 1e6))
    here += bytes.length
  })
  return reel
}

/** For each of so many workers, the frames that it hears. */
export function dealt(reel: Reel, workers: number): Int32Array[] {
  const lists = Array.from({ length: workers }, () => [] as number[])
  for (let i = 0; i < reel.at.length; i++) {
    const from = reel.at[i]!
    const shard = shardOfBytes(reel.bytes, from, from + reel.length[i]!, ETHERNET)
    lists[shard % workers]!.push(i)
  }
  return lists.map(list => {
    const shared = ints(list.length)
    shared.set(list)
    return shared
  })
}

export class ReplayEar implements Ear {
  readonly batch: Batch
  readonly socket = -1
  private readonly replay: Replay
  private here = 0
  private walked = 0
  private blocks = 0
  private round = 0
  private readonly length_seconds: number

  constructor(replay: Replay) {
    const { reel, block_frames } = replay
    this.replay = replay
    this.batch = new Batch(reel.bytes, false, block_frames)
    this.batch.link.fill(ETHERNET)
    this.length_seconds = 1 + (reel.seconds.at(-1) ?? 0) - (reel.seconds[0] ?? 0)
  }

  next(): boolean {
    const { batch, replay } = this
    const { frames, block_frames, times = 1 } = replay
    batch.count = 0
    if (this.here === frames.length && this.round + 1 < times) {
      this.round++
      this.here = 0
    }
    if (this.here === frames.length) return false
    this.blocks++
    const count = Math.min(block_frames, frames.length - this.here)
    for (let i = 0; i < count; i++) this.fill(i, frames[this.here + i]!)
    batch.count = count
    this.walked += count
    return true
  }

  get given(): number {
    return this.walked
  }

  release(): void {
    this.here += this.batch.count
    this.batch.count = 0
  }

  statistics(): RingStatistics {
    return {
      received: this.walked,
      dropped: 0,
      freezes: 0,
      walked: this.walked,
      blocks: this.blocks,
      discarded: 0,
      broken: 0,
      losing: 0,
      unsummed: 0,
      merged: 0,
      fullest: 0,
    }
  }

  close(): void {
    this.batch.count = 0
  }

  private fill(i: number, frame: number): void {
    const { batch } = this
    const { reel } = this.replay
    batch.at[i] = reel.at[frame]!
    batch.length[i] = batch.wire[i] = reel.length[frame]!
    batch.seconds[i] = reel.seconds[frame]! + this.round * this.length_seconds
    batch.micros[i] = reel.micros[frame]!
  }
}
