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
}

export class Subnets {
  private readonly known = new Map<string, Subnet>()
  private list: readonly Subnet[] = []
  private readonly scratch = new Uint8Array(16)
  /** By fact id: whether it tells of a network. */
  private readonly telling: boolean[] = []

  get count(): number {
    return this.list.length
  }

  hear(told: Told): void {
    if (!(this.telling[told.fact.id] ??= TELLING.has(told.fact.name))) return
    const { bytes, valueAt, valueLength } = told
    if (valueLength !== 5 && valueLength !== 17) return
    const version = valueLength === 5 ? 4 : 6
    const bits = bytes[valueAt + valueLength - 1]!
    if (bits < (version === 4 ? IP4_BITS_MIN : IP6_BITS_MIN) || bits > (valueLength - 1) * 8) return
    const words: number[] = []
    const masks: number[] = []
    for (let i = 0; i < (valueLength - 1) / 4; i++) {
      const left = bits - 32 * i
      const mask = left >= 32 ? -1 : left <= 0 ? 0 : -1 << (32 - left)
      masks.push(mask)
      words.push(word(bytes, valueAt + 4 * i) & mask)
    }
    const key = `${words.join()}/${bits}`
    if (this.known.has(key) || this.known.size === SUBNETS_MAX) return
    this.known.set(key, { words, masks })
    this.list = [...this.known.values()]
  }

  has(addresses: Addresses, address: number): boolean {
    if (this.list.length === 0) return false
    return this.holds(this.scratch, 0, addresses.write(address, this.scratch))
  }

  /** The same for an address of 4 or 16 bytes. */
  holds(bytes: Uint8Array, at: number, length: number): boolean {
    for (const { words, masks } of this.list) {
      if (words.length * 4 !== length) continue
      let same = 0
      while (same < words.length && (word(bytes, at + 4 * same) & masks[same]!) === words[same])
        same++
      if (same === words.length) return true
    }
    return false
  }
}
