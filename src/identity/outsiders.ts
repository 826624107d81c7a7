/** The outside as the live sensor sees it: who carries its packets, and the names of its addresses. */

import { ip4Text, ip6Text } from '../bytes/text.js'
import type { ConversationHeard, Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import type { Claims } from './claims.js'
import { commonDomain, plain } from './domains.js'
import { CARRIED_MAX, CARRIERS_MAX, OUTSIDE_NAMES_MAX } from './limits.js'
import { isNobody, word } from './ranges.js'
import type { Stations } from './stations.js'
import type { Subnets } from './subnets.js'

interface Called {
  /** The last one, and what all so far have in common. */
  readonly name: string
  readonly domain: string
}

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly claims: Claims
  readonly subnets: Subnets
}

export class Outsiders {
  private readonly known: Known
  /** By station: outside addresses that its frames came from, of different networks. */
  private readonly carried = new Map<number, Uint8Array[]>()
  /** By outside address: what answers called it; the oldest go first. */
  private readonly names = new Map<string, Called>()
  private readonly words = new Int32Array(4)

  constructor(known: Known) {
    this.known = known
  }

  /** Calls back with the stations that turned out to carry more than was known. */
  hear(row: ConversationHeard, visit: (station: number) => void): void {
    if (row.clientMacAt < 0) return
    const { octetsOut, octetsIn, clientIpAt, serverIpAt, clientMacAt, serverMacAt } = row
    if (octetsOut > 0) this.carry(row, clientIpAt, clientMacAt, visit)
    if (octetsIn > 0) this.carry(row, serverIpAt, serverMacAt, visit)
  }

  /** It carries what nobody said is its own or its network's. */
  isRouter(station: number): boolean {
    return this.carried.get(station)?.some(address => !this.isExplained(address, station)) ?? false
  }

  /** It carries so much that there is no doubt. */
  isSurelyRouter(station: number): boolean {
    const carried = this.carried.get(station)
    if (carried === undefined || carried.length < CARRIED_MAX) return false
    return carried.every(address => !this.isExplained(address, station))
  }

  each(visit: (station: number) => void): void {
    for (const station of this.carried.keys()) visit(station)
  }

  name(told: Told): void {
    const key = text(told.bytes, told.aboutAt, told.aboutLength)
    const name = told.fact.form(told.bytes, told.valueAt, told.valueLength)
    const before = this.names.get(key)
    const domain = before === undefined ? plain(name) : commonDomain(before.domain, name)
    this.names.delete(key)
    if (this.names.size >= OUTSIDE_NAMES_MAX) {
      for (const oldest of this.names.keys()) {
        this.names.delete(oldest)
        break
      }
    }
    this.names.set(key, { name, domain })
  }

  /** The last name. */
  nameOf(address: string): string | null {
    return this.names.get(address)?.name ?? null
  }

  /** What all names of the address at `at` have in common; '' is nothing. */
  domainOf(bytes: Uint8Array, at: number, length: number): string {
    return this.names.get(text(bytes, at, length))?.domain ?? ''
  }

  private carry(
    { bytes, ipLength, session }: ConversationHeard,
    ipAt: number,
    macAt: number,
    visit: (station: number) => void,
  ): void {
    const { addresses, subnets, stations } = this.known
    if (addresses.isInsideNetwork(bytes, ipAt, ipLength)) return
    if (this.isNobody(bytes, ipAt, ipLength) || subnets.holds(bytes, ipAt, ipLength)) return
    const station = stations.at(bytes, macAt, session)
    if (station < 0) return
    const carried = this.carried.get(station) ?? []
    if (carried.some(other => isNear(other, bytes, ipAt, ipLength))) return
    const place =
      carried.length < CARRIED_MAX
        ? carried.length
        : carried.findIndex(other => this.isExplained(other, station))
    if (place < 0 || (carried.length === 0 && this.carried.size === CARRIERS_MAX)) return
    carried[place] = bytes.slice(ipAt, ipAt + ipLength)
    this.carried.set(station, carried)
    visit(station)
  }

  private isNobody(bytes: Uint8Array, at: number, length: number): boolean {
    for (let i = 0; i < length >> 2; i++) this.words[i] = word(bytes, at + 4 * i)
    return isNobody(length === 4 ? 4 : 6, this.words)
  }

  /** The station's own, or of the network here: as far as anybody has said by now. */
  private isExplained(address: Uint8Array, station: number): boolean {
    const { addresses, claims, subnets } = this.known
    if (subnets.holds(address, 0, address.length)) return true
    const index = addresses.outside(address, 0, address.length)
    return index >= 0 && claims.has(index, station)
  }
}

/** The same address; of IPv6, the same network: a host makes itself many addresses of one. */
function isNear(one: Uint8Array, bytes: Uint8Array, at: number, length: number): boolean {
  if (one.length !== length || word(one, 0) !== word(bytes, at)) return false
  return length === 4 || word(one, 4) === word(bytes, at + 4)
}

const text = (bytes: Uint8Array, at: number, length: number): string =>
  length === 4 ? ip4Text(bytes, at) : ip6Text(bytes, at)
