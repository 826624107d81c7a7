/** Conversations of a while as they are written down: between devices, with those outside by address. */

import { communityId } from './community-id.js'
import { ip4Text, ip6Text } from '../bytes/text.js'
import { lastConnection, type ConversationRecord } from '../model/device.js'
import type { TalkAmounts } from './amounts.js'
import { PLACES, type Place } from './ends.js'
import type { Entities } from './entities.js'
import { TCP, UDP } from './labels.js'
import { OUTSIDE_PEERS_MAX } from './limits.js'
import { isGroupRange, isInsideRange, word } from './ranges.js'
import type { Tables } from './tables.js'

interface End {
  /** The device's id, or the address. */
  readonly name: string
  readonly isDevice: boolean
  readonly place: Place
}

const OTHERS = 'others'

export class TalkRecords {
  private readonly tables: Tables
  private readonly entities: Entities
  private readonly bytes = new Uint8Array(16)
  private readonly client = new Uint8Array(16)
  private readonly server = new Uint8Array(16)
  private talks: TalkAmounts | undefined
  private told = 0
  /** By device, those outside that are kept apart. */
  private readonly peers = new Map<string, Set<string>>()
  private readonly at = { vlan: 0, session: 0 }

  constructor(tables: Tables, entities: Entities) {
    this.tables = tables
    this.entities = entities
  }

  /** These are to be told of, by and by. */
  begin(talks: TalkAmounts): void {
    this.talks = talks
    this.told = 0
    this.peers.clear()
  }

  get isDone(): boolean {
    return this.told === (this.talks?.count ?? 0)
  }

  /** The next ones; of one conversation several may tell, which add up. */
  take(max: number): ConversationRecord[] {
    const records = new Map<string, ConversationRecord>()
    const { talks, peers } = this
    if (talks === undefined) return []
    const end = Math.min(talks.count, this.told + max)
    for (; this.told < end; this.told++) {
      const i = this.told
      const ends = this.limited(this.end(talks, i, true), this.end(talks, i, false), peers)
      const record = this.record(talks, i, ends)
      const { from, to, transport, port, protocol } = record
      const key = `${from} ${to} ${transport} ${port} ${protocol}`
      const known = records.get(key)
      records.set(key, known === undefined ? record : added(known, record))
    }
    return [...records.values()]
  }

  private record(talks: TalkAmounts, i: number, [from, to]: [End, End]): ConversationRecord {
    const { presence } = talks
    const transport = talks.transport(i)
    const hasPort = (transport === TCP || transport === UDP) && to.name !== OTHERS
    return {
      from: from.name,
      to: to.name,
      transport: transport === TCP ? 'tcp' : transport === UDP ? 'udp' : String(transport),
      port: hasPort ? talks.port(i) : null,
      protocol: talks.label(i),
      name: to.isDevice ? null : this.tables.outsiders.nameOf(to.name),
      scope: `${from.place}-to-${to.place}`,
      packets: presence.packets(i),
      bytes_out: presence.octets(i),
      bytes_in: presence.octetsBack(i),
      community_id: from.name === OTHERS || to.name === OTHERS ? null : this.communityId(talks, i),
      round_trip_smallest_us: talks.connections.smallestRoundTrip(i),
      round_trip_last_us: talks.connections.lastRoundTrip(i),
      first_seen: Math.round(presence.first(i) / 1000),
      last_seen: Math.round(presence.last(i) / 1000),
    }
  }

  private communityId(talks: TalkAmounts, i: number): string | null {
    const { client, server } = this
    const length = talks.address(i, true, client)
    talks.address(i, false, server)
    return communityId({
      ...{ transport: talks.transport(i), length, client, server },
      clientPort: talks.connections.clientPort(i),
      serverPort: talks.port(i),
    })
  }

  private end(talks: TalkAmounts, i: number, isClient: boolean): End {
    const { addresses, nodes } = this.tables
    const length = talks.address(i, isClient, this.bytes)
    const inside = addresses.isInsideNetwork(this.bytes, 0, length)
    this.at.vlan = inside ? talks.vlan(i) : 0
    this.at.session = talks.session(i)
    const address = inside ? addresses.findInside(this.bytes, length, this.at) : -1
    const node = address < 0 ? -1 : nodes.ofAddress(address)
    const entity = node < 0 ? undefined : this.entities.of(node)
    if (entity !== undefined)
      return { name: entity.id, isDevice: true, place: PLACES[entity.place]! }
    const name = length === 4 ? ip4Text(this.bytes, 0) : ip6Text(this.bytes, 0)
    return { name, isDevice: false, place: this.placeOf(length) }
  }

  private placeOf(length: number): Place {
    const version = length === 4 ? 4 : 6
    const first = word(this.bytes, 0)
    if (isGroupRange(version, first)) return 'group'
    const inside =
      isInsideRange(version, first) ||
      this.tables.addresses.isInsideNetwork(this.bytes, 0, length) ||
      this.tables.subnets.holds(this.bytes, 0, length)
    return inside ? 'unknown' : 'internet'
  }

  /** Of one device, only so many peers outside are kept apart. */
  private limited(from: End, to: End, peers: Map<string, Set<string>>): [End, End] {
    if (from.isDevice && to.place === 'internet' && !admits(peers, from.name, to.name))
      return [from, { ...to, name: OTHERS }]
    if (to.isDevice && from.place === 'internet' && !admits(peers, to.name, from.name))
      return [{ ...from, name: OTHERS }, to]
    return [from, to]
  }
}

function admits(peers: Map<string, Set<string>>, device: string, peer: string): boolean {
  let known = peers.get(device)
  if (known === undefined) peers.set(device, (known = new Set()))
  if (known.has(peer)) return true
  if (known.size >= OUTSIDE_PEERS_MAX) return false
  known.add(peer)
  return true
}

const added = (one: ConversationRecord, other: ConversationRecord): ConversationRecord => ({
  ...one,
  name: other.name ?? one.name,
  packets: one.packets + other.packets,
  bytes_out: one.bytes_out + other.bytes_out,
  bytes_in: one.bytes_in + other.bytes_in,
  ...lastConnection(one, other),
  first_seen: Math.min(one.first_seen, other.first_seen),
  last_seen: Math.max(one.last_seen, other.last_seen),
})
