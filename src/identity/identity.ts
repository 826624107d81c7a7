/**
 * From what is heard to devices, all the time: facts and rows come in, and each turn says what
 * changed. Judged again is only what was touched; what was recorded before is asked for by id.
 */

import type { Prefix } from '../bytes/prefixes.js'
import type { Changes } from '../model/changes.js'
import type { DeviceRecord, FactRecord, KeyRecord, Time } from '../model/device.js'
import { peerName, type Fact } from '../model/fact.js'
import type { Claim, Judge } from '../model/judge.js'
import type {
  AddressHeard,
  ConversationHeard,
  Segment,
  StationHeard,
  Told,
} from '../model/heard.js'
import { Louder, TalkAmounts, NodeAmounts } from './amounts.js'
import { Calls } from './calls.js'
import { placeOfCategory } from './ends.js'
import { Entities } from './entities.js'
import { addressSubject, stationSubject, type Subject } from './evidence.js'
import { Grouping } from './grouping.js'
import { LiveServices } from './live-services.js'
import { LiveTables } from './live-tables.js'
import { Moves } from './moves.js'
import { hostNode, isStationNode, stationNode } from './nodes.js'
import { PendingFacts } from './pending-facts.js'
import type { NamedPlace } from './places.js'
import { Ruler, Rulings } from './ruler.js'
import { Rejudging } from './rejudging.js'
import { Recorder, type Recalled, type Written } from './recorder.js'
import { isOfGateway } from './sub-kinds.js'
import { TalkRecords } from './talk-records.js'
import type { Vendors } from './vendors.js'

export interface IdentityOptions extends Recalled {
  readonly seed: number
  /** All facts there are. */
  readonly facts: readonly Fact[]
  readonly vendors?: Vendors
  readonly judge?: Judge
  readonly inside?: readonly Prefix[]
  readonly places?: readonly NamedPlace[]
}

/** Amounts are written down this often. */
const FLUSH_MS = 60_000
/** Amounts and facts that one turn tells. */
const RECORDS_MAX = 2000
/** Where addresses are never all bound, devices are made in one turn of so many. */
const POSTPONED_MAX = 8
/** The second bit of a hardware address that its machine made up. */
const LOCAL = 2

export class Identity {
  readonly entities = new Entities()
  private readonly tables: LiveTables
  private readonly options: IdentityOptions
  /** By whom people's decisions are minded. */
  readonly ruler: Ruler
  private readonly grouping: Grouping
  private readonly moves: Moves
  private readonly amounts = new NodeAmounts()
  private readonly talks: TalkAmounts
  private readonly calls: Calls
  private readonly talkRecords: TalkRecords
  private readonly services = new LiveServices()
  private readonly pending = new PendingFacts()
  private readonly recorder: Recorder
  private flushed: Time = -Infinity
  /** By whom all is judged again when rules change. */
  readonly rejudging: Rejudging

  // What this turn changes.
  private readonly louder = new Louder()
  /** Turns in which not all addresses were bound, so that nothing was grouped. */
  private postponed = 0
  private readonly forgotten: string[] = []

  constructor(options: IdentityOptions) {
    this.options = options
    const rulings = new Rulings()
    this.tables = new LiveTables({ ...options, decisions: rulings })
    const { tables } = this
    this.grouping = new Grouping(tables, this.entities)
    this.rejudging = new Rejudging(tables, this.grouping, [...options.facts, peerName])
    const { entities, grouping } = this
    this.ruler = new Ruler(rulings, { tables, entities, grouping })
    this.moves = new Moves({ tables, entities, grouping })
    this.calls = new Calls(tables.all.judge)
    this.talks = new TalkAmounts(tables.all.labels, options.seed)
    this.talkRecords = new TalkRecords(tables.all, this.entities)
    this.recorder = new Recorder(tables, { entities, services: this.services }, options)
    this.connect()
  }

  /** How full the fullest table is, from 0 to 1: who gets near 1 should be built anew. */
  get crowding(): number {
    const { stations, addresses } = this.tables.all
    return Math.max(stations.table.crowding, addresses.table.crowding)
  }

  tell(told: Told): void {
    this.tables.hear(told, (told.seconds >>> 0) * 1e6 + told.micros)
    const subject = this.subjectOf(told)
    if (subject < 0) return
    const isTelling = this.tables.notice(told, subject)
    this.pending.add(told, subject)
    // Most facts change nothing that a record shows.
    const node = this.tables.all.nodes.of(subject)
    if (isTelling) this.grouping.touch(node)
    else this.grouping.welcome(node)
  }

  station(row: StationHeard): void {
    this.tables.hear(row, row.last)
    const { stations, activity } = this.tables.all
    const station = stations.at(row.bytes, row.macAt, row.session)
    if (station < 0) return
    const isElsewhere = stations.hear(row)
    const isLater = activity.hear(station, row.last, row.last)
    if (!stations.isDevice(station)) return
    const node = stationNode(station)
    this.amounts.add(node, row)
    if (isLater) this.grouping.doubt(node)
    if (isElsewhere) this.grouping.touch(node)
    else this.grouping.welcome(node)
  }

