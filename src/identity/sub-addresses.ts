/**
 * Stations behind gateways: units on a serial line, stations behind a router of buildings, modules
 * of a rack. Each is a device of its own once its gateway has spoken for it, however the gateway
 * calls it; what is but another name of the gateway itself is no other device.
 */

import { macText } from '../bytes/text.js'
import type { Fact } from '../model/fact.js'
import type { Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import { reaching } from './columns.js'
import { addressSubject, stationSubject, type Evidence, type Subject } from './evidence.js'
import { GATEWAY_SILENT_MICROS, GATEWAY_STATIONS_MAX, SILENT_UNITS_MAX } from './limits.js'
import type { Node, Nodes } from './nodes.js'
import type { Stations } from './stations.js'
import {
  FAULT_OF_GATEWAY,
  GATEWAY_FAULT,
  MODBUS,
  SUB_KINDS,
  TELLING,
  type SubKind,
  type Telling,
} from './sub-kinds.js'

const NONE = -1
const COLON = 0x3a
const MAC_BYTES = 6
/** A machine that speaks Modbus for itself often calls itself so; units of a line begin so too. */
const DOUBTFUL_UNIT = 1
const BROADCAST_UNIT = 255
/** So many units of one address are a line of them. */
const LINE = 2
/** What a gateway says of this many stations is shown with it; the others are devices all the same. */
const SHOWN = 16

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly evidence: Evidence
  readonly nodes: Nodes
}

export class SubAddresses {
  /** Told of a station that is new, or stands behind another gateway. */
  onChange: (address: number) => void = () => undefined
  /** Stations that a gateway had too many of. */
  dropped = 0
  private readonly known: Known
  private readonly telling: (Telling | null)[] = []
  /** By address: the subject that speaks for it and 1, or 0; when it did first, and last, in microseconds. */
  private gateways = new Int32Array(0)
  private began = new Float64Array(0)
  private spoke = new Float64Array(0)
  /** By gateway: its stations, in the order they were heard. */
  private readonly stations = new Map<Subject, number[]>()

  constructor(known: Known) {
    this.known = known
  }

  /** The number of the sub-address that a fact is about, or -1: other names are nobody's address. */
  of(told: Told): number {
    const { bytes, aboutAt, aboutLength, protocol } = told
    const kind = kindAt(bytes, aboutAt, aboutLength)
    if (kind === undefined || !kind.by.includes(protocol)) return NONE
    const sub = this.known.addresses.named(bytes, aboutAt, aboutLength, told)
    if (sub < 0) return NONE
    if (kind.isOfMaster) this.speaksOfItself(sub, told)
    else if (this.gateway(sub) >= 0) this.mention(sub, told)
    return sub
  }

  /** Takes what a gateway says of its stations; true if it said so. */
  hear(told: Told, gateway: Subject): boolean {
    const telling = this.tellingOf(told.fact)
    if (telling === null || this.isSub(gateway)) return false
    const sub = telling === 'unit' ? this.unit(told) : this.text(told)
    if (sub >= 0) this.speaks(sub, gateway, told)
    return true
  }

  /** It was said before the sensor started, and until then: of several gateways the first counts. */
  recall(told: Told, gateway: Subject, last: number): void {
    const telling = this.tellingOf(told.fact)
    if (telling === null) return
    const sub = telling === 'unit' ? this.unit(told) : this.text(told)
    if (sub < 0) return
    const first = microsOf(told)
    const before = this.gateway(sub)
    if (before >= 0 && before !== gateway) {
      const isSuccessor = last - this.spoke[sub]! >= GATEWAY_SILENT_MICROS
      const isOlder = first < this.began[sub]! && this.spoke[sub]! - last < GATEWAY_SILENT_MICROS
      if (!isSuccessor && !isOlder) return
    }
    this.believe(sub, gateway, told)
    this.spoke[sub] = Math.max(this.spoke[sub]!, last)
  }

  /** That it speaks for somebody was shown often enough. */
  isAmple(fact: Fact, gateway: Subject): boolean {
    return this.tellingOf(fact) !== null && (this.stations.get(gateway)?.length ?? 0) > SHOWN
  }

  /** Whether a station has a gateway that is somebody here. */
  isThere(sub: number): boolean {
    return this.gatewayNode(sub) >= 0
  }

  /** Behind whom a station stands, as a subject; -1 if nobody spoke for it. */
  gateway(sub: number): Subject {
    return sub < this.gateways.length ? this.gateways[sub]! - 1 : NONE
  }

  gatewayNode(sub: number): Node {
    const gateway = this.gateway(sub)
    return gateway < 0 ? NONE : this.known.nodes.of(gateway)
  }

