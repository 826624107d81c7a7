/** Reads a source to its end: keeps its clock steady, counts what came, hands it to the crew. */

import type { Batch, Source } from '../capture/source.js'
import type { Census } from '../model/census.js'
import { Clock } from './clock.js'
import { sumCounts, type Counts, type Crew } from './crew.js'

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
  /** What nobody parsed; known at the end. */
  census: Census | undefined
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
    census: undefined,
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
  reading.census = crew.census?.(reading.counts)
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
