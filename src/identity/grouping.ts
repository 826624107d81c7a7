/**
 * Which nodes are which device, kept up as things are heard: what was touched is grouped again, so
 * much each turn, and what became of it is noted until somebody takes it.
 */

import type { KeyRecord, MergeRecord, Time } from '../model/device.js'
import { Dirt } from './dirt.js'
import type { Subject } from './evidence.js'
import { inherit, type Entities, type Entity } from './entities.js'
import type { Reason } from './joining.js'
import type { LiveTables } from './live-tables.js'
import { hostNode, isStationNode, stationNode, type Node } from './nodes.js'
import { Pile } from './pile.js'

/** By whom devices are merged where nobody decided. */
export const EVIDENCE = 'evidence'

/** Addresses of one device of which it is known again which of its stations held them. */
const HELD_KEYS_MAX = 256

const HELD = { why: 'its address is held by this device', score: 0.9 }

export class Grouping {
  /** Devices of which anything may have changed. */
  readonly changed = new Set<Entity>()
  readonly merges = new Pile<MergeRecord>()
  readonly keys = new Pile<KeyRecord>()
  /** Ids of devices that turned out to be none. */
  readonly gone = new Pile<string>()
  private readonly tables: LiveTables
  private readonly entities: Entities
  private readonly dirt = new Dirt()
  /** Nodes that were grouped in this turn, with others that were touched, too. */
  private readonly done = new Set<Node>()

  constructor(tables: LiveTables, entities: Entities) {
    this.tables = tables
    this.entities = entities
  }

  get isBusy(): boolean {
    return this.dirt.count > 0
  }

  touch(node: Node): void {
    if (node >= 0) this.dirt.add(node)
  }

  /** Touches a node that is no device's yet. */
  welcome(node: Node): void {
    if (node >= 0 && this.entities.of(node) === undefined) this.dirt.add(node)
  }

  /** A node was heard again: if it is one of several, they may not have taken turns. */
  doubt(node: Node): void {
    if ((this.entities.of(node)?.nodes.length ?? 0) > 1) this.dirt.add(node)
  }

  /** Sessions turned out to be one network, or not to be. */
  touchAll(): void {
    const { stations } = this.tables.all
    for (let i = 0; i < stations.count; i++) this.dirt.add(stationNode(i))
    this.touchHosts()
  }

  touchHosts(): void {
    const { hosts } = this.tables.all.bindings
    for (let i = 0; i < hosts.count; i++) this.dirt.add(hostNode(i))
  }

  /** Looks again at what was touched until it is enough; `looked` is called after each. */
  settle(now: Time, looked: () => void, enough?: () => boolean): void {
    this.tables.all.joining.begin()
    this.done.clear()
    const look = (node: Node): void => {
      this.regroup(node, now)
      looked()
    }
    this.dirt.take(look, enough)
  }

  /** Touches the stations that stand behind somebody who changed. */
  touchBehind(gateway: Subject): void {
    const { subs, bindings } = this.tables.all
    subs.eachBehind(gateway, sub => {
      const host = bindings.hosts.of(sub)
      if (host >= 0) this.dirt.add(hostNode(host))
    })
  }

  private regroup(node: Node, now: Time): void {
    if (this.done.has(node)) return
    const { nodes, joining, stations } = this.tables.all
    const isThere = isStationNode(node) ? stations.isDevice(node >>> 1) : nodes.isHost(node >>> 1)
    if (!isThere) return this.vanish(node, now)
    const own = joining.component(node)
    if (own.length > 1) for (const one of own) this.done.add(one)
    const known = this.entities.of(node)
    if (known !== undefined && isSame(own, known.nodes)) {
      this.changed.add(known)
      return
    }
    const idOf = (one: Node): string => this.tables.profiles.id(one)
    const { entity, merged, left, shrunk } = this.entities.regroup(own, idOf)
    this.changed.add(entity)
    for (const one of shrunk) this.changed.add(one)
    for (const { gone, was } of merged) this.merge(entity, gone, was, now)
    for (const one of left) this.dirt.add(one)
    for (const one of own) {
      this.keys.push(this.tables.keyOf(one, entity.id))
      nodes.eachSubject(one, subject => this.touchBehind(subject))
    }
    if (own.length > 1) this.keepHeld(own, entity)
  }

  /** A host that turned out to have a station is that station's device from now on. */
  private vanish(node: Node, now: Time): void {
    const gone = this.entities.remove(node)
    if (gone === undefined) return
    if (gone.nodes.length > 0) {
      this.changed.add(gone)
      return
    }
    const { nodes, bindings } = this.tables.all
    const model = isStationNode(node) ? -1 : bindings.hosts.model(node >>> 1)
    const holder = model < 0 ? -1 : nodes.ofAddress(model)
    if (holder >= 0 && this.entities.of(holder) === undefined) this.regroup(holder, now)
    const into = holder < 0 ? undefined : this.entities.of(holder)
    if (into === gone) return
    if (into === undefined) {
      this.gone.push(gone.id)
      return
    }
    this.note(into, gone, HELD, now)
    inherit(into, gone)
    this.changed.add(into)
  }

  /** An address is held by one station of several: which one must be known again. */
  held(address: number, station: number, entity: Entity): void {
    if (entity.nodes.length > 1) this.keys.push(this.tables.heldKey(address, station, entity.id))
  }

  private keepHeld(own: readonly Node[], { id }: Entity): void {
    const { holdings } = this.tables.all
    let left = HELD_KEYS_MAX
    for (const node of own) {
      if (!isStationNode(node)) continue
      const station = node >>> 1
      for (let held = holdings.first(station); held >= 0; held = holdings.after(held)) {
        if (left-- === 0) return
        this.keys.push(this.tables.heldKey(held, station, id))
      }
    }
  }

  private merge(into: Entity, gone: Entity, was: readonly Node[], now: Time): void {
    const others = new Set(into.nodes.filter(node => !was.includes(node)))
    const [best] = was
      .map(node => this.tables.all.joining.reason(node, others))
      .sort((a, b) => b.score - a.score)
    this.note(into, gone, best ?? HELD, now)
  }

  private note(
    { id: into }: Entity,
    { id: from }: Entity,
    { why, score, by = EVIDENCE }: Reason,
    at: Time,
  ): void {
    this.merges.push({ into, from, at, action: 'merge', by, why, score })
  }
}

const isSame = (one: readonly Node[], other: readonly Node[]): boolean =>
  one.length === other.length && one.every(node => other.includes(node))
