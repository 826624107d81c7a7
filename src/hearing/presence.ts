/**
 * Who was present, by what many conversations tell of their ends: summed up here, so that the
 * control plane hears once of each hardware address and each inside network address.
 */

import { mix } from '../bytes/hash.js'
import { isWithin, type Prefix } from '../bytes/prefixes.js'
import { AddressHeard } from '../model/heard.js'
import {
  ANSWERED,
  COUNTED_FROM_A,
  END_A,
  END_B,
  FIRST as BEGAN,
  FLAGS,
  LAST as ENDED,
  OCTETS as SENT,
  PACKETS as SENDINGS,
  STATION,
  VLANS,
  networkOf,
  putAddress,
} from './conversation-rows.js'
import type { Listener } from './crew.js'
import { PRESENCES_MAX } from './limits.js'
import { isInsideWord, putWord, staging } from './stations.js'
import { KEY, type Rows } from './table.js'

/** Few slots lie close together, and most networks need few. */
const SLOTS_START = 8192

// Words of an entry. Its key is the hardware address, the VLAN, the session, and the network
// address if that is an inside one; then the smallest and largest TTL, and whether it spoke to the link.
const MAC = 0
const SESSION = 2
const NETWORK = 3
const IP = 4
const KEY_WORDS = 8
const HOPS_MIN = 8
const HOPS_MAX = 9
const LINK = 10
const WORDS = 11

/** Groups of one site, and the hop limits with which they are asked (UPnP, WS-Discovery). */
const LOCAL_GROUPS = 239
const GROUP_HOPS: readonly number[] = [1, 2, 4]
/** Hop limits that machines begin with. */
const STARTING_HOPS: readonly number[] = [1, 30, 32, 60, 64, 128, 255]

// Its amounts.
const PACKETS = 0
const OCTETS = 1
const FIRST = 2
const LAST = 3
const REALS = 4

export class PresenceSums {
  private readonly listener: Listener
  private readonly inside: readonly Prefix[]
  private readonly seed: number
  private count = 0
  private readonly key = new Int32Array(KEY_WORDS)
  private readonly words = new Int32Array(PRESENCES_MAX * WORDS)
  private readonly reals = new Float64Array(PRESENCES_MAX * REALS)
  /** Numbers of entries, from 1; 0 where there is none. */
  private slots = new Int32Array(SLOTS_START)
  private readonly heard = new AddressHeard()

  constructor(listener: Listener, inside: readonly Prefix[], seed: number) {
    this.listener = listener
    this.inside = inside
    this.seed = seed
  }

  /** Adds one end of a conversation, if it spoke. */
  add(rows: Rows, row: number, ofA: boolean): void {
    const { words, reals } = rows
    const end = row + (ofA ? END_A : END_B)
    if (words[end + SENDINGS] === 0) return
    this.setKey(rows, row, ofA)
    const entry = this.find()
    const at = entry * REALS
    const to = this.reals
    const opened = ((words[row + FLAGS]! & COUNTED_FROM_A) !== 0) === ofA
    const first = reals[(row + BEGAN) >> 1]! + (opened ? 0 : words[row + ANSWERED]! * 1000)
    const last = reals[(end + ENDED) >> 1]!
    to[at + PACKETS]! += words[end + SENDINGS]!
    to[at + OCTETS]! += reals[(end + SENT) >> 1]!
    if (first < to[at + FIRST]!) to[at + FIRST] = first
    if (last > to[at + LAST]!) to[at + LAST] = last
    const own = this.words
    const hops = words[end + STATION + 1]!
    const from = entry * WORDS
    own[from + HOPS_MIN] = Math.min(own[from + HOPS_MIN]!, hops & 0xff)
    own[from + HOPS_MAX] = Math.max(own[from + HOPS_MAX]!, (hops >>> 8) & 0xff)
    if (isToLink(words, row, ofA)) own[from + LINK] = 1
  }

  /** Tells everything and begins anew. */
  tell(): void {
    const { heard, words, listener } = this
    const bytes = staging(heard)
    heard.ipAt = 0
    for (let entry = 0; entry < this.count; entry++) {
      const from = entry * WORDS
      const six = words[from + NETWORK] !== 4
      for (let i = 0; i < 4; i++) putWord(bytes, 4 * i, words[from + IP + i]!)
      putWord(bytes, 16, words[from + MAC]!)
      putWord(bytes, 20, words[from + MAC + 1]!)
      const hasMac = words[from + MAC] !== 0 || words[from + MAC + 1]! >>> 16 !== 0
      heard.ipLength = six ? 16 : 4
      heard.macAt = hasMac ? 16 : -1
      this.fill(entry)
      if (hasMac) listener.station(heard)
      if (words[from + NETWORK] !== 0) listener.address(heard)
    }
    this.count = 0
    this.slots.fill(0)
  }

