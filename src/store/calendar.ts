/** The time by which things age: a clock that jumps a year ahead must not empty the database. */

import type { Time } from '../model/device.js'

/** A clock may be put right by as much without being doubted. */
const DRIFT_MS = 3_600_000
/** A new time that has held for so long is believed. */
const DOUBT_MS = 86_400_000

export class Calendar {
  private at: Time
  private tick: number
  private doubted: number | undefined

  /** `at` is the time that was believed last, `tick` the uptime in milliseconds. */
  constructor(at: Time, tick: number) {
    this.at = at
    this.tick = tick
  }

  /** The time that may be believed, given what the clock says and how long we are up. */
  believed(now: Time, tick: number): Time {
    const expected = this.at + Math.max(0, tick - this.tick)
    const isAhead = now > expected + DRIFT_MS
    if (!isAhead) this.doubted = undefined
    else this.doubted ??= tick
    const isDoubted = isAhead && tick - (this.doubted ?? tick) < DOUBT_MS
    this.at = isDoubted ? expected : now
    this.tick = tick
    return this.at
  }
}
