/** The outside as the live sensor sees it: who carries its packets, and the names of its addresses. */

import { hashBytes } from '../bytes/hash.js'
import { ip4Text, ip6Text } from '../bytes/text.js'
import type { ConversationHeard, Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import { CARRIED_MAX, OUTSIDE_NAMES_MAX } from './limits.js'
import type { Stations } from './stations.js'
import type { Subnets } from './subnets.js'

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly subnets: Subnets
}

export class Outsiders {
  private readonly known: Known
  /** By station: hashes of the outside addresses its frames came from. */
  private readonly carried = new Map<number, number[]>()
  /** By outside address: the name an answer gave it last; the oldest go first. */
  private readonly names = new Map<string, string>()

  constructor(known: Known) {
    this.known = known
  }

  /** The station that turned out to be a router by this row, or -1. */
  hear(row: ConversationHeard): number {
    if (row.clientMacAt < 0) return -1
    const { octetsOut, octetsIn, clientIpAt, serverIpAt, clientMacAt, serverMacAt } = row
    const client = octetsOut > 0 ? this.carry(row, clientIpAt, clientMacAt) : -1
    const server = octetsIn > 0 ? this.carry(row, serverIpAt, serverMacAt) : -1
    return client >= 0 ? client : server
  }

  isRouter(station: number): boolean {
    return (this.carried.get(station)?.length ?? 0) >= CARRIED_MAX
  }

  name(told: Told): void {
    const key = text(told.bytes, told.aboutAt, told.aboutLength)
    const value = told.fact.form(told.bytes, told.valueAt, told.valueLength)
    this.names.delete(key)
    if (this.names.size >= OUTSIDE_NAMES_MAX) {
      for (const oldest of this.names.keys()) {
        this.names.delete(oldest)
        break
      }
    }
    this.names.set(key, value)
  }

  nameOf(address: string): string | null {
    return this.names.get(address) ?? null
  }

  private carry(row: ConversationHeard, ipAt: number, macAt: number): number {
    const { bytes, ipLength, session } = row
    const { addresses, subnets, stations } = this.known
    if (addresses.isInsideNetwork(bytes, ipAt, ipLength) || subnets.holds(bytes, ipAt, ipLength))
      return -1
    const station = stations.at(bytes, macAt, session)
    if (station < 0) return -1
    const hashes = this.carried.get(station) ?? []
    if (hashes.length >= CARRIED_MAX) return -1
    const hash = hashBytes(0, bytes, ipAt, ipLength)
    if (hashes.includes(hash)) return -1
    hashes.push(hash)
    this.carried.set(station, hashes)
    return hashes.length === CARRIED_MAX ? station : -1
  }
}

const text = (bytes: Uint8Array, at: number, length: number): string =>
  length === 4 ? ip4Text(bytes, at) : ip6Text(bytes, at)
