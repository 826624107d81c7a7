/** Which parsers hear which frames: the `heard` lists of all protocols, made into tables. */

import type { Frame } from '../layers/frame.js'
import type { Protocol } from '../protocols/protocol.js'
import { PROTOCOLS_MAX } from './limits.js'
import { Patterns } from './patterns.js'
import { NOBODY, Places } from './places.js'

export { PERHAPS } from './patterns.js'
export { NOBODY } from './places.js'

const PORTS = 65536
const PATTERN = /^(tcp|udp)(?: @(\d+))? "(.*)"$/s

export class Dispatch {
  readonly protocols: readonly Protocol[]
  readonly udpPorts = new Places(PORTS)
  readonly tcpPorts = new Places(PORTS)
  readonly etherTypes = new Places(PORTS)
  readonly ipProtocols = new Places(256)
  readonly icmp6Types = new Places(256)
  readonly llcPoints = new Places(256)
  readonly tcpPatterns = new Patterns()
  readonly udpPatterns = new Patterns()
  /** Hears SYN and SYN-ACK. */
  syn = NOBODY
  /** Hears what nobody else knew. */
  unheard = NOBODY
  /** By protocol number: 1 if its connections are read a segment at a time. */
  readonly byMessages: Uint8Array

  /** By protocol number: 1 if its connections open again. */
  private readonly reopens: Uint8Array
  private readonly numbers = new Map<string, number>()
  /** Group hardware addresses: the last three bytes, since few groups are heard. */
  private readonly groups = new Map<number, number>()
  /** SNAP's numbers of 40 bits. */
  private readonly snaps = new Map<number, number>()
  /** By protocol number: how the messages begin with which a connection opens again. */
  private readonly again: (Patterns | undefined)[] = []

  constructor(protocols: readonly Protocol[]) {
    if (protocols.length > PROTOCOLS_MAX) throw new Error('too many protocols to be numbered')
    this.protocols = protocols
    this.byMessages = new Uint8Array(protocols.length + 1)
    this.reopens = new Uint8Array(protocols.length + 1)
    protocols.forEach((protocol, index) => this.enlist(protocol, index + 1))
  }

  /** The number of a protocol, NOBODY if it is not among those that are heard. */
  numberOf(protocol: Protocol): number {
    return this.numbers.get(protocol.name) ?? NOBODY
  }

  /** Whether a frame begins with a message for which a settled connection of `protocol` opens again. */
  opensAgain(protocol: number, { bytes, payloadAt, payloadEnd }: Frame): boolean {
    return (
      this.reopens[protocol] === 1 &&
      payloadEnd > payloadAt &&
      this.again[protocol]!.match(bytes, payloadAt, payloadEnd) > NOBODY
    )
  }

  group(bytes: Uint8Array, at: number): number {
    if (this.groups.size === 0) return NOBODY
    const key = (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!
    return this.groups.get(key) ?? NOBODY
  }

  /** The parser of a vendor's own SNAP protocol, whose number is the next five bytes. */
  snap(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 5) return NOBODY
    let number = 0
    for (let i = 0; i < 5; i++) number = number * 256 + bytes[at + i]!
    return this.snaps.get(number) ?? NOBODY
  }

  private enlist(protocol: Protocol, number: number): void {
    this.numbers.set(protocol.name, number)
    for (const heard of protocol.heard) this.add(heard, number)
    if (protocol.messages) this.byMessages[number] = 1
    for (const start of protocol.again ?? []) {
      this.again[number] ??= new Patterns()
      this.again[number].add(start, 0, number)
      this.reopens[number] = 1
    }
  }

  private add(heard: string, protocol: number): void {
    const pattern = PATTERN.exec(heard)
    if (pattern) {
      const patterns = pattern[1] === 'tcp' ? this.tcpPatterns : this.udpPatterns
      patterns.add(pattern[3]!, Number(pattern[2] ?? 0), protocol)
    } else if (heard === 'syn') this.syn = protocol
    else if (heard === 'unheard') this.unheard = protocol
    else this.addPlace(heard, protocol)
  }

  private addPlace(heard: string, protocol: number): void {
    const [where = '', what = ''] = heard.split('/', 2)
    if (where === 'mac') {
      const octets = what.split(':').map(octet => parseInt(octet, 16))
      this.groups.set((octets[3]! << 16) | (octets[4]! << 8) | octets[5]!, protocol)
      return
    }
    if (where === 'snap') {
      this.snaps.set(parseInt(what, 16), protocol)
      return
    }
    const places = this.places(where)
    const radix = where === 'ether' || where === 'llc' ? 16 : 10
    const [from = NaN, to = from] = what.split('-').map(number => parseInt(number, radix))
    if (!places || !(from >= 0 && to < places.first.length))
      throw new Error(`no such place to hear: ${heard}`)
    for (let place = from; place <= to; place++) places.add(place, protocol)
  }

  private places(where: string): Places | undefined {
    switch (where) {
      case 'udp':
        return this.udpPorts
      case 'tcp':
        return this.tcpPorts
      case 'ether':
        return this.etherTypes
      case 'ip':
        return this.ipProtocols
      case 'icmp6':
        return this.icmp6Types
      case 'llc':
        return this.llcPoints
      default:
        return undefined
    }
  }
}
