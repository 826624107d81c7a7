/**
 * Network addresses, and which hardware addresses they were heard with or claimed by.
 *
 * An inside address is one address of one VLAN and session: two hosts on two segments may share
 * it. An outside address is the same everywhere. What a gateway calls a station behind it is an
 * address like others, but it has a text instead of bytes, and no station holds it.
 */

import { hashBytes } from '../bytes/hash.js'
import { isWithin, type Prefix } from '../bytes/prefixes.js'
import { ip4Text, ip6Text, plainText } from '../bytes/text.js'
import type { AddressHeard, Segment } from '../model/heard.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { ADDRESSES_MAX, SUB_ADDRESSES_MAX } from './limits.js'
import { Neighbours } from './neighbours.js'
import { isGroupRange, isInsideRange, isLinkRange, isNobody, word } from './ranges.js'
import { Sightings } from './sightings.js'

const PLACE = 4
const SESSION = 5

const INSIDE = 1
const NOBODY = 2
const GROUP = 4

/** The version of an address that is a text. */
const NAMED = 9
/** Ids are made of these: they must never change. */
const NAME_SEEDS = [0x6f6e6c31, 0x6f6e6c32, 0x6f6e6c33, 0x6f6e6c34] as const

export class Addresses {
  readonly table: KeyTable
  readonly sightings: Sightings
  readonly neighbours: Neighbours
  private flags = new Uint8Array(0)
  private known = 0
  /** The number of the key that was asked for last; -1 if it has none. */
  private last = -1
  /** By the number of a sub-address: its text. */
  private readonly texts = new Map<number, string>()
  /** Sub-addresses that found no room. */
  untold = 0
  private readonly words = new Int32Array(4)
  private readonly bytes = new Uint8Array(16)
  private readonly inside: readonly Prefix[]

  /** Private and link-local addresses are inside, and so are those of the networks named here. */
  constructor(seed: number, inside: readonly Prefix[] = []) {
    this.inside = inside
    this.table = new KeyTable(6, ADDRESSES_MAX, seed)
    this.sightings = new Sightings(seed)
    this.neighbours = new Neighbours(seed)
  }

  get count(): number {
    return this.table.count
  }

  /** The number of an address of 4 or 16 bytes, or -1 when there is no room. */
  at(bytes: Uint8Array, at: number, length: number, segment: Segment): number {
    const { key } = this.table
    const version = length === 4 ? 4 : 6
    const first = word(bytes, at)
    const inside = this.isInsideNetwork(bytes, at, length)
    const place = inside ? (version << 16) | segment.vlan : version << 16
    const session = inside ? segment.session : 0
    // Facts come in heaps about one address.
    let again = key[0] === first && key[PLACE] === place && key[SESSION] === session
    key[0] = first
    key[PLACE] = place
    key[SESSION] = session
    for (let i = 1; i < 4; i++) {
      const next = version === 4 ? 0 : word(bytes, at + 4 * i)
      if (key[i] !== next) again = false
      key[i] = next
    }
    if (again && this.last >= 0) return this.last
    const index = this.table.claim()
    if (index === this.known) this.welcome(index, version, inside)
    this.last = index
    return index
  }

  /** The number of a sub-address by its text; -1 when there is no room. */
  named(bytes: Uint8Array, at: number, length: number, { vlan, session }: Segment): number {
    const { key } = this.table
    for (let i = 0; i < 4; i++) key[i] = hashBytes(NAME_SEEDS[i]!, bytes, at, length)
    key[PLACE] = (NAMED << 16) | vlan
    key[SESSION] = session
    const known = this.table.find()
    if (known >= 0) return (this.last = known)
    if (this.texts.size >= SUB_ADDRESSES_MAX) {
      this.untold++
      return (this.last = -1)
    }
    const index = (this.last = this.table.claim())
    if (index < 0) return index
    this.texts.set(index, plainText(bytes, at, length))
    this.known++
    this.flags = reaching(this.flags, index)
    this.flags[index] = INSIDE
    return index
  }

  /** What a gateway calls a station behind it, rather than an address of the network. */
  isNamed(index: number): boolean {
    return this.texts.size > 0 && this.texts.has(index)
  }

  /** The number of an address whose words stand at `from`, with its version above its VLAN; or -1. */
  find(words: Int32Array, from: number, place: number, session: number): number {
    const { key } = this.table
    const version = place >>> 16
    const inside = this.isInsideNetwork(this.bytes, 0, this.spell(words, from, version))
    for (let i = 0; i < 4; i++) key[i] = words[from + i]!
    key[PLACE] = inside ? place : version << 16
    key[SESSION] = inside ? session : 0
    return (this.last = this.table.find())
  }

