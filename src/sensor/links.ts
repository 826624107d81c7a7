/** What Linux itself counts and knows of an interface, read from /sys and /proc below a root folder. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Counts are since the interface came to be. */
export interface LinkReading {
  readonly up: boolean
  /** A cable is in, and the other end is there. */
  readonly running: boolean
  readonly mtu: number
  /** null where nobody knows: virtual interfaces, or no link. */
  readonly speed_mbit: number | null
  readonly received: number
  readonly received_bytes: number
  readonly transmitted: number
  /** No room on the card: missed or overrun, whichever the driver counts. */
  readonly missed: number
  /** Given up by the driver or before the ring; those of the backlog are among them. */
  readonly dropped: number
}

const IFF_UP = 1
/** What a name may be: it becomes a part of a path. */
const NAME = /^(?!\.{1,2}$)[^\s/\0]{1,15}$/
/** The second column of softnet_stat, in hex, a row for each processor. */
const DROPPED_COLUMN = 1

/** The interface as it is now, or undefined if there is none of that name. */
export function readLink(name: string, root = '/'): LinkReading | undefined {
  if (!NAME.test(name)) return undefined
  const folder = join(root, 'sys/class/net', name)
  const flags = word(folder, 'flags')
  if (flags === undefined) return undefined
  const up = (Number(flags) & IFF_UP) !== 0
  const speed = count(folder, 'speed')
  const statistics = join(folder, 'statistics')
  const of = (file: string): number => count(statistics, file)
  return {
    up,
    // Asked of an interface that is down, the kernel answers with an error.
    running: up && word(folder, 'carrier') === '1',
    mtu: count(folder, 'mtu'),
    speed_mbit: speed > 0 ? speed : null,
    received: of('rx_packets'),
    received_bytes: of('rx_bytes'),
    transmitted: of('tx_packets'),
    // Drivers tell of the same frames under one of these names or under several.
    missed: Math.max(of('rx_missed_errors'), of('rx_fifo_errors'), of('rx_over_errors')),
    dropped: of('rx_dropped'),
  }
}

/** Frames that found the backlog of a processor full, of all interfaces together; null if unknown. */
export function readBacklogDrops(root = '/'): number | null {
  const table = word(join(root, 'proc/net'), 'softnet_stat')
  if (table === undefined) return null
  return table
    .split('\n')
    .map(row => parseInt(row.trim().split(/\s+/)[DROPPED_COLUMN] ?? '', 16))
    .reduce((sum, dropped) => (Number.isFinite(dropped) ? sum + dropped : sum), 0)
}

function word(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), 'latin1').trim()
  } catch {
    return undefined
  }
}

function count(folder: string, file: string): number {
  const known = Number(word(folder, file) ?? 0)
  return Number.isFinite(known) ? known : 0
}
