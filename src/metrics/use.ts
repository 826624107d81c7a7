/** What this program uses of the machine. */

import { readFileSync } from 'node:fs'
import type { Snapshot } from './snapshot.js'

const KB = 1024

export function useNow(): Snapshot['use'] {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return {
    resident_bytes: rss,
    anonymous_bytes: anonymousBytes() ?? rss,
    heap_bytes: heapUsed,
    cpu_seconds: (user + system) / 1e6,
  }
}

/** Linux tells; a mapped ring is no part of it. */
function anonymousBytes(): number | undefined {
  try {
    const [, size] =
      /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? []
    return size === undefined ? undefined : Number(size) * KB
  } catch {
    return undefined
  }
}
