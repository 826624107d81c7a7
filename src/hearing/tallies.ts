/** How often each parser was given something, and what was wrong with it. */

import type { Protocol } from '../protocols/protocol.js'

export interface Tally {
  name: string
  packets: number
  malformed: number
  /** By name of the fault; `short` messages are cut, not malformed, and stand here only. */
  faults: Record<string, number>
  /** TCP protocols only. */
  connections: number | null
}

export class Tallies {
  /** All indexed by protocol number, from 1. */
  readonly packets: Float64Array
  readonly connections: Float64Array
  private readonly faults: Map<string, number>[]
  private readonly protocols: readonly Protocol[]

  constructor(protocols: readonly Protocol[]) {
    this.protocols = protocols
    this.packets = new Float64Array(protocols.length + 1)
    this.connections = new Float64Array(protocols.length + 1)
    this.faults = Array.from({ length: protocols.length + 1 }, () => new Map<string, number>())
  }

  fault(protocol: number, name: string): void {
    const faults = this.faults[protocol]!
    faults.set(name, (faults.get(name) ?? 0) + 1)
  }

  read(): Tally[] {
    return this.protocols.map((protocol, index) => {
      const faults = Object.fromEntries([...this.faults[index + 1]!].sort())
      const malformed = Object.entries(faults).reduce(
        (sum, [name, n]) => (name === 'short' ? sum : sum + n),
        0,
      )
      const overTcp = protocol.heard.some(heard => heard.startsWith('tcp'))
      return {
        name: protocol.name,
        packets: this.packets[index + 1]!,
        malformed,
        faults,
        connections: overTcp ? this.connections[index + 1]! : null,
      }
    })
  }
}

/** Adds up what several workers counted. */
export function sumTallies(all: readonly Tally[][]): Tally[] {
  const [first = [], ...others] = all
  const sums = first.map(tally => ({ ...tally, faults: { ...tally.faults } }))
  for (const tallies of others) {
    tallies.forEach((tally, i) => {
      const sum = sums[i]!
      sum.packets += tally.packets
      sum.malformed += tally.malformed
      if (sum.connections !== null) sum.connections += tally.connections ?? 0
      for (const [name, n] of Object.entries(tally.faults))
        sum.faults[name] = (sum.faults[name] ?? 0) + n
    })
  }
  return sums
}