  address(row: AddressHeard): void {
    const { stations, addresses, bindings, nodes, claims } = this.tables.all
    const station = row.macAt < 0 ? -1 : stations.at(row.bytes, row.macAt, row.session)
    // By whom it was heard would be lost, and an address without anybody is another device.
    if (station < 0 && row.macAt >= 0 && stations.isFull) return
    const isFresh = addresses.hear(row, station)
    const address = addresses.at(row.bytes, row.ipAt, row.ipLength, row)
    if (address < 0) return
    if (isFresh) {
      bindings.touch(address)
      bindings.touchStation(station)
    } else if (bindings.holder(address) !== station && claims.has(address, station)) {
      // Who has it depends on who used it last.
      bindings.touch(address)
    }
    const node = nodes.ofAddress(address)
    if (node < 0 || isStationNode(node)) return
    this.amounts.add(node, row)
    this.grouping.welcome(node)
  }

  conversation(row: ConversationHeard): void {
    this.talks.add(row)
    const { addresses, bindings, outsiders, stations, activity } = this.tables.all
    const { bytes, clientMacAt, session, first, last } = row
    outsiders.hear(row, station => bindings.touchStation(station))
    if (clientMacAt >= 0 && (bytes[clientMacAt]! & LOCAL) !== 0) {
      const station = stations.at(bytes, clientMacAt, session)
      if (activity.hear(station, first, last)) this.grouping.doubt(stationNode(station))
    }
    if (!addresses.isInsideNetwork(bytes, row.serverIpAt, row.ipLength)) return this.called(row)
    if (!row.serves) return
    const address = this.welcome(bytes, row.serverIpAt, row.ipLength, row)
    if (address >= 0 && this.services.add(address, row))
      this.grouping.touch(this.tables.all.nodes.ofAddress(address))
  }

  /** A conversation with somebody out there, who may have a name. */
  private called(row: ConversationHeard): void {
    if (!this.calls.isWanted) return
    const { bytes, serverIpAt, ipLength } = row
    const name = this.tables.all.outsiders.domainOf(bytes, serverIpAt, ipLength)
    const told = this.calls.hear(row, name)
    if (told !== undefined) this.tell(told)
  }

  /** What changed since the last turn; what is left when it is `enough` comes with the next one. */
  settle(now: Time, all = false, enough?: () => boolean): Changes {
    const { grouping } = this
    const { bindings, flood } = this.tables.all
    if (flood.lookAtStations()) flood.eachStranger(station => grouping.touch(stationNode(station)))
    const isCut = bindings.settle(all ? undefined : enough)
    this.postponed = isCut ? this.postponed + 1 : 0
    if (flood.lookAtHosts(bindings.hosts)) grouping.touchHosts()
    const written: Written = { devices: [], history: [] }
    // At once, so that nothing is told of a device before the device is.
    const looked = (): void => {
      this.recorder.record(grouping.changed, now, written)
      grouping.changed.clear()
    }
    // What has no holder yet would be a device of its own for a moment.
    if (this.postponed % POSTPONED_MAX === 0) grouping.settle(now, looked, enough)
    if (all) grouping.settle(now, looked)
    this.count()
    return {
      at: now,
      ...written,
      ...this.told(now, all),
      facts: this.facts(all ? Infinity : RECORDS_MAX),
      keys: grouping.keys.take(),
      holdings: this.moves.take(),
      merges: grouping.merges.take(),
      findings: [],
      forgotten: [...this.forgotten.splice(0), ...grouping.gone.take()],
    }
  }

  /** Makes the sensor know a device again that was recorded before. */
  remember(record: DeviceRecord, keys: readonly KeyRecord[], facts: readonly FactRecord[]): void {
    // Nothing that was recorded is news.
    const { recollection } = this.tables
    const nodes = recollection.nodes(keys, record)
    const entity = this.entities.recall(record.id, nodes)
    entity.roles = record.roles
    entity.place = placeOfCategory(record.category)
    entity.last = record.last_seen
    entity.packets = entity.toldPackets = record.packets
    entity.bytes = entity.toldBytes = record.bytes
    recollection.device(record, keys, nodes)
    const isOutdated = nodes.length > 0 && this.tables.all.places.isOutdated(record)
    if (isOutdated) this.grouping.touch(nodes[0]!)
    this.rejudging.recall(facts)
  }

  /** What rules conclude of a device that is here. */
  claims(id: string): readonly Claim[] {
    const entity = this.entities.withId(id)
    return entity === undefined ? [] : this.recorder.claims(entity)
  }

  /** More was touched than one turn looks at. */
  get isBusy(): boolean {
    return this.grouping.isBusy || this.postponed > 0
  }

