/** What the live sensor has besides: it reads its tables while they fill, and after a restart. */

import { macText } from '../bytes/text.js'
import type { HoldingRecord, KeyRecord } from '../model/device.js'
import type { Segment, Told } from '../model/heard.js'
import { BY_FRAME, BY_LEASE, BY_LINK, BY_NEIGHBOUR } from './claims.js'
import type { Subject } from './evidence.js'
import { isReachedName } from './naming.js'
import { isStationNode, type Node } from './nodes.js'
import { Profiles } from './profiles.js'
import { Recollection } from './recollection.js'
import { Tables, type TablesOptions } from './tables.js'

const PROOFS: Readonly<Record<number, string>> = {
  [BY_FRAME]: 'frame',
  [BY_LINK]: 'link',
  [BY_NEIGHBOUR]: 'neighbour',
  [BY_LEASE]: 'lease',
}

export class LiveTables {
  readonly all: Tables
  readonly profiles: Profiles
  readonly recollection: Recollection
  private readonly bytes = new Uint8Array(20)

  constructor(options: TablesOptions) {
    this.all = new Tables({ ...options, isLive: true })
    this.profiles = new Profiles(this.all)
    this.recollection = new Recollection(this.all)
  }

  /** Something was heard at this time, in microseconds. */
  hear({ vlan, session }: Segment, time: number): void {
    this.all.patience?.hear(vlan, session, time)
  }

  /** Takes a fact for what identity can make of it; true if a record may show it. */
  notice(told: Told, subject: Subject): boolean {
    const { subnets, claims, tokens, roles, systems, activity, patience } = this.all
    if (subnets.hear(told) && (subject & 1) === 1) patience?.trust(subject >>> 1)
    if (!isReachedName(told.fact.name)) {
      claims.hear(told, subject >>> 1)
      tokens.hear(told, subject)
    }
    const time = (told.seconds >>> 0) * 1e6 + told.micros
    if ((subject & 1) === 0) activity.hear(subject >>> 1, time, time)
    const isNat = (subject & 1) === 1 && systems.hear(told, subject >>> 1)
    const isRole = roles.hear(told, subject)
    return this.state(told, subject) || isRole || isNat
  }

  /** True if a record may show it, of whoever said it or of who stands behind it. */
  state(told: Told, subject: Subject): boolean {
    const { evidence, subs } = this.all
    const isOfGateway = subs.hear(told, subject)
    const isTelling = evidence.isTelling(told.fact)
    if (isTelling && !subs.isAmple(told.fact, subject)) evidence.hear(told, subject)
    return isTelling || isOfGateway
  }

  /** About an address that is no part of this network, as far as anybody knows. */
  isOutside(told: Told): boolean {
    const { bytes, aboutAt, aboutLength, fact } = told
    const { addresses, subnets, claims } = this.all
    if (addresses.isInsideNetwork(bytes, aboutAt, aboutLength)) return false
    if (isReachedName(fact.name)) return true
    return !subnets.holds(bytes, aboutAt, aboutLength) && !claims.isProof(told)
  }

  /** Of what lies outside, only the names are kept. */
  hearOutside(told: Told): void {
    if (isReachedName(told.fact.name)) this.all.outsiders.name(told)
  }

  /** By what a node is known again. */
  keyOf(node: Node, device: string): KeyRecord {
    const { nodes, stations, bindings, addresses } = this.all
    const first = Math.round(nodes.first(node) / 1000)
    const last = Math.round(nodes.last(node) / 1000)
    const times = { device, first, last }
    if (isStationNode(node)) {
      const station = node >>> 1
      stations.write(station, this.bytes)
      const value = `${stations.session(station) >>> 0}/${macText(this.bytes, 0)}`
      return { kind: 'mac', value, proof: 'frame', ...times }
    }
    const model = bindings.hosts.model(node >>> 1)
    const kind = addresses.isNamed(model) ? 'sub' : 'ip'
    const where = `${addresses.session(model) >>> 0}/${addresses.vlan(model)}`
    return { kind, value: `${where}/${addresses.text(model)}`, proof: 'frame', ...times }
  }

  /** That an address is held by this station of a device. */
  heldKey(address: number, station: number, device: string): KeyRecord {
    const { addresses, claims, stations } = this.all
    stations.write(station, this.bytes)
    const mac = macText(this.bytes, 0)
    const where = `${addresses.session(address) >>> 0}/${addresses.vlan(address)}`
    const claim = claims.of(address)
    const time = claim < 0 ? 0 : Math.round(claims.time[claim]! / 1000)
    const value = `${where}/${addresses.text(address)}/${mac}`
    return { kind: 'held', value, proof: 'frame', device, first: time, last: time }
  }

  holdingOf(device: string, address: number, isEnd: boolean): HoldingRecord {
    const { addresses, claims, bindings } = this.all
    const { sightings } = addresses
    const seen = sightings.of(address)
    const at = seen < 0 ? 0 : Math.round(sightings.presence.last(seen) / 1000)
    const claim = claims.of(address)
    const said = claim < 0 ? 0 : Math.round(claims.time[claim]! / 1000)
    const time = Math.max(at, said)
    return {
      device,
      address: addresses.text(address),
      from: time,
      to: isEnd ? time : null,
      proof: PROOFS[bindings.proofOf(address)] ?? 'frame',
    }
  }
}
