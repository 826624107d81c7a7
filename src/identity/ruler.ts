/**
 * What people decide about devices: which addresses are one device, and which are not. It outranks
 * whatever is heard, and is known again after a restart.
 */

import { macText } from '../bytes/text.js'
import type { MergeRecord, Time } from '../model/device.js'
import type { Entities } from './entities.js'
import { EVIDENCE, type Grouping } from './grouping.js'
import type { Decisions } from './joining.js'
import type { LiveTables } from './live-tables.js'
import { isStationNode, type Node } from './nodes.js'

/** Decisions by node, as `Joining` asks for them. */
export class Rulings implements Decisions {
  private readonly alone = new Set<Node>()
  /** By node, those it was joined with, and by whom. */
  private readonly joined = new Map<Node, Map<Node, string>>()

  isAlone(node: Node): boolean {
    return this.alone.has(node)
  }

  partners(node: Node): readonly Node[] {
    const partners = this.joined.get(node)
    return partners === undefined ? [] : [...partners.keys()]
  }

  by(one: Node, other: Node): string {
    return this.joined.get(one)?.get(other) ?? ''
  }

  join(one: Node, other: Node, by: string): void {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const) {
      const partners = this.joined.get(a)
      if (partners === undefined) this.joined.set(a, new Map([[b, by]]))
      else partners.set(b, by)
    }
  }

  /** What is heard joins this node with nobody; nor do earlier decisions. */
  separate(node: Node): void {
    this.alone.add(node)
    for (const partner of this.partners(node)) this.joined.get(partner)?.delete(node)
    this.joined.delete(node)
  }

  /** These stay together, and nobody else joins them. */
  fix(nodes: readonly Node[], by: string): void {
    for (const node of nodes) this.alone.add(node)
    for (const node of nodes.slice(1)) this.join(nodes[0]!, node, by)
  }
}

export class Ruler {
  private readonly rulings: Rulings
  private readonly tables: LiveTables
  private readonly entities: Entities
  private readonly grouping: Grouping
  private readonly scratch = new Uint8Array(8)

  constructor(
    rulings: Rulings,
    { tables, entities, grouping }: { tables: LiveTables; entities: Entities; grouping: Grouping },
  ) {
    this.rulings = rulings
    this.tables = tables
    this.entities = entities
    this.grouping = grouping
  }

  /** True if both are devices; they are one from the next turn on. */
  merge(into: string, from: string, by: string): boolean {
    const one = this.nodesOf(into)[0]
    const other = this.nodesOf(from)[0]
    if (one === undefined || other === undefined || one === other) return false
    this.rulings.join(one, other, by)
    this.touch([one, other])
    return true
  }

  /** Takes the node of this address (or of this id) out of a device; gives the id it has then. */
  split(id: string, address: string, { by, at }: { by: string; at: Time }): string | undefined {
    const nodes = this.nodesOf(id)
    const node = nodes.find(one => this.isCalled(one, address))
    if (node === undefined || nodes.length < 2) return undefined
    this.rulings.separate(node)
    const own = this.tables.profiles.id(node)
    const why = 'a person took it out'
    this.grouping.merges.push({ into: id, from: own, at, action: 'split', by, why, score: 1 })
    this.touch(nodes)
    return own
  }

  pin(id: string, { by, at }: { by: string; at: Time }): boolean {
    const nodes = this.nodesOf(id)
    if (nodes.length === 0) return false
    this.rulings.fix(nodes, by)
    const why = 'a person wants it as it is'
    this.grouping.merges.push({ into: id, from: id, at, action: 'pin', by, why, score: 1 })
    return true
  }

  /** Decisions that were recorded, in their order; evidence speaks for itself again. */
  recall(records: readonly MergeRecord[]): void {
    for (const { into, from, action, by } of records) {
      if (by === EVIDENCE) continue
      const nodes = this.nodesOf(into)
      const node = nodes.find(one => this.tables.profiles.isId(one, from))
      if (action === 'pin') this.rulings.fix(nodes, by)
      else if (action === 'split') for (const one of this.nodesOf(from)) this.rulings.separate(one)
      else if (node !== undefined && node !== nodes[0]) this.rulings.join(nodes[0]!, node, by)
    }
  }

  private nodesOf(id: string): readonly Node[] {
    return this.entities.withId(id)?.nodes ?? []
  }

  private isCalled(node: Node, address: string): boolean {
    const { profiles, all } = this.tables
    if (profiles.isId(node, address)) return true
    if (isStationNode(node)) {
      all.stations.write(node >>> 1, this.scratch)
      return macText(this.scratch, 0) === address.toLowerCase()
    }
    let is = false
    all.nodes.eachAddress(node, one => {
      if (all.addresses.text(one) === address) is = true
    })
    return is
  }

  private touch(nodes: readonly Node[]): void {
    for (const node of nodes) this.grouping.touch(node)
  }
}
