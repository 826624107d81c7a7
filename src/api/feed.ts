/**
 * Server-sent events: what was committed, told to whoever listens. The table of changes is read only
 * while somebody does; a reader who falls behind is dropped and told so.
 */

import { PassThrough } from 'node:stream'
import type { MergeRecord } from '../model/device.js'
import { withEdits } from '../model/edited.js'
import type { Change, DeviceChange } from '../store/changes-since.js'
import type { Queries } from '../store/queries.js'
import type { Store } from '../store/store.js'
import { Refusal } from './errors.js'
import { deviceView, mergeView, timeText } from './views.js'

export const CLIENTS_MAX = 32
/** What may wait for one reader. */
export const WAITING_BYTES_MAX = 1_048_576
const LOOK_MS = 250
const BEAT_MS = 15_000
/** Changes read at once, and readings in a row before everybody is told to begin anew. */
const CHANGES_AT_ONCE = 200
const READINGS_MAX = 50
/** How long one that was dropped may take to read what it still has. */
const LINGER_MS = 5000
/** Changes wait at least this long in the store where no destination fetches them. */
const KEPT_MS = 3_000_000

/** `epoch.sequence.time`: of which database, which change, committed when. */
const ID = /^([\w-]{1,64})\.(\d{1,16})\.(\d{1,16})$/

export interface FeedParts {
  readonly queries: Pick<Queries, 'ask'>
  readonly store: Pick<Store, 'sequence' | 'destinations'>
  readonly now: () => number
  readonly onError: (error: Error) => void
}

interface Client {
  readonly stream: PassThrough
  /** Whether it may still listen. */
  readonly isWelcome: () => boolean
  /** The last change it was told of. */
  after: number
}

export class Feed {
  /** Readers that were too slow. */
  dropped = 0
  private readonly parts: FeedParts
  private readonly clients = new Set<Client>()
  private epoch = ''
  private after = 0
  private timer: NodeJS.Timeout | undefined
  private beat = 0
  private isLooking = false

  constructor(parts: FeedParts) {
    this.parts = parts
  }

  get size(): number {
    return this.clients.size
  }

  /** A stream of events from now on, or from behind the one that was heard last. */
  async listen(last: string | undefined, isWelcome: () => boolean): Promise<PassThrough> {
    if (this.clients.size >= CLIENTS_MAX) {
      throw new Refusal('crowded', `${String(CLIENTS_MAX)} already listen`, undefined, 10)
    }
    const stream = new PassThrough({ highWaterMark: WAITING_BYTES_MAX })
    const client: Client = { stream, isWelcome, after: this.parts.store.sequence }
    this.clients.add(client)
    stream.once('close', () => this.leave(client))
    try {
      await this.begin(client, last)
    } catch (error) {
      stream.destroy()
      throw error
    }
    return stream
  }

  close(): void {
    for (const { stream } of this.clients) stream.end()
    this.clients.clear()
    this.rest()
  }

  private async begin(client: Client, last: string | undefined): Promise<void> {
    const { queries, store } = this.parts
    const { epoch } = await queries.ask('changes', { after: store.sequence, limit: 1 })
    this.epoch = epoch
    client.stream.write('retry: 2000\n: listening\n\n')
    const from = last === undefined ? undefined : this.placeOf(last)
    if (from !== undefined) client.after = from
    else if (last !== undefined) this.tellAnew(client)
    if (this.timer === undefined) {
      this.after = client.after
      this.timer = setInterval(() => void this.look(), LOOK_MS).unref()
    }
    this.after = Math.min(this.after, client.after)
  }

  /** The change behind which to go on; undefined where some may be gone by now. */
  private placeOf(last: string): number | undefined {
    const { store, now } = this.parts
    const [, epoch, sequence, at] = ID.exec(last) ?? []
    const after = Number(sequence)
    if (epoch !== this.epoch || !(after <= store.sequence)) return undefined
    const acknowledged = store.destinations().map(destination => destination.sequence)
    if (acknowledged.length > 0) return after >= Math.min(...acknowledged) ? after : undefined
    return Math.abs(now() - Number(at)) < KEPT_MS ? after : undefined
  }

  private async look(): Promise<void> {
    if (this.isLooking) return
    this.isLooking = true
    try {
      this.keepAlive()
      await this.readOn()
    } catch (error) {
      // The store may be closed or crowded; what was not read now is read the next time.
      this.parts.onError(error as Error)
    } finally {
      this.isLooking = false
    }
  }

  private async readOn(): Promise<void> {
    const { queries, store } = this.parts
    for (let i = 0; this.after < store.sequence && this.clients.size > 0; i++) {
      if (i >= READINGS_MAX) return this.startOver()
      const after = this.after
      const { items, last, gap } = await queries.ask('changes', { after, limit: CHANGES_AT_ONCE })
      if (gap) return this.startOver()
      for (const change of items) this.tell(change)
      // Meanwhile somebody may have come who begins further back.
      if (this.after === after) this.after = last
      if (last === after) return
    }
  }

  private tell(change: Change): void {
    const event = eventOf(change)
    if (event === undefined) return
    const id = this.idOf(change.sequence, change.at)
    const text = `id: ${id}\nevent: ${event.name}\ndata: ${JSON.stringify(event.document)}\n\n`
    for (const client of this.clients) {
      if (change.sequence <= client.after) continue
      client.after = change.sequence
      this.write(client, text)
    }
  }

  /** More has changed than can be told one by one. */
  private startOver(): void {
    this.after = this.parts.store.sequence
    for (const client of this.clients) {
      client.after = this.after
      this.tellAnew(client)
    }
  }

  private tellAnew(client: Client): void {
    const id = this.idOf(this.parts.store.sequence, this.parts.now())
    const why = 'not all changes can be told: fetch what you show anew'
    this.write(client, `id: ${id}\nevent: reload\ndata: ${JSON.stringify({ why })}\n\n`)
  }

  private idOf(sequence: number, at: number): string {
    return `${this.epoch}.${String(sequence)}.${String(Math.max(0, Math.trunc(at)))}`
  }

  private write(client: Client, text: string): void {
    const { stream } = client
    if (stream.destroyed || stream.writableEnded) return
    const waiting = stream.readableLength + stream.writableLength
    if (waiting + text.length <= WAITING_BYTES_MAX) stream.write(text)
    else this.drop(client, 'you read too slowly: fetch what you show anew')
  }

  private drop(client: Client, why: string): void {
    this.dropped++
    const { stream } = client
    stream.end(`event: dropped\ndata: ${JSON.stringify({ why })}\n\n`)
    this.leave(client)
    setTimeout(() => stream.destroy(), LINGER_MS).unref()
  }

  private keepAlive(): void {
    if (++this.beat * LOOK_MS < BEAT_MS) return
    this.beat = 0
    for (const client of this.clients) {
      if (client.isWelcome()) this.write(client, ': still here\n\n')
      else this.drop(client, 'you are no longer logged in')
    }
  }

  private leave(client: Client): void {
    this.clients.delete(client)
    if (this.clients.size === 0) this.rest()
  }

  private rest(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }
}

/** undefined where nobody is told one by one. */
function eventOf({ kind, document, at }: Change): { name: string; document: object } | undefined {
  if (kind === 'device') {
    const { device } = document as DeviceChange
    return { name: 'device', document: deviceView(withEdits(device)) }
  }
  if (kind === 'merge') return { name: 'merge', document: mergeView(document as MergeRecord) }
  if (kind !== 'forgotten') return undefined
  return { name: 'forgotten', document: { id: (document as { id: string }).id, at: timeText(at) } }
}
