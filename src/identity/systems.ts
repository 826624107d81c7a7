/**
 * Which operating systems speak from one address, by how their first TCP segments look: several of
 * them, with hop limits that somebody took from, are hidden behind a translator of addresses.
 */

import type { Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import { reaching } from './columns.js'
import { isFresh } from './ranges.js'

const SYN = 'tcp.syn'
/** Bytes of a stack's traits: version, hop limit it began with, and from here on its options. */
const VERSION = 0
const HOPS = 1
const OPTIONS = 11

const NOBODY = 0
const LINUX = 1
const APPLE = 2
const WINDOWS = 4
const BSD = 8
/** The kinds of options in the order in which systems write them. */
const LAYOUTS: readonly (readonly [system: number, hops: number, options: readonly number[]])[] = [
  [LINUX, 64, [2, 4, 8, 1, 3]],
  [APPLE, 64, [2, 1, 3, 1, 1, 8, 4, 0]],
  [BSD, 64, [2, 1, 3, 4, 8]],
  [BSD, 64, [2, 1, 3, 1, 1, 4]],
  [WINDOWS, 128, [2, 1, 3, 1, 1, 4]],
  [WINDOWS, 128, [2, 1, 3, 4, 8]],
  [WINDOWS, 128, [2, 1, 3, 1, 1, 8, 4]],
]
/** So many systems are never one machine, whatever its hop limits; two may be, one after the other. */
const SURE = 3

export class Systems {
  private readonly addresses: Addresses
  /** By address. */
  private seen = new Uint8Array(0)
  /** By fact id. */
  private readonly isSyn: boolean[] = []

  constructor(addresses: Addresses) {
    this.addresses = addresses
  }

  /** True if that makes an address a translator's. */
  hear({ fact, bytes, valueAt, valueLength }: Told, address: number): boolean {
    if (!(this.isSyn[fact.id] ??= fact.name === SYN) || bytes[valueAt + VERSION] !== 4) return false
    const system = systemOf(bytes, valueAt, valueLength)
    if (system === NOBODY) return false
    this.seen = reaching(this.seen, address)
    const before = this.seen[address]!
    this.seen[address] = before | system
    return before !== this.seen[address] && this.areSeveral(address)
  }

  /** It was recorded as a translator's. */
  recall(address: number): void {
    this.seen = reaching(this.seen, address)
    this.seen[address] = LINUX | APPLE | WINDOWS
  }

  /** Another machine has the address from now on. */
  forget(address: number): void {
    if (address < this.seen.length) this.seen[address] = 0
  }

  /** Somebody translates the addresses of others into this one. */
  areSeveral(address: number): boolean {
    const count = address < this.seen.length ? bitsOf(this.seen[address]!) : 0
    return count >= SURE || (count > 1 && this.cameFurther(address))
  }

  /** Some of its traffic had passed a router, which may be the translator itself. */
  private cameFurther(address: number): boolean {
    const { sightings } = this.addresses
    for (let i = sightings.of(address); i >= 0; i = sightings.next[i]!) {
      if (sightings.linkLocal[i] === 0 && !isFresh(sightings.hopsMin[i]!)) return true
    }
    return false
  }
}

/** Whose traits these are; this is asked of every kind of handshake that an address makes. */
function systemOf(bytes: Uint8Array, at: number, length: number): number {
  for (const [system, hops, options] of LAYOUTS) {
    if (options.length !== length - OPTIONS || bytes[at + HOPS] !== hops) continue
    if (options.every((kind, i) => bytes[at + OPTIONS + i] === kind)) return system
  }
  return NOBODY
}

function bitsOf(byte: number): number {
  let count = 0
  for (let rest = byte; rest > 0; rest &= rest - 1) count++
  return count
}
