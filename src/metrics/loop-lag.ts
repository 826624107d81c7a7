/** How late the main thread is: the delay of its timers, over about the last minute. */

import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'

/** A timer this often; what it takes longer is lag. */
const RESOLUTION_MS = 10
const WINDOW_MS = 30_000

export interface Lag {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export class LoopLag {
  private readonly delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  private before: Lag = { p50: 0, p99: 0, max: 0 }
  private since_ms = 0

  /** From now on; what was slow before belongs to the start. */
  begin(now_ms: number): void {
    this.delays.enable()
    this.delays.reset()
    this.since_ms = now_ms
  }

  /** The worse of this window and the one before, in seconds; asked now and then. */
  read(now_ms: number): Lag {
    const here = this.now()
    const { p50, p99, max } = this.before
    if (now_ms - this.since_ms >= WINDOW_MS) {
      this.before = here
      this.since_ms = now_ms
      this.delays.reset()
    }
    return {
      p50: Math.max(here.p50, p50),
      p99: Math.max(here.p99, p99),
      max: Math.max(here.max, max),
    }
  }

  stop(): void {
    this.delays.disable()
  }

  private now(): Lag {
    const { delays } = this
    return {
      p50: seconds(delays.percentile(50)),
      p99: seconds(delays.percentile(99)),
      max: seconds(delays.max),
    }
  }
}

/** Of nanoseconds, without the timer's own interval; a window without any timer has none. */
function seconds(delay_ns: number): number {
  const lag = delay_ns / 1e9 - RESOLUTION_MS / 1e3
  return lag > 0 && lag < 1e6 ? lag : 0
}
