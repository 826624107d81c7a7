/** Devices: a station with the addresses it holds, or an address that was only heard from afar. */

import { hashBytes } from '../bytes/hash.js'
import { macText } from '../bytes/text.js'
import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import { byTime } from './columns.js'
import type { Device } from './document.js'
import { addressSubject, stationSubject, type Evidence } from './evidence.js'
import { DEVICE_ADDRESSES_MAX } from './limits.js'
import { describe } from './portraits.js'
import { Presence } from './presence.js'
import { isRandomMac } from './ranges.js'
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
  readonly evidence: Evidence
  readonly services: Services
  readonly vendors: Vendors
}

/** A device before it is described: either a station, or a host without one. */
interface Draft {
  readonly station: number
  readonly host: number
  /** Its row in `presence`. */
  readonly row: number
  /** All addresses that are its own, in all VLANs. */
  readonly addresses: number[]
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
    this.byHost = new Int32Array(known.bindings.models.length).fill(NONE)
    this.draftStations()
    this.draftHosts()
    this.putInOrder()
    for (let i = 0; i < known.addresses.count; i++) {
      const device = this.ofAddress(i)
      if (device >= 0) this.drafts[device]!.addresses.push(i)
    }
    this.list = this.drafts.map(draft => this.finish(draft))
    known.vendors.close()
  }

  /** The device of a station, or `end` if that is no device. */
  endOfStation(station: number, end: number): number {
    const device = this.byStation[station]!
    return device >= 0 ? device : end
  }

  ofAddress(address: number): number {
    const { holder, host } = this.known.bindings
    const station = holder[address]!
    if (station >= 0) return this.byStation[station]!
    return host[address]! >= 0 ? this.byHost[host[address]!]! : NONE
  }

  private draftStations(): void {
    const { stations } = this.known
    for (let i = 0; i < stations.count; i++) {
      if (!stations.isDevice(i)) continue
      const row = this.drafts.length
      this.presence.welcome(row)
      this.presence.merge(row, stations.presence, i)
      this.drafts.push({ station: i, host: NONE, row, addresses: [] })
    }
  }

  /** Addresses that sent something, and that nobody here was proven to hold. */
  private draftHosts(): void {
    const { addresses, bindings } = this.known
    const { sightings } = addresses
    const rows = new Map<number, number>()
    for (let i = 0; i < addresses.count; i++) {
      const host = bindings.host[i]!
      if (host < 0 || bindings.holder[i]! >= 0 || !addresses.isInside(i)) continue
      for (let k = sightings.of(i); k >= 0; k = sightings.next[k]!) {
        let row = rows.get(host)
        if (row === undefined) {
          row = this.drafts.length
          rows.set(host, row)
          this.presence.welcome(row)
          this.drafts.push({ station: NONE, host, row, addresses: [] })
        }
        this.presence.merge(row, sightings.presence, k)
      }
    }
  }

  /** By when they were first heard; stations before hosts, and then by their addresses. */
  private putInOrder(): void {
    const drafts = [...this.drafts]
    const { stations, addresses, bindings } = this.known
    const order = byTime(drafts.length, this.presence, (a, b) => {
      const one = drafts[a]!
      const other = drafts[b]!
      if (one.station >= 0 && other.station >= 0) {
        return stations.table.compare(one.station, other.station)
      }
      if (one.station >= 0 || other.station >= 0) return one.station >= 0 ? -1 : 1
      return addresses.table.compare(bindings.models[one.host]!, bindings.models[other.host]!)
    })
    order.forEach((index, place) => {
      const draft = drafts[index]!
      this.drafts[place] = draft
      if (draft.station >= 0) this.byStation[draft.station] = place
      else this.byHost[draft.host] = place
    })
  }

  private finish(draft: Draft): Device {
    const { bindings, services, evidence, vendors, stations } = this.known
    const { station, row } = draft
    const { presence } = this
    const mac = this.scratch
    if (station >= 0) stations.write(station, mac)
    const subjects = draft.addresses.map(addressSubject)
    if (station >= 0) subjects.push(stationSubject(station))
    const vendor = station >= 0 ? vendors.of(mac) : null
    const address = station >= 0 ? NONE : bindings.models[draft.host]!
    return {
      id: station >= 0 ? this.stationId(station) : this.addressId(address),
      macs: station >= 0 ? [macText(mac, 0)] : [],
      ipv4: this.texts(draft.addresses, 4),
      ipv6: this.texts(draft.addresses, 6),
      vlans: station >= 0 ? stations.vlans(station) : this.vlans(draft.addresses),
      category: 'unknown',
      kind: 'unknown',
      os: null,
      ...describe(evidence, subjects, vendor),
      randomizedMac: station >= 0 && isRandomMac(stations.table.word(station, 0)),
      routed: station < 0 && draft.addresses.some(index => this.cameByStation(index)),
      firstSeen: presence.first(row),
      lastSeen: presence.last(row),
      packets: presence.packets(row),
      bytes: presence.octets(row),
      services: services.of(draft.addresses),
      risk: 0,
    }
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

  private vlans(list: readonly number[]): number[] {
    const all = new Set(list.map(index => this.known.addresses.vlan(index)))
    return [...all].filter(vlan => vlan > 0).sort((a, b) => a - b)
  }

  private stationId(station: number): string {
    const { stations } = this.known
    stations.write(station, this.scratch)
    return this.id(6, stations.session(station))
  }

  private addressId(address: number): string {
    const { addresses } = this.known
    return this.id(addresses.write(address, this.scratch), addresses.session(address))
  }

  /** The address in `scratch` and its session, as sixteen digits: the same in every run. */
  private id(length: number, session: number): string {
    const bytes = this.scratch
    for (let i = 0; i < 4; i++) bytes[length + i] = session >>> (24 - 8 * i)
    return (
      digits(hashBytes(ID_SEED, bytes, 0, length + 4)) +
      digits(hashBytes(ID_SEED_2, bytes, 0, length + 4))
    )
  }
}

const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
