/**
 * Which IPv4 networks share a cable without tags: who asks by ARP is in the same network as whom it
 * asks for, so networks of 256 addresses that ask for each other are one. A worker tells of pairs,
 * the control plane joins them: several that never meet are VLANs whose tags were taken away.
 */

import { mix } from '../bytes/hash.js'
import type { Frame } from '../layers/frame.js'
import { ARP_NETWORK_SECONDS, ARP_NETWORKS_MAX, ARP_NETWORKS_TOLD_MAX } from './limits.js'

export const ARP = 0x0806
/** Behind the types of an ARP packet: the sender's network address, and the target's. */
const SENDER_AT = 14
const TARGET_AT = 24
const BODY_BYTES = 28

// A row: the sender's network with the ear above it (and 1, so that none is 0), the target's network,
// and a bit for each of the senders.
const ROW_WORDS = 3
const SLOTS = ARP_NETWORKS_MAX * 2
const EAR_SHIFT = 24
const NETWORK = 0xffffff
/** So many senders make a network: one alone may only be set up wrongly. */
const SENDERS_MIN = 2
const LINK_LOCAL = 0xa9fe

export class ArpNetworks {
  entries = 0
  dropped = 0
  /** Who hears now. */
  ear = 0
  private readonly rows = new Int32Array(SLOTS * ROW_WORDS)

  /** An untagged ARP frame. */
  hear({ bytes, payloadAt, payloadEnd }: Frame): void {
    if (payloadEnd - payloadAt < BODY_BYTES) return
    const sender = network(bytes, payloadAt + SENDER_AT)
    const target = network(bytes, payloadAt + TARGET_AT)
    // Who has no address yet only probes; link-local ones are in every network.
    if (sender === 0 || sender >>> 8 === LINK_LOCAL) return
    const who = ((this.ear + 1) << EAR_SHIFT) | sender
    const row = this.rowOf(who, target)
    if (row < 0) this.dropped++
    else this.rows[row + 2]! |= 1 << (bytes[payloadAt + SENDER_AT + 3]! & 31)
  }

  /** The pairs that were heard since the last call. */
  take(): Int32Array<ArrayBuffer> {
    const { rows } = this
    const taken = new Int32Array(this.entries * ROW_WORDS)
    let used = 0
    for (let row = 0; used < taken.length && row < rows.length; row += ROW_WORDS) {
      if (rows[row] === 0) continue
      for (let i = 0; i < ROW_WORDS; i++) taken[used++] = rows[row + i]!
    }
    if (used > 0) rows.fill(0)
    this.entries = 0
    return taken
  }

  private rowOf(who: number, target: number): number {
    const { rows } = this
    let slot = mix(mix(0, who), target) & (SLOTS - 1)
    for (;;) {
      const row = slot * ROW_WORDS
      if (rows[row] === who && rows[row + 1] === target) return row
      if (rows[row] === 0) break
      slot = (slot + 1) & (SLOTS - 1)
    }
    if (this.entries === ARP_NETWORKS_MAX) return -1
    this.entries++
    rows[slot * ROW_WORDS] = who
    rows[slot * ROW_WORDS + 1] = target
    return slot * ROW_WORDS
  }
}

const network = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!

interface Pair {
  readonly interface: string
  readonly sender: number
  readonly target: number
  senders: number
  /** The second it was told of last. */
  at: number
}

/** All workers' pairs, for a while. */
export class ArpNetworkBook {
  private readonly pairs = new Map<string, Pair>()
  private readonly nameOf: (ear: number) => string

  constructor(nameOf: (ear: number) => string) {
    this.nameOf = nameOf
  }

  /** Pairs that a worker told of in this second. */
  add(taken: Int32Array, at: number): void {
    for (let row = 0; row < taken.length; row += ROW_WORDS) {
      const who = taken[row]!
      const target = taken[row + 1]!
      const key = `${who} ${target}`
      let pair = this.pairs.get(key)
      // Told again it goes to the end: the oldest stand first.
      if (pair !== undefined) this.pairs.delete(key)
      else if (this.pairs.size >= ARP_NETWORKS_TOLD_MAX) continue
      const name = this.nameOf((who >>> EAR_SHIFT) - 1)
      pair ??= { interface: name, sender: who & NETWORK, target, senders: 0, at }
      pair.senders |= taken[row + 2]!
      pair.at = at
      this.pairs.set(key, pair)
    }
    for (const [key, pair] of this.pairs) {
      if (at - pair.at <= ARP_NETWORK_SECONDS) break
      this.pairs.delete(key)
    }
  }

  /** How many networks were heard on each interface. */
  count(): Map<string, number> {
    const byName = new Map<string, Pair[]>()
    for (const pair of this.pairs.values()) {
      const known = byName.get(pair.interface)
      if (known === undefined) byName.set(pair.interface, [pair])
      else known.push(pair)
    }
    return new Map([...byName].map(([name, pairs]) => [name, separate(pairs)]))
  }
}

/** Networks that never meet, each with several senders. */
function separate(pairs: readonly Pair[]): number {
  const parents = new Map<number, number>()
  const top = (network: number): number => {
    let at = network
    for (let above = parents.get(at); above !== undefined && above !== at;) {
      at = above
      above = parents.get(at)
    }
    return at
  }
  for (const { sender, target } of pairs) {
    const [a, b] = [top(sender), top(target)]
    if (a !== b) parents.set(a, b)
  }
  const senders = new Map<number, Set<string>>()
  for (const pair of pairs) {
    const network = top(pair.sender)
    const known = senders.get(network) ?? new Set()
    for (let bit = 0; bit < 32; bit++) {
      if ((pair.senders & (1 << bit)) !== 0) known.add(`${pair.sender} ${bit}`)
    }
    senders.set(network, known)
  }
  return [...senders.values()].filter(({ size }) => size >= SENDERS_MIN).length
}
