/**
 * The inventory of a capture: facts and rows go in as they are heard, devices and conversations
 * come out at the end. Nothing depends on the order in which rows arrive or how they are divided.
 */

import type { Prefix } from '../bytes/prefixes.js'
import type { CaptureSummary } from '../model/capture.js'
import type { AddressHeard, ConversationHeard, StationHeard, Told } from '../model/heard.js'
import { Addresses } from './addresses.js'
import { Answers } from './answers.js'
import { Bindings } from './bindings.js'
import { Carriers } from './carriers.js'
import { Claims } from './claims.js'
import { Conversations } from './conversations.js'
import { Devices } from './devices.js'
import type { InventoryDocument } from './document.js'
import { addressSubject, Evidence, stationSubject } from './evidence.js'
import { Holdings } from './holdings.js'
import { Joining } from './joining.js'
import { Labels } from './labels.js'
import { STRANGERS_MAX } from './limits.js'
import { Nodes } from './nodes.js'
import { Services } from './services.js'
import { Stations } from './stations.js'
import { Subnets } from './subnets.js'
import { listTalks } from './talks.js'
import { Tokens } from './tokens.js'
import { Vendors } from './vendors.js'

export interface InventoryOptions {
  /** Keeps strangers from choosing who collides in tables; results don't depend on it. */
  readonly seed?: number
  readonly vendors?: Vendors
  /** Networks that are inside, besides private ones and those that this network tells of. */
  readonly inside?: readonly Prefix[]
}

const ANSWER = 'dns.answer'

/** Everything that was heard so far, each kind in its own table. */
function emptyTables(seed: number, vendors: Vendors, inside: readonly Prefix[]) {
  const labels = new Labels()
  const stations = new Stations(seed)
  const addresses = new Addresses(seed, inside)
  const tables = {
    seed,
    vendors,
    labels,
    stations,
    addresses,
    claims: new Claims(stations, addresses),
    carriers: new Carriers(),
    subnets: new Subnets(),
    evidence: new Evidence(seed),
    answers: new Answers(seed),
    tokens: new Tokens(seed),
  }
  return { ...tables, conversations: new Conversations(tables, seed) }
}

export class Inventory {
  private readonly tables: ReturnType<typeof emptyTables>
  /** How many facts about outside addresses were kept without a reason. */
  private strangers = 0

  constructor({ seed = 0, vendors = new Vendors(), inside = [] }: InventoryOptions = {}) {
    this.tables = emptyTables(seed | 0, vendors, inside)
  }

  /** A fact that was news; called in the order of frames. */
  tell(told: Told): void {
    this.tables.subnets.hear(told)
    if (told.about === 'mac') this.tellOfStation(told)
    // Whose a name is that has no address yet, nobody knows.
    else if (told.about !== 'name') this.tellOfAddress(told)
  }

  station(row: StationHeard): void {
    this.tables.stations.hear(row)
  }

  address(row: AddressHeard): void {
    const { stations, addresses } = this.tables
    addresses.hear(row, row.macAt < 0 ? -1 : stations.at(row.bytes, row.macAt, row.session))
  }

  conversation(row: ConversationHeard): void {
    this.tables.conversations.hear(row)
  }

  finish(capture: CaptureSummary): InventoryDocument {
    const { tables } = this
    const bindings = new Bindings(tables)
    const holdings = new Holdings()
    bindings.onMove = (address, from, to) => holdings.move(address, from, to)
    bindings.touchAll()
    bindings.settle()
    const nodes = new Nodes({ ...tables, bindings, holdings })
    const joining = new Joining(nodes, tables.tokens)
    const isDevice = (address: number): boolean =>
      bindings.holder(address) >= 0 || bindings.hosts.of(address) >= 0
    const services = new Services(tables.conversations, tables.labels, isDevice)
    const devices = new Devices({ ...tables, bindings, nodes, joining, services })
    tables.answers.file(tables.addresses)
    const conversations = listTalks(tables.conversations, { ...tables, bindings, devices })
    return {
      capture: { ...capture, warnings: [...capture.warnings, ...this.warnings()] },
      devices: devices.list,
      conversations,
      evidence: tables.evidence,
      addresses: tables.addresses,
      nameText: name => tables.answers.text(name),
    }
  }

  private tellOfStation(told: Told): void {
    const { stations, claims, evidence, tokens } = this.tables
    if (told.aboutLength !== 6) return
    const station = stations.at(told.bytes, told.aboutAt, told.session)
    if (station < 0) return
    stations.mention(station, told)
    claims.hear(told, station)
    evidence.hear(told, stationSubject(station))
    tokens.hear(told, stationSubject(station))
  }

  private tellOfAddress(told: Told): void {
    const { addresses, answers, claims, evidence, tokens } = this.tables
    if (told.aboutLength !== 4 && told.aboutLength !== 16) return
    const isAnswer = told.fact.name === ANSWER
    if (isAnswer) answers.hear(told)
    const inside = addresses.isInsideNetwork(told.bytes, told.aboutAt, told.aboutLength)
    // Most answers are about the Internet, and no device will ever hold such an address.
    if (isAnswer && !inside) return
    if (!inside && !claims.isProof(told) && this.isStranger(told)) return
    const address = addresses.at(told.bytes, told.aboutAt, told.aboutLength, told)
    if (address < 0 || addresses.isNobody(address)) return
    if (!isAnswer) {
      claims.hear(told, address)
      tokens.hear(told, addressSubject(address))
    }
    evidence.hear(told, addressSubject(address))
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
    const { stations, addresses, conversations, evidence } = this.tables
    const dropped: readonly (readonly [count: number, what: string])[] = [
      [stations.table.dropped, 'hardware addresses'],
      [addresses.table.dropped, 'network addresses'],
      [conversations.table.dropped, 'conversations'],
      [evidence.dropped, 'facts'],
    ]
    return dropped
      .filter(([count]) => count > 0)
      .map(([count, what]) => `too many ${what}: ${count} rows were left out`)
  }
}
