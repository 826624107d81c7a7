/** When to believe a frame: what a broken one states is dropped, unless this mirror breaks them all. */

import { checksumHolds } from '../layers/checksum.js'
import type { Frame } from '../layers/frame.js'
import { SHARDS } from './limits.js'

/** So many are judged before the share of broken ones means something. */
const TRIAL = 20
const BROKEN_SHARE = 0.1
/** After so many that were believed without, a shard tries again: somebody may have mended it. */
const BELIEVED_MAX = 256

export class Checksums {
  /** Frames that stated something new, and whose checksum was wrong. */
  broken = 0
  /** Frames whose checksum was looked at, and those that were believed without. */
  checked = 0
  unchecked = 0
  private readonly judged = new Int32Array(SHARDS)
  private readonly failed = new Int32Array(SHARDS)
  private readonly believed = new Int32Array(SHARDS)

  /** False if the frame's bytes can't be trusted. */
  believes(frame: Frame, shard: number): boolean {
    const judged = this.judged[shard]!
    const failed = this.failed[shard]!
    if (judged >= TRIAL && failed > judged * BROKEN_SHARE) {
      this.unchecked++
      if (++this.believed[shard]! >= BELIEVED_MAX) {
        this.judged[shard] = this.failed[shard] = this.believed[shard] = 0
      }
      return true
    }
    this.checked++
    this.judged[shard] = judged + 1
    if (checksumHolds(frame)) return true
    this.failed[shard] = failed + 1
    this.broken++
    return judged < TRIAL
  }
}
