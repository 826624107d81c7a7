/**
 * Facts on their way out of a worker: one flat buffer of records, which may cross a thread as it
 * is. Strings are made by whoever reads it.
 *
 * A record is twelve words (its length in words, fact, protocol, VLAN, session, kind of subject and
 * shard, length of subject, length of value, seconds, microseconds, frame, count), then the
 * subject's and the value's bytes, padded to whole words.
 */

import type { Fact } from '../model/fact.js'
import type { SubjectKind, Told } from '../model/heard.js'
import { TELLING_BYTES } from './limits.js'

const HEAD = 12
const KINDS: readonly SubjectKind[] = ['mac', 'mac', 'ip4', 'ip6', 'name']

/** What is the same for all facts of one frame. */
export class Moment {
  vlan = 0
  session = 0
  shard = 0
  seconds = 0
  micros = 0
  frame = 0
}

export class Telling {
  words = new Int32Array(TELLING_BYTES / 4)
  bytes = new Uint8Array(this.words.buffer)
  /** How many words are used. */
  used = 0
  told = 0

  /** Takes the full buffer away (or reads it) and calls `emptied`. */
  onFull: () => void = () => this.emptied()

  /**
   * Opens a record with room for a subject and a value and returns the byte offset at which the
   * subject goes; the value follows it at once.
   */
  open(moment: Moment, kind: number, aboutLength: number, valueLength: number): number {
    const size = HEAD + ((aboutLength + valueLength + 3) >> 2)
    if (this.used + size > this.words.length) this.onFull()
    const words = this.words
    const at = this.used
    this.used += size
    this.told++
    words[at] = size
    words[at + 3] = moment.vlan
    words[at + 4] = moment.session
    words[at + 5] = kind | (moment.shard << 8)
    words[at + 6] = aboutLength
    words[at + 7] = valueLength
    words[at + 8] = moment.seconds
    words[at + 9] = moment.micros
    words[at + 10] = moment.frame
    words[at + 11] = 1
    return (at + HEAD) << 2
  }

  /** Says which fact the record opened last is, who said it, and how often. */
  name(record: number, factId: number, protocol: number, count: number): void {
    const at = (record >> 2) - HEAD
    this.words[at + 1] = factId
    this.words[at + 2] = protocol
    this.words[at + 11] = count
  }

  emptied(): void {
    this.used = 0
  }
}

/** Reads records back, one at a time, into one reused Told. */
export class TellingReader {
  private words: Int32Array = new Int32Array(0)
  private bytes: Uint8Array = new Uint8Array(0)
  private at = 0
  private end = 0
  private readonly facts: readonly Fact[]
  private readonly names: readonly string[]

  constructor(facts: readonly Fact[], protocolNames: readonly string[]) {
    this.facts = facts
    this.names = protocolNames
  }

  over(words: Int32Array, used: number): this {
    this.words = words
    this.bytes = new Uint8Array(words.buffer, words.byteOffset, used * 4)
    this.at = 0
    this.end = used
    return this
  }

  /** The number of the next record's frame, or Infinity at the end: what several readers merge by. */
  get frame(): number {
    return this.at < this.end ? this.words[this.at + 10]! : Infinity
  }

  /** Several readers are merged by frame, then by shard. */
  isBefore(other: TellingReader): boolean {
    if (this.frame !== other.frame) return this.frame < other.frame
    return this.at < this.end && this.words[this.at + 5]! >> 8 < other.words[other.at + 5]! >> 8
  }

  next(told: Told): boolean {
    if (this.at >= this.end) return false
    const words = this.words
    const at = this.at
    this.at += words[at]!
    told.fact = this.facts[words[at + 1]!]!
    told.protocol = this.names[words[at + 2]! - 1]!
    told.vlan = words[at + 3]!
    told.session = words[at + 4]!
    told.about = KINDS[words[at + 5]! & 0xff]!
    told.bytes = this.bytes
    told.aboutAt = (at + HEAD) << 2
    told.aboutLength = words[at + 6]!
    told.valueAt = told.aboutAt + told.aboutLength
    told.valueLength = words[at + 7]!
    told.seconds = words[at + 8]!
    told.micros = words[at + 9]!
    told.frame = words[at + 10]!
    told.count = words[at + 11]!
    return true
  }
}
