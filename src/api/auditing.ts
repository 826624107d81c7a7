/** Writes down every change that somebody made: who, what, when, from where, before and after. */

import type { Call, Desk } from './call.js'

/** What is longer is not written down; it would fill the log. */
const DETAIL_CHARACTERS_MAX = 16_384

export interface Deed {
  /** `device.edit`, `user.add`, ... */
  readonly what: string
  /** Of whom or what: an id, a name. */
  readonly about: string
  readonly outcome?: 'done' | 'refused'
  readonly before?: unknown
  readonly after?: unknown
}

export function audit(call: Call, { store, now }: Pick<Desk, 'store' | 'now'>, deed: Deed): void {
  const { what, about, outcome = 'done', before = null, after = null } = deed
  const { caller, from } = call
  const whole = JSON.stringify({ from, by: caller.by, before, after })
  const detail =
    whole.length <= DETAIL_CHARACTERS_MAX
      ? whole
      : JSON.stringify({ from, by: caller.by, before: null, after: null, too_long: true })
  const who = caller.name === '' ? about : caller.name
  store.people.log({ at: now(), who, what, about, outcome, detail })
}
