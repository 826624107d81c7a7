/** Hardware addresses: who was heard, since when, in which VLANs. */

import type { StationHeard, Told } from '../model/heard.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { STATIONS_MAX } from './limits.js'
import { Presence } from './presence.js'
import { isGroupMac, isVirtualMac, word } from './ranges.js'

const SESSION = 2

export class Stations {
  readonly table: KeyTable
  readonly presence = new Presence()
  /** The first VLAN that was told, or 0; the others of the few that have several. */
  private vlan = new Int32Array(0)
  private readonly furtherVlans = new Map<number, Set<number>>()
  /** The address that was asked for last: routers' are asked for again and again. */
  private lastIndex = -1

  constructor(seed: number) {
    this.table = new KeyTable(3, STATIONS_MAX, seed)
  }

  get count(): number {
    return this.table.count
  }

  /** The number of a hardware address, or -1 when there is no room or it is no machine's. */
  at(bytes: Uint8Array, at: number, session: number): number {
    const key = this.table.key
    const high = word(bytes, at)
    const low = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16)
    const again = key[0] === high && key[1] === low && key[SESSION] === session
    if (again && this.lastIndex >= 0) return this.lastIndex
    key[0] = high
    key[1] = low
    key[SESSION] = session
    const isNobody = isGroupMac(high) || (high === 0 && low === 0)
    const index = isNobody ? -1 : this.table.claim()
    if (index >= 0) this.presence.welcome(index)
    this.lastIndex = index
    return index
  }

  hear(heard: StationHeard): void {
    const index = this.at(heard.bytes, heard.macAt, heard.session)
    if (index < 0) return
    this.presence.add(index, heard, heard.octets, 0)
    if (heard.vlan > 0) this.join(index, heard.vlan)
  }

  /** Somebody spoke of this machine, though perhaps not itself. */
  mention(index: number, told: Told): void {
    this.presence.mention(index, told.seconds, told.micros)
    if (told.vlan > 0) this.join(index, told.vlan)
  }

  /** An address that several routers share; it is no device. */
  isVirtual(index: number): boolean {
    return isVirtualMac(this.table.word(index, 0), this.table.word(index, 1))
  }

  isDevice(index: number): boolean {
    return this.presence.first(index) !== Infinity && !this.isVirtual(index)
  }

  session(index: number): number {
    return this.table.word(index, SESSION)
  }

  /** The six bytes of an address, in eight. */
  write(index: number, into: Uint8Array): void {
    const high = this.table.word(index, 0)
    const low = this.table.word(index, 1)
    for (let i = 0; i < 4; i++) {
      into[i] = high >>> (24 - 8 * i)
      into[4 + i] = low >>> (24 - 8 * i)
    }
  }

  vlans(index: number): number[] {
    const first = this.vlan[index] ?? 0
    if (first === 0) return []
    return [first, ...(this.furtherVlans.get(index) ?? [])].sort((a, b) => a - b)
  }

  private join(index: number, vlan: number): void {
    this.vlan = reaching(this.vlan, index)
    const first = this.vlan[index]!
    if (vlan === first) return
    if (first === 0) {
      this.vlan[index] = vlan
      return
    }
    const further = this.furtherVlans.get(index)
    if (further) further.add(vlan)
    else this.furtherVlans.set(index, new Set([vlan]))
  }
}
