/** Reads a source to its end: keeps its clock steady, counts what came, hands it to the crew. */

import type { Batch, Source } from '../capture/source.js'
import { sumCounts, type Counts, type Crew } from './crew.js'
import { CLOCK_JUMP_SECONDS } from './limits.js'

/** What a source held, whatever was made of it. */
export interface Reading {
  packets: number
  bytes: number
  /** Frames of which only a part was captured. */
  truncated: number
  /** Microseconds since 1970; NaN when there was no frame. */
  first: number
  last: number
  /** How often the clock went back by more than an hour. */
  epochs: number
  counts: Counts
}

/** Told after every batch; a promise makes the reading wait, so that others get their turn. */
export type Pace = (reading: Reading) => Promise<void> | undefined

export async function readSource(source: Source, crew: Crew, progress: Pace): Promise<Reading> {
  const clock = new Clock()
  const reading: Reading = {
    packets: 0,
    bytes: 0,
    truncated: 0,
    first: NaN,
    last: NaN,
    epochs: 0,
    counts: sumCounts([]),
  }
  try {
    for (;;) {
      const room = crew.room()
      const batch = room instanceof Promise ? await room : room
      const filled = source.fill(batch)
      if (!(filled instanceof Promise ? await filled : filled)) break
      clock.steady(batch)
      count(batch, reading)
      crew.hear(batch, reading.packets + 1)
      reading.packets += batch.count
      const pause = progress(reading)
      if (pause) await pause
    }
  } finally {
    source.close()
  }
  reading.counts = await crew.finish()
  reading.first = clock.first
  reading.last = clock.last
  reading.epochs = clock.epochs
  return reading
}

function count(batch: Batch, reading: Reading): void {
  const { wire, length } = batch
  let octets = 0
  let cut = 0
  for (let i = 0; i < batch.count; i++) {
    octets += wire[i]!
    if (length[i]! < wire[i]!) cut++
  }
  reading.bytes += octets
  reading.truncated += cut
}

/** A source's time only moves forward, unless it jumps back so far that it must be another time. */
class Clock {
  first = NaN
  last = NaN
  epochs = 0
  private seconds = 0
  private micros = 0

  steady(batch: Batch): void {
    const { seconds, micros, count } = batch
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
      } else if (behind > CLOCK_JUMP_SECONDS) {
        this.epochs++
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
