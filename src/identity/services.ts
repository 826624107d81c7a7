/** What is offered where: ports that answered, and what a parser recognised on them. */

import { SERVED, SERVED_BY_NAME, type Conversations } from './conversations.js'
import type { Service } from './document.js'
import { TCP, UDP, type Labels } from './labels.js'
import { DEVICE_SERVICES_MAX } from './limits.js'

export class Services {
  private readonly conversations: Conversations
  private readonly labels: Labels
  /** By address: its conversations in which it served. */
  private readonly served = new Map<number, number[]>()

  /** Of those addresses only that are anybody's `device`, for strangers offer much. */
  constructor(
    conversations: Conversations,
    labels: Labels,
    isDevice: (address: number) => boolean,
  ) {
    this.conversations = conversations
    this.labels = labels
    const { flags } = conversations
    for (let i = 0; i < conversations.count; i++) {
      if ((flags[i]! & (SERVED | SERVED_BY_NAME)) === 0) continue
      const transport = conversations.place(i) >>> 16
      if (transport !== TCP && transport !== UDP) continue
      const server = conversations.server(i)
      if (isDevice(server)) this.add(server, i)
    }
  }

  /** The services of all these addresses together, by transport and port. */
  of(addresses: readonly number[]): Service[] {
    let found: Map<number, string | null> | undefined
    for (const address of addresses) {
      for (const conversation of this.served.get(address) ?? []) {
        found ??= new Map()
        const place = this.conversations.place(conversation)
        found.set(place, this.better(found.get(place) ?? null, conversation))
      }
    }
    if (found === undefined) return []
    return [...found]
      .sort(([a], [b]) => a - b)
      .slice(0, DEVICE_SERVICES_MAX)
      .map(([place, protocol]) => ({
        transport: place >>> 16 === TCP ? 'tcp' : 'udp',
        port: place & 0xffff,
        protocol,
      }))
  }

  private add(server: number, conversation: number): void {
    const list = this.served.get(server)
    if (list) list.push(conversation)
    else this.served.set(server, [conversation])
  }

  /** What was recognised; if several things were, always the same one of them. */
  private better(known: string | null, conversation: number): string | null {
    if ((this.conversations.flags[conversation]! & SERVED_BY_NAME) === 0) return known
    const name = this.labels.names[this.conversations.label(conversation)]!
    return known === null || name < known ? name : known
  }
}
