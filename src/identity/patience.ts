/**
 * When a plain frame may say whose an address is. A capture is judged at its end, when all was
 * heard; a sensor waits until it knows a segment: for some minutes, and for a subnet that servers,
 * routers or neighbours there have confirmed.
 */

import type { Addresses } from './addresses.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { PREFIXES_MAX, SEGMENTS_MAX } from './limits.js'
import type { Subnets } from './subnets.js'

/** A segment is known after this long; and without any confirmation, after this long. */
const LEARNING_MICROS = 300e6
const DOUBTING_MICROS = 1800e6
/** So many neighbours with like addresses confirm a subnet. */
const CONFIRMING = 2
const NET_IP4 = 0xffffff00 | 0

export class Patience {
  /** Grows whenever more may be believed than before. */
  version = 0
  private readonly addresses: Addresses
  private readonly subnets: Subnets
  /** By VLAN and session: when it was heard first, in microseconds, and how far it is known. */
  private readonly segments: KeyTable
  private began = new Float64Array(0)
  private stages = new Uint8Array(0)
  /** By segment and prefix: how many neighbours were proven to be there. */
  private readonly prefixes: KeyTable
  private counts = new Uint8Array(0)
  /** By address: 1 if it serves its own network. */
  private trusted = new Uint8Array(0)
  private last = -1
  /** When the next segment becomes known. */
  private due = Infinity

  constructor(addresses: Addresses, subnets: Subnets, seed: number) {
    this.addresses = addresses
    this.subnets = subnets
    this.segments = new KeyTable(2, SEGMENTS_MAX, seed)
    this.prefixes = new KeyTable(5, PREFIXES_MAX, seed)
  }

  /** Something was heard on a segment, at this time. */
  hear(vlan: number, session: number, time: number): void {
    const { key } = this.segments
    let segment = this.last
    if (segment < 0 || key[0] !== vlan || key[1] !== session) {
      key[0] = vlan
      key[1] = session
      const before = this.segments.count
      this.last = segment = this.segments.claim()
      if (segment === before) this.begin(segment, time)
    }
    if (time >= this.due) this.grow(time)
  }

  /** It gives out addresses of its own network, which only a neighbour can do. */
  trust(address: number): void {
    if (!this.subnets.isHere(this.addresses, address)) return
    this.trusted = reaching(this.trusted, address)
    if (this.trusted[address] === 1) return
    this.trusted[address] = 1
    this.version++
  }

  /** A device was there before the sensor was started. */
  recall(vlan: number, session: number, first: number): void {
    const { key } = this.segments
    key[0] = vlan
    key[1] = session
    const before = this.segments.count
    const segment = (this.last = this.segments.claim())
    if (segment === before || (segment >= 0 && first < this.began[segment]!))
      this.begin(segment, first)
  }

  /** An address was proven to be a neighbour's. */
  confirm(address: number): void {
    const prefix = this.prefix(address, true)
    if (prefix < 0) return
    this.counts = reaching(this.counts, prefix)
    if (this.counts[prefix]! < CONFIRMING && ++this.counts[prefix]! === CONFIRMING) this.version++
  }

  /** Whether a plain frame from this address may be believed. */
  believes(address: number): boolean {
    if (this.trusted[address] === 1) return true
    const { key } = this.segments
    key[0] = this.addresses.vlan(address)
    key[1] = this.addresses.session(address)
    const segment = (this.last = this.segments.find())
    const stage = segment < 0 ? 0 : this.stages[segment]!
    return stage === 2 || (stage === 1 && this.isConfirmed(address))
  }

  private isConfirmed(address: number): boolean {
    if (this.subnets.isHere(this.addresses, address)) return true
    const prefix = this.prefix(address, false)
    return prefix >= 0 && (this.counts[prefix] ?? 0) >= CONFIRMING
  }

  private begin(segment: number, time: number): void {
    this.began = reaching(this.began, segment)
    this.stages = reaching(this.stages, segment)
    this.began[segment] = time
    this.due = Math.min(this.due, time + LEARNING_MICROS)
  }

  /** Some segment has become known by now. */
  private grow(now: number): void {
    this.version++
    this.due = Infinity
    for (let i = 0; i < this.segments.count; i++) {
      const age = now - this.began[i]!
      const stage = age >= DOUBTING_MICROS ? 2 : age >= LEARNING_MICROS ? 1 : 0
      this.stages[i] = stage
      const next = this.began[i]! + (stage === 0 ? LEARNING_MICROS : DOUBTING_MICROS)
      if (stage < 2 && next < this.due) this.due = next
    }
  }

  private prefix(address: number, make: boolean): number {
    const { addresses } = this
    const { key } = this.prefixes
    const version = addresses.version(address)
    key[0] = (version << 16) | addresses.vlan(address)
    key[1] = addresses.session(address)
    key[2] = addresses.table.word(address, 0) & (version === 4 ? NET_IP4 : -1)
    key[3] = version === 4 ? 0 : addresses.table.word(address, 1)
    key[4] = 0
    return make ? this.prefixes.claim() : this.prefixes.find()
  }
}
