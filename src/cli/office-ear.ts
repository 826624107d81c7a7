/** The generated office as if an interface heard it: its frames come when their time has come. */

import { office } from '../../fixtures/network/office.js'
import type { Ear } from '../capture/ear.js'
import type { RingStatistics } from '../capture/ring.js'
import { Batch, CHUNK_BYTES, FRAMES_MAX } from '../capture/source.js'

const ETHERNET = 1
/** Of one block, as a ring would hand it over. */
const FRAME_SPACING_MAX = 65_535

interface Spoken {
  readonly bytes: Uint8Array
  readonly wire: number
  /** Milliseconds since 1970. */
  readonly time_ms: number
}

export class OfficeEar implements Ear {
  readonly batch = new Batch()
  /** Nothing to wait for: it is asked now and then. */
  readonly socket = -1
  private readonly seed: number
  private readonly now_ms: () => number
  private frames: Iterator<Spoken>
  private following: Spoken | undefined
  private walked = 0
  private blocks = 0

  constructor(seed: number, now_ms: () => number) {
    this.seed = seed
    this.now_ms = now_ms
    this.frames = spoken(seed, now_ms)
    this.following = this.frames.next().value as Spoken | undefined
  }

  next(): boolean {
    const { batch } = this
    const now = this.now_ms()
    let at = 0
    batch.count = 0
    while (this.following !== undefined && this.following.time_ms <= now) {
      if (batch.count === FRAMES_MAX || at + FRAME_SPACING_MAX > CHUNK_BYTES) break
      at = this.take(this.following, at)
      this.advance()
    }
    if (batch.count === 0) return false
    this.walked += batch.count
    this.blocks++
    return true
  }

  get given(): number {
    return this.walked
  }

  release(): void {
    this.batch.count = 0
  }

  close(): void {
    this.following = undefined
  }

  statistics(): RingStatistics {
    const { walked, blocks } = this
    const none = { dropped: 0, freezes: 0, discarded: 0, broken: 0, losing: 0, unsummed: 0 }
    return { ...none, received: walked, walked, blocks, merged: 0, fullest: 0 }
  }

  private take({ bytes, wire, time_ms }: Spoken, at: number): number {
    const { batch } = this
    const i = batch.count++
    batch.bytes.set(bytes, at)
    batch.at[i] = at
    batch.length[i] = bytes.length
    batch.wire[i] = wire
    batch.seconds[i] = Math.floor(time_ms / 1000)
    batch.micros[i] = Math.floor((time_ms % 1000) * 1000)
    batch.link[i] = ETHERNET
    return at + bytes.length
  }

  /** When the office has gone home, the next day begins at once. */
  private advance(): void {
    let next = this.frames.next()
    if (next.done === true) {
      this.frames = spoken(this.seed, this.now_ms)
      next = this.frames.next()
    }
    this.following = next.done === true ? undefined : next.value
  }
}

/** The day begins when its first frame is made, which takes a while. */
function* spoken(seed: number, now_ms: () => number): Generator<Spoken> {
  let from_ms = NaN
  for (const { bytes, at = 0, wire = bytes.length } of office(seed).frames) {
    if (Number.isNaN(from_ms)) from_ms = now_ms()
    yield { bytes, wire, time_ms: from_ms + at * 1000 }
  }
}
