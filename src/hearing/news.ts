/**
 * What is news: a bounded table of what was said lately, by the hashes of subject, fact and value.
 *
 * On a steady network almost nothing is news, so a note costs a hash and one look-up and no string.
 * A row that was pushed out makes a repeat, never a loss.
 */

import { hashBytes } from '../bytes/hash.js'
import { secret, type Fact } from '../model/fact.js'
import { IN_SCRATCH, IP4, IP6, MAC, SENDER, type Notes } from '../protocols/protocol.js'
import { EVENTS_PER_SECOND, NEWS_MAX, SET_REFRESH_SECONDS } from './limits.js'
import type { Secrets } from './secrets.js'
import { KEY, SEEN, Table } from './table.js'
import type { Moment, Telling } from './telling.js'

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
  /** How many notes each protocol (by number) made that were news. */
  readonly told: Float64Array

  private readonly facts: readonly Fact[]
  private readonly forms: Uint8Array
  private readonly secret: Uint8Array
  private readonly telling: Telling
  private readonly secrets: Secrets
  private readonly seed: number
  private suppressed = 0

  constructor(facts: readonly Fact[], telling: Telling, secrets: Secrets, seed: number) {
    this.table = new Table({ name: 'news', keyWords: KEY_WORDS, rowWords: ROW_WORDS, rows: NEWS_MAX }, seed)
    this.told = new Float64Array(256)
    this.facts = facts
    this.forms = Uint8Array.from(facts, f => (f.news === 'state' ? STATE : f.news === 'set' ? SET : EVENT))
    this.secret = Uint8Array.from(facts, f => (f.form === secret ? 1 : 0))
    this.telling = telling
    this.secrets = secrets
    this.seed = seed
  }

  /**
   * Tells those notes that are news. The sender, whom notes are about by default, stands at
   * `senderAt` in the frame's bytes and is of `senderKind`.
   */
  hear(notes: Notes, bytes: Uint8Array, moment: Moment, protocol: number): void {
    this.belief = UNASKED
    for (let i = 0; i < notes.count; i++) this.note(notes, i, bytes, moment, protocol)
  }

  /** Set before `hear`: who the sender is. */
  senderKind = MAC as number
  senderAt = -1

  /** Asked once a message that has news: whether its bytes can be trusted. */
  believes: () => boolean = () => true
  private belief = UNASKED
  private row = -1

  private note(notes: Notes, i: number, bytes: Uint8Array, moment: Moment, protocol: number): void {
    let kind = notes.aboutKind[i]!
    let aboutAt = notes.aboutAt[i]!
    let aboutLength = notes.aboutLength[i]!
    if (kind === SENDER) {
      kind = this.senderKind
      aboutAt = this.senderAt
      aboutLength = kind === MAC ? 6 : kind === IP4 ? 4 : 16
      if (aboutAt < 0) return
    }
    const about = aboutAt >= IN_SCRATCH ? notes.scratch : bytes
    if (aboutAt >= IN_SCRATCH) aboutAt -= IN_SCRATCH
    let at = notes.at[i]!
    const values = at >= IN_SCRATCH ? notes.scratch : bytes
    if (at >= IN_SCRATCH) at -= IN_SCRATCH
    const length = Math.min(notes.length[i]!, VALUE_BYTES_MAX)
    const id = notes.fact[i]!

    this.subject(kind, about, aboutAt, aboutLength)
    const hash = hashBytes(this.seed, values, at, length)
    if (!this.isNews(id, hash, moment)) return
    if (this.belief === UNASKED) this.belief = this.believes() ? BELIEVED : DOUBTED
    if (this.belief === DOUBTED) return this.unhear(id)
    this.told[protocol]!++
    aboutLength = Math.min(aboutLength, VALUE_BYTES_MAX)
    const telling = this.telling
    if (this.secret[id]! === 1) {
      const word = this.secrets.written(this.facts[id]!, values, at, length)
      const record = telling.open(moment, kind, aboutLength, word.length)
      copy(about, aboutAt, aboutLength, telling.bytes, record)
      for (let c = 0; c < word.length; c++) telling.bytes[record + aboutLength + c] = word.charCodeAt(c)
      telling.name(record, id, protocol, 1 + this.suppressed)
      return
    }
    const record = telling.open(moment, kind, aboutLength, length)
    copy(about, aboutAt, aboutLength, telling.bytes, record)
    copy(values, at, length, telling.bytes, record + aboutLength)
    telling.name(record, id, protocol, 1 + this.suppressed)
  }

  /** Puts the subject into the key: addresses as they are, longer ones by two hashes. */
  private subject(kind: number, bytes: Uint8Array, at: number, length: number): void {
    const key = this.table.key
    if (kind === MAC || kind === IP4) {
      key[0] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
      key[1] = kind === MAC ? (bytes[at + 4]! << 8) | bytes[at + 5]! | 0x10000 : 0x20000
    } else {
      key[0] = hashBytes(this.seed, bytes, at, length)
      key[1] = hashBytes(kind === IP6 ? 0x1f123bb5 : 0x6a09e667, bytes, at, length)
    }
  }

  private isNews(id: number, hash: number, moment: Moment): boolean {
    const table = this.table
    const form = this.forms[id]!
    const now = moment.seconds
    this.suppressed = 0
    table.key[2] = id | (moment.vlan << 16)
    table.key[3] = form === SET ? hash ^ moment.session : moment.session
    table.hash(KEY_WORDS)
    let row = table.find(KEY_WORDS, moment.shard)
    const words = table.words
    if (row < 0) {
      row = table.claim(KEY_WORDS, moment.shard, now)
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
