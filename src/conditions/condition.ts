/** What is demanded of facts, and the facts that are given: the language of all that is known as data. */

/** One demand on one fact. */
export interface Condition {
  readonly fact: string
  /** Some value must be one of these, in lower case, or match one of the patterns. */
  readonly words: readonly string[]
  readonly patterns: readonly { readonly source: string }[]
  /** No value may be. */
  readonly not: boolean
}

/** How the keys of a table are compared with a fact's value, in lower case. */
export const MATCHES = ['exact', 'prefix', 'domain', 'oid', 'word', 'pattern'] as const
export type Match = (typeof MATCHES)[number]

/** Facts with a value or several. */
export type Given = Readonly<Record<string, string | readonly string[]>>