  eachBehind(gateway: Subject, visit: (sub: number) => void): void {
    if (this.stations.size === 0) return
    for (const sub of this.stations.get(gateway) ?? []) visit(sub)
  }

  /** A gateway has stations that are none of its own names. */
  hasStations(gateway: Subject): boolean {
    const all = this.stations.get(gateway)
    return all !== undefined && all.some(sub => !this.isGateway(sub))
  }

  /** Whether a sub-address is but another name of the gateway. */
  isGateway(sub: number): boolean {
    const gateway = this.gateway(sub)
    if (gateway < 0) return false
    const name = this.known.addresses.text(sub)
    const kind = SUB_KINDS[name.slice(0, name.indexOf(':'))]!
    if (name.startsWith(MODBUS)) return this.isOwnUnit(sub, gateway, kind)
    if (this.shares(kind, addressSubject(sub), gateway) > 0) return true
    return this.isNamedSo(kind, gateway, name.slice(name.indexOf(':') + 1))
  }

  /** Calls back with the other name of a gateway, or with the gateway of a name. */
  eachName(node: Node, visit: (other: Node) => void): void {
    if (this.stations.size === 0) return
    const { nodes } = this.known
    nodes.eachSubject(node, subject => {
      if (this.isSub(subject)) {
        const sub = subject >>> 1
        const gateway = this.isGateway(sub) ? this.gatewayNode(sub) : NONE
        if (gateway >= 0) visit(gateway)
        return
      }
      this.eachBehind(subject, sub => {
        const other = this.isGateway(sub) ? nodes.ofAddress(sub) : NONE
        if (other >= 0) visit(other)
      })
    })
  }

  private isSub(subject: Subject): boolean {
    return (subject & 1) === 1 && this.known.addresses.isNamed(subject >>> 1)
  }

  private tellingOf({ id, name }: Fact): Telling | null {
    let telling = this.telling[id]
    if (telling === undefined) {
      telling = Object.hasOwn(TELLING, name) ? TELLING[name]! : null
      this.telling[id] = telling
    }
    return telling
  }

  private text(told: Told): number {
    const { bytes, valueAt, valueLength } = told
    const kind = kindAt(bytes, valueAt, valueLength)
    if (kind === undefined) return NONE
    return this.known.addresses.named(bytes, valueAt, valueLength, told)
  }

  /** The name of a unit, as its protocol would write it. */
  private unit(told: Told): number {
    const { bytes, aboutAt, valueAt, valueLength } = told
    const unit = valueLength === 1 ? bytes[valueAt]! : 0
    if (unit === 0 || unit === BROADCAST_UNIT) return NONE
    const name = Buffer.from(`${MODBUS}:${spelled(told, aboutAt)}:${String(unit)}`)
    return this.known.addresses.named(name, 0, name.length, told)
  }

  /** The station of a master told of itself, and the master's address stands in its name. */
  private speaksOfItself(sub: number, told: Told): void {
    const { bytes, aboutAt, aboutLength, session } = told
    const from = bytes.indexOf(COLON, aboutAt) + 1
    const digits = Buffer.from(bytes.subarray(from, aboutAt + aboutLength)).toString('latin1')
    const mac = Buffer.from(digits.slice(0, digits.indexOf(':')).replaceAll('-', ''), 'hex')
    if (mac.length !== MAC_BYTES) return
    const station = this.known.stations.at(mac, 0, session)
    if (station >= 0) this.speaks(sub, stationSubject(station), told)
  }

  private speaks(sub: number, gateway: Subject, told: Told): void {
    const before = this.gateway(sub)
    const isTaken = before >= 0 && before !== gateway
    if (isTaken && microsOf(told) - this.spoke[sub]! < GATEWAY_SILENT_MICROS) return
    this.believe(sub, gateway, told)
  }

  private believe(sub: number, gateway: Subject, told: Told): void {
    const isNew = this.gateway(sub) !== gateway
    if (isNew && !this.put(sub, gateway)) return
    const now = microsOf(told)
    if (isNew) this.began[sub] = now
    this.spoke[sub] = now
    this.mention(sub, told)
    if (isNew) this.onChange(sub)
  }

  private put(sub: number, gateway: Subject): boolean {
    const all = this.stations.get(gateway) ?? []
    if (all.length >= GATEWAY_STATIONS_MAX) {
      this.dropped++
      return false
    }
    this.leave(sub)
    if (all.length === 0) this.stations.set(gateway, all)
    all.push(sub)
    this.gateways = reaching(this.gateways, sub)
    this.spoke = reaching(this.spoke, sub)
    this.began = reaching(this.began, sub)
    this.gateways[sub] = gateway + 1
    return true
  }

  private leave(sub: number): void {
    const before = this.gateway(sub)
    const all = before < 0 ? undefined : this.stations.get(before)
    if (all === undefined) return
    all.splice(all.indexOf(sub), 1)
    if (all.length === 0) this.stations.delete(before)
  }

