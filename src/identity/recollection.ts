/** What was recorded before the sensor started, put back where it came from. */

import { hex, list, number, type Fact } from '../model/fact.js'
import { Told } from '../model/heard.js'
import type { DeviceRecord, FactRecord, KeyRecord, Time } from '../model/device.js'
import { stationSubject, addressSubject, type Subject } from './evidence.js'
import { hostNode, isStationNode, stationNode, type Node } from './nodes.js'
import { isOfGateway } from './sub-kinds.js'
import type { Tables } from './tables.js'

const NONE = -1
const ADDRESS_BYTES = 16

export class Recollection {
  private readonly tables: Tables
  private readonly told = new Told()
  private readonly segment = { vlan: 0, session: 0 }
  /** The device at hand translates others' addresses. */
  private isNat = false

  constructor(tables: Tables) {
    this.tables = tables
  }

  /**
   * The nodes of a device's keys. Where there is a station, hosts without one are what its addresses
   * were taken for before.
   */
  nodes(keys: readonly KeyRecord[], { routed }: DeviceRecord): Node[] {
    const stations = keys.filter(({ kind }) => kind === 'mac').map(key => this.station(key))
    const hosts = keys.filter(({ kind }) => kind === 'ip' && stations.length === 0)
    const subs = keys.filter(({ kind }) => kind === 'sub').map(key => this.stationBehind(key))
    const lone = hosts.map(key => this.host(key, routed))
    return [...stations, ...lone, ...subs].filter(node => node >= 0)
  }

  /** Makes a record's addresses its own again, until something proves otherwise. */
  device(record: DeviceRecord, keys: readonly KeyRecord[], all: readonly Node[]): void {
    const nodes = all.filter(isStationNode)
    const { stations, activity, patience } = this.tables
    const [node] = nodes
    if (node === undefined) return
    activity.recall(nodes.map(one => one >>> 1))
    for (const vlan of [0, ...record.vlans])
      patience?.recall(vlan, stations.session(node >>> 1), record.first_seen * 1000)
    this.isNat = record.roles.includes('nat')
    // Of several addresses nobody knows which one was heard last.
    if (nodes.length === 1) this.mention(node >>> 1, record.last_seen)
    const known = new Set(keys.filter(({ kind }) => kind === 'held').map(key => this.held(key)))
    for (const vlan of record.vlans) stations.join(node >>> 1, vlan)
    this.segment.session = stations.session(node >>> 1)
    for (const text of [...record.ipv4, ...record.ipv6]) {
      if (known.has(text)) continue
      for (const vlan of record.vlans.length === 0 ? [0] : record.vlans) {
        this.segment.vlan = vlan
        this.hold(text, node >>> 1, record.last_seen)
      }
    }
  }

  /** A statement that identity makes something of. */
  fact(record: FactRecord, fact: Fact): void {
    const subject = this.subject(record.subject)
    if (subject < 0) return
    const { told } = this
    told.vlan = this.segment.vlan
    told.session = this.segment.session
    told.fact = fact
    told.bytes = bytesOf(fact, record.value)
    told.valueAt = 0
    told.valueLength = told.bytes.length
    told.seconds = Math.floor(record.first / 1000)
    told.micros = (record.first % 1000) * 1000
    this.tables.tokens.hear(told, subject)
    if (this.tables.evidence.isTelling(fact)) this.tables.evidence.hear(told, subject)
    if (isOfGateway(fact.name)) this.hearOfGateway(record, subject)
  }

  /** It spoke for its stations from then on, and lately. */
  private hearOfGateway({ last }: FactRecord, subject: Subject): void {
    const { told } = this
    const { subs, addresses, stations } = this.tables
    const bytes = Buffer.alloc(ADDRESS_BYTES)
    const isAddress = (subject & 1) === 1
    if (!isAddress) stations.write(subject >>> 1, bytes)
    const length = isAddress ? addresses.write(subject >>> 1, bytes) : 6
    told.about = !isAddress ? 'mac' : length === 4 ? 'ip4' : 'ip6'
    told.bytes = Buffer.concat([bytes, told.bytes])
    told.aboutAt = 0
    told.aboutLength = length
    told.valueAt = ADDRESS_BYTES
    subs.recall(told, subject, last * 1000)
  }

  private station({ value, first, last }: KeyRecord): Node {
    const [session = '0', mac = ''] = value.split('/')
    const bytes = macBytes(mac)
    const { stations } = this.tables
    const station = stations.at(bytes, 0, Number(session) | 0)
    if (station < 0) return NONE
    for (const time of [first, last]) this.mention(station, time)
    stations.vouch(station)
    return stationNode(station)
  }

