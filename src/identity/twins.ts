/**
 * The same machine heard in several mirror sessions: two switches may mirror one network, each in a
 * session of its own. But sessions may also be customers' networks with addresses alike, where
 * copies of one virtual machine have even the same hardware address.
 *
 * An address that its maker gave, or that a machine drew by lot, is one machine's wherever it is
 * heard. All others are told to be the same only where two sessions are seen to be one network.
 */

import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { ADDRESSES_MAX, SESSION_PAIRS_MAX, STATIONS_MAX, TWINS_MAX } from './limits.js'
import type { Makers } from './makers.js'
import type { Stations } from './stations.js'

const NONE = -1
/** So many machines heard in both make two sessions one network, */
const SHARED_MIN = 2
/** unless for one in so many there is an address that two machines have. */
const CONFLICT_SHARE = 4

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly makers: Makers
}

interface Pair {
  shared: number
  conflicts: number
}

export class Twins {
  /** Told when two sessions turn out to be one network, or not to be. */
  onChange: () => void = () => undefined
  /** Told when there is a second session: all hosts must be welcomed again. */
  onBegin: () => void = () => undefined
  private readonly known: Known
  private readonly seed: number
  /** The only session there is, until there is another. */
  private session: number | undefined
  private macs: KeyTable | undefined
  private ips: KeyTable | undefined
  /** By station: the next one with the same address, and 1; by address: its first station, and 1. */
  private next = new Int32Array(0)
  private heads = new Int32Array(0)
  private counts = new Uint8Array(0)
  /** By station: 1 if it is in the list of its address. */
  private listed = new Uint8Array(0)
  /** The same of hosts, and by host the number of its address and 1. */
  private nextHost = new Int32Array(0)
  private hostHeads = new Int32Array(0)
  private hostCounts = new Uint8Array(0)
  private ipOf = new Int32Array(0)
  private readonly pairs = new Map<string, Pair>()

  constructor(known: Known, seed: number) {
    this.known = known
    this.seed = seed
  }

  /** A station was heard for the first time. */
  welcome(station: number): void {
    const session = this.known.stations.session(station)
    this.session ??= session
    if (this.macs !== undefined) this.add(station)
    else if (session !== this.session) this.begin()
  }

  /** An address became a host's. */
  welcomeHost(host: number, address: number): void {
    if (this.ips !== undefined) this.addHost(host, address)
  }

  /** An address has this holder now: in another session it may have another one. */
  hold(address: number, holder: number, bindings: Bindings): void {
    const host = bindings.hosts.of(address)
    if (this.ips === undefined || host < 0) return
    const { addresses, stations } = this.known
    if (addresses.isLinkLocal(address) || stations.isVirtual(holder)) return
    this.eachHost(host, other => {
      const model = bindings.hosts.model(other)
      const rival = model < 0 ? NONE : bindings.holder(model)
      if (rival < 0 || this.isSameMac(rival, holder) || stations.isVirtual(rival)) return
      const pair = this.pair(addresses.session(address), addresses.session(model))
      if (pair !== undefined) this.change(pair, () => pair.conflicts++)
    })
  }

  /** Calls back with the stations that are the same machine in another session. */
  each(station: number, visit: (other: number) => void): void {
    if (this.macs === undefined) return
    if (this.listed[station] !== 1) return
    const { stations, makers } = this.known
    const isUnique = makers.isUnique(station)
    for (let i = this.first(station); i >= 0; i = this.next[i]! - 1) {
      if (i === station) continue
      if (isUnique || this.isOneNetwork(stations.session(station), stations.session(i))) visit(i)
    }
  }

  /** Calls back with the hosts of the same address in another session of the same network. */
  eachTwinHost(host: number, bindings: Bindings, visit: (other: number) => void): void {
    if (this.macs === undefined) return
    const { addresses } = this.known
    const own = bindings.hosts.model(host)
    if (own < 0) return
    this.eachHost(host, other => {
      const model = bindings.hosts.model(other)
      if (model >= 0 && this.isOneNetwork(addresses.session(own), addresses.session(model)))
        visit(other)
    })
  }