  private mention(sub: number, told: Told): void {
    const at = microsOf(told)
    this.known.addresses.sightings.recall(sub, { first: at, last: at, routed: false })
  }

  /**
   * A lone unit is whoever has the address, unless that speaks for itself as somebody else or says
   * that it is a gateway. Of a line of units, those are the gateway that say what it says; and if
   * all numbers are answered for, those that say nothing.
   */
  private isOwnUnit(sub: number, gateway: Subject, kind: SubKind): boolean {
    const subject = addressSubject(sub)
    const line = this.line(gateway)
    if (this.number(sub) === DOUBTFUL_UNIT) return line.length < LINE || this.says(kind, gateway)
    const isSilent = this.isSilent(kind, sub)
    if (isSilent && line.length > SILENT_UNITS_MAX) {
      const silent = line.filter(other => this.isSilent(kind, other))
      if (silent.length > SILENT_UNITS_MAX) return true
    }
    const said = isSilent ? 0 : this.shares(kind, subject, gateway)
    if (said > 0) return true
    if (line.length >= LINE) return false
    const isElse = !isSilent && this.says(kind, gateway)
    return !isElse && !this.isFaulty(gateway)
  }

  /** The units of a gateway whose numbers nobody uses for himself. */
  private line(gateway: Subject): number[] {
    return (this.stations.get(gateway) ?? []).filter(sub => {
      const isUnit = this.known.addresses.text(sub).startsWith(MODBUS)
      return isUnit && this.number(sub) !== DOUBTFUL_UNIT
    })
  }

  private number(sub: number): number {
    const name = this.known.addresses.text(sub)
    return Number(name.slice(name.lastIndexOf(':') + 1))
  }

  private isSilent(kind: SubKind, sub: number): boolean {
    return !this.says(kind, addressSubject(sub))
  }

  private says({ own }: SubKind, subject: Subject): boolean {
    const { evidence } = this.known
    for (let i = evidence.first(subject); i >= 0; i = evidence.after(i))
      if (own.includes(evidence.fact(i).name)) return true
    return false
  }

  /** How many things both say; -1 if one says what the other says otherwise. */
  private shares({ own }: SubKind, subject: Subject, gateway: Subject): number {
    const { evidence } = this.known
    let shared = 0
    for (let i = evidence.first(subject); i >= 0; i = evidence.after(i)) {
      const fact = evidence.fact(i)
      if (!own.includes(fact.name)) continue
      if (!this.hasSaid(gateway, i)) return NONE
      shared++
    }
    return shared
  }

  private hasSaid(subject: Subject, statement: number): boolean {
    const { evidence } = this.known
    const fact = evidence.fact(statement)
    for (let i = evidence.first(subject); i >= 0; i = evidence.after(i))
      if (evidence.fact(i) === fact && evidence.isAlike(i, statement)) return true
    return false
  }

  /** The gateway says that this is its own name on the line. */
  private isNamedSo({ own }: SubKind, gateway: Subject, name: string): boolean {
    const { evidence } = this.known
    for (let i = evidence.first(gateway); i >= 0; i = evidence.after(i))
      if (own.includes(evidence.fact(i).name) && evidence.text(i) === name) return true
    return false
  }

  private isFaulty(gateway: Subject): boolean {
    const { evidence } = this.known
    for (let i = evidence.first(gateway); i >= 0; i = evidence.after(i)) {
      const isFault = evidence.fact(i).name === GATEWAY_FAULT
      if (isFault && evidence.text(i).startsWith(FAULT_OF_GATEWAY)) return true
    }
    return false
  }
}

/** The kind of a name by what stands before its first colon. */
function kindAt(bytes: Uint8Array, at: number, length: number): SubKind | undefined {
  const end = bytes.indexOf(COLON, at)
  if (end < 0 || end >= at + length - 1 || end - at > LONGEST) return undefined
  const word = String.fromCharCode(...bytes.subarray(at, end))
  return Object.hasOwn(SUB_KINDS, word) ? SUB_KINDS[word] : undefined
}

const LONGEST = Math.max(...Object.keys(SUB_KINDS).map(({ length }) => length))

/** An address as sub-addresses have it. */
function spelled({ bytes, about }: Told, at: number): string {
  if (about === 'ip4') return bytes.subarray(at, at + 4).join('.')
  if (about === 'mac') return macText(bytes, at).replaceAll(':', '-')
  const digits = Buffer.from(bytes.subarray(at, at + 16)).toString('hex')
  return digits.replace(/.{4}(?=.)/g, '$&:')
}

const microsOf = ({ seconds, micros }: Told): number => (seconds >>> 0) * 1e6 + micros
