/**
 * Rows that changed since they were told: what leaves a worker is how much was added, since the
 * control plane adds up. A table's rows are left as they are, so that what is heard next is heard
 * as if nobody had looked; how much of each was told is kept beside them.
 */

import {
  END_A,
  END_B,
  FIRST,
  FLAGS,
  OCTETS,
  OPENING,
  PACKETS,
  PROTOCOL_SHIFT,
  TCP,
  TOLD_WORDS,
  UDP,
  isSettled,
  openingOf,
} from './conversation-rows.js'
import type { Conversations } from './conversations.js'
import { CONVERSATION, STATION, type Lane } from './lane.js'
import { RIPE_SECONDS, ROW_PACKETS_MAX } from './live-limits.js'
import { OCTETS as STATION_OCTETS, PACKETS as STATION_PACKETS } from './stations.js'
import { KEY, type Table } from './table.js'
import { copyTold } from './told-conversations.js'

const RIPE_MICROS = RIPE_SECONDS * 1e6

// By conversation, what was told of it: packets of A and of B, connections; then bytes of both.
const COUNT_WORDS = 4
const TOLD_A = 0
const TOLD_B = 1
const CONNECTIONS = 2

export class ChangedConversations {
  private readonly conversations: Conversations
  private readonly table: Table
  private readonly lane: Lane
  private readonly told: Int32Array
  private readonly octets: Float64Array

  constructor(conversations: Conversations, lane: Lane) {
    const { table } = conversations
    this.conversations = conversations
    this.table = table
    this.lane = lane
    this.told = new Int32Array(table.capacity * COUNT_WORDS)
    this.octets = new Float64Array(table.capacity * 2)
  }

  /** Packets that nobody was told of. */
  untold(row: number): number {
    const { words } = this.table
    const at = (row / this.table.rowWords) * COUNT_WORDS
    const a = (words[row + END_A + PACKETS]! - this.told[at + TOLD_A]!) | 0
    const b = (words[row + END_B + PACKETS]! - this.told[at + TOLD_B]!) | 0
    return a + b
  }

  /** It is clear what it is: told sooner, it might be told as two. `clock[0]` is now. */
  isRipe(row: number, clock: Float64Array): boolean {
    const { words, reals } = this.table
    if (isSettled(openingOf(words, row)) || words[row + FLAGS]! >>> PROTOCOL_SHIFT !== 0)
      return true
    const transport = words[row + KEY + 1]! & 0xff
    if (transport !== TCP && transport !== UDP) return true
    return clock[0]! - reals[(row + FIRST) >> 1]! > RIPE_MICROS
  }

  /** Puts what was added to a row into the lane; false if there is no room for it. */
  tell(row: number, reserve: number): boolean {
    const { conversations, lane } = this
    const { words, rowWords } = this.table
    const place = lane.open(CONVERSATION, TOLD_WORDS, reserve)
    if (place < 0) return false
    const to = lane.words
    copyTold(conversations, row, lane, place)
    const number = row / rowWords
    const at = number * COUNT_WORDS
    to[place + OPENING] = (to[place + OPENING]! - (this.told[at + CONNECTIONS]! << 16)) & ~0xffff
    to[place + END_A + PACKETS]! -= this.told[at + TOLD_A]!
    to[place + END_B + PACKETS]! -= this.told[at + TOLD_B]!
    lane.reals[(place + END_A + OCTETS) >> 1]! -= this.octets[number * 2]!
    lane.reals[(place + END_B + OCTETS) >> 1]! -= this.octets[number * 2 + 1]!
    this.remember(row, END_A, at + TOLD_A, number * 2)
    this.remember(row, END_B, at + TOLD_B, number * 2 + 1)
    this.told[at + CONNECTIONS] = words[row + OPENING]! >>> 16
    return true
  }

  /** The row begins anew. */
  forget(row: number): void {
    const number = row / this.table.rowWords
    const at = number * COUNT_WORDS
    this.told[at + TOLD_A] = this.told[at + TOLD_B] = this.told[at + CONNECTIONS] = 0
    this.octets[number * 2] = this.octets[number * 2 + 1] = 0
  }

  /** An end that has counted very far begins again, but not from nothing: it would look new. */
  private remember(row: number, end: number, packets: number, octets: number): void {
    const { words, reals } = this.table
    if (words[row + end + PACKETS]! > ROW_PACKETS_MAX) {
      words[row + end + PACKETS] = 1
      reals[(row + end + OCTETS) >> 1] = 0
    }
    this.told[packets] = words[row + end + PACKETS]!
    this.octets[octets] = reals[(row + end + OCTETS) >> 1]!
  }
}

export class ChangedStations {
  private readonly table: Table
  private readonly lane: Lane
  /** By station, what was told of it: packets, then bytes. */
  private readonly told: Float64Array

  constructor(table: Table, lane: Lane) {
    this.table = table
    this.lane = lane
    this.told = new Float64Array(table.capacity * 2)
  }

  untold(row: number): number {
    const { reals, rowWords } = this.table
    return reals[(row + STATION_PACKETS) >> 1]! - this.told[(row / rowWords) * 2]!
  }

  tell(row: number, reserve: number): boolean {
    const { table, lane, told } = this
    const { words, reals, rowWords } = table
    const place = lane.open(STATION, rowWords, reserve)
    if (place < 0) return false
    for (let i = 0; i < rowWords; i++) lane.words[place + i] = words[row + i]!
    const at = (row / rowWords) * 2
    lane.reals[(place + STATION_PACKETS) >> 1]! -= told[at]!
    lane.reals[(place + STATION_OCTETS) >> 1]! -= told[at + 1]!
    told[at] = reals[(row + STATION_PACKETS) >> 1]!
    told[at + 1] = reals[(row + STATION_OCTETS) >> 1]!
    return true
  }

  forget(row: number): void {
    const at = (row / this.table.rowWords) * 2
    this.told[at] = this.told[at + 1] = 0
  }
}