  private isOneNetwork(session: number, other: number): boolean {
    return session !== other && isAlike(this.pairs.get(pairKey(session, other)))
  }

  /** There is a second session: from now on everybody's address is looked up. */
  private begin(): void {
    this.macs = new KeyTable(2, STATIONS_MAX, this.seed)
    this.ips = new KeyTable(5, ADDRESSES_MAX, this.seed)
    for (let i = 0; i < this.known.stations.count; i++) this.add(i)
    this.onBegin()
  }

  private add(station: number): void {
    const { stations, makers } = this.known
    const mac = this.claimMac(station)
    if (mac < 0) return
    this.heads = reaching(this.heads, mac)
    this.next = reaching(this.next, station)
    this.counts = reaching(this.counts, mac)
    if (this.counts[mac] === TWINS_MAX) return
    this.counts[mac]!++
    this.listed = reaching(this.listed, station)
    this.listed[station] = 1
    const first = this.heads[mac]! - 1
    this.next[station] = this.heads[mac]!
    this.heads[mac] = station + 1
    if (!makers.isUnique(station) || stations.isVirtual(station)) return
    for (let i = first; i >= 0; i = this.next[i]! - 1) {
      const pair = this.pair(stations.session(station), stations.session(i))
      if (pair !== undefined) this.change(pair, () => pair.shared++)
    }
  }

  private addHost(host: number, address: number): void {
    this.ipOf = reaching(this.ipOf, host)
    if (this.ipOf[host] !== 0) return
    const { addresses } = this.known
    const { key } = this.ips!
    for (let i = 0; i < 4; i++) key[i] = addresses.table.word(address, i)
    key[4] = addresses.version(address)
    const ip = this.ips!.claim()
    if (ip < 0) return
    this.hostCounts = reaching(this.hostCounts, ip)
    if (this.hostCounts[ip] === TWINS_MAX) return
    this.hostCounts[ip]!++
    this.nextHost = reaching(this.nextHost, host)
    this.hostHeads = reaching(this.hostHeads, ip)
    this.ipOf[host] = ip + 1
    this.nextHost[host] = this.hostHeads[ip]!
    this.hostHeads[ip] = host + 1
  }

  /** The other hosts of the same address. */
  private eachHost(host: number, visit: (other: number) => void): void {
    const ip = (this.ipOf[host] ?? 0) - 1
    if (ip < 0) return
    for (let i = this.hostHeads[ip]! - 1; i >= 0; i = this.nextHost[i]! - 1)
      if (i !== host) visit(i)
  }

  private first(station: number): number {
    const mac = this.claimMac(station)
    return mac < 0 ? NONE : this.heads[mac]! - 1
  }

  private claimMac(station: number): number {
    const { table } = this.known.stations
    const { key } = this.macs!
    key[0] = table.word(station, 0)
    key[1] = table.word(station, 1)
    return this.macs!.claim()
  }

  private isSameMac(one: number, other: number): boolean {
    const { table } = this.known.stations
    return (
      table.word(one, 0) === table.word(other, 0) && table.word(one, 1) === table.word(other, 1)
    )
  }

  private pair(one: number, other: number): Pair | undefined {
    const key = pairKey(one, other)
    let pair = this.pairs.get(key)
    if (pair === undefined && this.pairs.size < SESSION_PAIRS_MAX)
      this.pairs.set(key, (pair = { shared: 0, conflicts: 0 }))
    return pair
  }

  private change(pair: Pair, make: () => void): void {
    const before = isAlike(pair)
    make()
    if (isAlike(pair) !== before) this.onChange()
  }
}

const pairKey = (one: number, other: number): string =>
  `${Math.min(one, other)} ${Math.max(one, other)}`

const isAlike = (pair: Pair | undefined): boolean =>
  pair !== undefined && pair.shared >= SHARED_MIN && pair.conflicts * CONFLICT_SHARE <= pair.shared
