/** `onlooker run` as a process at a mirror, and how one asks and measures it from outside. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { execPath } from 'node:process'
import type { Health } from '../../src/model/health.js'
import type { Mirror } from './mirror.js'
import { until } from './until.js'
import { MAIN } from '../program.js'

export const TICKS_PER_SECOND = 100
const PREFIX = 'onlooker_'

export interface DaemonOptions {
  /** What the call says beside the interface. */
  readonly args?: readonly string[]
  /** Settings beside where it answers. */
  readonly settings?: string
  /** On these processors only. */
  readonly cpu?: number | undefined
  readonly interface?: string
}

export class Daemon {
  said = ''
  complained = ''
  readonly child: ChildProcess
  private readonly place: string
  private readonly done: Promise<number | string>

  constructor(mirror: Mirror, options: DaemonOptions = {}) {
    const { args = [], settings = '', cpu, interface: name = 'near' } = options
    const folder = join(mirror.folder, 'data')
    // Whoever may write to it needs no account, and namespaces don't part us from it.
    this.place = join(folder, 'onlooker.sock')
    const config = join(mirror.folder, 'onlooker.yaml')
    writeFileSync(config, `data: {dir: ${folder}}\n${settings}\n`)
    const call = [execPath, MAIN, 'run', '--interface', name, '--config', config, ...args]
    const [command, ...words] = mirror.inside(call, cpu)
    this.child = spawn(command!, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.on('data', (text: Buffer) => (this.said += text.toString()))
    this.child.stderr?.on('data', (text: Buffer) => (this.complained += text.toString()))
    this.done = new Promise(resolve =>
      this.child.on('exit', (status, signal) => resolve(status ?? signal ?? '')),
    )
  }

  get pid(): number {
    return this.child.pid!
  }

  async ready(patience_ms?: number): Promise<this> {
    const isReady = async (): Promise<boolean> => {
      if (this.child.exitCode !== null) throw new Error(`ended: ${this.complained}${this.said}`)
      const answer = await this.ask('/readyz').catch(() => undefined)
      return answer?.status === 200
    }
    await until('ready', isReady, patience_ms)
    return this
  }

  says(pattern: RegExp): Promise<void> {
    return until(`${String(pattern)} in ${this.said}`, () => pattern.test(this.said))
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  /** The exit status, or the signal it died of. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.child.kill(signal)
    return this.done
  }

  ask(path: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.place, path, agent: false }, answer => {
        let text = ''
        answer.on('data', (part: Buffer) => (text += part.toString()))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  async health(): Promise<Health> {
    return JSON.parse((await this.ask('/api/v1/health')).text) as Health
  }

  async metrics(): Promise<Metrics> {
    return new Metrics((await this.ask('/metrics')).text)
  }

  /** Frames heard or dropped by the ring are as many as were sent. */
  async accountsFor(sent: number): Promise<Metrics> {
    let metrics = await this.metrics()
    await until(`${String(sent)} frames in the ledger`, async () => {
      metrics = await this.metrics()
      return metrics.heard + metrics.dropped >= sent
    })
    return metrics
  }

  /** Seconds of processors, in all. */
  cpu(): number {
    return ticks(`/proc/${String(this.pid)}/stat`) / TICKS_PER_SECOND
  }

  /** What /proc says of its memory, in bytes. */
  memory(what: 'RssAnon' | 'VmRSS'): number {
    const text = readFileSync(`/proc/${String(this.pid)}/status`, 'utf8')
    return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(text)?.[1]) * 1024
  }

  get threads(): number {
    return readdirSync(`/proc/${String(this.pid)}/task`).length
  }
}

/** The page for Prometheus, read back. */
export class Metrics {
  private readonly values: ReadonlyMap<string, number>

  constructor(page: string) {
    const lines = page.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    this.values = new Map(
      lines.map(line => {
        const at = line.lastIndexOf(' ')
        return [line.slice(0, at), Number(line.slice(at + 1))]
      }),
    )
  }

  /** The sum of a metric over all rows whose labels contain this. */
  sum(name: string, labels = ''): number {
    let sum = 0
    for (const [key, value] of this.values) {
      const [metric] = key.split('{')
      if (metric === PREFIX + name && key.includes(labels)) sum += value
    }
    return sum
  }

  get heard(): number {
    return this.sum('capture_packets_total')
  }

  get dropped(): number {
    return this.sum('capture_dropped_total', 'where="ring"')
  }

  get lag_p99_ms(): number {
    return this.sum('event_loop_lag_seconds', 'quantile="0.99"') * 1000
  }

  /** Facts told since then, and the bound below which 99 of 100 of them were told. */
  latencies(since?: Metrics): { facts: number; p99_ms: number } {
    const rows = [...this.values].flatMap(([key, value]) => {
      const bound = /fact_latency_seconds_bucket\{le="([^"]+)"/.exec(key)?.[1]
      if (bound === undefined) return []
      return [{ bound: bound === '+Inf' ? Infinity : Number(bound), key, value }]
    })
    const counts = rows
      .map(({ bound, key, value }) => ({ bound, count: value - (since?.values.get(key) ?? 0) }))
      .sort((a, b) => a.bound - b.bound)
    const facts = counts.at(-1)?.count ?? 0
    const found = counts.find(({ count }) => count >= facts * 0.99)
    return { facts, p99_ms: (found?.bound ?? 0) * 1000 }
  }
}

/** User and system time of a process or thread. */
export function ticks(file: string): number {
  const text = readFileSync(file, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** Whether a command is there. */
export const isInstalled = (command: string): boolean =>
  spawnSync('which', [command], { stdio: 'ignore' }).status === 0
