/** The census of all workers: their samples, and the amounts that rows of conversations tell. */

import type { Census, Unparsed } from '../model/census.js'
import { ENTRY, ETHERTYPE, IP, LLC, TCP_PORT, UDP_PORT, readEntry } from './census.js'
import { TCP } from './conversation-rows.js'
import { CENSUS_NAMED_MAX } from './limits.js'

const PORTS = 65536

export class CensusBook {
  /** By transport and port. */
  private readonly packets = new Float64Array(2 * PORTS)
  private readonly octets = new Float64Array(2 * PORTS)

  /** Adds what a conversation carried that nobody understood. */
  add(transport: number, port: number, packets: number, octets: number): void {
    const at = (transport === TCP ? 0 : PORTS) + port
    this.packets[at]! += packets
    this.octets[at]! += octets
  }

  /** Everything, with the frames that workers told of, and their samples. */
  read(told: Float64Array): Census {
    const lists: Unparsed[][] = Array.from({ length: UDP_PORT + 1 }, () => [])
    const samples = new Map<number, Unparsed['sample']>()
    for (let at = 0; at < told.length; at += ENTRY) {
      const { kind, ...entry } = readEntry(told, at)
      if (kind < TCP_PORT) lists[kind]!.push(entry)
      else samples.set((kind - TCP_PORT) * PORTS + entry.number, entry.sample)
    }
    for (let at = 0; at < this.packets.length; at++) {
      const packets = this.packets[at]!
      if (packets === 0) continue
      const [kind, number] = at < PORTS ? [TCP_PORT, at] : [UDP_PORT, at - PORTS]
      lists[kind]!.push({
        number,
        packets,
        bytes: this.octets[at]!,
        sample: samples.get(at) ?? null,
      })
    }
    return censusOf(lists)
  }
}

function censusOf(lists: readonly Unparsed[][]): Census {
  for (const list of lists) list.sort((a, b) => b.bytes - a.bytes || a.number - b.number)
  const rest = lists.flatMap(list => list.slice(CENSUS_NAMED_MAX))
  const named = (kind: number): Unparsed[] => lists[kind]!.slice(0, CENSUS_NAMED_MAX)
  return {
    ethertypes: named(ETHERTYPE),
    llc: named(LLC),
    ip_protocols: named(IP),
    tcp_ports: named(TCP_PORT),
    udp_ports: named(UDP_PORT),
    others: {
      packets: rest.reduce((sum, { packets }) => sum + packets, 0),
      bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  }
}
