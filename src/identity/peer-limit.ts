/** The first so many peers outside that each device is shown with. */

import { KeyTable } from './key-table.js'
import { CONVERSATIONS_MAX, OUTSIDE_PEERS_MAX } from './limits.js'

export class PeerLimit {
  /** By device: how many rows of peers were admitted. */
  private readonly admitted = new Map<number, number>()
  /** Pairs of a device and a peer. */
  private readonly known: KeyTable

  private readonly rows: Int32Array

  /** `rows` is by device, and no device has more peers than that. */
  constructor(rows: Int32Array, seed: number) {
    this.rows = rows
    this.known = new KeyTable(2, CONVERSATIONS_MAX, seed)
  }

  admits(device: number, address: number): boolean {
    if (this.rows[device]! <= OUTSIDE_PEERS_MAX) return true
    const { key } = this.known
    key[0] = device
    key[1] = address
    if (this.known.find() >= 0) return true
    const count = this.admitted.get(device) ?? 0
    if (count === OUTSIDE_PEERS_MAX) return false
    this.admitted.set(device, count + 1)
    this.known.claim()
    return true
  }
}
