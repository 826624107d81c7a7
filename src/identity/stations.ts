/** Hardware addresses: who was heard, since when, in which VLANs. */

import type { StationHeard, Told } from '../model/heard.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { FURTHER_VLANS_MAX, STATIONS_MAX, STATION_VLANS_MAX } from './limits.js'
import { Presence } from './presence.js'
import { isGroupMac, isVirtualMac, word } from './ranges.js'

const SESSION = 2
/** Who sent no more than this, and was heard no longer, has not proved to be real. */
const STRANGER_PACKETS = 2
const STRANGER_MICROS = 60e6

export class Stations {
  readonly table: KeyTable
  readonly presence = new Presence()
  /** True while so many are made up that who has not proved to be real is no device. */
  isFlooded = false
  /** Told of every new station. */
  onNew: (station: number) => void = () => undefined
  /** The first VLAN it sent in, and 1; else the first in which it was spoken of, negative; or 0. */
  private vlan = new Int32Array(0)
  /** The others of the few that have several. */
  private readonly furtherVlans = new Map<number, Set<number>>()
  private further = 0
  /** By station: 1 if a server gave it an address, or it was recorded before. */
  private vouched = new Uint8Array(0)
  /** The address that was asked for last: routers' are asked for again and again. */
  private lastIndex = -1

  constructor(seed: number) {
    this.table = new KeyTable(3, STATIONS_MAX, seed)
  }

  get count(): number {
    return this.table.count
  }

  /** Nobody new can be told apart any more. */
  get isFull(): boolean {
    return this.table.crowding === 1
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
    const before = this.table.count
    const index = isNobody ? -1 : this.table.claim()
    if (index >= 0) this.presence.welcome(index)
    this.lastIndex = index
    if (index === before) this.onNew(index)
    return index
  }

  /** True if it was heard in a VLAN for the first time. */
  hear(heard: StationHeard): boolean {
    const index = this.at(heard.bytes, heard.macAt, heard.session)
    if (index < 0) return false
    this.presence.add(index, heard, heard.octets, 0)
    return this.join(index, heard.vlan)
  }

  /** Somebody spoke of this machine, though perhaps not itself, and perhaps elsewhere. */
  mention(index: number, told: Told): void {
    this.presence.mention(index, told.seconds, told.micros)
    if (told.vlan === 0) return
    this.vlan = reaching(this.vlan, index)
    if (this.vlan[index] === 0) this.vlan[index] = -told.vlan
  }

  /** It is real, however little it sends. */
  vouch(index: number): void {
    this.vouched = reaching(this.vouched, index)
    this.vouched[index] = 1
  }

  /** An address that several routers share; it is no device. */
  isVirtual(index: number): boolean {
    return isVirtualMac(this.table.word(index, 0), this.table.word(index, 1))
  }

  isDevice(index: number): boolean {
    if (this.presence.first(index) === Infinity || this.isVirtual(index)) return false
    return !(this.isFlooded && this.isStranger(index))
  }

  /** It said next to nothing, and nobody vouches for it. */
  isStranger(index: number): boolean {
    if (this.vouched[index] === 1 || this.presence.packets(index) > STRANGER_PACKETS) return false
    return this.presence.last(index) - this.presence.first(index) < STRANGER_MICROS
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
    const all = [Math.abs(first) - (first > 0 ? 1 : 0), ...(this.furtherVlans.get(index) ?? [])]
    return all.filter(vlan => vlan > 0).sort((a, b) => a - b)
  }

  /** It sends in a VLAN; 0 is none. True if that is new. */
  join(index: number, vlan: number): boolean {
    this.vlan = reaching(this.vlan, index)
    const first = this.vlan[index]!
    if (first === vlan + 1) return false
    if (first <= 0) {
      this.vlan[index] = vlan + 1
      return true
    }
    const further = this.furtherVlans.get(index)
    if (this.further === FURTHER_VLANS_MAX || further?.has(vlan) === true) return false
    if (further === undefined) this.furtherVlans.set(index, new Set([vlan]))
    else if (further.size < STATION_VLANS_MAX) further.add(vlan)
    else return false
    this.further++
    return true
  }
}
