/** A listener that adds up what it is told, and a live crew over frames from memory. */

import { ipText, macText } from '../../src/bytes/text.js'
import type { Listener } from '../../src/hearing/crew.js'
import { spoken } from '../../src/hearing/hear-capture.js'
import { LiveCrew, type LiveEvents, type LiveOptions } from '../../src/hearing/live-crew.js'
import { Secrets } from '../../src/hearing/secrets.js'
import type { AddressHeard, ConversationHeard, StationHeard, Told } from '../../src/model/heard.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { dealt, type Reel, type Replay } from './replay.js'

export const KEY = new Uint8Array(32)
const SEED = 7

export const HEARING = { protocols, facts, secrets: new Secrets(KEY), seed: SEED }

interface Sum {
  packets: number
  octets: number
  octets_back: number
  connections: number
  first: number
  last: number
}

/** Amounts by whom they are of, however many rows told of them. */
export class Gathering implements Listener {
  readonly facts: { text: string; at: number }[] = []
  readonly sums = new Map<string, Sum>()
  rows = 0

  tell(told: Told): void {
    const { about, fact, value, protocol, at } = spoken(told)
    const where = `${String(told.vlan)}/${String(told.session)}`
    this.facts.push({
      text: `${about} ${where} ${protocol} ${fact}=${value} ${String(told.count)}`,
      at,
    })
  }

  station(row: StationHeard): void {
    this.rows++
    this.add(`station ${macText(row.bytes, row.macAt)} ${place(row)}`, row, [row.octets, 0])
  }

  address(row: AddressHeard): void {
    const { bytes, ipAt, ipLength, macAt } = row
    const by = macAt < 0 ? '' : macText(bytes, macAt)
    this.add(`address ${ipText(bytes, ipAt, ipLength)} ${by} ${place(row)}`, row, [row.octets, 0])
  }

  /** Who is the client may become clear later: the ends stand in the order of their addresses. */
  conversation(row: ConversationHeard): void {
    const { bytes, clientIpAt, serverIpAt, ipLength, octetsOut, octetsIn } = row
    const client = ipText(bytes, clientIpAt, ipLength)
    const server = ipText(bytes, serverIpAt, ipLength)
    const inOrder = client < server
    const ends = inOrder ? `${client} ${server}` : `${server} ${client}`
    const octets: [number, number] = inOrder ? [octetsOut, octetsIn] : [octetsIn, octetsOut]
    this.add(`conversation ${ends} ${String(row.transport)}`, row, octets, row.connections)
  }

  private add(
    key: string,
    { packets, first, last }: StationHeard | AddressHeard | ConversationHeard,
    [octets, octets_back]: [number, number],
    connections = 0,
  ): void {
    const sum = this.sums.get(key)
    if (sum === undefined) {
      this.sums.set(key, { packets, octets, octets_back, connections, first, last })
      return
    }
    sum.packets += packets
    sum.octets += octets
    sum.octets_back += octets_back
    sum.connections += connections
    sum.first = Math.min(sum.first, first)
    sum.last = Math.max(sum.last, last)
  }

  /** What was gathered, in an order of its own. */
  get lines(): string[] {
    return [...this.sums].map(([key, sum]) => `${key} ${Object.values(sum).join(' ')}`).sort()
  }
}

const place = ({ vlan, session }: { vlan: number; session: number }): string =>
  `${String(vlan)}/${String(session)}`

/** Tells two listeners. */
export class Both implements Listener {
  private readonly listeners: readonly Listener[]

  constructor(...listeners: readonly Listener[]) {
    this.listeners = listeners
  }

  tell(told: Told): void {
    for (const listener of this.listeners) listener.tell(told)
  }

  station(row: StationHeard): void {
    for (const listener of this.listeners) listener.station(row)
  }

  address(row: AddressHeard): void {
    for (const listener of this.listeners) listener.address(row)
  }

  conversation(row: ConversationHeard): void {
    for (const listener of this.listeners) listener.conversation(row)
  }
}

const NOTHING_HAPPENS: LiveEvents = {
  workerLost: () => undefined,
  earFault: () => undefined,
  covered: () => undefined,
}

export type Pacing = NonNullable<LiveOptions['pace']>

/** Facts wait for all workers however long, rows are told all the time. */
export const EAGER: Pacing = { rows_ms: 0, facts_wait_ms: 60_000 }

export function crewOver(
  workers: number,
  listener: Listener,
  { pace = EAGER, events = {} }: { pace?: Pacing; events?: Partial<LiveEvents> } = {},
): LiveCrew {
  return new LiveCrew(
    {
      ...HEARING,
      workers,
      program: new URL('./replaying.js', import.meta.url),
      key: KEY,
      wakes: { open: () => -1, wake: () => undefined, close: () => undefined },
      now: () => performance.now(),
      wall: () => Date.now(),
      pace,
    },
    listener,
    { ...NOTHING_HAPPENS, ...events },
  )
}

/** What each worker plays of a reel. */
export const plays = (reel: Reel, workers: number, how: Partial<Replay> = {}): Replay[] =>
  dealt(reel, workers).map(frames => ({ reel, frames, block_frames: 64, ...how }))
