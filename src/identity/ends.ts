/** The ends of conversations: devices, and the addresses of everybody else. */

import { CATEGORIES, type Category } from '../model/kinds.js'
import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import type { Devices } from './devices.js'
import type { Subnets } from './subnets.js'

/** An end is the number of a device, or OTHERS, or `addressEnd` of an address. */
export const OTHERS = -1
export const addressEnd = (address: number): number => -2 - address
export const endAddress = (end: number): number => -2 - end

/** What an end can be to the scope of a conversation: a device of a category, or somebody else. */
export const PLACES = ['unknown', 'internet', 'group', ...CATEGORIES.filter(isKnown)] as const
export type Place = (typeof PLACES)[number]
export const UNKNOWN = 0
export const INTERNET = 1
export const GROUP = 2

export const placeOfCategory = (category: string): number =>
  Math.max(UNKNOWN, PLACES.indexOf(category as Place))

function isKnown(category: Category): category is Exclude<Category, 'unknown'> {
  return category !== 'unknown'
}

const ONE = 1
const SEVERAL = 2

interface Surroundings {
  readonly addresses: Addresses
  readonly bindings: Bindings
  readonly devices: Devices
  readonly subnets: Subnets
}

export class Ends {
  /** By address. */
  readonly of: Int32Array
  /** By address: what an address is that no device holds. */
  readonly place: Uint8Array
  private readonly around: Surroundings
  /** By device: whether it holds no, one or several addresses of IPv4 and of IPv6. */
  private readonly held: Uint8Array

  constructor(around: Surroundings) {
    const { addresses, bindings, devices } = around
    this.around = around
    this.of = new Int32Array(addresses.count)
    this.place = new Uint8Array(addresses.count)
    this.held = new Uint8Array(devices.list.length * 2)
    for (let i = 0; i < addresses.count; i++) {
      const device = devices.ofAddress(i)
      if (device < 0) {
        // The same address in another VLAN is the same end.
        const model = bindings.hosts.modelOf(i)
        this.of[i] = addressEnd(model < 0 ? i : model)
        this.place[i] = this.placeOf(i)
        continue
      }
      this.of[i] = device
      if (addresses.isNamed(i)) continue
      const place = device * 2 + (addresses.version(i) === 4 ? 0 : 1)
      this.held[place] = this.held[place] === 0 ? ONE : SEVERAL
    }
  }

  private placeOf(address: number): number {
    const { addresses, subnets } = this.around
    if (addresses.isGroup(address)) return GROUP
    if (addresses.isInside(address) || addresses.isNobody(address)) return UNKNOWN
    return subnets.has(addresses, address) ? UNKNOWN : INTERNET
  }

  /** True if no other pair of addresses can stand for these two ends: most can't, and need no table. */
  isAlone(from: number, to: number, client: number, server: number): boolean {
    if (from >= 0 && to >= 0) return false
    return this.isSingle(from, client) && this.isSingle(to, server)
  }

  private isSingle(end: number, address: number): boolean {
    const { addresses } = this.around
    if (end === OTHERS) return false
    if (end < 0) return !addresses.isInside(address)
    return this.held[end * 2 + (addresses.version(address) === 4 ? 0 : 1)] !== SEVERAL
  }
}
