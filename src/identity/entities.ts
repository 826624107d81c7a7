/** Which nodes make which device, and by which id a device stays known while its nodes come and go. */

import { reaching } from './columns.js'
import type { Role, Time } from '../model/device.js'
import { isStationNode, type Node } from './nodes.js'

export interface Entity {
  readonly id: string
  /** What it was before the sensor started; nobody unlearns that by not hearing it yet. */
  roles: readonly Role[]
  /** What it is to the scope of its conversations: a number of PLACES. */
  place: number
  /** The oldest first; none if it turned out to be another device. */
  nodes: readonly Node[]
  /** All it ever sent, and how much of that was told. */
  last: Time
  packets: number
  bytes: number
  toldPackets: number
  toldBytes: number
}

/** What regrouping some nodes did. */
export interface Regrouped {
  readonly entity: Entity
  /** Devices that turned out to be this one, and the nodes they had. */
  readonly merged: readonly { readonly gone: Entity; readonly was: readonly Node[] }[]
  /** Nodes that were this device's and are no longer. */
  readonly left: readonly Node[]
  /** Devices that lost nodes to this one, and have others. */
  readonly shrunk: readonly Entity[]
  readonly isNew: boolean
}

export class Entities {
  private readonly list: Entity[] = []
  private readonly byId = new Map<string, number>()
  /** By station and by host: the entity's number and 1, or 0. */
  private byStation = new Int32Array(0)
  private byHost = new Int32Array(0)

  get count(): number {
    return this.byId.size
  }

  of(node: Node): Entity | undefined {
    const column = isStationNode(node) ? this.byStation : this.byHost
    const number = column[node >>> 1] ?? 0
    return number === 0 ? undefined : this.list[number - 1]
  }

  withId(id: string): Entity | undefined {
    const number = this.byId.get(id)
    return number === undefined ? undefined : this.list[number]
  }

  /**
   * Makes these nodes one device: the oldest of those that any of them belonged to, else a new one.
   * Of a device that falls apart, the part with its oldest node keeps the id.
   */
  regroup(nodes: readonly Node[], idOf: (node: Node) => string): Regrouped {
    const numbers = [...new Set(nodes.map(node => this.number(node)))].filter(n => n >= 0)
    numbers.sort((a, b) => a - b)
    const own = numbers.find(one => nodes.includes(this.list[one]!.nodes[0]!))
    const number = own ?? this.open(nodes, idOf)
    const entity = this.list[number]!
    const isNew = entity.nodes.length === 0
    const left = entity.nodes.filter(node => !nodes.includes(node))
    for (const node of left) this.note(node, -1)
    const merged: { gone: Entity; was: readonly Node[] }[] = []
    const shrunk: Entity[] = []
    for (const other of numbers) {
      if (other === number) continue
      const gone = this.list[other]!
      const was = gone.nodes
      const rest = was.filter(node => !nodes.includes(node))
      gone.nodes = rest
      if (rest.length > 0) {
        shrunk.push(gone)
        continue
      }
      merged.push({ gone, was })
      inherit(entity, gone)
    }
    entity.nodes = nodes
    for (const node of nodes) this.note(node, number)
    return { entity, merged, left, shrunk, isNew }
  }

  /** Takes a node that is no more out of its device; gives the device. */
  remove(node: Node): Entity | undefined {
    const entity = this.of(node)
    if (entity === undefined) return undefined
    this.note(node, -1)
    entity.nodes = entity.nodes.filter(other => other !== node)
    return entity
  }

  /** Those that are devices. */
  *[Symbol.iterator](): Generator<Entity> {
    for (const entity of this.list) if (entity.nodes.length > 0) yield entity
  }

  /** A device that was known before, by its id. */
  recall(id: string, nodes: readonly Node[]): Entity {
    const known = this.byId.get(id)
    const number = known ?? this.add(id)
    const entity = this.list[number]!
    entity.nodes = [...new Set([...entity.nodes, ...nodes])]
    for (const node of nodes) this.note(node, number)
    return entity
  }

  private number(node: Node): number {
    const column = isStationNode(node) ? this.byStation : this.byHost
    return (column[node >>> 1] ?? 0) - 1
  }

  /** The first of the nodes' own ids that no other device has. */
  private open(nodes: readonly Node[], idOf: (node: Node) => string): number {
    for (const node of nodes) {
      const id = idOf(node)
      const known = this.byId.get(id)
      if (known === undefined) return this.add(id)
      if (this.list[known]!.nodes.length === 0) return known
    }
    // All are taken by devices that outlived their first address.
    const id = idOf(nodes[0]!)
    for (let i = 2; ; i++) if (!this.byId.has(`${id}-${i}`)) return this.add(`${id}-${i}`)
  }

  private add(id: string): number {
    const number = this.list.length
    const nothing = { last: 0, packets: 0, bytes: 0, toldPackets: 0, toldBytes: 0 }
    this.list.push({ id, nodes: [], roles: [], place: 0, ...nothing })
    this.byId.set(id, number)
    return number
  }

  private note(node: Node, number: number): void {
    const index = node >>> 1
    if (isStationNode(node)) {
      this.byStation = reaching(this.byStation, index)
      this.byStation[index] = number + 1
    } else {
      this.byHost = reaching(this.byHost, index)
      this.byHost[index] = number + 1
    }
  }
}

/** A device that turned out to be this one sent its packets as this one. */
export function inherit(entity: Entity, gone: Entity): void {
  entity.packets += gone.packets
  entity.bytes += gone.bytes
  entity.last = Math.max(entity.last, gone.last)
  gone.packets = gone.bytes = gone.toldPackets = gone.toldBytes = 0
}
