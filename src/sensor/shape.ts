/** How many workers hear, and how large the ring of each is: by the link's speed, the cores and the memory. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../settings/schema.js'

const FOLDER = '/sys/class/net'
const MIB = 1 << 20
export const WORKERS_MAX = 16
/** What one worker hears with room to spare, in Mbit/s. */
const WORKER_MBIT = 4000
/** A ring holds this much of the link's time, within these bounds. */
const RING_SECONDS = 0.25
const RING_BYTES = { min: 64 * MIB, max: 512 * MIB }
/** All rings together take no more of the machine's memory. */
const MEMORY_SHARE = 1 / 4
const BLOCKS_MIN = 16
const BYTES_PER_MBIT = 125_000
/** What is assumed of a link that does not say. */
const MBIT = 1000

export interface Machine {
  readonly cores: number
  readonly memory_bytes: number
  /** Of each interface that is heard, in Mbit/s. */
  readonly speeds: readonly number[]
}

export interface Shape {
  readonly workers: number
  readonly block_bytes: number
  readonly blocks: number
}

/** What the settings leave open follows from the machine. */
export function shapeFor(capture: Settings['capture'], machine: Machine): Shape {
  const { ring_block_bytes: block_bytes, ring_blocks } = capture
  const workers = capture.workers === 'auto' ? workersFor(machine) : capture.workers
  if (ring_blocks !== 'auto') return { workers, block_bytes, blocks: ring_blocks }
  const fastest = Math.max(0, ...machine.speeds)
  const wanted = (fastest * BYTES_PER_MBIT * RING_SECONDS) / workers
  const rings = workers * Math.max(1, machine.speeds.length)
  const bytes = Math.min(
    Math.max(wanted, RING_BYTES.min),
    RING_BYTES.max,
    (machine.memory_bytes * MEMORY_SHARE) / rings,
  )
  return { workers, block_bytes, blocks: Math.max(BLOCKS_MIN, Math.floor(bytes / block_bytes)) }
}

/** One core is left to the main thread, if there is another. */
function workersFor({ cores, speeds }: Machine): number {
  const all = speeds.reduce((sum, speed) => sum + speed, 0)
  const useful = Math.ceil(all / WORKER_MBIT)
  return Math.max(1, Math.min(useful, cores - 1, WORKERS_MAX))
}

/** The link's speed in Mbit/s. */
export function speedOf(name: string, folder = FOLDER): number {
  try {
    const speed = Number(readFileSync(join(folder, name, 'speed'), 'utf8'))
    return speed > 0 ? speed : MBIT
  } catch {
    return MBIT
  }
}
