/**
 * Which nodes are one device: because of what they say, because they are heard twice, or because
 * somebody decided so. Every join knows its reason, and is undone when that falls.
 */

import { GROUP_NODES_MAX } from './limits.js'
import type { Node, Nodes } from './nodes.js'
import { isStrong } from './token-kinds.js'
import type { SubAddresses } from './sub-addresses.js'
import type { Tokens } from './tokens.js'
import type { Verdicts } from './verdicts.js'

/** Why one node is the same device as another. */
export interface Reason {
  readonly why: string
  /** 0 to 1. */
  readonly score: number
  /** Who decided so; without it the evidence speaks for itself. */
  readonly by?: string
}

/** What people decided, which outranks what was heard. */
export interface Decisions {
  /** Taken apart from everything that was heard about it. */
  isAlone(node: Node): boolean
  /** Those that somebody joined it with. */
  partners(node: Node): readonly Node[]
  /** Who said that these two are one, or ''. */
  by(one: Node, other: Node): string
}

const NOBODY_DECIDED: Decisions = {
  isAlone: () => false,
  partners: () => [],
  by: () => '',
}
const DECIDED = { why: 'somebody said so', score: 1 }
const TWIN: Reason = { why: 'the same address in another mirror session', score: 0.95 }
const NAMED: Reason = { why: 'another name of the same device', score: 0.95 }
const FAR: Reason = { why: 'by way of others', score: 0.5 }
const STRONG_SCORE = 0.97
const MDNS_SCORE = 0.9
const CLIENT_ID_SCORE = 0.92
const HOST_NAME_SCORE = 0.85

interface Known {
  readonly nodes: Nodes
  readonly tokens: Tokens
  readonly subs: SubAddresses
}

export class Joining {
  private readonly nodes: Nodes
  private readonly tokens: Tokens
  private readonly subs: SubAddresses
  private readonly verdicts: Verdicts
  private readonly decisions: Decisions
  private readonly isAlone: (node: Node) => boolean

  constructor(known: Known, verdicts: Verdicts, decisions: Decisions = NOBODY_DECIDED) {
    this.nodes = known.nodes
    this.tokens = known.tokens
    this.subs = known.subs
    this.verdicts = verdicts
    this.decisions = decisions
    this.isAlone = node => decisions.isAlone(node)
  }

  /** Something may have been heard since it was asked last. */
  begin(): void {
    this.verdicts.forget()
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

  /** The best reason why a node is one with any of these. */
  reason(node: Node, others: ReadonlySet<Node>): Reason {
    let best = FAR
    this.eachNeighbour(node, (other, reasonOf) => {
      if (other === node || !others.has(other)) return
      const reason = reasonOf()
      if (reason.score > best.score) best = reason
    })
    return best
  }

  private eachNeighbour(node: Node, visit: (other: Node, reasonOf: () => Reason) => void): void {
    for (const other of this.decisions.partners(node)) {
      visit(other, () => ({ ...DECIDED, by: this.decisions.by(node, other) }))
    }
    if (this.decisions.isAlone(node)) return
    this.nodes.eachTwin(node, other => {
      if (!this.isAlone(other)) visit(other, () => TWIN)
    })
    this.subs.eachName(node, other => {
      if (!this.isAlone(other)) visit(other, () => NAMED)
    })
    const seen = new Set<number>()
    this.nodes.eachWord(node, subject => {
      this.tokens.eachGroup(subject, group => {
        if (this.tokens.isLone(group) || seen.has(group)) return
        seen.add(group)
        const members = this.verdicts.of(group, this.isAlone)
        if (members === null || !members.includes(node)) return
        for (const other of members) visit(other, () => this.reasonOf(group))
      })
    })
  }

  private reasonOf(group: number): Reason {
    const kind = this.tokens.kindOfGroup(group)
    const score = isStrong(kind)
      ? STRONG_SCORE
      : kind === 'mDNS host name'
        ? MDNS_SCORE
        : kind === 'DHCP client id'
          ? CLIENT_ID_SCORE
          : HOST_NAME_SCORE
    return { why: `the same ${kind}: ${this.tokens.text(group)}`, score }
  }
}
