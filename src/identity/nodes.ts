/** What devices are made of: stations with the addresses they hold, and hosts that have no station. */

import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import { UNBOUND } from './claims.js'
import { addressSubject, stationSubject, type Evidence, type Subject } from './evidence.js'
import type { Holdings } from './holdings.js'
import { LONE_HOSTS_MAX, NODE_ADDRESSES_MAX } from './limits.js'
import type { Makers } from './makers.js'
import { distinctNames, isOwnName, plainName } from './naming.js'
import type { Stations } from './stations.js'
import type { SubAddresses } from './sub-addresses.js'
import type { Systems } from './systems.js'
import type { Twins } from './twins.js'

/** The number of a station or of a host, and which of both. */
export type Node = number
export const stationNode = (station: number): Node => station * 2
export const hostNode = (host: number): Node => host * 2 + 1
export const isStationNode = (node: Node): boolean => (node & 1) === 0

const NONE = -1
const NAMES_MAX = 16
/** What a name gets that another machine had already: `studio-2`, `studio (2)`. */
const AGAIN = /^(.+?)(-| \(?)\d+\)?$/

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly bindings: Bindings
  readonly holdings: Holdings
  readonly evidence: Evidence
  readonly makers: Makers
  readonly systems: Systems
  readonly twins: Twins
  readonly subs: SubAddresses
}

export class Nodes {
  private readonly known: Known

  constructor(known: Known) {
    this.known = known
  }

  /** Whose a station or an address is, or -1: a shared router address is nobody's. */
  of(subject: Subject): Node {
    const { stations } = this.known
    const index = subject >>> 1
    if ((subject & 1) === 0) return stations.isDevice(index) ? stationNode(index) : NONE
    return this.ofAddress(index)
  }

  ofAddress(address: number): Node {
    const { stations, bindings } = this.known
    const station = bindings.holder(address)
    if (station >= 0) return stations.isDevice(station) ? stationNode(station) : NONE
    const host = bindings.hosts.of(address)
    return host >= 0 && this.isHost(host) ? hostNode(host) : NONE
  }

  /** Who can be known again by what was said of a subject, or -1: many speak from a translator's address. */
  speaker(subject: Subject): Node {
    const isHidden = (subject & 1) === 1 && this.known.systems.areSeveral(subject >>> 1)
    return isHidden ? NONE : this.of(subject)
  }

  /**
   * An inside address that sent something, and that no station was proven to hold; or a station
   * behind a gateway.
   */
  isHost(host: number): boolean {
    const { addresses, bindings, subs } = this.known
    const model = bindings.hosts.model(host)
    if (model < 0 || bindings.holder(model) >= 0 || !addresses.isInside(model)) return false
    if (addresses.isNamed(model) && !subs.isThere(model)) return false
    const { sightings } = addresses
    const mustSpeak = bindings.hosts.isFlooded || host >= LONE_HOSTS_MAX
    let isThere = false
    bindings.hosts.each(host, address => {
      if (isThere || bindings.isUndecided(address)) return
      isThere = mustSpeak ? sightings.spoke(address) : sightings.sent(address)
    })
    return isThere
  }

  /** Every address of a node, in all VLANs; of hostile ones, not all. */
  eachAddress(node: Node, visit: (address: number) => void): void {
    const { bindings, holdings } = this.known
    const { hosts } = bindings
    if (!isStationNode(node)) return hosts.each(node >>> 1, visit)
    let left = NODE_ADDRESSES_MAX
    for (let held = holdings.first(node >>> 1); held >= 0; held = holdings.after(held)) {
      if (left-- === 0) return
      visit(held)
      const host = hosts.of(held)
      if (host < 0 || hosts.model(host) !== held) continue
      hosts.each(host, other => {
        const isElsewhere = bindings.proofOf(other) === UNBOUND && !bindings.isUndecided(other)
        if (other !== held && isElsewhere) visit(other)
      })
    }
  }

  /** Whose device stands before a station behind a gateway; -1 if it stands behind none. */
  gateway(own: readonly Node[]): Node {
    const { addresses, bindings, subs } = this.known
    for (const node of own) {
      const model = isStationNode(node) ? NONE : bindings.hosts.model(node >>> 1)
      const gateway = model >= 0 && addresses.isNamed(model) ? subs.gatewayNode(model) : NONE
      if (gateway >= 0 && !own.includes(gateway)) return gateway
    }
    return NONE
  }

