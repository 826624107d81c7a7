/**
 * Of the connections that a conversation is made of: the client's port of the one heard last, and
 * how long answers took. It is the same in whatever order they are told.
 */

import type { ConversationHeard } from '../model/heard.js'
import { reaching } from './columns.js'

export class LastConnections {
  private ports = new Uint16Array(0)
  /** Microseconds; 0 where none was measured. */
  private smallest = new Int32Array(0)
  private latest = new Int32Array(0)
  /** When the connection was heard last whose port it is, and that of the latest round trip. */
  private heard = new Float64Array(0)
  private measured = new Float64Array(0)

  add(
    index: number,
    { last, clientPort, roundTripSmallest, roundTripLast }: ConversationHeard,
  ): void {
    if (index >= this.ports.length) this.grow(index)
    const before = this.heard[index]!
    if (last > before || (last === before && clientPort > this.ports[index]!)) {
      this.heard[index] = last
      this.ports[index] = clientPort
    }
    if (roundTripLast > 0) this.measure(index, roundTripSmallest, roundTripLast, last)
  }

  /** Adds the round trips of another conversation, or of one of another list. */
  merge(index: number, { smallest, latest, measured }: LastConnections, other: number): void {
    if (other >= latest.length || latest[other] === 0) return
    if (index >= this.ports.length) this.grow(index)
    this.measure(index, smallest[other]!, latest[other]!, measured[other]!)
  }

  clientPort(index: number): number {
    return this.ports[index]!
  }

  /** Microseconds, or null where none was heard both ways. */
  smallestRoundTrip(index: number): number | null {
    return this.smallest[index]! || null
  }
  lastRoundTrip(index: number): number | null {
    return this.latest[index]! || null
  }

  private measure(index: number, smallest: number, latest: number, at: number): void {
    const known = this.smallest[index]!
    this.smallest[index] = known === 0 ? smallest : Math.min(known, smallest)
    const before = this.measured[index]!
    if (at < before || (at === before && latest < this.latest[index]!)) return
    this.latest[index] = latest
    this.measured[index] = at
  }

  private grow(index: number): void {
    this.ports = reaching(this.ports, index)
    this.smallest = reaching(this.smallest, index)
    this.latest = reaching(this.latest, index)
    this.heard = reaching(this.heard, index)
    this.measured = reaching(this.measured, index)
  }
}
