/** Devices: one or several nodes that are the same machine, described by what was said of them. */

import { hashBytes } from '../bytes/hash.js'
import { macText } from '../bytes/text.js'
import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import { byTime } from './columns.js'
import type { Device, Join } from './document.js'
import type { Evidence, Subject } from './evidence.js'
import type { Joining } from './joining.js'
import { DEVICE_ADDRESSES_MAX } from './limits.js'
import { hostNode, isStationNode, stationNode, type Node, type Nodes } from './nodes.js'
import { describe } from './portraits.js'
import { Presence } from './presence.js'
import type { Services } from './services.js'
import type { Stations } from './stations.js'
import type { Vendors } from './vendors.js'

/** Ids must never change: neither may these. */
const ID_SEED = 0x6f6e6c6f
const ID_SEED_2 = 0x6f6b6572
const NONE = -1

export interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly bindings: Bindings
  readonly nodes: Nodes
  readonly joining: Joining
  readonly evidence: Evidence
  readonly services: Services
  readonly vendors: Vendors
}

/** A device before it is described: its nodes, the oldest first. */
interface Draft {
  readonly nodes: readonly Node[]
  /** Its row in `presence`. */
  readonly row: number
}

export class Devices {
  readonly list: Device[]
  private readonly known: Known
  private readonly drafts: Draft[] = []
  private readonly presence = new Presence()
  private readonly byStation: Int32Array
  private readonly byHost: Int32Array
  private readonly scratch = new Uint8Array(20)

  constructor(known: Known) {
    this.known = known
    this.byStation = new Int32Array(known.stations.count).fill(NONE)
    this.byHost = new Int32Array(known.bindings.hosts.count).fill(NONE)
    this.draftAll()
    this.putInOrder()
    this.list = this.drafts.map(draft => this.finish(draft))
    known.vendors.close()
  }

  /** The device of a station, or `end` if that is no device. */
  endOfStation(station: number, end: number): number {
    const device = this.byStation[station]!
    return device >= 0 ? device : end
  }

  ofAddress(address: number): number {
    const { bindings } = this.known
    const station = bindings.holder(address)
    if (station >= 0) return this.byStation[station]!
    const host = bindings.hosts.of(address)
    return host >= 0 ? this.byHost[host]! : NONE
  }

  private draftAll(): void {
    const { stations, bindings, nodes } = this.known
    for (let i = 0; i < stations.count; i++) {
      if (stations.isDevice(i) && this.byStation[i] === NONE) this.draft(stationNode(i))
    }
    for (let i = 0; i < bindings.hosts.count; i++) {
      if (this.byHost[i] === NONE && nodes.isHost(i)) this.draft(hostNode(i))
    }
  }

  private draft(node: Node): void {
    const nodes = this.known.joining.component(node)
    const row = this.drafts.length
    this.presence.welcome(row)
    for (const one of nodes) {
      this.note(one, row)
      const { stations } = this.known
      if (isStationNode(one)) this.presence.merge(row, stations.presence, one >>> 1)
      else {
        this.known.nodes.eachSighting(one, (presence, i) => this.presence.merge(row, presence, i))
      }
    }
    this.drafts.push({ nodes, row })
  }

  private note(node: Node, device: number): void {
    if (isStationNode(node)) this.byStation[node >>> 1] = device
    else this.byHost[node >>> 1] = device
  }

  /** By when they were first heard; stations before hosts, and then by their addresses. */
  private putInOrder(): void {
    const drafts = [...this.drafts]
    const { nodes } = this.known
    const order = byTime(drafts.length, this.presence, (a, b) =>
      nodes.compare(drafts[a]!.nodes[0]!, drafts[b]!.nodes[0]!),
    )
    order.forEach((index, place) => {
      const draft = drafts[index]!
      this.drafts[place] = draft
      for (const node of draft.nodes) this.note(node, place)
    })
  }

