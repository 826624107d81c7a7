/** What backup and restore share: the call, progress on stderr, and waiting for a running sensor. */

import { setTimeout as rest } from 'node:timers/promises'
import { ASK_OPTIONS, Client, type Whom } from './client.js'
import { CallError } from './errors.js'
import { plural } from './inventory-words.js'
import { parsed } from './listing.js'

/** How often a running sensor is asked how far it is. */
const LOOK_MS = 200

export interface CopyCall extends Whom {
  readonly file: string
  readonly force: boolean
}

/** As the sensor tells of it. */
export interface CopyView {
  readonly state: 'none' | 'bringing' | 'working' | 'ready' | 'failed'
  readonly step: string | null
  readonly done: number
  readonly total: number
  readonly why: string | null
  readonly backup: { sensor: string; made: string; devices: number; bytes: number } | null
}

export function copyCall(args: string[], command: string, isForced: boolean): CopyCall {
  const force = isForced ? { force: { type: 'boolean' } as const } : {}
  const { values, positionals } = parsed(args, { ...ASK_OPTIONS, ...force }, command)
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) {
    throw new CallError(`onlooker ${command} FILE: name one file: see onlooker help ${command}`)
  }
  const { config, socket } = values as Whom
  return { file, force: values.force === true, config, socket }
}

/** A sensor that runs; undefined if none does. Whoever names a socket wants to be told so. */
export async function running(whom: Whom): Promise<Client | undefined> {
  const client = new Client(whom)
  return whom.socket !== undefined || (await client.isThere()) ? client : undefined
}

/** One line on stderr: written over where a person looks, else one for each step. */
export class Share {
  private step = ''
  private isDrawn = false

  show(step: string, done: number, total: number): void {
    if (process.stderr.isTTY) {
      const share = total > 1 ? ` ${String(Math.floor((100 * done) / total))} %` : ''
      process.stderr.write(`\r\x1b[K${step}${share}`)
      this.isDrawn = true
    } else if (step !== this.step) {
      process.stderr.write(`${step}\n`)
    }
    this.step = step
  }

  end(): void {
    if (this.isDrawn) process.stderr.write('\r\x1b[K')
    this.isDrawn = false
  }
}

/** Until the sensor is done with it; throws what it says is wrong. */
export async function finished(client: Client, path: string, share: Share): Promise<CopyView> {
  for (;;) {
    const copy = await client.ask<CopyView>(path)
    if (copy.state === 'ready') return copy
    if (copy.state !== 'working') throw new Error(copy.why ?? 'it was given up: try again')
    share.show(copy.step ?? '', copy.done, copy.total)
    await rest(LOOK_MS)
  }
}

interface Told {
  readonly sensor: string
  readonly made: string | number
  readonly devices: number
}

/** What a backup is, in words. */
export function wordsOf({ sensor, made, devices }: Told): string {
  const time = new Date(made).toISOString().slice(0, 19).replace('T', ' ')
  return `${sensor}, ${plural(devices, 'device')}, as of ${time}Z`
}
