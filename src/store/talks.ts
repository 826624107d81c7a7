/**
 * Conversations that wait. One that is new is written at the next occasion; the amounts of one that is
 * known already add up here until all are settled.
 */

import { lastConnection, type ConversationRecord } from '../model/device.js'

interface Talk {
  record: ConversationRecord
  /** There is something to write. */
  dirty: boolean
}

/** While nothing can be written, so many times the limit wait before the oldest are dropped. */
const PATIENCE = 2

export class Talks {
  /** Conversations whose amounts were lost. */
  dropped = 0
  private readonly max: number
  private readonly talks = new Map<string, Talk>()
  /** Keys of those that are to be written now. */
  private readonly urgent = new Set<string>()

  constructor(max: number) {
    this.max = max
  }

  get size(): number {
    return this.talks.size
  }

  get waiting(): number {
    return this.urgent.size
  }

  add(record: ConversationRecord): void {
    const key = keyOf(record)
    const talk = this.talks.get(key)
    if (talk === undefined) {
      this.talks.set(key, { record, dirty: true })
      this.urgent.add(key)
      this.evict()
      return
    }
    talk.record = talk.dirty ? sum(talk.record, record) : record
    talk.dirty = true
  }

  /** All amounts are to be written now. */
  settle(): void {
    for (const [key, { dirty }] of this.talks) if (dirty) this.urgent.add(key)
  }

  /** Up to so many that are to be written now. */
  urgentOnes(limit: number): [string, ConversationRecord][] {
    const some: [string, ConversationRecord][] = []
    for (const key of this.urgent) {
      if (some.length >= limit) break
      const talk = this.talks.get(key)
      if (talk) some.push([key, talk.record])
    }
    return some
  }

  written(keys: readonly string[]): void {
    for (const key of keys) {
      this.urgent.delete(key)
      const talk = this.talks.get(key)
      if (talk === undefined) continue
      talk.dirty = false
    }
    this.evict()
  }

  /** Nothing more of devices that were forgotten. */
  forget(ids: ReadonlySet<string>): void {
    for (const [key, { record }] of this.talks) {
      if (ids.has(record.from) || ids.has(record.to)) this.remove(key)
    }
  }

  /** The oldest go first; those with amounts only when there are far too many. */
  private evict(): void {
    let surplus = this.talks.size - this.max
    if (surplus <= 0) return
    for (const [key, { dirty }] of this.talks) {
      if (surplus <= 0) break
      if (dirty && this.talks.size <= this.max * PATIENCE) {
        this.urgent.add(key)
      } else {
        if (dirty) this.dropped++
        this.remove(key)
      }
      surplus--
    }
  }

  private remove(key: string): void {
    this.talks.delete(key)
    this.urgent.delete(key)
  }
}

const keyOf = ({ from, to, transport, port, protocol, name }: ConversationRecord): string =>
  `${from}|${to}|${transport}|${port ?? ''}|${protocol}|${name ?? ''}`

/** Only amounts that are not written yet add up. */
const sum = (a: ConversationRecord, b: ConversationRecord): ConversationRecord => ({
  ...b,
  packets: a.packets + b.packets,
  bytes_out: a.bytes_out + b.bytes_out,
  bytes_in: a.bytes_in + b.bytes_in,
  ...lastConnection(a, b),
  first_seen: Math.min(a.first_seen, b.first_seen),
  last_seen: Math.max(a.last_seen, b.last_seen),
})
