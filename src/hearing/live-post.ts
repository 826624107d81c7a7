/** What the main thread and its live workers send each other, beside what lies in shared memory. */

import type { MessagePort } from 'node:worker_threads'
import type { Counts } from './crew.js'
import type { Discretion } from './discretion.js'

/** What an ear is opened from; it crosses threads. */
export interface EarPlan {
  /** Its number in this sensor. */
  readonly ear: number
  /** Whatever the worker's program opens an ear by: of a ring, a RingMapping. */
  readonly mapping: unknown
  /** A worker that died had it before; and it died with a block in its hands. */
  readonly again: boolean
  readonly takes_over: boolean
}

/** How often what leaves a worker leaves it, in milliseconds. */
export interface Pace {
  readonly facts_ms: number
  readonly rows_ms: number
  readonly counts_ms: number
}

export interface LiveStart {
  readonly index: number
  readonly seed: number
  /** Under which secrets are hashed: the same for all workers. */
  readonly key: Uint8Array
  readonly discretion: Discretion
  readonly board: SharedArrayBuffer
  readonly facts: SharedArrayBuffer
  readonly rows: SharedArrayBuffer
  /** The eventfd that wakes the worker, or -1. */
  readonly wake: number
  readonly ears: readonly EarPlan[]
  readonly pace: Pace
  readonly port: MessagePort
}

export type Order =
  | { readonly order: 'open'; readonly plan: EarPlan }
  | { readonly order: 'close'; readonly ear: number }
  | { readonly order: 'pause' | 'resume' | 'stop' }

export type Report =
  /** There are facts, rows or news on the board. */
  | { readonly report: 'bell' }
  /** Absolute counts, and how each second was heard since the last report. */
  | { readonly report: 'counts'; readonly told: CountsTold }
  | { readonly report: 'opened' | 'closed'; readonly ear: number }
  /** The ear could not be opened, or its socket holds an error. */
  | { readonly report: 'refused' | 'fault'; readonly ear: number; readonly why: string }
  | { readonly report: 'ended' }

export interface CountsTold {
  readonly counts: Counts
  /** Frames heard when these were the counts. */
  readonly frames: number
  readonly coverage: Int32Array
  /** Numbers of tunnels, and networks that ask for each other, since the last report. */
  readonly sequences: Int32Array
  readonly networks: Int32Array
  /** All seconds before this one are told in full. */
  readonly before: number
}
