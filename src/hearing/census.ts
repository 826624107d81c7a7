/**
 * What nobody parsed: frames and packets counted by what they claim to be, and of each kind, and
 * of each port, one sample: how long it was, and its first four bytes. A message's start is its
 * protocol's; what people write comes later.
 *
 * Every shard has places of its own, first come, so that the outcome does not depend on who hears.
 */

import type { Frame } from '../layers/frame.js'
import type { Unparsed } from '../model/census.js'
import { CENSUS_MAX, SHARDS } from './limits.js'
import type { Moment } from './telling.js'

/** By what a kind of frame is known. */
export const ETHERTYPE = 0
export const LLC = 1
export const IP = 2
export const TCP_PORT = 3
export const UDP_PORT = 4

const SLOTS = CENSUS_MAX / SHARDS
const PROBES = 8
const START_BYTES = 4
const KIND_SHIFT = 16
const NONE = -1

// Of a slot, and of an entry that is told: its key (kind and number), packets, bytes; when the
// sample was heard, its length, its first bytes as a number, and how many those are.
const KEY = 0
const PACKETS = 1
const OCTETS = 2
const HEARD = 3
const LENGTH = 4
const START = 5
const START_LENGTH = 6
export const ENTRY = 7

export class Census {
  entries = 0
  /** Frames that found no place. */
  dropped = 0
  private readonly slots = new Float64Array(CENSUS_MAX * ENTRY).fill(NONE)

  /** A frame or packet nobody is heard for; its content begins at `at`. */
  hear(
    kind: number,
    number: number,
    frame: Frame,
    at: number,
    moment: Moment,
    octets: number,
  ): void {
    const slot = this.sample(kind, number, frame.bytes, at, frame.payloadEnd, moment)
    if (slot < 0) return
    this.slots[slot + PACKETS]! += 1
    this.slots[slot + OCTETS]! += octets
  }

  /** Keeps a sample of what this is, if it is the first; returns its slot, or -1 if there is none. */
  sample(
    kind: number,
    number: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    moment: Moment,
  ): number {
    const { slots } = this
    const slot = this.find((kind << KIND_SHIFT) | number, moment.shard)
    if (slot < 0 || slots[slot + LENGTH]! >= 0) return slot
    const length = Math.max(0, end - at)
    const count = Math.min(length, START_BYTES)
    let start = 0
    for (let i = 0; i < count; i++) start = start * 256 + bytes[at + i]!
    slots[slot + PACKETS] = slots[slot + OCTETS] = 0
    slots[slot + HEARD] = moment.seconds * 1e6 + moment.micros
    slots[slot + LENGTH] = length
    slots[slot + START] = start
    slots[slot + START_LENGTH] = count
    return slot
  }

  /** All entries, ENTRY numbers each. */
  read(): Float64Array {
    const { slots } = this
    const read = new Float64Array(this.entries * ENTRY)
    let used = 0
    for (let slot = 0; slot < slots.length; slot += ENTRY) {
      if (slots[slot] === NONE) continue
      for (let i = 0; i < ENTRY; i++) read[used++] = slots[slot + i]!
    }
    return read
  }

  private find(key: number, shard: number): number {
    const { slots } = this
    const hash = Math.imul(key, 0x9e3779b1) >>> 16
    for (let i = 0; i < PROBES; i++) {
      const slot = (shard * SLOTS + ((hash + i) % SLOTS)) * ENTRY
      if (slots[slot] === key) return slot
      if (slots[slot] !== NONE) continue
      slots[slot] = key
      this.entries++
      return slot
    }
    this.dropped++
    return -1
  }
}

/** Entries of all shards and workers added up: each kind and number once, with its earliest sample. */
export function sumCensus(all: readonly Float64Array[]): Float64Array {
  const places = new Map<number, number>()
  const sums: number[] = []
  for (const entries of all) {
    for (let at = 0; at < entries.length; at += ENTRY) {
      const place = places.get(entries[at]!)
      if (place !== undefined) add(sums, place, entries, at)
      else {
        places.set(entries[at]!, sums.length)
        for (let i = 0; i < ENTRY; i++) sums.push(entries[at + i]!)
      }
    }
  }
  return Float64Array.from(sums)
}

function add(sums: number[], place: number, entries: Float64Array, at: number): void {
  sums[place + PACKETS]! += entries[at + PACKETS]!
  sums[place + OCTETS]! += entries[at + OCTETS]!
  let later = 0
  for (let i = HEARD; i < ENTRY && later === 0; i++) later = entries[at + i]! - sums[place + i]!
  if (later >= 0) return
  for (let i = HEARD; i < ENTRY; i++) sums[place + i] = entries[at + i]!
}

/** An entry in words. */
export function readEntry(entries: Float64Array, at: number): Unparsed & { readonly kind: number } {
  const digits = entries[at + START_LENGTH]! * 2
  const start = digits === 0 ? '' : entries[at + START]!.toString(16).padStart(digits, '0')
  return {
    kind: entries[at + KEY]! >>> KIND_SHIFT,
    number: entries[at + KEY]! & 0xffff,
    packets: entries[at + PACKETS]!,
    bytes: entries[at + OCTETS]!,
    sample: { length: entries[at + LENGTH]!, start },
  }
}
