/** Which parsers hear which frames: the `heard` lists of all protocols, made into tables. */

import type { Protocol } from '../protocols/protocol.js'

/** No parser; protocols are numbered from 1 in the order of their list. */
export const NOBODY = 0
/** A pattern might still match once there are more bytes. */
export const PERHAPS = -1

interface Pattern {
  readonly bytes: Uint8Array
  readonly protocol: number
}

const PORTS = 65536

export class Dispatch {
  readonly protocols: readonly Protocol[]
  readonly udpPorts = new Uint8Array(PORTS)
  readonly tcpPorts = new Uint8Array(PORTS)
  readonly etherTypes = new Uint8Array(PORTS)
  readonly ipProtocols = new Uint8Array(256)
  readonly icmp6Types = new Uint8Array(256)
  readonly llcPoints = new Uint8Array(256)
  /** Hears SYN and SYN-ACK. */
  syn = NOBODY

  private readonly tcpPatterns: Pattern[][] = emptyLists()
  private readonly udpPatterns: Pattern[][] = emptyLists()
  /** Group hardware addresses: the last three bytes, since few groups are heard. */
  private readonly groups = new Map<number, number>()

  constructor(protocols: readonly Protocol[]) {
    this.protocols = protocols
    protocols.forEach((protocol, index) => {
      for (const heard of protocol.heard) this.add(heard, index + 1)
    })
  }

  /**
   * The parser whose pattern these bytes begin with, NOBODY, or PERHAPS if they are too few.
   * Shorter patterns than `least` are not tried.
   */
  tcpPattern(bytes: Uint8Array, at: number, end: number, least: number): number {
    const patterns = this.tcpPatterns[bytes[at]!]!
    return patterns.length === 0 ? NOBODY : match(patterns, bytes, at, end, least)
  }

  /** The parser whose pattern begins with this byte, or NOBODY. */
  tcpBeginning(byte: number): number {
    return this.tcpPatterns[byte]![0]?.protocol ?? NOBODY
  }

  udpPattern(bytes: Uint8Array, at: number, end: number): number {
    return match(this.udpPatterns[bytes[at]!]!, bytes, at, end, 0)
  }

  group(bytes: Uint8Array, at: number): number {
    if (this.groups.size === 0) return NOBODY
    const key = (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!
    return this.groups.get(key) ?? NOBODY
  }

  private add(heard: string, protocol: number): void {
    const pattern = /^(tcp|udp) "(.*)"$/s.exec(heard)
    if (pattern) {
      const bytes = Uint8Array.from(unescaped(pattern[2]!))
      const lists = pattern[1] === 'tcp' ? this.tcpPatterns : this.udpPatterns
      lists[bytes[0]!]!.push({ bytes, protocol })
    } else if (heard === 'syn') this.syn = protocol
    else this.addPlace(heard, protocol)
  }

  private addPlace(heard: string, protocol: number): void {
    const [where = '', what = ''] = heard.split('/', 2)
    if (where === 'mac') {
      const octets = what.split(':').map(octet => parseInt(octet, 16))
      this.groups.set((octets[3]! << 16) | (octets[4]! << 8) | octets[5]!, protocol)
      return
    }
    const table = this.table(where)
    const radix = where === 'ether' || where === 'llc' ? 16 : 10
    const [from = NaN, to = from] = what.split('-').map(number => parseInt(number, radix))
    if (!table || !(from >= 0 && to < table.length))
      throw new Error(`no such place to hear: ${heard}`)
    table.fill(protocol, from, to + 1)
  }

  private table(where: string): Uint8Array | undefined {
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

function match(
  patterns: readonly Pattern[],
  bytes: Uint8Array,
  at: number,
  end: number,
  least: number,
): number {
  let result = NOBODY
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i]!.bytes
    if (pattern.length < least) continue
    const length = Math.min(pattern.length, end - at)
    let same = 1
    while (same < length && pattern[same] === bytes[at + same]) same++
    if (same < length) continue
    if (length === pattern.length) return patterns[i]!.protocol
    result = PERHAPS
  }
  return result
}

const emptyLists = (): Pattern[][] => Array.from({ length: 256 }, () => [])

function unescaped(pattern: string): number[] {
  const bytes: number[] = []
  for (const [part] of pattern.matchAll(/\\x[0-9a-f]{2}|[^]/gi)) {
    bytes.push(part.length === 4 ? parseInt(part.slice(2), 16) : part.charCodeAt(0))
  }
  return bytes
}
