/**
 * Hardware addresses whose presence no conversation tells of: senders of frames without a network
 * layer, and of those that found no room among the conversations.
 */

import type { Frame } from '../layers/frame.js'
import type { StationHeard } from '../model/heard.js'
import { STATIONS_MAX } from './limits.js'
import { KEY, SEEN, Table, type Rows } from './table.js'
import type { Moment } from './telling.js'

// Words of a row. The key is the hardware address, the VLAN, and the session.
const KEY_WORDS = 3
export const PACKETS = KEY + 4
export const OCTETS = KEY + 6
const FIRST = KEY + 8
const LAST = KEY + 10
const ROW_WORDS = KEY + 12

export class Stations {
  readonly table: Table

  constructor(seed: number) {
    const shape = { name: 'stations', keyWords: KEY_WORDS, rowWords: ROW_WORDS, rows: STATIONS_MAX }
    this.table = new Table(shape, seed)
  }

  /** Counts one frame for its source hardware address; its time is `clock[0]`. */
  hear(frame: Frame, moment: Moment, octets: number, clock: Float64Array): void {
    const at = frame.sourceMac
    const bytes = frame.bytes
    const table = this.table
    const key = table.key
    key[0] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    key[1] = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | moment.vlan
    key[2] = moment.session
    table.hash(0, KEY_WORDS)
    let row = table.find(0, KEY_WORDS, moment.shard)
    const { words, reals } = table
    if (row < 0) {
      row = table.claim(0, KEY_WORDS, moment.shard, moment.seconds)
      if (row < 0) return
      reals[(row + FIRST) >> 1] = clock[0]!
    }
    const seen = words[row + SEEN]!
    if (seen !== moment.seconds) {
      words[row + SEEN] = moment.seconds
      if (Math.floor(seen / 60) !== Math.floor(moment.seconds / 60)) table.protect(row, moment.vlan)
    }
    reals[(row + PACKETS) >> 1]! += 1
    reals[(row + OCTETS) >> 1]! += octets
    reals[(row + LAST) >> 1] = clock[0]!
  }
}

/** Fills `heard` from a row. */
export function readStation({ words, reals }: Rows, row: number, heard: StationHeard): void {
  const bytes = staging(heard)
  putWord(bytes, 0, words[row + KEY]!)
  putWord(bytes, 4, words[row + KEY + 1]!)
  heard.macAt = 0
  heard.vlan = words[row + KEY + 1]! & 0xffff
  heard.session = words[row + KEY + 2]!
  heard.packets = reals[(row + PACKETS) >> 1]!
  heard.octets = reals[(row + OCTETS) >> 1]!
  heard.first = reals[(row + FIRST) >> 1]!
  heard.last = reals[(row + LAST) >> 1]!
  heard.frame = heard.first
}

/** Private, shared (CGNAT), link-local and unique local addresses. */
export const isInside = (bytes: Uint8Array, at: number, network: number): boolean =>
  isInsideWord((bytes[at]! << 24) | (bytes[at + 1]! << 16), network)

/** The same by an address's first word. */
export function isInsideWord(first: number, network: number): boolean {
  const a = first >>> 24
  const b = (first >>> 16) & 0xff
  if (network === 6) return (a & 0xfe) === 0xfc || (a === 0xfe && (b & 0xc0) === 0x80)
  switch (a) {
    case 10:
      return true
    case 192:
      return b === 168
    case 172:
      return (b & 0xf0) === 16
    case 169:
      return b === 254
    case 100:
      return (b & 0xc0) === 64
    default:
      return false
  }
}

export function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** The bytes of a telling record itself, made once. */
export function staging(heard: { bytes: Uint8Array }): Uint8Array {
  if (heard.bytes.length < 64) heard.bytes = new Uint8Array(64)
  return heard.bytes
}
