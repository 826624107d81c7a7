/**
 * What is news: a bounded table of what was said lately, by the hashes of subject, fact and value.
 *
 * On a steady network almost nothing is news, so a note costs a hash and one look-up and no string.
 * A row that was pushed out makes a repeat, never a loss.
 */

import { hashBytes } from '../bytes/hash.js'
import { mattersEverywhere, type Fact } from '../model/fact.js'
import { IN_SCRATCH, IP4, IP6, MAC, SENDER, type Notes } from '../protocols/protocol.js'
import { Exclusion } from './exclusion.js'
import {
  EVENTS_PER_SECOND,
  NEWS_MAX,
  SET_REFRESH_SECONDS,
  SHARDS,
  STRANGERS_SECONDS,
  STRANGERS_TOLD_MAX,
} from './limits.js'
import { isInside } from './stations.js'
import { GROUP_MAX, KEY, SEEN, Table } from './table.js'
import type { Moment, Telling } from './telling.js'
import type { Veil } from './veil.js'

/** Words of a row: the key is two words of subject, fact and VLAN, and a set member's hash. */
const VALUE = KEY + 4
const COUNT = KEY + 5
const ROW_WORDS = 8
const KEY_WORDS = 4

/** Bytes kept of one value. */
const VALUE_BYTES_MAX = 512

const STATE = 0
const SET = 1
const EVENT = 2

const UNASKED = 0
const BELIEVED = 1
const DOUBTED = 2

export class News {
  readonly table: Table

  private readonly forms: Uint8Array
  private readonly telling: Telling
  private readonly veil: Veil
  private readonly seed: number
  private suppressed = 0
  /** What outside senders said that was not told: there are too many of them. */
  strangers = 0
  private isMute = false
  private readonly everywhere: Uint8Array
  // By shard: the stretch of time in which outside senders were admitted last, and how many.
  private readonly admittedAt = new Int32Array(SHARDS)
  private readonly admitted = new Int32Array(SHARDS)

  constructor(facts: readonly Fact[], telling: Telling, veil: Veil, seed: number) {
    this.table = new Table(
      { name: 'news', keyWords: KEY_WORDS, rowWords: ROW_WORDS, rows: NEWS_MAX },
      seed,
    )
    this.forms = Uint8Array.from(facts, f =>
      f.news === 'state' ? STATE : f.news === 'set' ? SET : EVENT,
    )
    this.everywhere = Uint8Array.from(facts, f => (mattersEverywhere(f) ? 1 : 0))
    this.telling = telling
    this.veil = veil
    this.seed = seed
  }

  /** Set before `hear`: who the sender is. */
  senderKind = MAC as number
  senderAt = -1

  /** Of whom nothing may be told. */
  exclusion = new Exclusion([])

  /** Asked once a message that has news: whether its bytes can be trusted. */
  believes: () => boolean = () => true
  private belief = UNASKED
  private row = -1

  // Of the note being looked at: where its subject and value lie, and in which bytes.
  private kind = MAC as number
  private about: Uint8Array = new Uint8Array(0)
  private aboutAt = 0
  private aboutLength = 0
  private values: Uint8Array = new Uint8Array(0)
  private at = 0
  private length = 0

  /** By note: its value's hash. */
  private readonly hashes = new Int32Array(GROUP_MAX)
  private readonly shards = new Int32Array(GROUP_MAX)

  /**
   * Tells those notes that are news. The sender, whom notes are about by default, stands at
   * `senderAt` in the frame's bytes and is of `senderKind`. All notes are looked up before any is
   * judged, so that their ways from memory overlap.
   */
  hear(notes: Notes, bytes: Uint8Array, moment: Moment, protocol: number): void {
    this.belief = UNASKED
    const count = notes.count
    this.isMute = this.isOutside(bytes) && !this.admits(moment)
    for (let i = 0; i < count; i++) this.aim(notes, i, bytes, moment)
    if (count > 1) this.table.touch(count, this.shards)
    for (let i = 0; i < count; i++) {
      if (this.isMute && notes.aboutKind[i] === SENDER && this.everywhere[notes.fact[i]!] === 0)
        this.strangers++
      else if (this.isNews(notes.fact[i]!, i, moment)) this.tell(notes, i, bytes, moment, protocol)
    }
  }

  /** Works out the key of a note: subject, fact and VLAN, and a set member's value. */
  private aim(notes: Notes, i: number, bytes: Uint8Array, moment: Moment): void {
    this.locate(notes, i, bytes)
    const { table } = this
    const id = notes.fact[i]!
    const hash = hashBytes(this.seed, this.values, this.at, this.length)
    const from = i * KEY_WORDS
    this.hashes[i] = hash
    this.shards[i] = moment.shard
    if (this.aboutAt >= 0) this.subject(from)
    table.key[from + 2] = id | (moment.vlan << 16)
    table.key[from + 3] = this.forms[id] === SET ? hash ^ moment.session : moment.session
    table.hash(i, KEY_WORDS)
  }

  private isOutside(bytes: Uint8Array): boolean {
    const { senderKind: kind, senderAt } = this
    return kind !== MAC && senderAt >= 0 && !isInside(bytes, senderAt, kind === IP4 ? 4 : 6)
  }

