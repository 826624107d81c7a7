/**
 * Names that DNS answers gave for addresses, and when, so that a conversation has a name.
 *
 * Most answers are about addresses nobody ever talks to. They are only written down as they come,
 * and looked through once at the end, for the addresses that matter.
 */

import type { Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import { reaching, START_OF_ROWS } from './columns.js'
import { commonDomain, plain } from './domains.js'
import { ADDRESS_ANSWERS_MAX, ANSWERS_MAX } from './limits.js'
import { word } from './ranges.js'
import { Words } from './words.js'

/** Words of a row: the address, its version and VLAN, session, name, seconds, microseconds. */
const PLACE = 4
const SESSION = 5
const NAME = 6
const SECONDS = 7
const MICROS = 8
const WORDS = 9

export class Answers {
  count = 0
  /** Answers that found no room. */
  dropped = 0
  private rows = new Int32Array(0)
  private readonly names: Words
  /** By answer: the next one for the same address and 1, or 0. By address: its first and last. */
  private next = new Int32Array(0)
  private heads = new Int32Array(0)
  private tails = new Int32Array(0)
  private counts = new Uint8Array(0)

  constructor(seed: number) {
    this.names = new Words(seed)
  }

  /** An answer about the address that a fact is about. */
  hear(told: Told): void {
    const { bytes, aboutAt, aboutLength } = told
    const name = this.names.at(bytes, told.valueAt, told.valueLength)
    if (name < 0 || this.count === ANSWERS_MAX) {
      this.dropped++
      return
    }
    const at = this.count++ * WORDS
    if (at + WORDS > this.rows.length) {
      this.rows = reaching(this.rows, at + WORDS, START_OF_ROWS)
    }
    const { rows } = this
    for (let i = 0; i < aboutLength; i += 4) rows[at + (i >> 2)] = word(bytes, aboutAt + i)
    rows[at + PLACE] = ((aboutLength === 4 ? 4 : 6) << 16) | told.vlan
    rows[at + SESSION] = told.session
    rows[at + NAME] = name
    rows[at + SECONDS] = told.seconds
    rows[at + MICROS] = told.micros
  }

  /** Files the answers under the addresses that are known by now; asked once, at the end. */
  file(addresses: Addresses): void {
    this.next = new Int32Array(this.count)
    this.heads = new Int32Array(addresses.count)
    this.tails = new Int32Array(addresses.count)
    this.counts = new Uint8Array(addresses.count)
    for (let i = 0; i < this.count; i++) {
      const at = i * WORDS
      const address = addresses.find(
        this.rows,
        at,
        this.rows[at + PLACE]!,
        this.rows[at + SESSION]!,
      )
      if (address >= 0) this.append(i, address)
    }
  }

  /**
   * The number of the name that an address had for who began to talk to it at time `from`: the
   * last answer before; else, if further connections followed until `to`, the first answer by then.
   */
  nameOf(address: number, from: number, to: number): number {
    let name = -1
    for (let i = this.heads[address]! - 1; i >= 0; i = this.next[i]! - 1) {
      const time = (this.rows[i * WORDS + SECONDS]! >>> 0) * 1e6 + this.rows[i * WORDS + MICROS]!
      if (time > from && (name >= 0 || time > to)) break
      name = this.rows[i * WORDS + NAME]!
    }
    return name
  }

  /** What all names that it was ever given have in common; '' is nothing, or too many to tell. */
  domainOf(address: number): string {
    const head = this.heads[address]! - 1
    if (head < 0 || this.counts[address] === ADDRESS_ANSWERS_MAX) return ''
    let domain = plain(this.names.text(this.rows[head * WORDS + NAME]!))
    for (let i = this.next[head]! - 1; i >= 0 && domain !== ''; i = this.next[i]! - 1) {
      domain = commonDomain(domain, this.names.text(this.rows[i * WORDS + NAME]!))
    }
    return domain
  }

  /** Whether any answer was about an address. */
  has(address: number): boolean {
    return this.heads[address]! > 0
  }

  text(name: number): string {
    return this.names.text(name)
  }

  private append(index: number, address: number): void {
    const tail = this.tails[address]! - 1
    const repeats = tail >= 0 && this.rows[tail * WORDS + NAME] === this.rows[index * WORDS + NAME]
    if (repeats || this.counts[address] === ADDRESS_ANSWERS_MAX) return
    this.counts[address]!++
    this.tails[address] = index + 1
    if (tail < 0) this.heads[address] = index + 1
    else this.next[tail] = index + 1
  }
}
