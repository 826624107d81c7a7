/** What is known of a device by the nodes it is made of: addresses, names, and what was stated. */

import { hashBytes } from '../bytes/hash.js'
import { macText } from '../bytes/text.js'
import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import type { LocationRecord } from '../model/device.js'
import { NO_JUDGE, type Judge, type Verdicts } from '../model/judge.js'
import type { Device, Join, Service } from './document.js'
import type { Evidence, Subject } from './evidence.js'
import type { Joining } from './joining.js'
import { locationOf } from './location.js'
import { DEVICE_ADDRESSES_MAX } from './limits.js'
import { isStationNode, type Node, type Nodes } from './nodes.js'
import type { Place, Places } from './places.js'
import { describe } from './portraits.js'
import { SOMEBODY } from './sightings.js'
import type { Stations } from './stations.js'
import { makerOf, type Vendors } from './vendors.js'

/** Ids must never change: neither may these. */
const ID_SEED = 0x6f6e6c6f
const ID_SEED_2 = 0x6f6b6572

export interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly bindings: Bindings
  readonly nodes: Nodes
  readonly joining: Joining
  readonly evidence: Evidence
  readonly vendors: Vendors
  /** '' is none. */
  readonly site: string
  readonly places: Places
  readonly judge?: Judge
}

/** What is known of a device but by its nodes. */
export interface Manner {
  readonly services: readonly Service[]
  readonly roles: readonly string[]
  readonly before: Verdicts
}

/** All but what is counted. */
export type Profile = Omit<
  Device,
  'behind' | 'firstSeen' | 'lastSeen' | 'packets' | 'bytes' | 'services' | 'risk'
>

export class Profiles {
  private readonly known: Known
  private readonly scratch = new Uint8Array(20)

  /** Those of ids: the site's are its own. */
  private readonly seeds: readonly [number, number]

  constructor(known: Known) {
    this.known = known
    const site = new TextEncoder().encode(known.site)
    const seeded = (seed: number): number =>
      site.length === 0 ? seed : hashBytes(seed, site, 0, site.length)
    this.seeds = [seeded(ID_SEED), seeded(ID_SEED_2)]
  }

  /** Of a device's nodes, the oldest first, and all their addresses. */
  of(own: readonly Node[], addresses: readonly number[], manner: Manner): Profile {
    const { evidence, nodes, judge = NO_JUDGE } = this.known
    const stations = own.filter(isStationNode)
    const vlans = this.vlans(own)
    const place = this.place(addresses, vlans)
    const vendor = this.vendor(stations)
    const portrait = describe(evidence, judge, this.subjectsOf(own), { ...manner, vendor })
    return {
      id: this.id(own[0]!),
      macs: [...new Set(stations.map(node => this.mac(node)))],
      ipv4: this.texts(addresses, 4),
      ipv6: this.texts(addresses, 6),
      subAddresses: this.texts(addresses, 9),
      vlans,
      ...place,
      location: this.location(portrait.evidence, place),
      ...portrait,
      randomizedMac: stations.some(node => nodes.isRandom(node)),
      routed: stations.length === 0 && addresses.some(index => this.cameByStation(index)),
      joins: this.joins(own),
    }
  }

  private location(statements: readonly number[], { site, zone }: Place): LocationRecord | null {
    const { evidence } = this.known
    const said = statements
      .filter(index => evidence.trait(index).isPlacing)
      .map(index => ({
        fact: evidence.fact(index).name,
        value: evidence.text(index),
        at: evidence.latest(index),
      }))
    const told = said.length === 0 ? null : locationOf(said)
    return told === null ? null : { site, zone, ...told }
  }

  private place(list: readonly number[], vlans: readonly number[]): Place {
    const { places, addresses } = this.known
    if (places.isEmpty) return places.of([], vlans)
    const known = list.filter(address => !addresses.isNamed(address))
    const bytes = known.map(address =>
      this.scratch.slice(0, addresses.write(address, this.scratch)),
    )
    return places.of(bytes, vlans)
  }

  addressesOf(own: readonly Node[]): number[] {
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
    return this.known.vendors.of(this.scratch) ?? makerOf(this.scratch)
  }

  /** Why each further node is the same device. */
  private joins(own: readonly Node[]): Join[] {
    const before = new Set(own.slice(0, 1))
    return own.slice(1).map(node => {
      const { why, score } = this.known.joining.reason(node, before)
      before.add(node)
      return { who: this.who(node), why, score }
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
      const station = sightings.station(i)
      if (station === SOMEBODY) return true
      if (station >= 0 && !this.known.stations.isVirtual(station)) return true
    }
    return false
  }

  private texts(list: readonly number[], version: 4 | 6 | 9): string[] {
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

  /** Whether a node is called so, or was before its sensor had a site. */
  isId(node: Node, id: string): boolean {
    return this.id(node) === id || this.id(node, [ID_SEED, ID_SEED_2]) === id
  }

  /** A node's address and session, and the site, as sixteen digits: the same in every run. */
  id(node: Node, seeds = this.seeds): string {
    const { stations, addresses, bindings } = this.known
    if (isStationNode(node)) {
      stations.write(node >>> 1, this.scratch)
      return this.digits(6, stations.session(node >>> 1), seeds)
    }
    const model = bindings.hosts.model(node >>> 1)
    return this.digits(addresses.write(model, this.scratch), addresses.session(model), seeds)
  }

  private digits(length: number, session: number, seeds: readonly [number, number]): string {
    const bytes = this.scratch
    for (let i = 0; i < 4; i++) bytes[length + i] = session >>> (24 - 8 * i)
    return (
      digits(hashBytes(seeds[0], bytes, 0, length + 4)) +
      digits(hashBytes(seeds[1], bytes, 0, length + 4))
    )
  }
}
const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
