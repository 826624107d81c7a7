/** Every setting there is, as data: its form, its default, and what it is for. */

import { readNetwork, type Network } from './network.js'

/** The whole configuration; what a file leaves out has its default. */
export interface Settings {
  readonly read: {
    /** Threads that hear. */
    readonly workers: number | 'auto'
  }
  readonly networks: {
    /** Networks that count as inside, besides private ones. */
    readonly inside: readonly Network[]
  }
}

/** Gives the value, or `Refused` with what to write instead. */
type Read<T> = (written: unknown) => T | Refused

/** How a value that can't be taken should read. */
export class Refused {
  readonly mend: string

  constructor(mend: string) {
    this.mend = mend
  }
}

interface One<T> {
  readonly kind: 'one'
  readonly read: Read<T>
}

interface Many<T> {
  readonly kind: 'many'
  readonly read: Read<T>
  readonly max: number
}

export type Form = One<unknown> | Many<unknown>
type FormOf<T> = T extends readonly (infer Item)[] ? Many<Item> : One<T>

export interface Key<T = unknown> {
  /** What the shipped file says of it; a line each, none above 90 characters. */
  readonly doc: readonly string[]
  readonly form: [T] extends [readonly unknown[]] ? FormOf<T> : One<T>
  readonly initial: T
}

type Keys<T> = { readonly [Name in keyof T]: Key<T[Name]> }
type Schema = { readonly [Section in keyof Settings]: Keys<Settings[Section]> }

const WORKERS_MAX = 16
const NETWORKS_MAX = 1024

function workers(written: unknown): number | 'auto' | Refused {
  if (written === 'auto') return 'auto'
  const known = typeof written === 'number' && Number.isInteger(written)
  if (known && written >= 1 && written <= WORKERS_MAX) return written
  return new Refused(`write a whole number from 1 to ${WORKERS_MAX}, or auto`)
}

function network(written: unknown): Network | Refused {
  const known = readNetwork(typeof written === 'string' ? written : '')
  return typeof known === 'string' ? new Refused(known) : known
}

export const schema: Schema = {
  read: {
    workers: {
      doc: [
        `Threads that hear frames when captures are read: 1 to ${WORKERS_MAX}, or auto, which is by cores`,
        '(one for files under 64 MB). The result is the same, whatever stands here.',
      ],
      form: { kind: 'one', read: workers },
      initial: 'auto',
    },
  },
  networks: {
    inside: {
      doc: [
        'Networks that count as inside, besides private and link-local ones and those that DHCP and',
        'router advertisements tell of, for example [203.0.113.0/24, 2001:db8::/32].',
      ],
      form: { kind: 'many', read: network, max: NETWORKS_MAX },
      initial: [],
    },
  },
}

/** The settings of somebody who has configured nothing. */
export function defaults(): Settings {
  const sections = Object.entries(schema as AnySchema).map(([section, keys]) => [
    section,
    Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.initial])),
  ])
  return Object.fromEntries(sections) as unknown as Settings
}

/** The schema as whoever walks it sees it. */
export type AnyKey = {
  readonly doc: readonly string[]
  readonly form: Form
  readonly initial: unknown
}
export type AnySchema = Readonly<Record<string, Readonly<Record<string, AnyKey>>>>
