/**
 * What the system counts of the interfaces that are heard, since the sensor began: also when an
 * interface went away, came back, and counts from nothing.
 */

import { readLink, type LinkReading } from './links.js'
import { since } from './measurements.js'

const COUNTED = ['received', 'received_bytes', 'transmitted', 'missed', 'dropped'] as const
type Counted = (typeof COUNTED)[number]

export type LinkSums = Readonly<Record<Counted, number>>

interface Known {
  last: LinkReading | undefined
  readonly sums: Record<Counted, number>
}

export class LinkCounts {
  private readonly known = new Map<string, Known>()
  private readonly read: (name: string) => LinkReading | undefined

  constructor(names: readonly string[], read = readLink) {
    this.read = read
    for (const name of names) this.add(name)
  }

  private add(name: string): Known {
    const sums = { received: 0, received_bytes: 0, transmitted: 0, missed: 0, dropped: 0 }
    const known = { last: this.read(name), sums }
    this.known.set(name, known)
    return known
  }

  /** The interface now, or undefined if it isn't there; what it counted goes to the sums. */
  look(name: string): LinkReading | undefined {
    const known = this.known.get(name) ?? this.add(name)
    const now = this.read(name)
    if (now === undefined) {
      known.last = undefined
      return undefined
    }
    // One that was not there a moment ago counts from nothing.
    for (const what of COUNTED) known.sums[what] += since(known.last?.[what] ?? 0, now[what])
    known.last = now
    return now
  }

  sums(name: string): LinkSums {
    return (this.known.get(name) ?? this.add(name)).sums
  }
}
