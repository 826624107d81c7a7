/** What proofs have in common: they say what they measure, and whether it is what it should be. */

import { exit, stdout } from 'node:process'
import { thousands as number } from '../../src/bytes/thousands.js'
import { Daemon, type DaemonOptions, type Metrics } from './daemon.js'
import { Mirror, whyNoMirror, type Sent } from './mirror.js'

export { number }

let missed = 0

export const say = (words: string): void => void stdout.write(`${words}\n`)

/** A line that says what was found, and whether that is what it should be. */
export function goal(holds: boolean, words: string): void {
  if (!holds) missed++
  say(`  ${holds ? 'holds ' : 'MISSES'} ${words}`)
}

/** Every frame was heard, or counted where it was lost. */
export function exactly({ frames }: Sent, { heard, dropped }: Metrics): void {
  const sum = `${number(frames)} sent = ${number(heard)} heard + ${number(dropped)} dropped`
  goal(frames === heard + dropped, sum)
}

export const rates = (name: string, { frames, octets, seconds }: Sent): void =>
  say(
    `${name}: ${number(frames / seconds)} frames/s offered, ` +
      `${number((octets * 8) / seconds / 1e9, 2)} Gbit/s, for ${number(seconds, 1)} s`,
  )

export async function withDaemon(
  mirror: Mirror,
  options: DaemonOptions,
  measure: (daemon: Daemon) => Promise<void>,
): Promise<void> {
  const daemon = await new Daemon(mirror, options).ready()
  try {
    await measure(daemon)
  } finally {
    daemon.signal('SIGCONT')
    await daemon.end()
  }
}

/** Runs a proof on a cable of its own; the exit status says whether all goals hold. */
export async function onMirror(prove: (mirror: Mirror) => Promise<void>): Promise<never> {
  const why = whyNoMirror()
  if (why !== '') {
    say(`no network namespaces here: ${why}`)
    exit(0)
  }
  const mirror = new Mirror()
  try {
    await prove(mirror)
  } finally {
    mirror.remove()
  }
  say(missed === 0 ? 'all goals hold' : `${number(missed)} goals are missed`)
  exit(missed === 0 ? 0 : 1)
}
