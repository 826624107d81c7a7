/**
 * Frames that a mirror delivers twice: recognised by what a switch or router doesn't change.
 *
 * Each shard looks at all of its first frames; if more than one in a hundred was there twice, it
 * goes on looking at all of them, else at one connection in 64, in case the mirror changes.
 */

import { hashBytes, mix } from '../bytes/hash.js'
import { WHOLE, type Frame } from '../layers/frame.js'
import { DUPLICATE_MICROS, DUPLICATE_SLOTS, DUPLICATE_TRIAL_FRAMES, SHARDS } from './limits.js'
import type { Moment } from './telling.js'

const HASHED_BYTES = 64
const ON_SHARE = 0.01
const OFF_SHARE = 0.001
const OFF_SECONDS = 600
const WINDOW_SECONDS = 60

export class Duplicates {
  same = 0
  /** The same packet with another TTL: both sides of a router are mirrored. */
  routed = 0

  private readonly seed: number
  private readonly hashes = new Int32Array(SHARDS * DUPLICATE_SLOTS)
  private readonly hops = new Uint8Array(SHARDS * DUPLICATE_SLOTS)
  private readonly when = new Float64Array(SHARDS * DUPLICATE_SLOTS)
  // By shard: frames looked at and found twice in this window, since when, and what was decided.
  private readonly looked = new Int32Array(SHARDS)
  private readonly found = new Int32Array(SHARDS)
  private readonly since = new Int32Array(SHARDS)
  private readonly calmSince = new Int32Array(SHARDS)
  private readonly all = new Uint8Array(SHARDS).fill(1)
  private readonly decided = new Uint8Array(SHARDS)

  constructor(seed: number) {
    this.seed = seed
  }

  /** Whether this shard looks at all frames, or only at samples. */
  looksAtAll(shard: number): boolean {
    return this.all[shard] === 1
  }

  /** True if this frame was heard within the last 20 ms; its time is `clock[0]`. */
  hear(frame: Frame, moment: Moment, clock: Float64Array): boolean {
    const shard = moment.shard
    const hash = this.hash(frame)
    const slot = shard * DUPLICATE_SLOTS + (hash & (DUPLICATE_SLOTS - 1))
    const again =
      this.hashes[slot] === hash &&
      clock[0]! - this.when[slot]! <= DUPLICATE_MICROS &&
      clock[0]! >= this.when[slot]!
    this.looked[shard]!++
    if (again) {
      this.found[shard]!++
      if (this.hops[slot] === frame.ttl) this.same++
      else this.routed++
    } else {
      this.hashes[slot] = hash
      this.hops[slot] = frame.ttl
      this.when[slot] = clock[0]!
    }
    this.decide(shard, moment.seconds)
    return again
  }

  private hash(frame: Frame): number {
    const { bytes } = frame
    if (frame.network === 0)
      return hashBytes(this.seed, bytes, frame.at, Math.min(HASHED_BYTES * 2, frame.end - frame.at))
    // Where a tag was put in or taken out, the padding differs.
    const end = frame.payloadEnd
    const from = frame.network === 4 ? frame.sourceIp - 8 : frame.sourceIp
    // IPv4: identification and fragment before, protocol apart from TTL and checksum, the addresses.
    let hash = hashBytes(this.seed, bytes, frame.sourceIp, frame.network === 4 ? 8 : 32)
    if (frame.network === 4)
      hash = mix(
        hash,
        (bytes[from]! << 24) |
          (bytes[from + 1]! << 16) |
          (bytes[from + 2]! << 8) |
          bytes[from + 3]!,
      )
    // IPv6 has both in a header of its own, behind which the hashed bytes begin.
    else if (frame.fragment !== WHOLE) hash = mix(mix(hash, frame.fragmentId), frame.pieceOffset)
    hash = mix(hash, (frame.protocol << 16) ^ (end - frame.transportAt))
    const after = Math.max(frame.transportAt, frame.at)
    return mix(
      hash,
      hashBytes(this.seed, bytes, after, Math.min(HASHED_BYTES, Math.max(0, end - after))),
    )
  }

  private decide(shard: number, now: number): void {
    if (this.decided[shard] === 0) {
      if (this.looked[shard]! < DUPLICATE_TRIAL_FRAMES) return
      this.decided[shard] = 1
      this.all[shard] = this.found[shard]! > this.looked[shard]! * ON_SHARE ? 1 : 0
      return this.restart(shard, now)
    }
    if (now - this.since[shard]! < WINDOW_SECONDS) return
    const share = this.found[shard]! / Math.max(1, this.looked[shard]!)
    if (share > ON_SHARE) this.all[shard] = 1
    if (share > OFF_SHARE) this.calmSince[shard] = now
    if (now - this.calmSince[shard]! > OFF_SECONDS) this.all[shard] = 0
    this.restart(shard, now)
  }

  private restart(shard: number, now: number): void {
    if (this.calmSince[shard] === 0) this.calmSince[shard] = now
    this.since[shard] = now
    this.looked[shard] = this.found[shard] = 0
  }
}
