/**
 * The interfaces that are heard: opens a group of rings for each, and opens it again with spare
 * sockets when its interface went away and came back.
 */

import type { Addon, Seen } from '../capture/addon.js'
import { CaptureError } from '../capture/errors.js'
import { everything, openGroup, type Group } from '../capture/group.js'
import type { RingMapping } from '../capture/ring.js'
import { fanoutProgram } from '../layers/fanout.js'
import type { Settings } from '../settings/schema.js'
import { Watch, type Change } from './changes.js'
import { readLink, type LinkReading } from './links.js'
import type { Shape } from './shape.js'
import { macBytes } from './own-traffic.js'
import type { Supply } from './sockets.js'
import type { Hearers, Source, Sources } from './sources.js'

export interface PostsOptions {
  readonly addon: Addon
  readonly sockets: Supply
  readonly capture: Settings['capture']
  readonly shape: Shape
  readonly names: readonly string[]
  /** Why they were chosen; '' if they were named. */
  readonly why: string
}

interface Post {
  readonly name: string
  readonly port: number
  state: Source['state']
  why: string
  blocks: number
  group: Group | undefined
  /** When it may be tried again. */
  again_ms: number
}

/** A ring that the kernel has no room for is asked for with half its blocks, down to this many. */
const BLOCKS_MIN = 16
const RETRY_MS = 2000
const ETHERNET = 1
const RAW_IP = 101
/** Hardware types (ARPHRD), and the pcap link type of what a packet socket gives of them. */
const LINKS: Readonly<Record<number, number>> = {
  1: ETHERNET,
  512: RAW_IP,
  772: ETHERNET,
  801: 105,
  803: 127,
  65534: RAW_IP,
}

export class Posts implements Sources {
  private readonly posts: readonly Post[]
  private readonly options: PostsOptions
  private readonly watch: Watch
  private hearers: Hearers | undefined
  private filter: string
  /** A look may take longer than the time between two. */
  private looking = false

  constructor(options: PostsOptions) {
    const { names, addon, capture, shape, why } = options
    this.options = options
    this.filter = capture.filter
    this.watch = new Watch(names, addon.interfaces())
    const fresh = { state: 'gone', blocks: shape.blocks, group: undefined, again_ms: 0 } as const
    this.posts = names.map((name, port) => ({ ...fresh, name, port, why }))
  }

  get list(): readonly Source[] {
    const { block_bytes } = this.options.shape
    const timeout_ms = this.options.capture.ring_timeout_ms
    return this.posts.map(({ name, state, why, blocks }) => ({
      name,
      kind: 'ring',
      state,
      why,
      ring: { block_bytes, blocks, timeout_ms },
    }))
  }

  open(hearers: Hearers): void {
    this.hearers = hearers
    for (const post of this.posts) this.openPost(post)
  }

  async look(): Promise<readonly Change[]> {
    if (this.looking) return []
    this.looking = true
    try {
      const changes = this.watch.look(this.options.addon.interfaces())
      for (const change of changes) await this.follow(change)
      for (const post of this.posts) if (post.state === 'failed') this.tryOpen(post)
      return changes
    } finally {
      this.looking = false
    }
  }

  link(name: string): LinkReading | undefined {
    return readLink(name)
  }

  /** Another filter for all; throws a CaptureError, and changes nothing, if it is wrong. */
  refilter(filter: string): void {
    const open = this.posts.filter(({ group }) => group !== undefined)
    const programs = open.map(({ name }) => this.program(name, filter))
    open.forEach(({ group }, i) => group!.filter(programs[i]!))
    this.filter = filter
  }

  hush(): void {
    for (const { group } of this.posts) {
      try {
        group?.filter(everything(0))
      } catch {
        // Its interface went: nothing comes from there anyway.
      }
    }
  }

  close(): void {
    for (const { group } of this.posts) group?.close()
  }

  private async follow({ name, what }: Change): Promise<void> {
    const post = this.posts.find(one => one.name === name)
    if (post === undefined) return
    if (what === 'gone') await this.leave(post)
    else if (what === 'back') this.tryOpen(post)
    else if (post.group !== undefined && what === 'down') post.state = 'down'
    else if (post.group !== undefined && what === 'up') post.state = 'open'
  }

  private tryOpen(post: Post): void {
    if (performance.now() < post.again_ms) return
    post.again_ms = performance.now() + RETRY_MS
    try {
      this.openPost(post)
    } catch (error) {
      post.state = 'failed'
      post.why = (error as Error).message
    }
  }

  private openPost(post: Post): void {
    const { addon, shape, capture } = this.options
    const { name, port } = post
    const seen = addon.interfaces().find(one => one.name === name)
    if (seen === undefined) throw new CaptureError('interface', name)
    const link = linkOf(seen)
    const program = this.program(name, this.filter)
    const group = this.openGroup(post, program)
    const { block_bytes } = shape
    const { mtu, mac } = seen
    const place = { port, link, interface: name, mtu, station: macBytes(mac) }
    const ring = { ...place, block_bytes, blocks: post.blocks }
    const mappings = group.sockets.map((socket, i): RingMapping => ({
      ...ring,
      socket,
      early: group.early[i]!,
    }))
    if (this.hearers?.open(name, mappings) !== true) {
      group.close()
      throw new CaptureError('capture', name, 'too many interfaces')
    }
    post.group = group
    post.state = seen.up ? 'open' : 'down'
    if (capture.interfaces !== 'auto') post.why = ''
  }

  /** With as many blocks as the kernel has room for. */
  private openGroup(post: Post, filter: Uint32Array): Group {
    const { addon, capture, shape, sockets } = this.options
    for (;;) {
      const taken = sockets.take(shape.workers)
      if (taken === undefined) throw new CaptureError('sockets', post.name)
      const rings = {
        block_bytes: shape.block_bytes,
        blocks: post.blocks,
        timeout_ms: capture.ring_timeout_ms,
        promiscuous: capture.promiscuous,
        incoming_only: capture.mode === 'mirror',
      }
      try {
        return openGroup(addon, {
          interface: post.name,
          sockets: taken,
          shape: rings,
          program: fanoutProgram(shape.workers),
          filter,
          snaplen: capture.snaplen,
        })
      } catch (error) {
        const small = post.blocks < 2 * BLOCKS_MIN || capture.ring_blocks !== 'auto'
        if (small || !(error instanceof CaptureError) || error.fault !== 'memory') throw error
        post.blocks = post.blocks >> 1
      }
    }
  }

  /** The interface went: its sockets will never hear again. */
  private async leave(post: Post): Promise<void> {
    const { group, name } = post
    post.state = 'gone'
    post.why = 'the interface is not there'
    post.group = undefined
    post.again_ms = 0
    if (group === undefined) return
    await this.hearers?.close(name)
    group.close()
  }

  /** The filter for an interface: tags lie beside frames there, so it is compiled for it alone. */
  private program(name: string, filter: string): Uint32Array {
    const { addon, capture, sockets } = this.options
    if (filter.trim() === '') return everything(capture.snaplen)
    const spare = sockets.take(1)?.[0]
    if (spare === undefined) throw new CaptureError('sockets', name)
    const compiled = addon.compileLive(filter, name, capture.snaplen, spare)
    sockets.giveBack(spare)
    if ('error' in compiled) throw new CaptureError('filter', filter, compiled.error.trim())
    return compiled.instructions
  }
}

function linkOf({ name, hardware }: Seen): number {
  const link = LINKS[hardware]
  if (link !== undefined) return link
  throw new CaptureError('capture', name, `hardware type ${String(hardware)}`)
}
