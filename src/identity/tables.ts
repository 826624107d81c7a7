/** All that the live sensor keeps of what it heard, each kind in its own table. */

import type { Prefix } from '../bytes/prefixes.js'
import { macText } from '../bytes/text.js'
import type { HoldingRecord, KeyRecord } from '../model/device.js'
import type { Told } from '../model/heard.js'
import { Addresses } from './addresses.js'
import { Bindings } from './bindings.js'
import { Carriers } from './carriers.js'
import { BY_FRAME, BY_LEASE, BY_LINK, BY_NEIGHBOUR, Claims } from './claims.js'
import { Evidence, type Subject } from './evidence.js'
import { Holdings } from './holdings.js'
import { Joining, type Decisions } from './joining.js'
import { isStationNode, Nodes, type Node } from './nodes.js'
import { Labels } from './labels.js'
import { Outsiders } from './outsiders.js'
import { Profiles } from './profiles.js'
import { Recollection } from './recollection.js'
import { Stations } from './stations.js'
import { Subnets } from './subnets.js'
import { Tokens } from './tokens.js'
import { Vendors } from './vendors.js'

const PROOFS: Readonly<Record<number, string>> = {
  [BY_FRAME]: 'frame',
  [BY_LINK]: 'link',
  [BY_NEIGHBOUR]: 'neighbour',
  [BY_LEASE]: 'lease',
}
const ANSWER = 'dns.answer'

export interface TablesOptions {
  readonly seed: number
  readonly vendors?: Vendors
  readonly inside?: readonly Prefix[]
  readonly decisions?: Decisions
}

export const openTables = (options: TablesOptions): Tables => new Tables(options)

export class Tables {
  readonly labels = new Labels()
  readonly stations: Stations
  readonly addresses: Addresses
  readonly claims: Claims
  readonly subnets = new Subnets()
  readonly evidence: Evidence
  readonly tokens: Tokens
  readonly bindings: Bindings
  readonly holdings = new Holdings()
  readonly nodes: Nodes
  readonly joining: Joining
  readonly profiles: Profiles
  readonly outsiders: Outsiders
  readonly recollection: Recollection
  private readonly bytes = new Uint8Array(20)

  constructor({ seed, vendors = new Vendors(), inside = [], decisions }: TablesOptions) {
    this.stations = new Stations(seed)
    this.addresses = new Addresses(seed, inside)
    this.claims = new Claims(this.stations, this.addresses)
    this.evidence = new Evidence(seed)
    this.tokens = new Tokens(seed)
    this.outsiders = new Outsiders(this)
    const carriers = new Carriers(station => this.outsiders.isRouter(station))
    this.bindings = new Bindings({ ...this, carriers, seed })
    this.nodes = new Nodes(this)
    this.joining = new Joining(this.nodes, this.tokens, decisions)
    this.profiles = new Profiles({ ...this, vendors })
    this.recollection = new Recollection(this)
  }

  /** Takes a fact for what identity can make of it. */
  notice(told: Told, subject: Subject): void {
    this.subnets.hear(told)
    if (told.fact.name !== ANSWER) {
      this.claims.hear(told, subject >>> 1)
      this.tokens.hear(told, subject)
    }
    if (this.evidence.isTelling(told.fact)) this.evidence.hear(told, subject)
  }

  /** About an address that is no part of this network, as far as anybody knows. */
  isOutside(told: Told): boolean {
    const { bytes, aboutAt, aboutLength, fact } = told
    const { addresses, subnets } = this
    if (addresses.isInsideNetwork(bytes, aboutAt, aboutLength)) return false
    if (fact.name === ANSWER) return true
    return !subnets.holds(bytes, aboutAt, aboutLength) && !this.claims.isProof(told)
  }

  /** Of what lies outside, only the names are kept. */
  hearOutside(told: Told): void {
    if (told.fact.name === ANSWER) this.outsiders.name(told)
  }

  /** By what a node is known again. */
  keyOf(node: Node, device: string): KeyRecord {
    const first = Math.round(this.nodes.first(node) / 1000)
    const last = Math.round(this.nodes.last(node) / 1000)
    const times = { device, first, last }
    if (isStationNode(node)) {
      const station = node >>> 1
      this.stations.write(station, this.bytes)
      const value = `${this.stations.session(station) >>> 0}/${macText(this.bytes, 0)}`
      return { kind: 'mac', value, proof: 'frame', ...times }
    }
    const model = this.bindings.hosts.model(node >>> 1)
    const { addresses } = this
    const where = `${addresses.session(model) >>> 0}/${addresses.vlan(model)}`
    return { kind: 'ip', value: `${where}/${addresses.text(model)}`, proof: 'frame', ...times }
  }

  holdingOf(device: string, address: number, isEnd: boolean): HoldingRecord {
    const { sightings } = this.addresses
    const seen = sightings.of(address)
    const at = seen < 0 ? 0 : Math.round(sightings.presence.last(seen) / 1000)
    const claim = this.claims.of(address)
    const said = claim < 0 ? 0 : Math.round(this.claims.time[claim]! / 1000)
    const time = Math.max(at, said)
    return {
      device,
      address: this.addresses.text(address),
      from: time,
      to: isEnd ? time : null,
      proof: PROOFS[this.bindings.proofOf(address)] ?? 'frame',
    }
  }
}
