/** The time of what is heard: it only moves forward, unless it must be another time. */

import type { Batch } from '../capture/source.js'
import { CLOCK_JUMP_SECONDS } from './limits.js'

export class Clock {
  /** Microseconds since 1970 of the earliest and the latest frame; NaN while there was none. */
  first = NaN
  last = NaN
  /** How often time went back by more than an hour. */
  epochs = 0
  /** The time now. */
  seconds = 0
  micros = 0
  private readonly held_seconds: number

  /** A frame that is this far behind is given the time of the one before it; one further behind is believed. */
  constructor(held_seconds = CLOCK_JUMP_SECONDS) {
    this.held_seconds = held_seconds
  }

  /** Makes the times of a batch steady, in place. */
  steady(batch: Batch): void {
    const { seconds, micros, count } = batch
    const held = this.held_seconds
    if (count === 0) return
    let s = this.seconds
    let m = this.micros
    if (Number.isNaN(this.first)) {
      s = seconds[0]!
      m = micros[0]!
      this.first = s * 1e6 + m
    }
    for (let i = 0; i < count; i++) {
      const second = seconds[i]!
      const behind = s - second
      if (behind < 0 || (behind === 0 && micros[i]! >= m)) {
        s = second
        m = micros[i]!
      } else if (behind > held) {
        if (behind > CLOCK_JUMP_SECONDS) this.epochs++
        s = second
        m = micros[i]!
        this.first = Math.min(this.first, s * 1e6 + m)
      } else {
        seconds[i] = s
        micros[i] = m
      }
    }
    this.seconds = s
    this.micros = m
    const now = s * 1e6 + m
    this.last = Number.isNaN(this.last) ? now : Math.max(this.last, now)
  }
}
