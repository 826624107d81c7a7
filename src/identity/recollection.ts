/** What was recorded before the sensor started, put back where it came from. */

import { hex, list, type Fact } from '../model/fact.js'
import { Told } from '../model/heard.js'
import type { DeviceRecord, FactRecord, KeyRecord } from '../model/device.js'
import { stationSubject, addressSubject, type Subject } from './evidence.js'
import { hostNode, stationNode, type Node } from './nodes.js'
import type { Tables } from './tables.js'

const NONE = -1

export class Recollection {
  private readonly tables: Tables
  private readonly told = new Told()
  private readonly segment = { vlan: 0, session: 0 }

  constructor(tables: Tables) {
    this.tables = tables
  }

  /** The node of a key, with the times at which it was heard. */
  node(key: KeyRecord): Node {
    return key.kind === 'mac' ? this.station(key) : key.kind === 'ip' ? this.host(key) : NONE
  }

  /** Makes a record's addresses its own again, until something proves otherwise. */
  addresses(record: DeviceRecord, node: Node): void {
    if (node < 0 || (node & 1) !== 0) return
    for (const text of [...record.ipv4, ...record.ipv6]) {
      for (const vlan of record.vlans.length === 0 ? [0] : record.vlans) {
        this.segment.vlan = vlan
        this.segment.session = this.tables.stations.session(node >>> 1)
        const bytes = ipBytes(text)
        const address = this.tables.addresses.at(bytes, 0, bytes.length, this.segment)
        if (address >= 0) this.tables.claims.recall(address, node >>> 1, record.last_seen * 1000)
      }
    }
  }

  /** A statement that identity makes something of. */
  fact(record: FactRecord, fact: Fact): void {
    const subject = this.subject(record.subject)
    if (subject < 0) return
    const { told } = this
    told.fact = fact
    told.bytes = bytesOf(fact, record.value)
    told.valueAt = 0
    told.valueLength = told.bytes.length
    told.seconds = Math.floor(record.first / 1000)
    told.micros = (record.first % 1000) * 1000
    this.tables.tokens.hear(told, subject)
    if (this.tables.evidence.isTelling(fact)) this.tables.evidence.hear(told, subject)
  }

  private station({ value, first, last }: KeyRecord): Node {
    const [session = '0', mac = ''] = value.split('/')
    const bytes = macBytes(mac)
    const { stations } = this.tables
    const station = stations.at(bytes, 0, Number(session) | 0)
    if (station < 0) return NONE
    for (const time of [first, last]) {
      stations.presence.mention(station, Math.floor(time / 1000), (time % 1000) * 1000)
    }
    return stationNode(station)
  }

  private host({ value, first, last }: KeyRecord): Node {
    const [session = '0', vlan = '0', ip = ''] = value.split('/')
    const { addresses, bindings } = this.tables
    this.segment.vlan = Number(vlan)
    this.segment.session = Number(session) | 0
    const bytes = ipBytes(ip)
    const address = addresses.at(bytes, 0, bytes.length, this.segment)
    if (address < 0) return NONE
    addresses.sightings.recall(address, first * 1000, last * 1000)
    bindings.touch(address)
    bindings.settle()
    const host = bindings.hosts.of(address)
    return host < 0 ? NONE : hostNode(host)
  }

  /** `mac 00:11:22:33:44:55@10#3`, `ip 10.0.0.5`: whom a record was about. */
  private subject(text: string): Subject {
    const parts = /^(mac|ip) ([0-9a-f.:]+)(?:@(\d+))?(?:#(\d+))?$/.exec(text)
    if (parts === null) return NONE
    const [, kind, address = '', vlan = '0', session = '0'] = parts
    this.segment.vlan = Number(vlan)
    this.segment.session = Number(session) | 0
    const { stations, addresses, bindings } = this.tables
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
  if (form === list) return Uint8Array.from(text.split(','), Number)
  return Buffer.from(text, 'utf8')
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
