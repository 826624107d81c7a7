/** Whose connection this might be, best first: by the bytes it begins with, then by its ports. */

import type { Frame } from '../layers/frame.js'
import { CLIENT_IS_A, FLAGS, SYN_SEEN, portOf } from './conversation-rows.js'
import { NOBODY, type Dispatch } from './dispatch.js'
import type { Table } from './table.js'

const MIDSTREAM_PATTERN_BYTES = 3

export class Candidates {
  private readonly table: Table
  private readonly dispatch: Dispatch

  constructor(table: Table, dispatch: Dispatch) {
    this.table = table
    this.dispatch = dispatch
  }

  /**
   * By the first bytes of a side, else by the server's port. Without a start that was heard, only
   * a telling pattern counts, or a port of whose messages each is read by itself.
   */
  first(row: number, { bytes, payloadAt, payloadEnd, sourcePort, targetPort }: Frame): number {
    const { tcpPatterns, tcpPorts } = this.dispatch
    const begun = this.hasBegun(row)
    const least = begun ? 0 : MIDSTREAM_PATTERN_BYTES
    const known = tcpPatterns.match(bytes, payloadAt, payloadEnd, least)
    if (known > NOBODY) return known
    if (!begun) return this.byMessages(sourcePort) || this.byMessages(targetPort)
    if (known === NOBODY) return tcpPorts.first[this.serverPort(row)]!
    // Too few bytes to be sure: the port's parser if there is one, else whose pattern begins so.
    const byPort = tcpPorts.first[sourcePort]! || tcpPorts.first[targetPort]!
    return byPort || tcpPatterns.beginning(bytes[payloadAt]!)
  }

  /** The best whom `isOut` does not rule out, or NOBODY; a side's first bytes are [at, end). */
  next(
    row: number,
    side: { bytes: Uint8Array; at: number; end: number },
    isOut: (protocol: number) => boolean,
  ): number {
    const { tcpPatterns, tcpPorts } = this.dispatch
    const { bytes, at, end } = side
    const least = this.hasBegun(row) ? 0 : MIDSTREAM_PATTERN_BYTES
    let known = tcpPatterns.match(bytes, at, end, least)
    while (known > NOBODY) {
      if (!isOut(known)) return known
      known = tcpPatterns.match(bytes, at, end, least, known)
    }
    if (!this.hasBegun(row)) return NOBODY
    const port = this.serverPort(row)
    let owner = tcpPorts.first[port]!
    while (owner !== NOBODY && isOut(owner)) owner = tcpPorts.after(port, owner)
    return owner
  }

  /** Who is heard at a port and can begin anywhere, since every segment is a message to it. */
  private byMessages(port: number): number {
    const { tcpPorts, byMessages } = this.dispatch
    const owner = tcpPorts.first[port]!
    return byMessages[owner] === 1 ? owner : NOBODY
  }

  private hasBegun(row: number): boolean {
    return (this.table.words[row + FLAGS]! & SYN_SEEN) !== 0
  }

  private serverPort(row: number): number {
    const { words } = this.table
    return portOf(words, row, (words[row + FLAGS]! & CLIENT_IS_A) === 0)
  }
}
