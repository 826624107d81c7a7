/** What a route is, what it is given, and whom it may ask. */

import type { Readable } from 'node:stream'
import type { Census } from '../model/census.js'
import type { DeviceRecord, Edits, Time } from '../model/device.js'
import type { Health, Unready } from '../model/health.js'
import type { Claim } from '../model/judge.js'
import type { Learning } from '../store/loading.js'
import type { Endpoint } from '../store/endpoints.js'
import type { Queries } from '../store/queries.js'
import type { Receipt, Signed, Store } from '../store/store.js'
import type { Authority } from './auth/authority.js'
import type { Caller, Wanted } from './auth/permissions.js'
import type { Copies } from './copies.js'
import type { Feed } from './feed.js'
import type { Jobs } from './jobs.js'
import type { Schema } from './schemas.js'

/** Rules that were read again. */
export interface RulesRead {
  /** Of the rules that ship, or were taken in their place. */
  readonly version: string
  /** Rules, rows of tables, and fingerprints. */
  readonly rules: number
  /** Whether they differ from those that held before. */
  readonly changed: boolean
}

/** What the API asks the sensor. */
export interface Sensor {
  readonly version: string
  health(): Health
  /** Why it isn't ready; nothing if it is. */
  unready(): readonly Unready[]
  /** What nobody parsed. */
  census(): Census
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** What rules conclude of a device from what it said lately; nothing without rules. */
  claims?(id: string): readonly Claim[]
  /** Rejects where the new rules are wrong, and says where; the old ones hold. */
  reloadRules?(): Promise<RulesRead>
}

/** What came of a decision; `why` and `mend` tell why it was not done. */
export type Decided =
  | { readonly done: true; readonly id: string }
  | { readonly done: false; readonly why: string; readonly mend: string }

/** A recommendation in words, for these devices. */
export interface Counselled {
  readonly title: string
  readonly severity: string
  readonly why: string
  readonly mend: readonly string[]
  readonly ticket: string
  /** Rules for firewalls and switches; null where none would help. */
  readonly walls: object | null
}

/** Who knows what recommendations mean. */
export interface Counsel {
  /** Of all that have no topic. */
  readonly ids: readonly string[]
  /** undefined where there is no such recommendation. */
  tell(id: string, topic: string, devices: readonly DeviceRecord[]): Counselled | undefined
}

type Soon<T> = T | Promise<T>

/** What people decide, done by whoever knows the devices; undefined where nobody has this id. */
export interface Decisions {
  edit(id: string, edits: Edits, signed: Signed): Soon<Edits | undefined>
  forget(id: string, signed: Signed): Soon<Receipt | undefined>
  merge(into: string, from: string, signed: Signed): Soon<Decided>
  /** Takes an address, or an id that was merged, out of a device: it becomes one of its own. */
  split(id: string, address: string, signed: Signed): Soon<Decided>
  /** Nothing is merged with it or taken out of it any more, but by people. */
  pin(id: string, signed: Signed): Soon<Decided>
  learning(): readonly (Learning & { readonly until: Time })[]
  /** False if there is no such segment. */
  endLearning(segment: string, signed: Signed): Soon<boolean>
  /** The device that a managed endpoint is. */
  endpointDevice(endpoint: Endpoint): string | undefined
  /** The risk of other findings is taken than before. */
  accepted?(): void
  /** Another list of managed endpoints was brought. */
  endpointsBrought(): Soon<void>
}

/** Whom routes that need no more may ask. */
export interface Front {
  readonly sensor: Sensor
}

export interface Desk extends Front {
  readonly store: Store
  readonly queries: Queries
  readonly decisions: Decisions
  readonly counsel: Counsel
  readonly authority: Authority
  readonly feed: Feed
  readonly now: () => Time
  readonly jobs: Jobs
  readonly copies: Copies
  /** How many exports are under way. */
  readonly exports: { count: number }
}

/** One request, looked at and let in. */
export interface Call {
  readonly caller: Caller
  /** The address it came from; `local` is the socket. */
  readonly from: string
  readonly secure: boolean
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** It was hung up on. */
  readonly isGone: () => boolean
}

export interface Answer {
  readonly status: number
  /** JSON, unless another type is given. */
  readonly body: unknown
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A body that is written as it is read. */
export type Stream = Readable

export interface Route<D = Desk> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly permission: Wanted
  /** Of the query string: each property, by name. */
  readonly query?: Readonly<Record<string, Schema>>
  readonly body?: Schema
  /** A body that is taken as the bytes it is, in pieces: how many at most, and of which types. */
  readonly upload?: { readonly bytes_max: number; readonly types: readonly string[] }
  /** By status; undefined is text. Errors are added. */
  readonly answers: Readonly<Record<number, Schema | undefined>>
  /** It answers on and on: there is nothing to tell of it beforehand. */
  readonly isEndless?: boolean
  answer(call: Call, desk: D): Answer | Promise<Answer>
}

export const ok = (body: unknown): Answer => ({ status: 200, body })

/** Who did it, for what is written down. */
export function signed({ caller }: Call, { now }: Pick<Desk, 'now'>): Signed {
  return { by: caller.name, at: now() }
}
