/**
 * From what is heard to devices, all the time: facts and rows come in, and each turn says what
 * changed. Judged again is only what was touched; what was recorded before is asked for by id.
 */

import type { Prefix } from '../bytes/prefixes.js'
import type { Changes, PresenceRecord } from '../model/changes.js'
import type {
  ConversationRecord,
  DeviceRecord,
  FactRecord,
  HoldingRecord,
  KeyRecord,
  MergeRecord,
  Time,
} from '../model/device.js'
import type { Fact } from '../model/fact.js'
import type {
  AddressHeard,
  ConversationHeard,
  Segment,
  StationHeard,
  Told,
} from '../model/heard.js'
import { TalkAmounts, NodeAmounts } from './amounts.js'
import { Dirt } from './dirt.js'
import { Entities, inherit, type Entity } from './entities.js'
import { addressSubject, stationSubject } from './evidence.js'
import type { Decisions } from './joining.js'
import { LiveServices } from './live-services.js'
import { hostNode, isStationNode, stationNode, type Node } from './nodes.js'
import { PendingFacts } from './pending-facts.js'
import { Pile } from './pile.js'
import { Recorder, type Recalled } from './recorder.js'
import { TalkRecords } from './talk-records.js'
import { openTables, type Tables } from './tables.js'
import type { Vendors } from './vendors.js'

export interface IdentityOptions extends Recalled {
  readonly seed: number
  /** All facts there are. */
  readonly facts: readonly Fact[]
  readonly vendors?: Vendors
  readonly inside?: readonly Prefix[]
  readonly decisions?: Decisions
}

/** Amounts are written down this often. */
const FLUSH_MS = 60_000
/** So many nodes are looked at again in one turn, so that no turn takes long. */
const NODES_A_TURN = 400

export class Identity {
  readonly entities = new Entities()
  private readonly tables: Tables
  private readonly options: IdentityOptions
  private readonly dirt = new Dirt()
  private readonly amounts = new NodeAmounts()
  private readonly talks: TalkAmounts
  private readonly talkRecords: TalkRecords
  private readonly services: LiveServices
  private readonly pending: PendingFacts
  private readonly recorder: Recorder
  private flushed: Time = -Infinity
  private readonly factByName: ReadonlyMap<string, Fact>

  // What this turn changes.
  private readonly changed = new Set<Entity>()
  /** Devices that sent something since amounts were told last. */
  private readonly louder = new Set<Entity>()
  private readonly moves = new Pile<{ address: number; from: number; to: number }>()
  private readonly merges = new Pile<MergeRecord>()
  private readonly keys = new Pile<KeyRecord>()
  private readonly forgotten: string[] = []

  constructor(options: IdentityOptions) {
    this.options = options
    this.tables = openTables(options)
    this.factByName = new Map(options.facts.map(fact => [fact.name, fact]))
    const { tables } = this
    this.talks = new TalkAmounts(tables.labels, options.seed)
    this.talkRecords = new TalkRecords(tables, this.entities)
    this.services = new LiveServices()
    this.pending = new PendingFacts()
    this.recorder = new Recorder(tables, this.services, options)
    tables.bindings.onMove = (address, from, to) => this.moved(address, from, to)
    tables.bindings.onJudged = address => this.touch(tables.nodes.ofAddress(address))
    tables.bindings.onRole = station => this.dirt.add(stationNode(station))
    tables.claims.onClaim = claim => this.claimed(claim)
    tables.tokens.onJoin = group =>
      tables.tokens.eachMember(group, subject => this.touch(tables.nodes.of(subject)))
  }

  /** How full the fullest table is, from 0 to 1: who gets near 1 should be built anew. */
  get crowding(): number {
    const { stations, addresses } = this.tables
    return Math.max(stations.table.crowding, addresses.table.crowding)
  }

  tell(told: Told): void {
    const subject = this.subjectOf(told)
    if (subject < 0) return
    this.tables.notice(told, subject)
    this.pending.add(told, subject)
    this.touch(this.tables.nodes.of(subject))
  }

  station(row: StationHeard): void {
    const { stations } = this.tables
    const station = stations.at(row.bytes, row.macAt, row.session)
    if (station < 0) return
    stations.hear(row)
    if (!stations.isDevice(station)) return
    const node = stationNode(station)
    this.amounts.add(node, row)
    if (this.entities.of(node) === undefined) this.dirt.add(node)
  }

  address(row: AddressHeard): void {
    const { stations, addresses, bindings, nodes } = this.tables
    const station = row.macAt < 0 ? -1 : stations.at(row.bytes, row.macAt, row.session)
    const isFresh = addresses.hear(row, station)
    const address = addresses.at(row.bytes, row.ipAt, row.ipLength, row)
    if (address < 0) return
    if (isFresh) {
      bindings.touch(address)
      bindings.touchStation(station)
    }
    const node = nodes.ofAddress(address)
    if (node < 0 || isStationNode(node)) return
    this.amounts.add(node, row)
    if (this.entities.of(node) === undefined) this.dirt.add(node)
  }

