/**
 * The inventory of a capture: facts and rows go in as they are heard, devices and conversations
 * come out at the end. Nothing depends on the order in which rows arrive or how they are divided.
 */

import type { Prefix } from '../bytes/prefixes.js'
import type { CaptureSummary } from '../model/capture.js'
import type { Judge } from '../model/judge.js'
import type { AddressHeard, ConversationHeard, StationHeard, Told } from '../model/heard.js'
import { Answers } from './answers.js'
import { stateCalls } from './calls.js'
import { Conversations } from './conversations.js'
import { Devices } from './devices.js'
import type { InventoryDocument } from './document.js'
import { addressSubject, stationSubject, type Subject } from './evidence.js'
import { STRANGERS_MAX } from './limits.js'
import { isReachedName } from './naming.js'
import type { NamedPlace } from './places.js'
import { Services } from './services.js'
import { Tables } from './tables.js'
import { listTalks } from './talks.js'
import { Vendors } from './vendors.js'

export interface InventoryOptions {
  /** Keeps strangers from choosing who collides in tables; results don't depend on it. */
  readonly seed?: number
  readonly vendors?: Vendors
  readonly judge?: Judge
  /** Of which facts it matters when they were said last. */
  readonly isTimed?: (fact: string) => boolean
  /** Networks that are inside, besides private ones and those that this network tells of. */
  readonly inside?: readonly Prefix[]
  /** What networks are called, and where they are. */
  readonly places?: readonly NamedPlace[]
  readonly timezone?: string
}

/** The second bit of a hardware address that its machine made up. */
const LOCAL = 2

export class Inventory {
  private readonly tables: Tables
  private readonly answers: Answers
  private readonly conversations: Conversations
  /** How many facts about outside addresses were kept without a reason. */
  private strangers = 0

  constructor({ seed = 0, vendors = new Vendors(), ...rest }: InventoryOptions = {}) {
    this.tables = new Tables({ seed: seed | 0, vendors, ...rest })
    this.answers = new Answers(seed | 0)
    this.conversations = new Conversations(this.tables, seed | 0)
  }

  /** A fact that was news; called in the order of frames. */
  tell(told: Told): void {
    this.tables.subnets.hear(told)
    if (told.about === 'mac') this.tellOfStation(told)
    else if (told.about === 'name') this.tellOfStationBehind(told)
    else this.tellOfAddress(told)
  }

  station(row: StationHeard): void {
    this.tables.stations.hear(row)
  }

  address(row: AddressHeard): void {
    const { stations, addresses } = this.tables
    const station = row.macAt < 0 ? -1 : stations.at(row.bytes, row.macAt, row.session)
    // By whom it was heard would be lost, and an address without anybody is another device.
    if (station >= 0 || row.macAt < 0 || !stations.isFull) addresses.hear(row, station)
  }

  conversation(row: ConversationHeard): void {
    this.conversations.hear(row)
    const { clientMacAt, bytes, session, first, last } = row
    if (clientMacAt < 0 || (bytes[clientMacAt]! & LOCAL) === 0) return
    this.tables.activity.hear(this.tables.stations.at(bytes, clientMacAt, session), first, last)
  }

  finish(capture: CaptureSummary): InventoryDocument {
    const { tables, conversations } = this
    const { bindings, holdings, twins, flood, labels } = tables
    flood.lookAtStations()
    bindings.onMove = (address, from, to) => {
      holdings.move(address, from, to)
      if (to >= 0) twins.hold(address, to, bindings)
    }
    bindings.touchAll()
    bindings.settle()
    flood.lookAtHosts(bindings.hosts)
    const isDevice = (address: number): boolean =>
      bindings.holder(address) >= 0 || bindings.hosts.of(address) >= 0
    const services = new Services(conversations, labels, isDevice)
    this.answers.file(tables.addresses)
    stateCalls(conversations, { ...tables, answers: this.answers, isDevice })
    const devices = new Devices(tables, services)
    const around = { ...tables, answers: this.answers, devices }
    const phantoms = devices.joined + flood.strangers
    return {
      capture: { ...capture, warnings: [...capture.warnings, ...this.warnings()] },
      phantoms,
      devices: devices.list,
      conversations: listTalks(conversations, around),
      evidence: tables.evidence,
      addresses: tables.addresses,
      nameText: name => this.answers.text(name),
    }
  }

  private tellOfStation(told: Told): void {
    const { stations, claims, tokens, activity } = this.tables
    if (told.aboutLength !== 6) return
    const station = stations.at(told.bytes, told.aboutAt, told.session)
    if (station < 0) return
    stations.mention(station, told)
    claims.hear(told, station)
    this.state(told, stationSubject(station))
    tokens.hear(told, stationSubject(station))
    const time = (told.seconds >>> 0) * 1e6 + told.micros
    activity.hear(station, time, time)
  }

  private tellOfAddress(told: Told): void {
    const { addresses, claims, tokens, systems } = this.tables
    if (told.aboutLength !== 4 && told.aboutLength !== 16) return
    const isAnswer = isReachedName(told.fact.name)
    if (isAnswer) this.answers.hear(told)
    const inside = addresses.isInsideNetwork(told.bytes, told.aboutAt, told.aboutLength)
    // Most answers are about the Internet, and no device will ever hold such an address.
    if (isAnswer && !inside) return
    if (!inside && !claims.isProof(told) && this.isStranger(told)) return
    const address = addresses.at(told.bytes, told.aboutAt, told.aboutLength, told)
    if (address < 0 || addresses.isNobody(address)) return
    if (!isAnswer) {
      claims.hear(told, address)
      tokens.hear(told, addressSubject(address))
      systems.hear(told, address)
    }
    this.state(told, addressSubject(address))
  }

  /** Whose a name is that no gateway uses, nobody knows. */
  private tellOfStationBehind(told: Told): void {
    const { subs, evidence, tokens } = this.tables
    const sub = subs.of(told)
    if (sub < 0) return
    tokens.hear(told, addressSubject(sub))
    evidence.hear(told, addressSubject(sub))
  }

  private state(told: Told, subject: Subject): void {
    const { subs, evidence } = this.tables
    subs.hear(told, subject)
    if (!subs.isAmple(told.fact, subject)) evidence.hear(told, subject)
  }

  /** True for all but the first outside addresses, unless something says that they are ours. */
  private isStranger(told: Told): boolean {
    const { addresses, claims, subnets } = this.tables
    if (this.strangers < STRANGERS_MAX) {
      this.strangers++
      return false
    }
    if (subnets.holds(told.bytes, told.aboutAt, told.aboutLength)) return false
    const address = addresses.outside(told.bytes, told.aboutAt, told.aboutLength)
    return address < 0 || claims.of(address) < 0
  }

  /** What found no room, in words. */
  private warnings(): string[] {
    const { stations, addresses, evidence, subs } = this.tables
    const dropped: readonly (readonly [count: number, what: string])[] = [
      [stations.table.dropped, 'hardware addresses'],
      [addresses.table.dropped, 'network addresses'],
      [this.conversations.table.dropped, 'conversations'],
      [evidence.dropped, 'facts'],
      [addresses.untold + subs.dropped, 'stations behind gateways'],
    ]
    return dropped
      .filter(([count]) => count > 0)
      .map(([count, what]) => `too many ${what}: ${count} rows were left out`)
  }
}
