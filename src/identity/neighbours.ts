/**
 * Networks in which several stations were heard with addresses of their own, hop limits as they are
 * sent. Some machines begin with a hop limit that looks worn; where their neighbours are, no router
 * has brought them.
 */

import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { PREFIXES_MAX } from './limits.js'
import { isFresh } from './ranges.js'

/** Hop limits with which controllers, gateways and older systems begin, beside those of everybody. */
const ODD: readonly number[] = [30, 32, 60, 100, 150, 200]
const NET_IP4 = 0xffffff00 | 0
const SEVERAL = -1

export const isOdd = (hops: number): boolean => ODD.includes(hops)

interface Place {
  readonly vlan: number
  readonly session: number
}

export class Neighbours {
  /** Grows whenever there are neighbours where there were none. */
  version = 0
  private readonly nets: KeyTable
  /** By network: the one station that was heard in it and 1, or SEVERAL. */
  private stations = new Int32Array(0)

  constructor(seed: number) {
    this.nets = new KeyTable(3, PREFIXES_MAX, seed)
  }

  /** A station was heard with this address of IPv4, and always over so many hops. */
  hear(address: number, station: number, hops: number, place: Place): void {
    if (!isFresh(hops) && !isOdd(hops)) return
    const net = this.net(address, place, true)
    if (net < 0) return
    this.stations = reaching(this.stations, net)
    const known = this.stations[net]!
    if (known === SEVERAL || known === station + 1) return
    this.stations[net] = known === 0 ? station + 1 : SEVERAL
    if (known !== 0) this.version++
  }

  /** Whether an address is of a network where several were heard. */
  has(address: number, place: Place): boolean {
    const net = this.net(address, place, false)
    return net >= 0 && this.stations[net] === SEVERAL
  }

  private net(address: number, { vlan, session }: Place, make: boolean): number {
    const { key } = this.nets
    key[0] = address & NET_IP4
    key[1] = vlan
    key[2] = session
    return make ? this.nets.claim() : this.nets.find()
  }
}
