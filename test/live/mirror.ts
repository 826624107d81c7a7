/** A cable between two namespaces of our own: a mirror port at one end, whoever sends at the other. */

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getuid, pid, platform } from 'node:process'
import { builtIn } from '../../src/capture/addon.js'
import { built } from '../native/blocks.js'

/** Frames, bytes, seconds: as the sender counted them. */
export interface Sent {
  readonly frames: number
  readonly octets: number
  readonly seconds: number
}

export interface Pace {
  /** Frames a second; 0 is as fast as it goes. */
  readonly rate: number
  readonly seconds: number
  /** On this processor only. */
  readonly cpu?: number | undefined
}

let cables = 0

export class Mirror {
  /** For sockets, settings and what is written. */
  readonly folder = mkdtempSync(join(tmpdir(), 'onlooker-mirror-'))
  private readonly near: string
  private readonly far: string

  constructor() {
    const name = `onlooker-${String(pid)}-${String(cables++)}`
    this.near = `${name}n`
    this.far = `${name}f`
    for (const space of [this.near, this.far]) ip('netns', 'add', space)
    for (const space of [this.near, this.far]) {
      for (const what of ['all', 'default']) silence(space, what)
      ip('-n', space, 'link', 'set', 'lo', 'up')
    }
    this.plug()
  }

  plug(): void {
    const { near, far } = this
    const ends = ['netns', near, 'type', 'veth', 'peer', 'name', 'far', 'netns', far]
    ip('link', 'add', 'near', ...ends)
    ip('-n', near, 'link', 'set', 'near', 'up')
    ip('-n', far, 'link', 'set', 'far', 'up')
  }

  /** `ip` at the mirror's end. */
  ip(...words: string[]): void {
    ip('-n', this.near, ...words)
  }

  /** A command's words at the mirror's end; it keeps its process. */
  inside(words: readonly string[], cpu?: number): string[] {
    return ['ip', 'netns', 'exec', this.near, ...pinned(words, cpu)]
  }

  /** How many listen to everything at the mirror's end. */
  promiscuity(): number {
    const words = ['-n', this.near, '-d', 'link', 'show', 'near']
    const text = execFileSync('ip', words, { encoding: 'utf8' })
    return Number(/promiscuity (\d+)/.exec(text)?.[1])
  }

  /** A count of the mirror's end, or of the other. */
  counted(end: 'near' | 'far', what: string): number {
    const file = `/sys/class/net/${end}/statistics/${what}`
    const words = ['netns', 'exec', end === 'near' ? this.near : this.far, 'cat', file]
    return Number(execFileSync('ip', words, { encoding: 'utf8' }))
  }

  /** Sends each frame once; comes back when that is done. */
  send(frames: readonly Uint8Array[]): void {
    const [command, ...words] = this.sender([])
    const { status, stderr } = spawnSync(command!, words, { input: spooled(frames) })
    if (status !== 0) throw new Error(`the sender: ${stderr.toString()}`)
  }

  /** Sends over and over, at a pace. */
  async offer(frames: readonly Uint8Array[], { rate, seconds, cpu }: Pace): Promise<Sent> {
    const [command, ...words] = this.sender([String(rate), String(seconds)], cpu)
    const child = spawn(command!, words, { stdio: 'pipe' })
    let said = ''
    let complained = ''
    child.stderr.on('data', (text: Buffer) => (complained += text.toString()))
    child.stdout.on('data', (text: Buffer) => (said += text.toString()))
    child.stdin.end(spooled(frames))
    const [status] = (await once(child, 'close')) as [number]
    if (status !== 0) throw new Error(complained)
    const [sent = NaN, octets = NaN, took = NaN] = said.split(' ').map(Number)
    return { frames: sent, octets, seconds: took }
  }

  remove(): void {
    for (const space of [this.near, this.far]) spawnSync('ip', ['netns', 'del', space])
    rmSync(this.folder, { recursive: true, force: true })
  }

  private sender(words: readonly string[], cpu?: number): string[] {
    const command = pinned([built('onlooker-send'), 'far', ...words], cpu)
    return ['ip', 'netns', 'exec', this.far, ...command]
  }
}

/** Why no mirror can be made here, or ''. */
export function whyNoMirror(): string {
  if (platform !== 'linux') return 'not Linux'
  if (builtIn() === undefined) return 'the native addon is not built'
  if (getuid?.() !== 0) return 'not root'
  const name = `onlooker-${String(pid)}-try`
  const tried = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  if (tried.status !== 0) return tried.error?.message ?? tried.stderr.trim()
  spawnSync('ip', ['netns', 'del', name])
  return ''
}

const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'pipe' })

/** The kernel's own greetings would be counted as somebody's. */
function silence(space: string, what: string): void {
  const setting = `/proc/sys/net/ipv6/conf/${what}/disable_ipv6`
  const words = ['netns', 'exec', space, 'sh', '-c', `echo 1 > ${setting}`]
  execFileSync('ip', words, { stdio: 'pipe' })
}

const pinned = (words: readonly string[], cpu?: number): readonly string[] =>
  cpu === undefined ? words : ['taskset', '-c', String(cpu), ...words]

function spooled(frames: readonly Uint8Array[]): Buffer {
  const all = Buffer.allocUnsafe(frames.reduce((sum, { length }) => sum + length + 2, 0))
  let at = 0
  for (const frame of frames) {
    at = all.writeUInt16BE(frame.length, at)
    all.set(frame, at)
    at += frame.length
  }
  return all
}
