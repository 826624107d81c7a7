/**
 * Whether those who said the same are one device. Two are joined only by something that no other
 * machine would say, and only if nothing speaks against it.
 *
 * - Serial numbers, UUIDs, DUIDs and SNMP engines join the interfaces of one machine, unless clones
 *   say them: what is copied with a system counts among copied machines for nothing, and among
 *   others only if they also have one name.
 * - A host name with its DHCP options, or a client id, joins random hardware addresses that were
 *   used one after the other, as phones do; never two that were there together.
 * - An mDNS name joins interfaces that answer for it in one VLAN at the same time, which two machines
 *   are not allowed to; who then had to take another name had it not.
 */

import type { Activity } from './activity.js'
import { INTERFACES_MAX, OVERLAP_MICROS } from './limits.js'
import type { Node, Nodes } from './nodes.js'
import { isCloned, isStrong } from './token-kinds.js'
import type { Tokens } from './tokens.js'

export class Verdicts {
  private readonly nodes: Nodes
  private readonly tokens: Tokens
  private readonly activity: Activity
  /** By group, until something is heard: its members if they are one device, else null. */
  private readonly known = new Map<number, readonly Node[] | null>()

  constructor(nodes: Nodes, tokens: Tokens, activity: Activity) {
    this.nodes = nodes
    this.tokens = tokens
    this.activity = activity
  }

  /** Something may have been heard since. */
  forget(): void {
    this.known.clear()
  }

  /** The members of a group that are one device, or null. */
  of(group: number, isAlone: (node: Node) => boolean): readonly Node[] | null {
    const known = this.known.get(group)
    if (known !== undefined) return known
    const verdict = this.judge(group, isAlone)
    this.known.set(group, verdict)
    return verdict
  }

  private judge(group: number, isAlone: (node: Node) => boolean): readonly Node[] | null {
    if (this.tokens.isCommon(group)) return null
    const members = this.members(group).filter(node => !isAlone(node))
    return members.length > 1 && this.areOne(group, members) ? members : null
  }

  private members(group: number): Node[] {
    const { nodes } = this
    const all = new Set<Node>()
    const kind = this.tokens.kindOfGroup(group)
    const text = this.tokens.text(group)
    this.tokens.eachMember(group, subject => {
      const node = nodes.speaker(subject)
      if (node < 0 || all.has(node)) return
      if (
        kind === 'mDNS host name'
          ? nodes.renamed(node, text)
          : !isStrong(kind) && nodes.isFickle(node)
      )
        return
      all.add(node)
    })
    return [...all]
  }

  private areOne(group: number, members: readonly Node[]): boolean {
    const kind = this.tokens.kindOfGroup(group)
    const fixed = members.filter(node => !this.nodes.isRandom(node))
    if (fixed.length > INTERFACES_MAX) return false
    if (isCloned(kind)) return this.haveOneSystem(members, fixed, kind === 'DUID')
    if (isStrong(kind)) return !this.areClones(members)
    const takeTurns = fixed.length <= 1 && this.tookTurns(members)
    return kind === 'mDNS host name' ? takeTurns || this.answerTogether(members) : takeTurns
  }

  /** Copies of a machine say what the machine says; so what they say joins only what is no copy. */
  private haveOneSystem(
    members: readonly Node[],
    fixed: readonly Node[],
    isNameNeeded: boolean,
  ): boolean {
    const { nodes } = this
    if (members.filter(node => nodes.isCopied(node)).length > 1) return false
    if (this.areClones(members)) return false
    if (!isNameNeeded || fixed.length < 2) return true
    const [first, ...others] = fixed.map(node => nodes.names(node))
    return first!.some(name => others.every(names => names.includes(name)))
  }

  /** Two that were there at the same time and called themselves differently. */
  private areClones(members: readonly Node[]): boolean {
    const names = members.map(node => this.nodes.names(node))
    return somePair(members, (i, k) => {
      const [one, other] = [names[i]!, names[k]!]
      if (one.length === 0 || other.length === 0) return false
      if (this.overlap(members[i]!, members[k]!) < OVERLAP_MICROS) return false
      return !one.some(name => other.includes(name))
    })
  }

  private tookTurns(members: readonly Node[]): boolean {
    return !somePair(members, (i, k) => {
      const [one, other] = [members[i]!, members[k]!]
      if (this.overlap(one, other) <= OVERLAP_MICROS) return false
      if (!this.nodes.isRandom(one) || !this.nodes.isRandom(other)) return true
      return this.activity.areTogether(one >>> 1, other >>> 1)
    })
  }

  /** All in one VLAN and there at the same time. */
  private answerTogether(members: readonly Node[]): boolean {
    const { nodes } = this
    return !somePair(members, (i, k) => {
      const [one, other] = [members[i]!, members[k]!]
      if (this.overlap(one, other) <= 0) return true
      const vlans = nodes.vlans(one)
      const others = nodes.vlans(other)
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

function somePair(
  members: readonly Node[],
  test: (one: number, other: number) => boolean,
): boolean {
  for (let i = 0; i < members.length; i++)
    for (let k = i + 1; k < members.length; k++) if (test(i, k)) return true
  return false
}
