/** What devices are made of: stations with the addresses they hold, and hosts that have no station. */

import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import { UNBOUND } from './claims.js'
import { addressSubject, stationSubject, type Evidence, type Subject } from './evidence.js'
import type { Holdings } from './holdings.js'
import { distinctNames, plainName } from './naming.js'
import { isRandomMac } from './ranges.js'
import type { Stations } from './stations.js'

/** The number of a station or of a host, and which of both. */
export type Node = number
export const stationNode = (station: number): Node => station * 2
export const hostNode = (host: number): Node => host * 2 + 1
export const isStationNode = (node: Node): boolean => (node & 1) === 0

const NONE = -1
const NAMES_MAX = 16

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly bindings: Bindings
  readonly holdings: Holdings
  readonly evidence: Evidence
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

  /** An inside address that sent something, and that no station was proven to hold. */
  isHost(host: number): boolean {
    const { addresses, bindings } = this.known
    const model = bindings.hosts.model(host)
    if (bindings.holder(model) >= 0 || !addresses.isInside(model)) return false
    let sent = false
    bindings.hosts.each(host, address => {
      if (addresses.sightings.of(address) >= 0) sent = true
    })
    return sent
  }

  /** Every address of a node, in all VLANs. */
  eachAddress(node: Node, visit: (address: number) => void): void {
    const { bindings, holdings } = this.known
    const { hosts } = bindings
    if (!isStationNode(node)) return hosts.each(node >>> 1, visit)
    for (let held = holdings.first(node >>> 1); held >= 0; held = holdings.after(held)) {
      visit(held)
      const host = hosts.of(held)
      if (host < 0 || hosts.model(host) !== held) continue
      hosts.each(host, other => {
        if (other !== held && bindings.proofOf(other) === UNBOUND) visit(other)
      })
    }
  }

  eachSubject(node: Node, visit: (subject: Subject) => void): void {
    if (isStationNode(node)) visit(stationSubject(node >>> 1))
    this.eachAddress(node, address => visit(addressSubject(address)))
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
    return isStationNode(node) && isRandomMac(this.known.stations.table.word(node >>> 1, 0))
  }

  vlans(node: Node): number[] {
    const { addresses, stations } = this.known
    if (isStationNode(node)) return stations.vlans(node >>> 1)
    const all = new Set<number>()
    this.eachAddress(node, address => all.add(addresses.vlan(address)))
    return [...all].filter(vlan => vlan > 0).sort((a, b) => a - b)
  }

  /** What it calls itself, in lower case. */
  names(node: Node): string[] {
    const { evidence } = this.known
    const ranked: { name: string; rank: number }[] = []
    this.eachSubject(node, subject => {
      for (let i = evidence.first(subject); i >= 0; i = evidence.after(i)) {
        const rank = evidence.trait(i).naming
        if (rank >= 0) ranked.push({ name: plainName(evidence.text(i)).toLowerCase(), rank })
      }
    })
    return distinctNames(ranked, NAMES_MAX).map(name => name.split('.')[0]!)
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
}
