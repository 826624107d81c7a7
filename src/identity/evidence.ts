/** What was said about whom: every distinct statement once, the earliest of it. */

import { mix, hashBytes } from '../bytes/hash.js'
import { secret, type Fact } from '../model/fact.js'
import type { Told } from '../model/heard.js'
import { ByteStore } from './byte-store.js'
import { reaching, START_OF_ROWS } from './columns.js'
import { isPlacing } from './location.js'
import { FACTS_MAX, SUBJECT_FACTS_MAX, VALUE_BYTES_MAX } from './limits.js'
import { NO_JUDGE, type Judge } from '../model/judge.js'
import { namingRank } from './naming.js'
import { Secrets } from './secrets.js'
import { isCompared } from './sub-kinds.js'

/** Whom a statement is about: the number of a station or of an address, and which of both. */
export type Subject = number
export const stationSubject = (station: number): Subject => station * 2
export const addressSubject = (address: number): Subject => address * 2 + 1

const SLOTS_START = 65_536

/** Words of a statement's row. */
const FACT = 0
const SUBJECT = 1
const PLACE = 2
const LENGTH = 3
const HASH = 4
const SECONDS = 5
const MICROS = 6
const NEXT = 7
const WORDS = 8

/** Words of a subject, behind its first statement. */
const TAIL = 1
const COUNT = 2
const SUBJECT_WORDS = 3

/** What a fact is good for in a device's portrait. */
interface Trait {
  /** Its rank as a name, 0 the best; -1 if it names nothing. */
  readonly naming: number
  /** Some rule reads it. */
  readonly isRead: boolean
  /** It tells where its subject is. */
  readonly isPlacing: boolean
  /** Stations behind gateways are told from the gateway by it. */
  readonly isCompared: boolean
  /** It matters when it was said last. */
  readonly isTimed: boolean
}

export class Evidence {
  count = 0
  /** Statements that found no room. */
  dropped = 0
  private readonly values = new ByteStore(VALUE_BYTES_MAX)
  private readonly facts: Fact[] = []
  private readonly traits: Trait[] = []
  private readonly secrets = new Secrets()
  /** When statements of which that matters were made again, in microseconds: who moves may come back. */
  private readonly again = new Map<number, number>()
  private readonly seed: number
  private readonly judge: Judge
  private readonly isTimed: (fact: string) => boolean
  private rows = new Int32Array(0)
  /** By subject: its first and last statement and 1, or 0; and how many it has. */
  private subjects = new Int32Array(0)
  private slots = new Int32Array(SLOTS_START)

  constructor(
    seed: number,
    judge: Judge = NO_JUDGE,
    isTimed: (fact: string) => boolean = () => false,
  ) {
    this.seed = seed
    this.judge = judge
    this.isTimed = isTimed
  }

  hear(told: Told, subject: Subject): void {
    const { fact } = told
    if (this.facts[fact.id] !== fact) {
      this.facts[fact.id] = fact
      this.traits[fact.id] = this.traitOf(fact)
    }
    if (fact.form === secret) {
      const text = this.secrets.written(told)
      this.put(subject, told, text, 0, text.length)
    } else this.put(subject, told, told.bytes, told.valueAt, told.valueLength)
  }

  /** What facts are good for is asked anew. */
  weighAgain(): void {
    this.traits.length = 0
    this.facts.forEach((fact, id) => (this.traits[id] = this.traitOf(fact)))
  }

  private traitOf({ name }: Fact): Trait {
    const isRead = this.judge.reads(name)
    const isTimed = isPlacing(name) || this.isTimed(name)
    return {
      ...{ naming: namingRank(name), isRead, isTimed },
      ...{ isPlacing: isPlacing(name), isCompared: isCompared(name) },
    }
  }

  /** Whether a fact names its subject, or some rule reads it. */
  isTelling(fact: Fact): boolean {
    const trait = (this.traits[fact.id] ??= this.traitOf(fact))
    return trait.naming >= 0 || trait.isRead || trait.isPlacing || trait.isCompared
  }

  fact(index: number): Fact {
    return this.facts[this.rows[index * WORDS + FACT]!]!
  }

  trait(index: number): Trait {
    return this.traits[this.rows[index * WORDS + FACT]!]!
  }

  /** Microseconds since 1970. */
  time(index: number): number {
    const at = index * WORDS
    return (this.rows[at + SECONDS]! >>> 0) * 1e6 + this.rows[at + MICROS]!
  }