  /** Facts that `remember` can make something of. */
  factsWanted(): string[] {
    const { evidence, tokens } = this.tables.all
    return [...this.options.facts, peerName]
      .filter(fact => evidence.isTelling(fact) || tokens.isToken(fact) || isOfGateway(fact.name))
      .map(fact => fact.name)
  }

  /** Tells of these devices once more: what was told of them was lost. */
  retell(ids: readonly string[]): void {
    for (const id of ids) {
      const entity = this.entities.withId(id)
      if (entity === undefined || entity.nodes.length === 0) continue
      this.grouping.touch(entity.nodes[0]!)
      this.recorder.forget(id)
    }
  }

  /** These were silent for so long that they are kept no more; who returns has the same id. */
  forget(ids: readonly string[]): void {
    this.forgotten.push(...ids)
    for (const id of ids)
      for (const node of this.entities.withId(id)?.nodes ?? []) this.entities.remove(node)
  }

  /**
   * How many devices there are, how many addresses were not mistaken for further ones, and how many
   * of those were made up to flood the network.
   */
  counts(): { devices: number; phantoms: number; strangers: number } {
    const { strangers } = this.tables.all.flood
    let devices = 0
    let phantoms = strangers
    for (const entity of this.entities) {
      devices++
      phantoms += entity.nodes.length - 1
    }
    return { devices, phantoms, strangers }
  }

  /** Hardware and network addresses that were made up to flood the network; 0 while nobody does. */
  get invented(): number {
    const { flood, bindings } = this.tables.all
    return flood.strangers + flood.strangeHosts(bindings.hosts)
  }

  /** What one table learns concerns others. */
  private connect(): void {
    const { grouping } = this
    const { bindings, nodes, claims, tokens, twins } = this.tables.all
    bindings.onMove = (address, from, to) => this.moved(address, from, to)
    bindings.onJudged = address => grouping.touch(nodes.ofAddress(address))
    bindings.onRole = station => grouping.touch(stationNode(station))
    bindings.hosts.onChange = host => grouping.touch(hostNode(host))
    claims.onClaim = claim => this.claimed(claim)
    tokens.onJoin = group => tokens.eachMember(group, subject => grouping.touch(nodes.of(subject)))
    twins.onChange = () => grouping.touchAll()
  }

  private subjectOf(told: Told): Subject {
    const { stations, addresses } = this.tables.all
    const { bytes, aboutAt, aboutLength } = told
    if (told.about === 'name') return this.stationBehind(told)
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

  /** Of a station behind a gateway, by the name that it is called by. */
  private stationBehind(told: Told): Subject {
    const sub = this.tables.all.subs.of(told)
    return sub < 0 ? -1 : addressSubject(sub)
  }

  /** The number of an address; one that is new has its holder looked for. */
  private welcome(bytes: Uint8Array, at: number, length: number, segment: Segment): number {
    const { addresses, bindings } = this.tables.all
    const before = addresses.count
    const address = addresses.at(bytes, at, length, segment)
    if (address === before) bindings.touch(address)
    return address
  }

  private claimed(claim: number): void {
    const { claims, bindings } = this.tables.all
    bindings.touch(claims.address[claim]!)
    bindings.touchStation(claims.station[claim]!)
  }

  /** An address has another holder: both are looked at again, and history notes it. */
  private moved(address: number, from: number, to: number): void {
    const { holdings, bindings, twins, systems } = this.tables.all
    const { grouping } = this
    holdings.move(address, from, to)
    if (from >= 0) systems.forget(address)
    if (to >= 0) twins.hold(address, to, bindings)
    const host = bindings.hosts.of(address)
    if (host >= 0) grouping.touch(hostNode(host))
    grouping.touchBehind(addressSubject(address))
    if (from >= 0) grouping.touch(stationNode(from))
    if (to >= 0) grouping.touch(stationNode(to))
    this.moves.add(address, from, to)
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

  /** What devices sent and who talked to whom: now and then, and so much in each turn. */
  private told(now: Time, all: boolean): Pick<Changes, 'presence' | 'conversations'> {
    const { louder, talkRecords } = this
    const most = all ? Infinity : RECORDS_MAX
    const presence = louder.take(most)
    const conversations = talkRecords.take(most)
    const isDue = all || now - this.flushed >= FLUSH_MS || now < this.flushed
    if (!isDue || !louder.isDone || !talkRecords.isDone) return { presence, conversations }
    this.flushed = now
    louder.begin()
    talkRecords.begin(this.talks.take())
    return {
      presence: [...presence, ...louder.take(most)],
      conversations: [...conversations, ...talkRecords.take(most)],
    }
  }

  private facts(max: number): FactRecord[] {
    const { nodes } = this.tables.all
    return this.pending.take(subject => {
      const node = nodes.of(subject)
      return node < 0 ? undefined : this.entities.of(node)?.id
    }, max)
  }
}