  /** The number of an inside address if it has one, else -1. */
  findInside(bytes: Uint8Array, length: number, { vlan, session }: Segment): number {
    const { key } = this.table
    for (let i = 0; i < 4; i++) key[i] = 4 * i < length ? word(bytes, 4 * i) : 0
    key[PLACE] = ((length === 4 ? 4 : 6) << 16) | vlan
    key[SESSION] = session
    return (this.last = this.table.find())
  }

  /** The number of an outside address if it has one, else -1. */
  outside(bytes: Uint8Array, at: number, length: number): number {
    const { key } = this.table
    key.fill(0)
    for (let i = 0; i < length >> 2; i++) key[i] = word(bytes, at + 4 * i)
    key[PLACE] = (length === 4 ? 4 : 6) << 16
    return (this.last = this.table.find())
  }

  /** Whether the address of 4 or 16 bytes at `at` is inside, known or not. */
  isInsideNetwork(bytes: Uint8Array, at: number, length: number): boolean {
    const version = length === 4 ? 4 : 6
    if (isInsideRange(version, word(bytes, at))) return true
    return this.inside.length > 0 && isWithin(this.inside, bytes, at, length)
  }

  /** True if that is new of the address: by another station, over other hops, to the link. */
  hear(heard: AddressHeard, station: number): boolean {
    const index = this.at(heard.bytes, heard.ipAt, heard.ipLength, heard)
    if (index < 0) return false
    const { hopsMin, hopsMax } = heard
    const isSteady = station >= 0 && hopsMin === hopsMax && heard.ipLength === 4
    if (isSteady) this.neighbours.hear(this.table.word(index, 0), station, hopsMin, heard)
    return this.sightings.hear(index, station, heard)
  }

  /** Several were heard in its network, each with what a machine sends itself. */
  hasNeighbours(index: number): boolean {
    const place = { vlan: this.vlan(index), session: this.session(index) }
    return this.version(index) === 4 && this.neighbours.has(this.table.word(index, 0), place)
  }

  /** In a range that is nobody's on the Internet, or in a network that was named as ours. */
  isInside(index: number): boolean {
    return (this.flags[index]! & INSIDE) !== 0
  }

  /** Unspecified, loopback, a group: no machine. */
  isNobody(index: number): boolean {
    return (this.flags[index]! & NOBODY) !== 0
  }

  isGroup(index: number): boolean {
    return (this.flags[index]! & GROUP) !== 0
  }

  isLinkLocal(index: number): boolean {
    return !this.isNamed(index) && isLinkRange(this.version(index), this.table.word(index, 0))
  }

  version(index: number): 4 | 6 | 9 {
    const version = this.table.word(index, PLACE) >>> 16
    return version === 4 ? 4 : version === NAMED ? NAMED : 6
  }

  vlan(index: number): number {
    return this.table.word(index, PLACE) & 0xffff
  }

  session(index: number): number {
    return this.table.word(index, SESSION)
  }

  /** Writes the 4 or 16 bytes of an address and returns how many. */
  write(index: number, into: Uint8Array): number {
    const count = this.version(index) === 4 ? 1 : 4
    for (let i = 0; i < count; i++) {
      const value = this.table.word(index, i)
      for (let k = 0; k < 4; k++) into[4 * i + k] = value >>> (24 - 8 * k)
    }
    return count * 4
  }

  text(index: number): string {
    const text = this.isNamed(index) ? this.texts.get(index) : undefined
    if (text !== undefined) return text
    const length = this.write(index, this.bytes)
    return length === 4 ? ip4Text(this.bytes, 0) : ip6Text(this.bytes, 0)
  }

  /** Writes words as bytes, and returns how many there are. */
  private spell(words: Int32Array, from: number, version: number): number {
    const length = version === 4 ? 4 : 16
    for (let i = 0; i < length; i++) this.bytes[i] = words[from + (i >> 2)]! >>> (24 - 8 * (i & 3))
    return length
  }

  private welcome(index: number, version: number, inside: boolean): void {
    this.known++
    this.flags = reaching(this.flags, index)
    const key = this.table.key
    for (let i = 0; i < 4; i++) this.words[i] = key[i]!
    this.flags[index] =
      (inside ? INSIDE : 0) |
      (isNobody(version, this.words) ? NOBODY : 0) |
      (isGroupRange(version, key[0]!) ? GROUP : 0)
  }
}
