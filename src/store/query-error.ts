/** A question that can't be answered because of how it is asked. */

import { nearest } from '../settings/nearest.js'

export type QueryFault =
  | 'unknown_question'
  | 'unknown_field'
  | 'wrong_value'
  | 'wrong_sort'
  | 'wrong_limit'
  | 'wrong_cursor'
  | 'too_long'

/** As the API says it: a code, what is wrong, and how to mend it. */
export class QueryError extends Error {
  readonly code: QueryFault
  readonly mend: string

  constructor(code: QueryFault, message: string, mend: string) {
    super(message)
    this.name = 'QueryError'
    this.code = code
    this.mend = mend
  }
}

/** `word` is none of these; says which is the nearest, else all of them. */
export function unknown(code: QueryFault, word: string, known: readonly string[]): QueryError {
  const near = nearest(word, known)
  const mend = near === undefined ? `one of: ${known.join(', ')}` : `did you mean ${near}?`
  return new QueryError(code, `${code.replace('_', ' ')}: ${word.slice(0, 60)}`, mend)
}
