/**
 * The same network address in several VLANs of one source: one host, if only one of them is proven.
 * Where two VLANs turn out to use the same addresses for different machines, the later one's hosts
 * are its own.
 */

import type { Addresses } from './addresses.js'
import { UNBOUND } from './claims.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { ADDRESSES_MAX, OVERLAPS_MAX } from './limits.js'

const NONE = -1
const VLANS = 4096
export class Hosts {
  /** True while so many addresses are made up that who has not spoken twice is no device. */
  isFlooded = false
  /** Told of a host that lost or got an address because VLANs overlap. */
  onChange: (host: number) => void = () => undefined
  /** Told of an address that became a host's. */
  onJoin: (host: number, address: number) => void = () => undefined
  private readonly table: KeyTable
  private readonly addresses: Addresses
  /** By address: its host and 1, or 0; and the next address of the same host, or -1. */
  private hosts = new Int32Array(0)
  private next = new Int32Array(0)
  /** By host: its first address, and the one that stands for all; -1 when it has none left. */
  private heads = new Int32Array(0)
  private models = new Int32Array(0)
  /** By VLAN: 1 if its hosts are no other VLAN's. */
  private readonly apart = new Uint8Array(VLANS)
  /** By two VLANs: the first host that has a holder in each; with a second one, they overlap. */
  private readonly overlaps = new Map<number, number>()

  constructor(addresses: Addresses, seed: number) {
    this.addresses = addresses
    this.table = new KeyTable(7, ADDRESSES_MAX, seed)
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

  /** Heard in one VLAN only. */
  isAlone(host: number): boolean {
    const first = this.heads[host]!
    return first < 0 || this.next[first]! < 0
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
    const vlan = addresses.vlan(address)
    table.key[4] = addresses.version(address)
    table.key[5] = addresses.session(address)
    table.key[6] = this.apart[vlan & (VLANS - 1)] === 1 ? vlan : 0
    const before = table.count
    const host = table.claim()
    if (host < 0) return
    this.heads = reaching(this.heads, host)
    this.models = reaching(this.models, host)
    this.hosts = reaching(this.hosts, address)
    this.next = reaching(this.next, address)
    const isFirst = host === before || this.heads[host]! < 0
    this.hosts[address] = host + 1
    this.next[address] = isFirst ? NONE : this.heads[host]!
    this.heads[host] = address
    if (isFirst) this.models[host] = address
    this.onJoin(host, address)
  }

  /** Tells once more of every address that is a host's. */
  retell(): void {
    for (let i = 0; i < this.addresses.count; i++) {
      const host = this.of(i)
      if (host >= 0) this.onJoin(host, i)
    }
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

  /**
   * An address has a holder of its own in this VLAN, and another one in another. The VLAN that must
   * be separated because that is certain now, or -1.
   */
  overlap(address: number, other: number): number {
    const own = this.addresses.vlan(address)
    const foreign = this.addresses.vlan(other)
    const vlan = own === 0 ? foreign : own
    if (this.apart[vlan & (VLANS - 1)] === 1) return NONE
    const host = this.of(address)
    const vlans = Math.min(own, foreign) * VLANS + Math.max(own, foreign)
    const known = this.overlaps.get(vlans)
    if (known === undefined && this.overlaps.size < OVERLAPS_MAX) this.overlaps.set(vlans, host)
    if (known === undefined || known === host) return NONE
    this.apart[vlan & (VLANS - 1)] = 1
    return vlan
  }

  /** Gives every address of a VLAN a host of its own. */
  separate(vlan: number, proofOf: (address: number) => number): void {
    const { addresses } = this
    for (let i = 0; i < addresses.count; i++) {
      const host = this.of(i)
      if (host < 0 || addresses.vlan(i) !== vlan) continue
      this.leave(i, host)
      this.join(i)
      const first = this.heads[host]!
      if (first >= 0) this.judge(first, proofOf)
      this.judge(i, proofOf)
      this.onChange(host)
      this.onChange(this.of(i))
    }
  }

  private leave(address: number, host: number): void {
    this.hosts[address] = 0
    if (this.heads[host] === address) this.heads[host] = this.next[address]!
    else {
      let i = this.heads[host]!
      while (this.next[i] !== address) i = this.next[i]!
      this.next[i] = this.next[address]!
    }
    if (this.models[host] === address) this.models[host] = this.heads[host]!
  }

  private isBetter(address: number, than: number, proofOf: (address: number) => number): boolean {
    const proof = proofOf(address)
    const other = proofOf(than)
    if (proof !== other) return proof > other
    if (proof === UNBOUND) return address < than
    return this.addresses.vlan(address) < this.addresses.vlan(than)
  }
}
