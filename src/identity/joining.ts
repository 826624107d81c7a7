/**
 * Which nodes are one device. Two are joined only by something that no other machine would say, and
 * only if nothing speaks against it; every join knows its reason, and is undone when that falls.
 *
 * - Serial numbers, UUIDs, DUIDs and SNMP engines join the interfaces of one machine, unless clones
 *   say them: machines that are there at the same time under different names.
 * - A host name with its DHCP options, or a client id, joins random hardware addresses that were
 *   used one after the other, as phones do; never two that were there together.
 * - An mDNS name joins interfaces that answer for it in one VLAN at the same time, which two machines
 *   are not allowed to.
 */

import { GROUP_NODES_MAX, INTERFACES_MAX, OVERLAP_MICROS } from './limits.js'
import type { Node, Nodes } from './nodes.js'
import type { Tokens } from './tokens.js'

/** Why one node is the same device as another. */
export interface Reason {
  readonly why: string
  /** 0 to 1. */
  readonly score: number
}

/** What people decided, which outranks what was heard. */
export interface Decisions {
  /** Taken apart from everything that was heard about it. */
  isAlone(node: Node): boolean
  /** Those that somebody joined it with. */
  partners(node: Node): readonly Node[]
}

const NOBODY_DECIDED: Decisions = { isAlone: () => false, partners: () => [] }
const STRONG_SCORE = 0.97
const MDNS_SCORE = 0.9
const CLIENT_ID_SCORE = 0.92
const HOST_NAME_SCORE = 0.85

export class Joining {
  private readonly nodes: Nodes
  private readonly tokens: Tokens
  private readonly decisions: Decisions

  constructor(nodes: Nodes, tokens: Tokens, decisions: Decisions = NOBODY_DECIDED) {
    this.nodes = nodes
    this.tokens = tokens
    this.decisions = decisions
  }

  /** All nodes of the device that a node belongs to, the oldest first. */
  component(node: Node): Node[] {
    const found = new Set<Node>([node])
    for (const one of found) {
      if (found.size >= GROUP_NODES_MAX) break
      this.eachNeighbour(one, other => found.add(other))
    }
    return found.size === 1 ? [node] : [...found].sort((a, b) => this.nodes.compare(a, b))
  }

  /** Why two nodes of one component are one, or undefined if only others between them say so. */
  reason(one: Node, other: Node): Reason | undefined {
    if (this.decisions.partners(one).includes(other)) return { why: 'somebody said so', score: 1 }
    let best: Reason | undefined
    this.eachTrustedGroup(one, (group, members) => {
      if (!members.includes(other)) return
      const found = this.reasonOf(group)
      if (best === undefined || found.score > best.score) best = found
    })
    return best
  }

  private reasonOf(group: number): Reason {
    const kind = this.tokens.kindOfGroup(group)
    const score = this.tokens.isStrong(group)
      ? STRONG_SCORE
      : kind === 'mDNS host name'
        ? MDNS_SCORE
        : kind === 'DHCP client id'
          ? CLIENT_ID_SCORE
          : HOST_NAME_SCORE
    return { why: `the same ${kind}: ${this.tokens.text(group)}`, score }
  }

  private eachNeighbour(node: Node, visit: (other: Node) => void): void {
    this.decisions.partners(node).forEach(visit)
    this.eachTrustedGroup(node, (_, members) => members.forEach(visit))
  }

  private eachTrustedGroup(
    node: Node,
    visit: (group: number, members: readonly Node[]) => void,
  ): void {
    if (this.decisions.isAlone(node)) return
    const seen = new Set<number>()
    this.nodes.eachSubject(node, subject => {
      this.tokens.eachGroup(subject, group => {
        if (seen.has(group)) return
        seen.add(group)
        const members = this.members(group)
        if (members.length > 1 && this.isTrusted(group, members)) visit(group, members)
      })
    })
  }

  private members(group: number): Node[] {
    const all = new Set<Node>()
    this.tokens.eachMember(group, subject => {
      const node = this.nodes.of(subject)
      if (node >= 0 && !this.decisions.isAlone(node)) all.add(node)
    })
    return [...all]
  }

  private isTrusted(group: number, members: readonly Node[]): boolean {
    if (this.tokens.isCommon(group)) return false
    const random = members.filter(node => this.nodes.isRandom(node)).length
    if (members.length - random > INTERFACES_MAX) return false
    if (this.tokens.isStrong(group)) return !this.areClones(members)
    const takeTurns = members.length - random <= 1 && this.tookTurns(members)
    if (this.tokens.kindOfGroup(group) !== 'mDNS host name') return takeTurns
    return takeTurns || this.answerTogether(members)
  }

  /** Two that were there at the same time and called themselves differently. */
  private areClones(members: readonly Node[]): boolean {
    return somePair(members, (one, other) => {
      if (this.overlap(one, other) < OVERLAP_MICROS) return false
      const names = this.nodes.names(one)
      const others = this.nodes.names(other)
      return names.length > 0 && others.length > 0 && !names.some(name => others.includes(name))
    })
  }

  private tookTurns(members: readonly Node[]): boolean {
    return !somePair(members, (one, other) => this.overlap(one, other) > OVERLAP_MICROS)
  }

  /** All in one VLAN and there at the same time. */
  private answerTogether(members: readonly Node[]): boolean {
    return !somePair(members, (one, other) => {
      if (this.overlap(one, other) <= 0) return true
      const vlans = this.nodes.vlans(one)
      const others = this.nodes.vlans(other)
      return vlans.length + others.length > 0 && !vlans.some(vlan => others.includes(vlan))
    })
  }

  /** How long both were there, in microseconds; negative is the time between. */
  private overlap(one: Node, other: Node): number {
    const { nodes } = this
    return (
      Math.min(nodes.last(one), nodes.last(other)) - Math.max(nodes.first(one), nodes.first(other))
    )
  }
}

function somePair<T>(list: readonly T[], test: (one: T, other: T) => boolean): boolean {
  return list.some((one, i) => list.slice(i + 1).some(other => test(one, other)))
}