  private fill(entry: number): void {
    const { heard, words, reals } = this
    const from = entry * WORDS
    const at = entry * REALS
    heard.vlan = words[from + MAC + 1]! & 0xffff
    heard.session = words[from + SESSION]!
    heard.hopsMin = words[from + HOPS_MIN]!
    heard.hopsMax = words[from + HOPS_MAX]!
    heard.linkLocal = words[from + LINK] === 1
    heard.packets = reals[at + PACKETS]!
    heard.octets = reals[at + OCTETS]!
    heard.first = reals[at + FIRST]!
    heard.last = reals[at + LAST]!
    heard.frame = heard.first
  }

  private setKey(rows: Rows, row: number, ofA: boolean): void {
    const { words } = rows
    const { key } = this
    const end = row + (ofA ? END_A : END_B)
    const vlans = words[row + VLANS]!
    key[MAC] = words[end + STATION]!
    key[MAC + 1] = (words[end + STATION + 1]! & ~0xffff) | (ofA ? vlans & 0xffff : vlans >>> 16)
    key[SESSION] = words[row + KEY + 2]!
    const network = networkOf(words, row)
    const length = network === 4 ? 1 : 4
    const from = row + KEY + 3 + (ofA ? 0 : length)
    // Who speaks to the link is a neighbour, whatever its address.
    const inside =
      isInsideWord(words[from]!, network) ||
      isToLink(words, row, ofA) ||
      this.isNamed(rows, row, ofA)
    key[NETWORK] = inside ? network : 0
    for (let i = 0; i < 4; i++) key[IP + i] = inside && i < length ? words[from + i]! : 0
  }

  /** In one of the networks that were named as inside. */
  private isNamed(rows: Rows, row: number, ofA: boolean): boolean {
    if (this.inside.length === 0) return false
    const bytes = staging(this.heard)
    putAddress(rows, row, ofA, bytes, 0)
    return isWithin(this.inside, bytes, 0, networkOf(rows.words, row) === 4 ? 4 : 16)
  }

  /** The entry of `key`, made if there is none. */
  private find(): number {
    const { key, words, slots } = this
    const mask = slots.length - 1
    const hash = this.hash(key, 0)
    let slot = hash & mask
    for (let entry = slots[slot]! - 1; entry >= 0; entry = slots[slot]! - 1) {
      const from = entry * WORDS
      let same = 0
      while (same < KEY_WORDS && words[from + same] === key[same]) same++
      if (same === KEY_WORDS) return entry
      slot = (slot + 1) & mask
    }
    if (this.count === PRESENCES_MAX) {
      this.tell()
      slot = hash & mask
    }
    slots[slot] = this.count + 1
    const entry = this.open()
    if (this.count * 2 > slots.length) this.widen()
    return entry
  }

  private hash(words: Int32Array, from: number): number {
    let hash = this.seed
    for (let i = 0; i < KEY_WORDS; i++) hash = mix(hash, words[from + i]!)
    return hash
  }

  private open(): number {
    const { key, words, reals } = this
    const entry = this.count++
    const from = entry * WORDS
    for (let i = 0; i < KEY_WORDS; i++) words[from + i] = key[i]!
    words[from + HOPS_MIN] = 255
    words[from + HOPS_MAX] = 0
    words[from + LINK] = 0
    const at = entry * REALS
    reals[at + PACKETS] = 0
    reals[at + OCTETS] = 0
    reals[at + FIRST] = Infinity
    reals[at + LAST] = -Infinity
    return entry
  }

  private widen(): void {
    const slots = new Int32Array(this.slots.length * 2)
    const mask = slots.length - 1
    for (let entry = 0; entry < this.count; entry++) {
      let slot = this.hash(this.words, entry * WORDS) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = entry + 1
    }
    this.slots = slots
  }
}

/**
 * Whether it speaks as only a neighbour does: to 224.0.0.0/24, ff02::/16 or everybody, which are
 * never routed; to a group that is asked for with a hop limit that ends here; or to the address next
 * door with one that allows no router or, on the Internet's addresses, that none has taken from.
 */
function isToLink(words: Int32Array, row: number, ofA: boolean): boolean {
  const six = networkOf(words, row) !== 4
  const a = row + KEY + 3
  const b = a + (six ? 4 : 1)
  const other = words[ofA ? b : a]!
  // From no address at all speaks who has none yet.
  if (words[ofA ? a : b] === 0) return false
  const hops = (words[row + (ofA ? END_A : END_B) + STATION + 1]! >>> 8) & 0xff
  if ((hops === 1 || !isInsideWord(words[a]!, six ? 6 : 4)) && STARTING_HOPS.includes(hops))
    if (isNextDoor(words, a, b, six)) return true
  if (six) return other >>> 16 === 0xff02
  if (other >>> 8 === 0xe00000 || other === -1) return true
  return other >>> 24 === LOCAL_GROUPS && GROUP_HOPS.includes(hops)
}

/** Of one network, as small as networks usually are. */
function isNextDoor(words: Int32Array, a: number, b: number, six: boolean): boolean {
  if (!six) return words[a]! >>> 8 === words[b]! >>> 8
  return words[a] === words[b] && words[a + 1] === words[b + 1]
}
