/** All tables of one connection that writes, and what one turn changes in them. */

import type { Changes, PresenceRecord } from '../model/changes.js'
import type { FactRecord, MergeRecord, Time } from '../model/device.js'
import type { Connection } from './connection.js'
import { Conversations, type End } from './conversations.js'
import type { CategoryOf } from './device-row.js'
import { Devices } from './devices.js'
import { Facts } from './facts.js'
import { History, Merges } from './history.js'
import { Holdings, Keys } from './keys.js'
import { Outbox } from './outbox.js'
import { Recommendations } from './recommendations.js'
import { Words } from './words.js'

/** How many rows of each table went with a device. */
export interface Removed {
  devices: number
  facts: number
  keys: number
  holdings: number
  history: number
  merges: number
  conversations: number
  recommendations: number
  changes: number
}

export class Tables {
  readonly words: Words
  readonly devices: Devices
  readonly facts: Facts
  readonly keys: Keys
  readonly holdings: Holdings
  readonly history: History
  readonly merges: Merges
  readonly conversations: Conversations
  readonly outbox: Outbox
  readonly recommendations: Recommendations
  /** Records of devices nobody ever committed. */
  orphans = 0
  private lastId = ''
  private lastNumber = 0

  constructor(db: Connection, categoryOf: CategoryOf) {
    this.words = new Words(db)
    this.devices = new Devices(db, categoryOf)
    this.facts = new Facts(db, this.words)
    this.keys = new Keys(db, this.words)
    this.holdings = new Holdings(db, this.words)
    this.history = new History(db, this.words)
    this.merges = new Merges(db)
    this.conversations = new Conversations(db, this.words)
    this.outbox = new Outbox(db)
    this.recommendations = new Recommendations(db)
  }

  /** What memory holds of the tables is read again. */
  rolledBack(): void {
    this.lastId = ''
    this.words.reload()
    this.outbox.reload()
  }

  /** Devices first, since everything else is about one; and who is forgotten last. */
  apply(changes: Changes): void {
    this.lastId = ''
    this.applyDevices(changes)
    for (const merge of changes.merges) this.merge(merge)
    this.lastId = ''
    this.applyKeys(changes)
    this.applyEvents(changes)
    this.applyFacts(changes.facts)
    this.applyConversations(changes)
    this.applyFindings(changes)
    const joined = changes.merges.filter(({ action }) => action === 'merge')
    const merged = new Set(joined.map(({ from }) => from))
    for (const id of changes.forgotten) if (!merged.has(id)) this.forget(id, changes.at)
  }

  private applyDevices({ devices, presence }: Changes): void {
    for (const record of devices) this.outbox.changed('device', this.devices.put(record))
    const whole = new Set(devices.map(({ id }) => id))
    for (const amounts of presence) if (!whole.has(amounts.device)) this.addPresence(amounts)
  }

  private addPresence(amounts: PresenceRecord): void {
    const device = this.numberOf(amounts.device)
    if (device !== 0) this.devices.add(amounts, device)
  }

  private applyKeys({ keys, holdings }: Changes): void {
    for (const key of keys) {
      const device = this.numberOf(key.device)
      if (device !== 0) this.keys.put(key, device)
    }
    for (const holding of holdings) {
      const device = this.numberOf(holding.device)
      if (device === 0) continue
      this.holdings.put(holding, device)
      this.outbox.happened('holding', device, holding)
    }
  }

  private applyEvents({ history }: Changes): void {
    for (const event of history) {
      const device = this.numberOf(event.device)
      if (device === 0) continue
      this.history.add(event, device)
      this.outbox.happened('history', device, event)
    }
  }

  /** Of each device's facts one change waits, which tells since when. */
  private applyFacts(facts: readonly FactRecord[]): void {
    const since = new Map<number, Time>()
    for (const fact of facts) {
      const device = this.numberOf(fact.device)
      if (device === 0) continue
      this.facts.add(fact, device)
      since.set(device, Math.min(since.get(device) ?? fact.last, fact.last))
    }
    for (const [device, time] of since) this.outbox.changed('facts', device, time)
  }

  private applyConversations({ conversations }: Changes): void {
    for (const record of conversations) {
      const number = this.conversations.add(record, this.end(record.from), this.end(record.to))
      this.outbox.changed('conversation', number)
    }
  }

  private applyFindings({ findings }: Changes): void {
    for (const finding of findings) {
      const device = this.numberOf(finding.device)
      if (device === 0) continue
      this.recommendations.put(finding, device)
      this.outbox.happened('recommendation', device, finding)
    }
  }

  private end(name: string): End {
    const device = this.devices.standing(name)
    return { device, name: device === 0 ? name : '' }
  }

  /** Records of one device come together. */
  private numberOf(id: string): number {
    if (id !== this.lastId) {
      this.lastNumber = this.devices.standing(id)
      this.lastId = id
    }
    if (this.lastNumber === 0) this.orphans++
    return this.lastNumber
  }

  private merge(record: MergeRecord): void {
    this.merges.add(record)
    const from = this.devices.own(record.from)
    const into = this.devices.standing(record.into)
    if (record.action === 'merge' && from !== 0 && into !== 0 && !this.isInside(into, from)) {
      this.devices.merge(from, into)
      this.recommendations.merge(from, into)
    }
    if (record.action === 'split' && from !== 0) this.devices.merge(from, null)
    this.outbox.happened('merge', into, record)
    for (const device of [into, from]) if (device !== 0) this.outbox.changed('device', device)
  }

  /** A device can't be merged into itself, nor into one that is merged into it. */
  private isInside(into: number, from: number): boolean {
    return this.devices.members(from).includes(into)
  }

  /** Everything about a device goes, but for hashes by which it is known when it returns. */
  forget(id: string, at: Time): Removed | undefined {
    const device = this.devices.own(id)
    if (device === 0 || this.devices.isMerged(device)) return undefined
    for (const member of this.devices.members(device)) this.keys.rememberOf(member, id, at)
    const removed = this.remove(id, device)
    this.outbox.happened('forgotten', 0, { id, at })
    return removed
  }

  /** Removes it and whatever is merged into it. */
  remove(id: string, device: number): Removed {
    this.lastId = ''
    const removed = nothing()
    for (const member of this.devices.members(device)) {
      removed.changes += this.outbox.removeOf(member)
      removed.facts += this.facts.removeOf(member)
      removed.keys += this.keys.removeOf(member)
      removed.holdings += this.holdings.removeOf(member)
      removed.history += this.history.removeOf(member)
      removed.conversations += this.conversations.removeOf(member)
      removed.recommendations += this.recommendations.removeOf(member)
      this.devices.remove(member)
      removed.devices++
    }
    removed.merges += this.merges.removeOf(id)
    return removed
  }
}

const nothing = (): Removed => ({
  ...{ devices: 0, facts: 0, keys: 0, holdings: 0, history: 0 },
  ...{ merges: 0, conversations: 0, recommendations: 0, changes: 0 },
})
