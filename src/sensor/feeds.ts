/**
 * Interfaces heard without rings: by libpcap in the worker, or by an npm package on this thread. One
 * that goes away or down is left, and opened again when it is back.
 */

import type { Addon, Seen } from '../capture/addon.js'
import { openCap } from '../capture/cap.js'
import { CaptureError } from '../capture/errors.js'
import { openLibpcap, type LibpcapOptions } from '../capture/libpcap.js'
import { openNpmPcap } from '../capture/npm-pcap.js'
import type { EarMapping } from '../capture/open-ear.js'
import { RecordQueue } from '../capture/record-queue.js'
import type { Settings } from '../settings/schema.js'
import { Watch, type Change } from './changes.js'
import { readLink, type LinkReading } from './links.js'
import { macBytes } from './own-traffic.js'
import type { Hearers, Source, Sources } from './sources.js'

export interface FeedsOptions {
  readonly addon: Addon
  readonly capture: Settings['capture']
  readonly names: readonly string[]
  /** Why they were chosen; '' if they were named. */
  readonly why: string
}

interface Feed {
  readonly name: string
  readonly port: number
  state: Source['state']
  why: string
  /** A worker listens to it. */
  isHeard: boolean
  /** Ends what hears on this thread. */
  end: () => void
  /** When it may be tried again. */
  again_ms: number
}

const RETRY_MS = 2000
const NOTHING = (): void => undefined

export class Feeds implements Sources {
  private readonly feeds: readonly Feed[]
  private readonly options: FeedsOptions
  private readonly watch: Watch
  private hearers: Hearers | undefined
  /** A look may take longer than the time between two. */
  private looking = false

  constructor(options: FeedsOptions) {
    const { names, addon, why } = options
    this.options = options
    this.watch = new Watch(names, addon.interfaces())
    const fresh = { state: 'gone', isHeard: false, end: NOTHING, again_ms: 0 } as const
    this.feeds = names.map((name, port) => ({ ...fresh, name, port, why }))
  }

  get list(): readonly Source[] {
    const { source } = this.options.capture
    return this.feeds.map(({ name, state, why }) => ({
      name,
      kind: source,
      state,
      why,
      ring: null,
    }))
  }

  open(hearers: Hearers): void {
    this.hearers = hearers
    for (const feed of this.feeds) this.openFeed(feed)
  }

  async look(): Promise<readonly Change[]> {
    if (this.looking) return []
    this.looking = true
    try {
      const changes = this.watch.look(this.options.addon.interfaces())
      for (const { name, what } of changes) {
        const feed = this.feeds.find(one => one.name === name)!
        if (what === 'gone' || what === 'down') await this.leave(feed, what)
        else if (what === 'back' || what === 'up') this.tryOpen(feed, true)
      }
      for (const feed of this.feeds) {
        if (feed.state !== 'failed') continue
        if (feed.isHeard) await this.leave(feed, 'failed')
        this.tryOpen(feed, false)
      }
      return changes
    } finally {
      this.looking = false
    }
  }

  /** The worker's handle broke; if its interface went, that is noticed as well. */
  fault(name: string, why: string): void {
    const feed = this.feeds.find(one => one.name === name)
    if (feed === undefined || feed.state !== 'open') return
    feed.state = 'failed'
    feed.why = why
  }

  link(name: string): LinkReading | undefined {
    return readLink(name) ?? this.seenLink(name)
  }

  refilter(): void {
    throw new Error(
      'a filter of this source is fixed when it is opened: capture.filter: restart it',
    )
  }

  hush(): void {
    for (const feed of this.feeds) {
      feed.end()
      feed.end = NOTHING
    }
  }

  close(): void {
    this.hush()
  }

  private tryOpen(feed: Feed, now: boolean): void {
    if (!now && performance.now() < feed.again_ms) return
    feed.again_ms = performance.now() + RETRY_MS
    try {
      this.openFeed(feed)
    } catch (error) {
      feed.state = 'failed'
      feed.why = (error as Error).message
    }
  }

  private openFeed(feed: Feed): void {
    const { addon, capture } = this.options
    const seen = addon.interfaces().find(one => one.name === feed.name)
    if (seen === undefined) throw new CaptureError('interface', feed.name)
    const mapping = this.begin(feed, seen)
    if (this.hearers?.open(feed.name, [mapping]) !== true) {
      feed.end()
      throw new CaptureError('capture', feed.name, 'too many interfaces')
    }
    feed.isHeard = true
    feed.state = seen.up ? 'open' : 'down'
    if (capture.interfaces !== 'auto') feed.why = ''
  }

  /** What the worker opens its ear by. */
  private begin(feed: Feed, { mac }: Seen): EarMapping {
    const { addon, capture } = this.options
    const { name, port } = feed
    const { filter, snaplen, promiscuous, mode } = capture
    const place = { interface: name, port, station: macBytes(mac) }
    if (capture.source === 'cap' || capture.source === 'pcap') {
      const queue = new RecordQueue(name)
      const open = capture.source === 'cap' ? openCap : openNpmPcap
      const { close } = open({ interface: name, filter, queue })
      feed.end = close
      return { source: 'queue', ...place, memory: queue.memory }
    }
    const shape: LibpcapOptions = {
      interface: name,
      snaplen,
      promiscuous,
      filter,
      incoming_only: mode === 'mirror',
    }
    // What is wrong is told here; the worker could only do so when all has begun.
    openLibpcap(addon, shape).close()
    return { source: 'libpcap', ...shape, ...place }
  }

  private async leave(feed: Feed, state: 'gone' | 'down' | 'failed'): Promise<void> {
    if (state === 'gone') feed.why = 'the interface is not there'
    feed.state = state
    feed.end()
    feed.end = NOTHING
    if (!feed.isHeard) return
    feed.isHeard = false
    await this.hearers?.close(feed.name)
  }

  /** Where the system's own counts can't be read. */
  private seenLink(name: string): LinkReading | undefined {
    const seen = this.options.addon.interfaces().find(one => one.name === name)
    if (seen === undefined) return undefined
    const { up, running, mtu } = seen
    const counts = { received: 0, received_bytes: 0, transmitted: 0, missed: 0, dropped: 0 }
    return { up, running, mtu, speed_mbit: null, ...counts }
  }
}
