/** The same network address in several VLANs of one source: one host, if only one of them is proven. */

import type { Addresses } from './addresses.js'
import { UNBOUND } from './claims.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { ADDRESSES_MAX } from './limits.js'

const NONE = -1

export class Hosts {
  private readonly table: KeyTable
  private readonly addresses: Addresses
  /** By address: its host and 1, or 0; and the next address of the same host, or -1. */
  private hosts = new Int32Array(0)
  private next = new Int32Array(0)
  /** By host: its first address, and the one that stands for all. */
  private heads = new Int32Array(0)
  private models = new Int32Array(0)

  constructor(addresses: Addresses, seed: number) {
    this.addresses = addresses
    this.table = new KeyTable(6, ADDRESSES_MAX, seed)
  }

  get count(): number {
    return this.table.count
  }

  /** The host of an address, or -1. */
  of(address: number): number {
    return address < this.hosts.length ? this.hosts[address]! - 1 : NONE
  }

  /** The address that stands for a host in all its VLANs. */
  model(host: number): number {
    return this.models[host]!
  }

  modelOf(address: number): number {
    const host = this.of(address)
    return host < 0 ? NONE : this.models[host]!
  }

  /** Calls back with every address of a host. */
  each(host: number, visit: (address: number) => void): void {
    for (let i = this.heads[host]!; i >= 0; i = this.next[i]!) visit(i)
  }

  /** Makes an address one of its host's. */
  join(address: number): void {
    if (this.of(address) >= 0) return
    const { table, addresses } = this
    for (let k = 0; k < 4; k++) table.key[k] = addresses.table.word(address, k)
    table.key[4] = addresses.version(address)
    table.key[5] = addresses.session(address)
    const before = table.count
    const host = table.claim()
    if (host < 0) return
    this.heads = reaching(this.heads, host)
    this.models = reaching(this.models, host)
    this.hosts = reaching(this.hosts, address)
    this.next = reaching(this.next, address)
    this.hosts[address] = host + 1
    this.next[address] = host === before ? NONE : this.heads[host]!
    this.heads[host] = address
    if (host === before) this.models[host] = address
  }

  /** Chooses who stands for a host anew: the best proven, in the lowest VLAN. */
  judge(address: number, proofOf: (address: number) => number): void {
    const host = this.of(address)
    if (host < 0) return
    let best = NONE
    for (let i = this.heads[host]!; i >= 0; i = this.next[i]!) {
      if (best < 0 || this.isBetter(i, best, proofOf)) best = i
    }
    this.models[host] = best
  }

  private isBetter(address: number, than: number, proofOf: (address: number) => number): boolean {
    const proof = proofOf(address)
    const other = proofOf(than)
    if (proof !== other) return proof > other
    if (proof === UNBOUND) return address < than
    return this.addresses.vlan(address) < this.addresses.vlan(than)
  }
}