  private mention(station: number, time: Time): void {
    const { presence } = this.tables.stations
    presence.mention(station, Math.floor(time / 1000), (time % 1000) * 1000)
  }

  /** An address that one of several stations holds; gives its text. */
  private held({ value, last }: KeyRecord): string {
    const [session = '0', vlan = '0', ip = '', mac = ''] = value.split('/')
    this.segment.vlan = Number(vlan)
    this.segment.session = Number(session) | 0
    const station = this.tables.stations.at(macBytes(mac), 0, this.segment.session)
    if (station >= 0) this.hold(ip, station, last)
    return ip
  }

  private hold(text: string, station: number, last: Time): void {
    const bytes = ipBytes(text)
    const address = this.tables.addresses.at(bytes, 0, bytes.length, this.segment)
    if (address < 0) return
    const { claims, patience, systems } = this.tables
    claims.recall(address, station, last * 1000)
    // What was known of a network before is no longer to be learned.
    patience?.confirm(address)
    if (this.isNat) systems.recall(address)
  }

  private host({ value, first, last }: KeyRecord, routed: boolean): Node {
    const [session = '0', vlan = '0', ip = ''] = value.split('/')
    const { addresses, bindings } = this.tables
    this.segment.vlan = Number(vlan)
    this.segment.session = Number(session) | 0
    const bytes = ipBytes(ip)
    const address = addresses.at(bytes, 0, bytes.length, this.segment)
    if (address < 0) return NONE
    addresses.sightings.recall(address, { first: first * 1000, last: last * 1000, routed })
    bindings.touch(address)
    bindings.settle()
    const host = bindings.hosts.of(address)
    return host < 0 ? NONE : hostNode(host)
  }

  private stationBehind({ value, first, last }: KeyRecord): Node {
    const [session = '0', vlan = '0', ...rest] = value.split('/')
    const { addresses, bindings } = this.tables
    this.segment.vlan = Number(vlan)
    this.segment.session = Number(session) | 0
    const address = this.named(rest.join('/'))
    if (address < 0) return NONE
    const times = { first: first * 1000, last: last * 1000, routed: false }
    addresses.sightings.recall(address, times)
    bindings.touch(address)
    bindings.settle()
    const host = bindings.hosts.of(address)
    return host < 0 ? NONE : hostNode(host)
  }

  private named(text: string): number {
    const bytes = Buffer.from(text)
    return this.tables.addresses.named(bytes, 0, bytes.length, this.segment)
  }

  /** `mac 00:11:22:33:44:55@10#3`, `ip 10.0.0.5`, `sub modbus:10.0.0.5:3`: whom a record was about. */
  private subject(text: string): Subject {
    const parts = /^(?:(mac|ip) ([0-9a-f.:]+)|(sub) (.+?))(?:@(\d+))?(?:#(\d+))?$/.exec(text)
    if (parts === null) return NONE
    const [, kind, address = '', sub, name = '', vlan = '0', session = '0'] = parts
    this.segment.vlan = Number(vlan)
    this.segment.session = Number(session) | 0
    const { stations, addresses, bindings } = this.tables
    if (sub !== undefined) {
      const named = this.named(name)
      return named < 0 ? NONE : addressSubject(named)
    }
    if (kind === 'mac') {
      const station = stations.at(macBytes(address), 0, this.segment.session)
      return station < 0 ? NONE : stationSubject(station)
    }
    const bytes = ipBytes(address)
    const index = addresses.at(bytes, 0, bytes.length, this.segment)
    if (index < 0) return NONE
    bindings.touch(index)
    return addressSubject(index)
  }
}

/** What `form` made text of. */
function bytesOf({ form }: Fact, text: string): Uint8Array {
  if (form === hex) return Buffer.from(text, 'hex')
  if (form === number) return numberBytes(text)
  if (form === list) return Uint8Array.from(text.split(','), Number)
  return Buffer.from(text, 'utf8')
}

/** Of a number that is no more than six bytes long; longer ones are hexadecimal. */
function numberBytes(text: string): Uint8Array {
  const digits = BigInt(/^\d+$/.test(text) ? text : 0).toString(16)
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
}

const macBytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(':', ''), 'hex')

/** An address in the form that `ip4Text` and `ip6Text` give it. */
function ipBytes(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number)
  const [head = '', tail] = text.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
  return Uint8Array.from(
    groups.flatMap(group => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]),
  )
}