  /** When a statement was made last; known only where it matters. */
  latest(index: number): number {
    return this.again.get(index) ?? this.time(index)
  }

  text(index: number): string {
    const place = this.rows[index * WORDS + PLACE]!
    return this.fact(index).form(
      this.values.chunk(place),
      this.values.offset(place),
      this.size(index),
    )
  }

  /** The value's bytes, without a copy: where they lie, and how many. */
  bytes(index: number): Uint8Array {
    return this.values.chunk(this.rows[index * WORDS + PLACE]!)
  }
  at(index: number): number {
    return this.values.offset(this.rows[index * WORDS + PLACE]!)
  }
  size(index: number): number {
    return this.rows[index * WORDS + LENGTH]!
  }

  /** True if two statements have the same value. */
  isAlike(one: number, other: number): boolean {
    const size = this.size(one)
    if (size !== this.size(other)) return false
    const place = this.rows[one * WORDS + PLACE]!
    return this.values.holds(place, this.bytes(other), this.at(other), size)
  }

  /** The first statement about a subject, or -1; and the next one about the same. */
  first(subject: Subject): number {
    const at = subject * SUBJECT_WORDS
    return at < this.subjects.length ? this.subjects[at]! - 1 : -1
  }
  after(index: number): number {
    return this.rows[index * WORDS + NEXT]!
  }

  /** Keeps a statement, unless it was made before or there is no room. */
  private put(subject: Subject, told: Told, bytes: Uint8Array, at: number, length: number): void {
    const of = subject * SUBJECT_WORDS
    if (of + SUBJECT_WORDS > this.subjects.length) {
      this.subjects = reaching(this.subjects, of + SUBJECT_WORDS, START_OF_ROWS)
    }
    if (this.subjects[of + COUNT] === SUBJECT_FACTS_MAX) return
    if ((this.count + 1) * 2 > this.slots.length) this.widenSlots()
    const hash = mix(mix(hashBytes(this.seed, bytes, at, length), subject), told.fact.id)
    const mask = this.slots.length - 1
    let slot = hash & mask
    for (let i = this.slots[slot]! - 1; i >= 0; i = this.slots[slot]! - 1) {
      const row = i * WORDS
      if (this.rows[row + HASH] === hash && this.isSame(row, subject, told.fact.id, length)) {
        if (this.values.holds(this.rows[row + PLACE]!, bytes, at, length)) {
          if (this.traits[told.fact.id]!.isTimed) this.again.set(i, microsOf(told))
          return
        }
      }
      slot = (slot + 1) & mask
    }
    const place = this.count < FACTS_MAX ? this.values.keep(bytes, at, length) : -1
    if (place < 0) {
      this.dropped++
      return
    }
    const index = this.count++
    this.slots[slot] = index + 1
    const row = index * WORDS
    if (row + WORDS > this.rows.length) {
      this.rows = reaching(this.rows, row + WORDS, START_OF_ROWS)
    }
    this.rows[row + FACT] = told.fact.id
    this.rows[row + SUBJECT] = subject
    this.rows[row + PLACE] = place
    this.rows[row + LENGTH] = length
    this.rows[row + HASH] = hash
    this.rows[row + SECONDS] = told.seconds
    this.rows[row + MICROS] = told.micros
    this.append(index, subject)
  }

  private isSame(row: number, subject: Subject, factId: number, length: number): boolean {
    const { rows } = this
    return (
      rows[row + SUBJECT] === subject &&
      rows[row + FACT] === factId &&
      rows[row + LENGTH] === length
    )
  }

  private append(index: number, subject: Subject): void {
    const { rows, subjects } = this
    const of = subject * SUBJECT_WORDS
    rows[index * WORDS + NEXT] = -1
    subjects[of + COUNT]!++
    const tail = subjects[of + TAIL]! - 1
    subjects[of + TAIL] = index + 1
    if (tail < 0) subjects[of] = index + 1
    else rows[tail * WORDS + NEXT] = index
  }

  private widenSlots(): void {
    const slots = new Int32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let i = 0; i < this.count; i++) {
      let slot = this.rows[i * WORDS + HASH]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = i + 1
    }
    this.slots = slots
  }
}

const microsOf = ({ seconds, micros }: Told): number => (seconds >>> 0) * 1e6 + micros
