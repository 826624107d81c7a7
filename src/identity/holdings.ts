/** Which addresses each station holds now: lists that addresses leave as easily as they join. */

import { reaching } from './columns.js'

const NONE = -1

export class Holdings {
  /** By station: its first address and 1, or 0. By address: its neighbours in the list and 1, or 0. */
  private heads = new Int32Array(0)
  private next = new Int32Array(0)
  private before = new Int32Array(0)

  first(station: number): number {
    return station < this.heads.length ? this.heads[station]! - 1 : NONE
  }

  after(address: number): number {
    return this.next[address]! - 1
  }

  /** An address goes from one station to another; -1 is nobody. */
  move(address: number, from: number, to: number): void {
    this.next = reaching(this.next, address)
    this.before = reaching(this.before, address)
    if (from >= 0) this.leave(address, from)
    if (to >= 0) this.join(address, to)
  }

  private leave(address: number, station: number): void {
    const next = this.next[address]!
    const before = this.before[address]!
    if (before > 0) this.next[before - 1] = next
    else this.heads[station] = next
    if (next > 0) this.before[next - 1] = before
    this.next[address] = this.before[address] = 0
  }

  private join(address: number, station: number): void {
    this.heads = reaching(this.heads, station)
    const first = this.heads[station]!
    this.next[address] = first
    this.before[address] = 0
    if (first > 0) this.before[first - 1] = address + 1
    this.heads[station] = address + 1
  }
}