  conversation(row: ConversationHeard): void {
    this.talks.add(row)
    const { addresses, bindings, outsiders } = this.tables
    const carrier = outsiders.hear(row)
    if (carrier >= 0) bindings.touchStation(carrier)
    if (!row.serves || !addresses.isInsideNetwork(row.bytes, row.serverIpAt, row.ipLength)) return
    const address = this.welcome(row.bytes, row.serverIpAt, row.ipLength, row)
    if (address >= 0 && this.services.add(address, row))
      this.touch(this.tables.nodes.ofAddress(address))
  }

  /** What changed since the last turn. */
  settle(now: Time, all = false): Changes {
    this.tables.bindings.settle()
    const most = all ? Infinity : NODES_A_TURN
    this.dirt.take(node => this.regroup(node, now), most)
    if (all) this.dirt.take(node => this.regroup(node, now))
    this.count()
    const { devices, history } = this.recorder.record(this.changed, now)
    this.changed.clear()
    const due = all || now - this.flushed >= FLUSH_MS || now < this.flushed
    if (due) this.flushed = now
    return {
      at: now,
      devices,
      history,
      presence: due ? this.presence() : [],
      conversations: due ? this.conversations() : [],
      facts: this.facts(),
      keys: this.keys.take(),
      holdings: this.holdings(),
      merges: this.merges.take(),
      forgotten: this.forgotten.splice(0),
    }
  }

  /** Makes the sensor know a device again that was recorded before. */
  remember(record: DeviceRecord, keys: readonly KeyRecord[], facts: readonly FactRecord[]): void {
    // Nothing that was recorded is news.
    const { recollection } = this.tables
    const nodes = keys.map(key => recollection.node(key)).filter(node => node >= 0)
    const entity = this.entities.recall(record.id, nodes)
    entity.last = record.last_seen
    entity.packets = entity.toldPackets = record.packets
    entity.bytes = entity.toldBytes = record.bytes
    if (nodes.length > 0) recollection.addresses(record, nodes[0]!)
    for (const one of facts) {
      const fact = this.factByName.get(one.fact)
      if (fact !== undefined) recollection.fact(one, fact)
    }
  }

  /** More was touched than one turn looks at. */
  get isBusy(): boolean {
    return this.dirt.count > 0
  }

  /** Facts that `remember` can make something of. */
  factsWanted(): string[] {
    const { evidence, tokens } = this.tables
    return this.options.facts
      .filter(fact => evidence.isTelling(fact) || tokens.isToken(fact))
      .map(fact => fact.name)
  }

  /** Tells of these devices once more: what was told of them was lost. */
  retell(ids: readonly string[]): void {
    for (const id of ids) {
      const entity = this.entities.withId(id)
      if (entity === undefined || entity.nodes.length === 0) continue
      this.changed.add(entity)
      this.recorder.forget(id)
    }
  }

  /** These were silent for so long that they are kept no more; who returns has the same id. */
  forget(ids: readonly string[]): void {
    this.forgotten.push(...ids)
    for (const id of ids)
      for (const node of this.entities.withId(id)?.nodes ?? []) this.entities.remove(node)
  }

  /** How many devices there are, and how many addresses were not mistaken for further ones. */
  counts(): { devices: number; phantoms: number } {
    let devices = 0
    let phantoms = 0
    for (const entity of this.entities) {
      devices++
      phantoms += entity.nodes.length - 1
    }
    return { devices, phantoms }
  }

  private subjectOf(told: Told): number {
    const { stations, addresses } = this.tables
    const { bytes, aboutAt, aboutLength } = told
    if (told.about === 'name') return -1
    if (told.about === 'mac') {
      if (aboutLength !== 6) return -1
      const station = stations.at(bytes, aboutAt, told.session)
      if (station < 0) return -1
      stations.mention(station, told)
      return stationSubject(station)
    }
    if (aboutLength !== 4 && aboutLength !== 16) return -1
    if (this.tables.isOutside(told)) {
      this.tables.hearOutside(told)
      return -1
    }
    const address = this.welcome(bytes, aboutAt, aboutLength, told)
    return address < 0 || addresses.isNobody(address) ? -1 : addressSubject(address)
  }

  /** The number of an address; one that is new has its holder looked for. */
  private welcome(bytes: Uint8Array, at: number, length: number, segment: Segment): number {
    const { addresses, bindings } = this.tables
    const before = addresses.count
    const address = addresses.at(bytes, at, length, segment)
    if (address === before) bindings.touch(address)
    return address
  }

