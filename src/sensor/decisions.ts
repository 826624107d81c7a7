/** What people decide, done: written down by the store, and minded by identity from then on. */

import { setImmediate as others } from 'node:timers/promises'
import type { Decided, Decisions } from '../api/call.js'
import type { Store } from '../store/store.js'
import type { Keeping } from './keeping.js'

export function decisionsOf(keeping: Keeping, store: Store): Decisions {
  return {
    edit: (id, edits, signed) => {
      const after = store.edit(id, edits, signed)
      keeping.edited(id)
      return after
    },
    forget: (id, signed) => {
      keeping.forget([id])
      return store.erase(id, signed)
    },
    merge: (into, from, { by }) =>
      keeping.ruler.merge(into, from, person(by))
        ? done(into)
        : refused('one of both is not here, or they are one already'),
    split: (id, address, { by, at }) => {
      const own = keeping.ruler.split(id, address, { by: person(by), at })
      return own === undefined
        ? refused('no such part, or the device has but one', 'name one of its addresses')
        : done(own)
    },
    pin: (id, { by, at }) =>
      keeping.ruler.pin(id, { by: person(by), at }) ? done(id) : refused('no such device is here'),
    learning: () => keeping.learning.list,
    endLearning: (segment, { at }) => keeping.learning.end(segment, at),
    endpointDevice: endpoint => keeping.managed.deviceOf(endpoint),
    accepted: () => keeping.accepted(),
    endpointsBrought: () => keeping.match(() => others()),
  }
}

const person = (name: string): string => `person ${name}`
const done = (id: string): Decided => ({ done: true, id })
const refused = (why: string, mend = 'look at onlooker devices'): Decided => ({
  done: false,
  why,
  mend,
})