  eachSubject(node: Node, visit: (subject: Subject) => void): void {
    if (isStationNode(node)) visit(stationSubject(node >>> 1))
    this.eachAddress(node, address => visit(addressSubject(address)))
  }

  /** The subjects of whose words a node can be known again. */
  eachWord(node: Node, visit: (subject: Subject) => void): void {
    const { systems } = this.known
    this.eachSubject(node, subject => {
      if ((subject & 1) === 0 || !systems.areSeveral(subject >>> 1)) visit(subject)
    })
  }

  /** The same machine as it is heard in other mirror sessions. */
  eachTwin(node: Node, visit: (other: Node) => void): void {
    const { twins, stations, bindings } = this.known
    if (isStationNode(node)) {
      twins.each(node >>> 1, other => {
        if (stations.isDevice(other)) visit(stationNode(other))
      })
      return
    }
    twins.eachTwinHost(node >>> 1, bindings, other => {
      const model = bindings.hosts.model(other)
      const twin = model < 0 ? NONE : this.ofAddress(model)
      if (twin >= 0) visit(twin)
    })
  }

  /** When it was heard first and last; microseconds since 1970. */
  first(node: Node): number {
    if (isStationNode(node)) return this.known.stations.presence.first(node >>> 1)
    let first = Infinity
    this.eachSighting(node, (presence, i) => (first = Math.min(first, presence.first(i))))
    return first
  }

  last(node: Node): number {
    if (isStationNode(node)) return this.known.stations.presence.last(node >>> 1)
    let last = -Infinity
    this.eachSighting(node, (presence, i) => (last = Math.max(last, presence.last(i))))
    return last
  }

  /** Calls back with every row of presence that a host has. */
  eachSighting(
    node: Node,
    visit: (presence: Addresses['sightings']['presence'], row: number) => void,
  ): void {
    const { sightings } = this.known.addresses
    this.eachAddress(node, address => {
      for (let i = sightings.of(address); i >= 0; i = sightings.next[i]!)
        visit(sightings.presence, i)
    })
  }

  isRandom(node: Node): boolean {
    return isStationNode(node) && this.known.makers.isRandom(node >>> 1)
  }

  /** A virtual machine: there may be more of them that say the same. */
  isCopied(node: Node): boolean {
    return isStationNode(node) && this.known.makers.isCopied(node >>> 1)
  }

  vlans(node: Node): number[] {
    const { addresses, stations } = this.known
    if (isStationNode(node)) return stations.vlans(node >>> 1)
    const all = new Set<number>()
    this.eachAddress(node, address => all.add(addresses.vlan(address)))
    return [...all].filter(vlan => vlan > 0).sort((a, b) => a - b)
  }

  /** What it is called, in lower case. */
  names(node: Node): string[] {
    return this.called(node, () => true).map(name => name.split('.')[0]!)
  }

  /** It has given itself several host names: whose words they were, nobody knows. */
  isFickle(node: Node): boolean {
    const names = this.called(node, isOwnName)
    return new Set(names.map(name => name.split('.')[0]!)).size > 1
  }

  /** It had to take another mDNS name than this one, for somebody else has it. */
  renamed(node: Node, name: string): boolean {
    const wanted = plainName(name).toLowerCase()
    return this.called(node, fact => fact === 'mdns.host').some(other => {
      const base = AGAIN.exec(other)?.[1]
      return base === wanted
    })
  }

  /** By which two nodes are put in order: by when they were heard, then by their addresses. */
  compare(one: Node, other: Node): number {
    const earlier = this.first(one) - this.first(other)
    if (earlier !== 0 && !Number.isNaN(earlier)) return earlier
    const { stations, addresses, bindings } = this.known
    if (isStationNode(one) && isStationNode(other))
      return stations.table.compare(one >>> 1, other >>> 1)
    if (isStationNode(one) || isStationNode(other)) return isStationNode(one) ? -1 : 1
    const { hosts } = bindings
    return addresses.table.compare(hosts.model(one >>> 1), hosts.model(other >>> 1))
  }

  private called(node: Node, isWanted: (fact: string) => boolean): string[] {
    const { evidence } = this.known
    const ranked: { name: string; rank: number }[] = []
    this.eachSubject(node, subject => {
      for (let i = evidence.first(subject); i >= 0; i = evidence.after(i)) {
        const rank = evidence.trait(i).naming
        if (rank < 0 || !isWanted(evidence.fact(i).name)) continue
        ranked.push({ name: plainName(evidence.text(i)).toLowerCase(), rank })
      }
    })
    return distinctNames(ranked, NAMES_MAX)
  }
}
