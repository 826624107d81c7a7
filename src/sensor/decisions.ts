/** What people decide, done: written down by the store, and minded by identity from then on. */

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
    merge: (into, from) =>
      keeping.ruler.merge(into, from)
        ? done(into)
        : refused('one of both is not here, or they are one already'),
    split: (id, address, { by, at }) => {
      const own = keeping.ruler.split(id, address, { by, at })
      return own === undefined
        ? refused('no such part, or the device has but one', 'name one of its addresses')
        : done(own)
    },
    pin: (id, { by, at }) =>
      keeping.ruler.pin(id, { by, at }) ? done(id) : refused('no such device is here'),
    learning: () => keeping.learning.list,
    endLearning: (segment, { at }) => keeping.learning.end(segment, at),
  }
}

const done = (id: string): Decided => ({ done: true, id })
const refused = (why: string, mend = 'look at onlooker devices'): Decided => ({
  done: false,
  why,
  mend,
})
