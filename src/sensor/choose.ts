/** Which interface to hear when nobody named one: the mirror, else the busiest. */

import type { Interface, Kind } from './interfaces.js'

/** No more are listened to before one is chosen. */
export const CANDIDATES_MAX = 16
/** Fewer frames to others than this may be a switch that did not know yet where somebody is. */
const FOREIGN_MIN = 3

/** Better kinds first; of what stands in no rank nothing is chosen. */
const RANKS: readonly (readonly Kind[])[] = [['physical', 'bond'], ['bridge'], ['veth']]

/** What was heard for a moment, to choose by. */
export interface Sample {
  readonly name: string
  /** Frames to one other station: only a mirror shows many of them. */
  readonly foreign: number
  /** All frames, by the interface's own count. */
  readonly received: number
}

export interface Choice {
  readonly name: string
  /** Why, in words that follow `hearing eth1: `. */
  readonly why: string
}

/** Those of the best kind that is there and up; a bound keeps the trial small. */
export function candidatesOf(interfaces: readonly Interface[]): Interface[] {
  for (const kinds of RANKS) {
    const found = interfaces.filter(({ kind, up }) => up && kinds.includes(kind))
    if (found.length > 0) return found.slice(0, CANDIDATES_MAX)
  }
  return []
}

/** The best of what was sampled; undefined if there is nothing to choose from. */
export function choose(samples: readonly Sample[]): Choice | undefined {
  const only = samples[0]
  if (only === undefined) return undefined
  const mirror = most(samples, one => one.foreign)
  if (mirror.foreign >= FOREIGN_MIN) {
    return {
      name: mirror.name,
      why: `it carries frames addressed to others (${String(mirror.foreign)} in a moment), as a mirror does`,
    }
  }
  if (samples.length === 1) {
    return { name: only.name, why: 'it is the only interface here, though no mirror so far' }
  }
  const { name } = most(samples, one => one.received)
  return { name, why: 'no interface carries frames addressed to others; it is the busiest' }
}

function most(samples: readonly Sample[], by: (one: Sample) => number): Sample {
  return samples.reduce((best, one) => (by(one) > by(best) ? one : best))
}

/** Why there is nothing to choose from, in words, with the mend. */
export function nothingToHear(interfaces: readonly Interface[]): string {
  const down = interfaces.filter(({ kind, up }) => !up && RANKS.flat().includes(kind))
  if (down.length > 0) {
    const { name } = down[0]!
    return `no interface to hear: ${name} is down: bring it up with: ip link set ${name} up`
  }
  return 'no interface to hear: only loopback, container and VPN interfaces are here: name one with --interface'
}
