/** Conversations as reports show them: between devices, with those outside by address. */

import type { Addresses } from './addresses.js'
import type { Answers } from './answers.js'
import type { Bindings } from './bindings.js'
import { byTime } from './columns.js'
import { BROADCAST, type Conversations } from './conversations.js'
import type { Devices } from './devices.js'
import { Ends, GROUP, INTERNET, OTHERS, PLACES, addressEnd, placeOfCategory } from './ends.js'
import { KeyTable } from './key-table.js'
import type { Labels } from './labels.js'
import { PeerLimit } from './peer-limit.js'
import type { Subnets } from './subnets.js'

export const NO_NAME = -1
export const NO_PORT = -1

const SCOPES = PLACES.flatMap(from => PLACES.map(to => `${from}-to-${to}`))

/** Talks in the order in which they began, each by the first of the conversations it is made of. */
export class TalkList {
  count = 0
  /** By talk: its conversation, whose amounts are those of the whole talk. */
  readonly row: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  readonly scope: Uint8Array
  readonly name: Int32Array
  /** By talk: the conversation of it that was heard last. */
  readonly lastRow: Int32Array
  readonly heard: Conversations
  readonly scopes: readonly string[] = SCOPES
  readonly labels: readonly string[]

  constructor(heard: Conversations, labels: readonly string[]) {
    const room = heard.count
    this.heard = heard
    this.labels = labels
    this.row = new Int32Array(room)
    this.from = new Int32Array(room)
    this.to = new Int32Array(room)
    this.scope = new Uint8Array(room)
    this.name = new Int32Array(room)
    this.lastRow = new Int32Array(room)
  }

  /** The number of what it is called. */
  label(talk: number): number {
    return this.heard.label(this.row[talk]!)
  }

  port(talk: number): number {
    return this.isAddedUp(talk) ? NO_PORT : this.heard.port(this.row[talk]!)
  }

  /** One of its ends is all the others. */
  isAddedUp(talk: number): boolean {
    return this.from[talk] === OTHERS || this.to[talk] === OTHERS
  }
}

interface Surroundings {
  readonly addresses: Addresses
  readonly answers: Answers
  readonly subnets: Subnets
  readonly labels: Labels
  readonly bindings: Bindings
  readonly devices: Devices
  readonly seed: number
}

export function listTalks(conversations: Conversations, around: Surroundings): TalkList {
  return new Gathering(conversations, around).list()
}

class Gathering {
  private readonly heard: Conversations
  private readonly around: Surroundings
  private readonly ends: Ends
  private readonly talks: TalkList
  /** Talks that several rows may belong to, and where they stand in the list. */
  private readonly keys: KeyTable
  private readonly found: number[] = []
  /** By device: what it is to a scope. */
  private readonly places: Uint8Array
  private readonly limit: PeerLimit

  constructor(heard: Conversations, around: Surroundings) {
    this.heard = heard
    this.around = around
    this.ends = new Ends(around)
    this.places = Uint8Array.from(around.devices.list, one => placeOfCategory(one.category))
    this.talks = new TalkList(heard, around.labels.names)
    this.keys = new KeyTable(4, Math.max(heard.count, 1), around.seed)
    this.limit = new PeerLimit(this.outsideRows(), around.seed)
  }

  list(): TalkList {
    const { count, presence } = this.heard
    const order = byTime(count, presence, (a, b) => this.compare(a, b))
    for (let i = 0; i < order.length; i++) this.add(order[i]!)
    return this.talks
  }

  /** By device: with how many rows it talks to addresses; a bound on how many peers it has. */
  private outsideRows(): Int32Array {
    const { heard, ends } = this
    const rows = new Int32Array(this.around.devices.list.length)
    for (let i = 0; i < heard.count; i++) {
      const from = ends.of[heard.client(i)]!
      const to = ends.of[heard.server(i)]!
      if (from >= 0 && to < 0) rows[from]!++
      if (to >= 0 && from < 0) rows[to]!++
    }
    return rows
  }

  private add(row: number): void {
    const { heard, ends, limit } = this
    const client = heard.client(row)
    const server = heard.server(row)
    const station = heard.station(row)
    const broadcast = (heard.flags[row]! & BROADCAST) !== 0
    let from = ends.of[client]!
    if (from < 0 && station >= 0) from = this.around.devices.endOfStation(station, from)
    let to = broadcast ? addressEnd(server) : ends.of[server]!
    const fromPlace = from >= 0 ? this.places[from]! : ends.place[client]!
    const toPlace = broadcast ? GROUP : to >= 0 ? this.places[to]! : ends.place[server]!
    if (from < 0 && to >= 0 && fromPlace === INTERNET && !limit.admits(to, client)) from = OTHERS
    if (to < 0 && from >= 0 && toPlace === INTERNET && !limit.admits(from, server)) to = OTHERS
    const alone = station < 0 && ends.isAlone(from, to, client, server)
    const talk = alone ? this.open(row, from, to) : this.find(row, from, to)
    this.talks.scope[talk] = fromPlace * PLACES.length + toPlace
    this.give(talk, row)
  }

  /** The talk that a row is a part of. */
  private find(row: number, from: number, to: number): number {
    const { heard, keys } = this
    const added = from === OTHERS || to === OTHERS
    keys.key[0] = from
    keys.key[1] = to
    keys.key[2] = added ? -1 : heard.place(row)
    keys.key[3] = heard.label(row)
    const before = keys.count
    const key = keys.claim()
    if (key === before) this.found[key] = this.open(row, from, to)
    return this.found[key]!
  }

  private open(row: number, from: number, to: number): number {
    const { talks } = this
    const talk = talks.count++
    talks.row[talk] = talks.lastRow[talk] = row
    talks.from[talk] = from
    talks.to[talk] = to
    talks.name[talk] = NO_NAME
    return talk
  }

  /** Gives a talk what is known of one more of its conversations. */
  private give(talk: number, row: number): void {
    const { heard, talks } = this
    const { presence } = heard
    if (talks.name[talk] === NO_NAME && talks.to[talk] !== OTHERS) {
      const server = heard.server(row)
      const { answers } = this.around
      if (answers.has(server))
        talks.name[talk] = answers.nameOf(server, presence.first(row), presence.latest(row))
    }
    const whole = talks.row[talk]!
    if (whole === row) return
    if (presence.last(row) > presence.last(whole)) talks.lastRow[talk] = row
    presence.merge(whole, presence, row)
    heard.connections.merge(whole, heard.connections, row)
  }

  private compare(a: number, b: number): number {
    const { heard } = this
    const { table } = this.around.addresses
    return (
      table.compare(heard.client(a), heard.client(b)) ||
      table.compare(heard.server(a), heard.server(b)) ||
      heard.place(a) - heard.place(b) ||
      compareTexts(this.talks.labels[heard.label(a)]!, this.talks.labels[heard.label(b)]!)
    )
  }
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
