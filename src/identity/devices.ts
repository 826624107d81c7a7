/** Devices: one or several nodes that are the same machine, described by what was said of them. */

import { byTime } from './columns.js'
import type { Device } from './document.js'
import { hostNode, isStationNode, stationNode, type Node } from './nodes.js'
import { Presence } from './presence.js'
import { Profiles } from './profiles.js'
import type { Services } from './services.js'
import type { Tables } from './tables.js'

const NONE = -1

/** A device before it is described: its nodes, the oldest first. */
interface Draft {
  readonly nodes: readonly Node[]
  /** Its row in `presence`. */
  readonly row: number
}

export class Devices {
  readonly list: Device[]
  /** Nodes that turned out to be the device of another one. */
  joined = 0
  private readonly known: Tables
  private readonly services: Services
  private readonly drafts: Draft[] = []
  private readonly presence = new Presence()
  private readonly byStation: Int32Array
  private readonly byHost: Int32Array
  private readonly profiles: Profiles

  constructor(known: Tables, services: Services) {
    this.known = known
    this.services = services
    this.profiles = new Profiles(known)
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
    this.joined += nodes.length - 1
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

  private finish({ nodes, row }: Draft): Device {
    const { presence, profiles } = this
    const addresses = profiles.addressesOf(nodes)
    const services = this.services.of(addresses)
    const roles = this.known.roles.of(nodes)
    return {
      ...profiles.of(nodes, addresses, { services, roles, before: {} }),
      firstSeen: presence.first(row),
      lastSeen: presence.last(row),
      packets: presence.packets(row),
      bytes: presence.octets(row),
      services,
      behind: this.gatewayOf(nodes),
      risk: 0,
    }
  }

  private gatewayOf(own: readonly Node[]): string | null {
    const gateway = this.known.nodes.gateway(own)
    if (gateway < 0) return null
    const column = isStationNode(gateway) ? this.byStation : this.byHost
    const draft = this.drafts[column[gateway >>> 1] ?? NONE]
    return draft === undefined ? null : this.profiles.id(draft.nodes[0]!)
  }
}