  private admits({ shard, seconds }: Moment): boolean {
    const stretch = Math.floor(seconds / STRANGERS_SECONDS)
    if (this.admittedAt[shard] !== stretch) {
      this.admittedAt[shard] = stretch
      this.admitted[shard] = 0
    }
    return this.admitted[shard]!++ < STRANGERS_TOLD_MAX
  }

  private locate(notes: Notes, i: number, bytes: Uint8Array): void {
    this.kind = notes.aboutKind[i]!
    this.aboutAt = notes.aboutAt[i]!
    this.aboutLength = Math.min(notes.aboutLength[i]!, VALUE_BYTES_MAX)
    if (this.kind === SENDER) {
      this.kind = this.senderKind
      this.aboutAt = this.senderAt
      this.aboutLength = this.kind === MAC ? 6 : this.kind === IP4 ? 4 : 16
    }
    this.about = this.aboutAt >= IN_SCRATCH ? notes.scratch : bytes
    if (this.aboutAt >= IN_SCRATCH) this.aboutAt -= IN_SCRATCH
    this.at = notes.at[i]!
    this.values = this.at >= IN_SCRATCH ? notes.scratch : bytes
    if (this.at >= IN_SCRATCH) this.at -= IN_SCRATCH
    this.length = Math.min(notes.length[i]!, VALUE_BYTES_MAX)
  }

  private tell(notes: Notes, i: number, bytes: Uint8Array, moment: Moment, protocol: number): void {
    this.locate(notes, i, bytes)
    if (this.aboutAt < 0) return
    if (!this.exclusion.isEmpty && this.exclusion.holds(this.kind, this.about, this.aboutAt)) return
    const id = notes.fact[i]!
    if (this.veil.isSilent(id, this.kind)) return
    if (this.belief === UNASKED) this.belief = this.believes() ? BELIEVED : DOUBTED
    if (this.belief === DOUBTED) return this.unhear(id)
    const { telling, about, aboutAt, aboutLength, values, at, length } = this
    const veiled = this.veil.written(id, values, at, length)
    const record = telling.open(moment, this.kind, aboutLength, veiled?.length ?? length)
    copy(about, aboutAt, aboutLength, telling.bytes, record)
    if (veiled === undefined) copy(values, at, length, telling.bytes, record + aboutLength)
    else copy(veiled, 0, veiled.length, telling.bytes, record + aboutLength)
    telling.name(record, id, protocol, 1 + this.suppressed)
  }

  /** Puts the subject into the key: addresses as they are, longer ones by two hashes. */
  private subject(from: number): void {
    const key = this.table.key
    const { kind, about: bytes, aboutAt: at } = this
    if (kind === MAC || kind === IP4) {
      key[from] =
        (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
      key[from + 1] = kind === MAC ? (bytes[at + 4]! << 8) | bytes[at + 5]! | 0x10000 : 0x20000
    } else {
      key[from] = hashBytes(this.seed, bytes, at, this.aboutLength)
      key[from + 1] = hashBytes(kind === IP6 ? 0x1f123bb5 : 0x6a09e667, bytes, at, this.aboutLength)
    }
  }

  private isNews(id: number, i: number, moment: Moment): boolean {
    const table = this.table
    const form = this.forms[id]!
    const hash = this.hashes[i]!
    const now = moment.seconds
    this.suppressed = 0
    let row = table.find(i, KEY_WORDS, moment.shard)
    const words = table.words
    if (row < 0) {
      row = table.claim(i, KEY_WORDS, moment.shard, now)
      this.row = row
      if (row < 0) return true
      words[row + VALUE] = form === STATE ? hash : now
      words[row + COUNT] = form === EVENT ? 1 : 0
      return true
    }
    this.row = row
    const seen = words[row + SEEN]!
    if (seen !== now) {
      words[row + SEEN] = now
      if (Math.floor(seen / 60) !== Math.floor(now / 60)) table.protect(row, moment.vlan)
    }
    if (form === STATE) {
      if (words[row + VALUE]! === hash) return false
      words[row + VALUE] = hash
      return true
    }
    return form === SET ? this.isDue(row, hash, now) : this.isTold(row, now)
  }

  /** What a broken frame said must still be news when a sound one says it. */
  private unhear(id: number): void {
    if (this.row < 0) return
    const words = this.table.words
    if (this.forms[id] === STATE) words[this.row + VALUE]! ^= 1
    else words[this.row + VALUE] = 0
  }

  /** A member of a set is told again after an hour, spread so that they don't all come at once. */
  private isDue(row: number, hash: number, now: number): boolean {
    const words = this.table.words
    const spread = ((hash >>> 16) % (SET_REFRESH_SECONDS / 2)) - SET_REFRESH_SECONDS / 4
    const since = now - words[row + VALUE]!
    if (since >= 0 && since < SET_REFRESH_SECONDS + spread) return false
    words[row + VALUE] = now
    return true
  }

  /** An event is always told, but above a rate only its number is. */
  private isTold(row: number, now: number): boolean {
    const words = this.table.words
    const count = words[row + COUNT]! + 1
    if (words[row + VALUE]! === now) {
      words[row + COUNT] = count
      return count <= EVENTS_PER_SECOND
    }
    this.suppressed = Math.max(0, words[row + COUNT]! - EVENTS_PER_SECOND)
    words[row + VALUE] = now
    words[row + COUNT] = 1
    return true
  }
}

function copy(from: Uint8Array, at: number, length: number, to: Uint8Array, place: number): void {
  for (let i = 0; i < length; i++) to[place + i] = from[at + i]!
}
