/** How much devices and conversations carried since it was written down last. */

import type { AddressHeard, ConversationHeard, StationHeard } from '../model/heard.js'
import type { Time } from '../model/device.js'
import type { PresenceRecord } from '../model/changes.js'
import type { Entity } from './entities.js'
import { KeyTable } from './key-table.js'
import type { Labels } from './labels.js'
import { LastConnections } from './last-connections.js'
import { FLUSH_CONVERSATIONS_MAX } from './limits.js'
import type { Node } from './nodes.js'
import { Presence } from './presence.js'
import { word } from './ranges.js'

/** What a node sent. */
export interface Amount {
  last: Time
  packets: number
  bytes: number
}

export class NodeAmounts {
  private sums = new Map<Node, Amount>()

  add(node: Node, heard: StationHeard | AddressHeard): void {
    const known = this.sums.get(node)
    const last = Math.round(heard.last / 1000)
    if (known === undefined) {
      this.sums.set(node, { last, packets: heard.packets, bytes: heard.octets })
      return
    }
    if (last > known.last) known.last = last
    known.packets += heard.packets
    known.bytes += heard.octets
  }

  take(): Map<Node, Amount> {
    const taken = this.sums
    this.sums = new Map()
    return taken
  }
}

/** Devices that sent something since it was told last, and those of them that are being told of. */
export class Louder {
  private louder = new Set<Entity>()
  private telling: Iterator<Entity> | undefined

  add(entity: Entity): void {
    this.louder.add(entity)
  }

  begin(): void {
    this.telling = this.louder.values()
    this.louder = new Set()
  }

  get isDone(): boolean {
    return this.telling === undefined
  }

  /** What up to `max` of them sent. */
  take(max: number): PresenceRecord[] {
    const records: PresenceRecord[] = []
    for (let looked = 0; this.telling !== undefined && looked < max; looked++) {
      const next = this.telling.next()
      if (next.done === true) this.telling = undefined
      else note(next.value, records)
    }
    return records
  }
}

function note(entity: Entity, records: PresenceRecord[]): void {
  const packets = entity.packets - entity.toldPackets
  const bytes = entity.bytes - entity.toldBytes
  if (entity.nodes.length === 0 || packets <= 0) return
  records.push({ device: entity.id, last_seen: entity.last, packets, bytes })
  entity.toldPackets = entity.packets
  entity.toldBytes = entity.bytes
}

const CLIENT = 0
const SERVER = 4
const PLACE = 8
const SEGMENT = 9
const LABEL = 10
const SESSION = 11
const WORDS = 12
const VERSION_SHIFT = 16

/** Rows of conversations by both addresses, added up until they are written down. */
export class TalkAmounts {
  dropped = 0
  presence = new Presence()
  connections = new LastConnections()
  private table: KeyTable
  private readonly seed: number
  private readonly labels: Labels

  constructor(labels: Labels, seed: number) {
    this.labels = labels
    this.seed = seed
    this.table = new KeyTable(WORDS, FLUSH_CONVERSATIONS_MAX, seed)
  }

  get count(): number {
    return this.table.count
  }

  add(heard: ConversationHeard): void {
    const { key } = this.table
    const { bytes, clientIpAt, serverIpAt, ipLength } = heard
    for (let i = 0; i < 4; i++) {
      const beyond = 4 * i >= ipLength
      key[CLIENT + i] = beyond ? 0 : word(bytes, clientIpAt + 4 * i)
      key[SERVER + i] = beyond ? 0 : word(bytes, serverIpAt + 4 * i)
    }
    key[PLACE] = (heard.transport << 16) | heard.port
    key[SEGMENT] = ((ipLength === 4 ? 4 : 6) << VERSION_SHIFT) | heard.vlan
    key[LABEL] = this.labels.of(heard.transport, heard.port, heard.protocol)
    key[SESSION] = heard.session
    const index = this.table.claim()
    if (index < 0) {
      this.dropped++
      return
    }
    this.presence.welcome(index)
    this.connections.add(index, heard)
    this.presence.add(index, heard, heard.octetsOut, heard.octetsIn)
  }

  /** Writes the address of one end as bytes and returns how many. */
  address(index: number, isClient: boolean, into: Uint8Array): number {
    const length = this.table.word(index, SEGMENT) >>> VERSION_SHIFT === 4 ? 4 : 16
    for (let i = 0; i < length; i++) {
      const value = this.table.word(index, (isClient ? CLIENT : SERVER) + (i >> 2))
      into[i] = value >>> (24 - 8 * (i & 3))
    }
    return length
  }

  transport(index: number): number {
    return this.table.word(index, PLACE) >>> 16
  }
  port(index: number): number {
    return this.table.word(index, PLACE) & 0xffff
  }
  vlan(index: number): number {
    return this.table.word(index, SEGMENT) & 0xffff
  }
  session(index: number): number {
    return this.table.word(index, SESSION)
  }
  label(index: number): string {
    return this.labels.names[this.table.word(index, LABEL)]!
  }

  /** What was added up until now, taken out: it begins anew. */
  take(): TalkAmounts {
    const taken = new TalkAmounts(this.labels, this.seed)
    ;[taken.table, this.table] = [this.table, taken.table]
    ;[taken.presence, this.presence] = [this.presence, taken.presence]
    ;[taken.connections, this.connections] = [this.connections, taken.connections]
    return taken
  }
}
