/** Counts the garbage collections while a program measures itself, between the two lines it says. */

import { spawnSync } from 'node:child_process'

/** All but the first make the outcome the same on a busy machine, where some collections go by the clock. */
const FLAGS = ['--trace-gc', '--expose-gc', '--no-concurrent-recompilation', '--no-memory-reducer']
/** A function that is compiled anew at the wrong moment makes garbage once; the hot path would each time. */
const TRIES = 3

export interface Measured {
  readonly status: number | null
  readonly stderr: string
  /** What it says at its end, or '' if it never began. */
  readonly end: string
  readonly collections: readonly string[]
}

/** Of several tries the first without a collection, or else the last. */
export function countCollections(program: string): Measured {
  let measured = measure(program)
  for (let i = 1; i < TRIES && measured.collections.length > 0; i++) measured = measure(program)
  return measured
}

function measure(program: string): Measured {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...FLAGS, program], {
    encoding: 'utf8',
  })
  const from = stdout.indexOf('measuring begins')
  const lines = stdout.slice(from, stdout.indexOf('measuring ends')).split('\n')
  return {
    status,
    stderr,
    end: from < 0 ? '' : (/measuring ends.*/.exec(stdout)?.[0] ?? ''),
    collections: lines.filter(line => /Scavenge|Mark-Compact|Mark-sweep/.test(line)),
  }
}
