/** Networks that servers and routers gave out addresses of: inside, whatever their range. */

import type { Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import { SUBNETS_MAX } from './limits.js'
import { word } from './ranges.js'

const TELLING = new Set(['dhcp.subnet', 'ndp.prefix'])
/** A shorter prefix than this would call half the Internet inside. */
const IP4_BITS_MIN = 8
const IP6_BITS_MIN = 32

interface Subnet {
  readonly words: readonly number[]
  readonly masks: readonly number[]
  /** Where it was told of: VLANs and sessions. */
  readonly places: Set<number>
}

/** A VLAN and a session as one number. */
const placeOf = (vlan: number, session: number): number => (session >>> 0) * 4096 + vlan
const PLACES_MAX = 64

export class Subnets {
  /** How often something was learned. */
  version = 0
  private readonly known = new Map<string, Subnet>()
  private list: readonly Subnet[] = []
  private readonly scratch = new Uint8Array(16)
  /** By fact id: whether it tells of a network. */
  private readonly telling: boolean[] = []

  get count(): number {
    return this.list.length
  }

  /** True if it tells of a network. */
  hear(told: Told): boolean {
    if (!(this.telling[told.fact.id] ??= TELLING.has(told.fact.name))) return false
    const { bytes, valueAt, valueLength, vlan, session } = told
    if (valueLength !== 5 && valueLength !== 17) return false
    const version = valueLength === 5 ? 4 : 6
    const bits = bytes[valueAt + valueLength - 1]!
    if (bits < (version === 4 ? IP4_BITS_MIN : IP6_BITS_MIN)) return false
    if (bits > (valueLength - 1) * 8) return false
    const subnet = this.subnet(bytes, valueAt, valueLength - 1, bits)
    const place = placeOf(vlan, session)
    if (subnet === undefined) return false
    if (subnet.places.has(place) || subnet.places.size === PLACES_MAX) return true
    subnet.places.add(place)
    this.version++
    return true
  }

  has(addresses: Addresses, address: number): boolean {
    if (this.list.length === 0) return false
    return this.find(this.scratch, 0, addresses.write(address, this.scratch)) !== undefined
  }

  /** Whether an address is of a network that was told of where the address was heard. */
  isHere(addresses: Addresses, address: number): boolean {
    if (this.list.length === 0) return false
    const length = addresses.write(address, this.scratch)
    const place = placeOf(addresses.vlan(address), addresses.session(address))
    return this.find(this.scratch, 0, length, place) !== undefined
  }

  /** Whether it is of any of the networks: 4 or 16 bytes. */
  holds(bytes: Uint8Array, at: number, length: number): boolean {
    return this.find(bytes, at, length) !== undefined
  }

  private find(bytes: Uint8Array, at: number, length: number, place = -1): Subnet | undefined {
    for (const subnet of this.list) {
      const { words, masks } = subnet
      if (words.length * 4 !== length) continue
      let same = 0
      while (same < words.length && (word(bytes, at + 4 * same) & masks[same]!) === words[same])
        same++
      if (same === words.length && (place < 0 || subnet.places.has(place))) return subnet
    }
    return undefined
  }

  /** The network of these leading bits, made if it is new and there is room. */
  private subnet(bytes: Uint8Array, at: number, length: number, bits: number): Subnet | undefined {
    const words: number[] = []
    const masks: number[] = []
    for (let i = 0; i < length / 4; i++) {
      const left = bits - 32 * i
      const mask = left >= 32 ? -1 : left <= 0 ? 0 : -1 << (32 - left)
      masks.push(mask)
      words.push(word(bytes, at + 4 * i) & mask)
    }
    const key = `${words.join()}/${bits}`
    const known = this.known.get(key)
    if (known !== undefined || this.known.size === SUBNETS_MAX) return known
    const subnet = { words, masks, places: new Set<number>() }
    this.known.set(key, subnet)
    this.list = [...this.known.values()]
    return subnet
  }
}
