/** What is offered where: ports that answered, and what a parser recognised on them. */

import type { ConversationHeard } from '../model/heard.js'
import { reaching } from './columns.js'
import { KeyTable } from './key-table.js'
import { TCP, type Labels } from './labels.js'
import { DEVICE_SERVICES_MAX, SERVICES_MAX } from './limits.js'
import type { Service } from './document.js'

const ADDRESS = 0
const PORT = 1
const LABEL = 2
const NO_LABEL = -1

export class Services {
  private readonly table: KeyTable
  private readonly labels: Labels
  /** By service: the next one of the same address, or -1; by address: its first one and 1, or 0. */
  private next = new Int32Array(0)
  private heads = new Int32Array(0)

  constructor(labels: Labels, seed: number) {
    this.labels = labels
    this.table = new KeyTable(3, SERVICES_MAX, seed)
  }

  hear(server: number, transport: number, port: number, heard: ConversationHeard): void {
    const key = this.table.key
    key[ADDRESS] = server
    key[PORT] = (transport << 16) | port
    key[LABEL] = heard.protocol === '' ? NO_LABEL : this.labels.number(heard.protocol)
    const before = this.table.count
    const index = this.table.claim()
    if (index !== before) return
    this.next = reaching(this.next, index)
    this.heads = reaching(this.heads, server)
    this.next[index] = this.heads[server]! - 1
    this.heads[server] = index + 1
  }

  /** The services of all these addresses together, by transport and port. */
  of(addresses: readonly number[]): Service[] {
    let found: Map<number, string | null> | undefined
    for (const address of addresses) {
      const head = address < this.heads.length ? this.heads[address]! - 1 : -1
      for (let i = head; i >= 0; i = this.next[i]!) {
        found ??= new Map()
        const port = this.table.word(i, PORT)
        found.set(port, this.better(found.get(port) ?? null, this.table.word(i, LABEL)))
      }
    }
    if (found === undefined) return []
    return [...found]
      .sort(([a], [b]) => a - b)
      .slice(0, DEVICE_SERVICES_MAX)
      .map(([key, protocol]) => ({
        transport: key >>> 16 === TCP ? 'tcp' : 'udp',
        port: key & 0xffff,
        protocol,
      }))
  }

  /** What was recognised; if several things were, always the same one of them. */
  private better(known: string | null, label: number): string | null {
    if (label === NO_LABEL) return known
    const name = this.labels.names[label]!
    return known === null || name < known ? name : known
  }
}
