/** Who talked to whom, by address: the rows of all connections, added up. */

import type { ConversationHeard } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import type { Carriers } from './carriers.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { TCP, UDP, type Labels } from './labels.js'
import { LastConnections } from './last-connections.js'
import { CONVERSATIONS_MAX } from './limits.js'
import { Presence } from './presence.js'
import type { Stations } from './stations.js'

const CLIENT = 0
const SERVER = 1
const PORT = 2
const LABEL = 3
const STATION = 4

/** Its frames went to everybody on the link. */
export const BROADCAST = 1
/** The server answered; and what it speaks was recognised, so that the label is its name. */
export const SERVED = 2
export const SERVED_BY_NAME = 4

interface Surroundings {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly carriers: Carriers
  readonly labels: Labels
}

export class Conversations {
  readonly table: KeyTable
  readonly presence = new Presence()
  readonly connections = new LastConnections()
  /** BROADCAST and the like. */
  flags = new Uint8Array(0)
  private readonly around: Surroundings

  constructor(around: Surroundings, seed: number) {
    this.around = around
    this.table = new KeyTable(5, CONVERSATIONS_MAX, seed)
  }

  get count(): number {
    return this.table.count
  }

  client(index: number): number {
    return this.table.word(index, CLIENT)
  }
  server(index: number): number {
    return this.table.word(index, SERVER)
  }
  /** The server's port, or -1 for transports without ports. */
  port(index: number): number {
    const word = this.table.word(index, PORT)
    const transport = word >>> 16
    return transport === TCP || transport === UDP || (word & 0xffff) > 0 ? word & 0xffff : -1
  }
  /** Transport and port in one number. */
  place(index: number): number {
    return this.table.word(index, PORT)
  }
  label(index: number): number {
    return this.table.word(index, LABEL)
  }
  /** The client's station where its address is nobody's, else -1. */
  station(index: number): number {
    return this.table.word(index, STATION)
  }

  hear(heard: ConversationHeard): void {
    const { addresses, labels } = this.around
    const { bytes, ipLength, transport, port } = heard
    const client = addresses.at(bytes, heard.clientIpAt, ipLength, heard)
    const server = addresses.at(bytes, heard.serverIpAt, ipLength, heard)
    if (client < 0 || server < 0) return
    const key = this.table.key
    key[CLIENT] = client
    key[SERVER] = server
    key[PORT] = (transport << 16) | port
    key[LABEL] = labels.of(transport, port, heard.protocol)
    key[STATION] = this.clientStation(heard, client)
    const index = this.table.claim()
    this.carry(heard, client, server)
    if (index >= 0) this.add(index, heard)
  }

  private clientStation(heard: ConversationHeard, client: number): number {
    if (heard.clientMacAt < 0 || !this.around.addresses.isNobody(client)) return -1
    return this.around.stations.at(heard.bytes, heard.clientMacAt, heard.session)
  }

  private add(index: number, heard: ConversationHeard): void {
    this.presence.welcome(index)
    if (index >= this.flags.length) this.flags = reaching(this.flags, index)
    this.connections.add(index, heard)
    this.presence.add(index, heard, heard.octetsOut, heard.octetsIn)
    const { bytes, serverMacAt } = heard
    let flags = 0
    if (serverMacAt >= 0 && isBroadcast(bytes, serverMacAt)) flags = BROADCAST
    if (heard.serves) flags |= heard.protocol === '' ? SERVED : SERVED_BY_NAME
    if (flags !== 0) this.flags[index]! |= flags
  }

  /** Notes by which stations packets from outside came in. */
  private carry(heard: ConversationHeard, client: number, server: number): void {
    const { addresses, carriers, stations } = this.around
    if (heard.clientMacAt < 0) return
    if (heard.octetsOut > 0 && isOutside(addresses, client)) {
      const station = stations.at(heard.bytes, heard.clientMacAt, heard.session)
      if (station >= 0) carriers.hear(client, station)
    }
    if (heard.octetsIn > 0 && isOutside(addresses, server)) {
      const station = stations.at(heard.bytes, heard.serverMacAt, heard.session)
      if (station >= 0) carriers.hear(server, station)
    }
  }
}

const isOutside = (addresses: Addresses, address: number): boolean =>
  !addresses.isInside(address) && !addresses.isNobody(address)

function isBroadcast(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 6; i++) if (bytes[at + i] !== 0xff) return false
  return true
}