  private finish({ nodes: own, row }: Draft): Device {
    const { services, evidence, nodes } = this.known
    const { presence } = this
    const addresses = this.addressesOf(own)
    const stations = own.filter(isStationNode)
    return {
      id: this.id(own[0]!),
      macs: stations.map(node => this.mac(node)),
      ipv4: this.texts(addresses, 4),
      ipv6: this.texts(addresses, 6),
      vlans: this.vlans(own),
      category: 'unknown',
      kind: 'unknown',
      os: null,
      ...describe(evidence, this.subjectsOf(own), this.vendor(stations)),
      randomizedMac: stations.some(node => nodes.isRandom(node)),
      routed: stations.length === 0 && addresses.some(index => this.cameByStation(index)),
      joins: this.joins(own),
      firstSeen: presence.first(row),
      lastSeen: presence.last(row),
      packets: presence.packets(row),
      bytes: presence.octets(row),
      services: services.of(addresses),
      risk: 0,
    }
  }

  private addressesOf(own: readonly Node[]): number[] {
    const all: number[] = []
    for (const node of own) this.known.nodes.eachAddress(node, address => all.push(address))
    return all.sort((a, b) => a - b)
  }

  private subjectsOf(own: readonly Node[]): Subject[] {
    const all: Subject[] = []
    for (const node of own) this.known.nodes.eachSubject(node, subject => all.push(subject))
    return all
  }

  /** Of the first address that its maker gave it. */
  private vendor(stations: readonly Node[]): ReturnType<Vendors['of']> {
    const made = stations.find(node => !this.known.nodes.isRandom(node)) ?? stations[0]
    if (made === undefined) return null
    this.known.stations.write(made >>> 1, this.scratch)
    return this.known.vendors.of(this.scratch)
  }

  /** Why each further node is the same device. */
  private joins(own: readonly Node[]): Join[] {
    const { joining } = this.known
    return own.slice(1).map((node, i) => {
      const before = own.slice(0, i + 1)
      const reasons = before
        .map(other => joining.reason(other, node))
        .filter(one => one !== undefined)
      const best = reasons.sort((a, b) => b.score - a.score)[0]
      return {
        who: this.who(node),
        why: best?.why ?? 'by way of others',
        score: best?.score ?? 0.5,
      }
    })
  }

  private who(node: Node): string {
    if (isStationNode(node)) return this.mac(node)
    const { addresses, bindings } = this.known
    return addresses.text(bindings.hosts.model(node >>> 1))
  }

  private cameByStation(address: number): boolean {
    const { sightings } = this.known.addresses
    for (let i = sightings.of(address); i >= 0; i = sightings.next[i]!) {
      if (sightings.station(i) >= 0) return true
    }
    return false
  }

  private texts(list: readonly number[], version: 4 | 6): string[] {
    const { addresses } = this.known
    const own: number[] = []
    for (let i = 0; i < list.length; i++) {
      if (addresses.version(list[i]!) === version) own.push(list[i]!)
    }
    if (own.length === 0) return []
    if (own.length === 1) return [addresses.text(own[0]!)]
    own.sort((a, b) => addresses.table.compare(a, b))
    return [...new Set(own.map(index => addresses.text(index)))].slice(0, DEVICE_ADDRESSES_MAX)
  }

  private vlans(own: readonly Node[]): number[] {
    if (own.length === 1) return this.known.nodes.vlans(own[0]!)
    const all = new Set(own.flatMap(node => this.known.nodes.vlans(node)))
    return [...all].sort((a, b) => a - b)
  }

  private mac(node: Node): string {
    this.known.stations.write(node >>> 1, this.scratch)
    return macText(this.scratch, 0)
  }

  /** The oldest node's address and session, as sixteen digits: the same in every run. */
  private id(node: Node): string {
    const { stations, addresses, bindings } = this.known
    if (isStationNode(node)) {
      stations.write(node >>> 1, this.scratch)
      return this.digits(6, stations.session(node >>> 1))
    }
    const model = bindings.hosts.model(node >>> 1)
    return this.digits(addresses.write(model, this.scratch), addresses.session(model))
  }

  private digits(length: number, session: number): string {
    const bytes = this.scratch
    for (let i = 0; i < 4; i++) bytes[length + i] = session >>> (24 - 8 * i)
    return (
      digits(hashBytes(ID_SEED, bytes, 0, length + 4)) +
      digits(hashBytes(ID_SEED_2, bytes, 0, length + 4))
    )
  }
}

const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
