/** The differences that are meant, as `test/agreement.yaml` explains them. */

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export type Over = 'packets' | 'connections' | 'flows'
export type Side = 'onlooker' | 'tshark'

/** What is left out is any. */
export interface Accepted {
  readonly protocols: readonly string[]
  readonly over?: Over
  /** Who alone hears the protocols there. */
  readonly only?: Side
  /** Captures, or how their paths begin. */
  readonly files?: readonly string[]
  readonly why: string
}

const list = new URL('../../../test/agreement.yaml', import.meta.url)

export const accepted = parse(readFileSync(list, 'utf8')) as readonly Accepted[]

/** Whether somebody explained that `only` one side hears this protocol in this file. */
export function isAccepted(protocol: string, over: Over, only: Side, file: string): boolean {
  return accepted.some(
    one =>
      one.protocols.includes(protocol) &&
      (one.over ?? over) === over &&
      (one.only ?? only) === only &&
      (one.files ?? ['']).some(start => file.startsWith(start)),
  )
}
