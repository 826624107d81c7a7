/** What a recommendation is made of: when it holds, when it is mended, and what to do. */

import type { Condition, Given } from '../../conditions/condition.js'
import type { Severity } from '../../model/health.js'

/** All conditions must hold together. */
export interface Alternative {
  readonly when: readonly Condition[]
  /** Milliseconds since 1970 from which on it holds; -Infinity is always. */
  readonly from: number
}

/** A device as it might be, and how it then stands. */
export interface Instance {
  readonly given: Given
  readonly standing: 'unhealthy' | 'healthy'
}

/** `tcp/23`: what a firewall would stop. */
export interface Gate {
  readonly transport: 'tcp' | 'udp'
  readonly port: string
}

export interface Recommendation {
  readonly id: string
  /** With `$topic` where there are several. */
  readonly title: string
  readonly severity: Severity
  readonly why: string
  /** What to do, step by step. */
  readonly mend: readonly string[]
  /** What to write to whoever does it. */
  readonly ticket: string
  readonly gates: readonly Gate[]
  /** Any of these; each pattern may catch a `place`, which is then mended by itself. */
  readonly unhealthy: readonly Alternative[]
  readonly healthy: readonly Alternative[]
  /** Others say of which devices it holds, and about what: rules don't. */
  readonly isFrame: boolean
  readonly examples: readonly Instance[]
  readonly counterexamples: readonly Given[]
  /** `credentials.yaml:12`. */
  readonly place: string
}