  private touch(node: Node): void {
    if (node >= 0) this.dirt.add(node)
  }

  private claimed(claim: number): void {
    const { claims, bindings } = this.tables
    bindings.touch(claims.address[claim]!)
    bindings.touchStation(claims.station[claim]!)
  }

  /** An address has another holder: both are looked at again, and history notes it. */
  private moved(address: number, from: number, to: number): void {
    const { tables } = this
    tables.holdings.move(address, from, to)
    const host = tables.bindings.hosts.of(address)
    if (host >= 0) this.touch(hostNode(host))
    if (from >= 0) this.touch(stationNode(from))
    if (to >= 0) this.touch(stationNode(to))
    this.moves.push({ address, from, to })
  }

  private regroup(node: Node, now: Time): void {
    const { nodes, joining, profiles } = this.tables
    if (isStationNode(node) ? !this.isThere(node) : !nodes.isHost(node >>> 1)) {
      this.vanish(node, now)
      return
    }
    const own = joining.component(node)
    const known = this.entities.of(node)
    if (
      known !== undefined &&
      own.length === known.nodes.length &&
      own.every(one => known.nodes.includes(one))
    ) {
      this.changed.add(known)
      return
    }
    const { entity, merged, left } = this.entities.regroup(own, one => profiles.id(one))
    this.changed.add(entity)
    for (const gone of merged) this.merge(entity, gone, own, now)
    for (const one of left) this.dirt.add(one)
    for (const one of own) this.keys.push(this.tables.keyOf(one, entity.id))
  }

  private isThere(node: Node): boolean {
    return this.tables.stations.isDevice(node >>> 1)
  }

  /** A host that turned out to have a station is that station's device from now on. */
  private vanish(node: Node, now: Time): void {
    const gone = this.entities.remove(node)
    if (gone === undefined) return
    if (gone.nodes.length > 0) {
      this.changed.add(gone)
      return
    }
    const { nodes, bindings } = this.tables
    const model = bindings.hosts.model(node >>> 1)
    const holder = isStationNode(node) ? -1 : nodes.ofAddress(model)
    const into = holder < 0 ? undefined : this.entities.of(holder)
    if (into === undefined || into === gone) return
    this.merges.push(mergeOf(into.id, gone.id, now, 'its address is held by this device', 0.9))
    inherit(into, gone)
    this.changed.add(into)
  }

  private merge(into: Entity, gone: Entity, own: readonly Node[], now: Time): void {
    const { joining } = this.tables
    const reasons = own.flatMap(one =>
      own.filter(other => other !== one).map(other => joining.reason(one, other)),
    )
    const best = reasons.filter(one => one !== undefined).sort((a, b) => b.score - a.score)[0]
    this.merges.push(
      mergeOf(into.id, gone.id, now, best?.why ?? 'by way of others', best?.score ?? 0.5),
    )
  }

  /** Adds what nodes sent to their devices. */
  private count(): void {
    for (const [node, { last, packets, bytes }] of this.amounts.take()) {
      const entity = this.entities.of(node)
      if (entity === undefined) continue
      entity.last = Math.max(entity.last, last)
      entity.packets += packets
      entity.bytes += bytes
      this.louder.add(entity)
    }
  }

  /** What devices sent since it was told last. */
  private presence(): PresenceRecord[] {
    const records: PresenceRecord[] = []
    for (const entity of this.louder) {
      const packets = entity.packets - entity.toldPackets
      const bytes = entity.bytes - entity.toldBytes
      if (entity.nodes.length === 0 || packets <= 0) continue
      records.push({ device: entity.id, last_seen: entity.last, packets, bytes })
      entity.toldPackets = entity.packets
      entity.toldBytes = entity.bytes
    }
    this.louder.clear()
    return records
  }

  private conversations(): ConversationRecord[] {
    const records = this.talkRecords.of(this.talks)
    this.talks.clear()
    return records
  }

  private facts(): FactRecord[] {
    return this.pending.take(subject => {
      const node = this.tables.nodes.of(subject)
      return node < 0 ? undefined : this.entities.of(node)?.id
    })
  }

  /** Who held an address until now, and who holds it from now on. */
  private holdings(): HoldingRecord[] {
    return this.moves.take().flatMap(({ address, from, to }) =>
      [from, to].flatMap((station, i) => {
        const entity = station < 0 ? undefined : this.entities.of(stationNode(station))
        return entity === undefined ? [] : [this.tables.holdingOf(entity.id, address, i === 0)]
      }),
    )
  }
}

const mergeOf = (
  into: string,
  from: string,
  at: Time,
  why: string,
  score: number,
): MergeRecord => ({ into, from, at, action: 'merge', by: 'evidence', why, score })
