/** What keeps the database small: retention, the disk budget, and a clock that is not always believed. */

import t from 'tap'
import { settingsIn } from '../../src/settings/document.js'
import { defaults } from '../../src/settings/schema.js'
import { Calendar } from '../../src/store/calendar.js'
import { DAY_MS } from '../../src/store/limits.js'
import { bounds, type StoreOptions } from '../../src/store/open.js'
import type { Store } from '../../src/store/store.js'
import { storeFor } from './folders.js'
import { changes, device, fact, idOf, NOON, talk } from './records.js'

/** Days that pass as fast as a test wants. */
function timely(more: Partial<StoreOptions> = {}): {
  days: number
  options: Partial<StoreOptions>
} {
  const clock = { days: 0, options: {} as Partial<StoreOptions> }
  const uptime = (): number => clock.days * DAY_MS
  clock.options = { now: () => NOON + clock.days * DAY_MS, uptime, ...more }
  return clock
}

function tendAll(store: Store, now: number): void {
  for (let i = 0; i < 10_000 && store.tend(now, 5); i++);
}

t.test('everything goes at its age, and devices are named to whoever forgets them', t => {
  const clock = timely()
  const store = storeFor(t, clock.options)
  const event = { device: idOf(1), at: NOON, field: 'model', before: 1, after: 2, because: 'r' }
  const looked = fact(1, 5, { fact: 'dns.name', last: NOON })
  store.commit(
    changes({
      devices: [device(1), device(2, { last_seen: NOON + 80 * DAY_MS })],
      facts: [fact(1, 1), looked],
      history: [event],
      holdings: [{ device: idOf(1), address: 'a', from: NOON, to: NOON + 1, proof: 'lease' }],
      conversations: [talk(1, 'x')],
    }),
  )
  const left = (days: number): number[] => {
    clock.days = days
    tendAll(store, NOON + days * DAY_MS)
    const all = store.export(idOf(1))!
    return [all.conversations, all.facts, all.history, all.holdings].map(({ length }) => length)
  }
  t.same(left(29), [1, 2, 1, 1])
  t.same(left(31), [0, 1, 1, 1], 'conversations and names after 30 days')
  t.same(left(89), [0, 1, 1, 1])
  t.same(store.expired(NOON + 89 * DAY_MS), [])
  t.same(left(91), [0, 0, 0, 0], 'the rest after 90')
  t.same(store.expired(NOON + 91 * DAY_MS), [idOf(1)])
  t.match(store.dropped, { conversations: 1, facts: 2, history: 1, holdings: 1 })
  t.end()
})

t.test('a used-up budget takes old conversations first, then history, then doubled facts', t => {
  const clock = timely({ disk_max: 560_000 })
  const store = storeFor(t, clock.options)
  const numbers = Array.from({ length: 100 }, (_, number) => number)
  const event = { device: idOf(1), field: 'model', before: 1, after: 2, because: 'rule' }
  store.commit(changes({ devices: numbers.map(number => device(number)) }))
  const core = store.sizes().used_bytes
  t.ok(core < 400_000)
  store.commit(
    changes({
      facts: numbers.flatMap(n =>
        Array.from({ length: 10 }, (_, i) => fact(n, 1, { value: `${i}`, last: NOON + i })),
      ),
      history: Array.from({ length: 2000 }, (_, i) => ({ ...event, at: NOON + i })),
      conversations: Array.from({ length: 2000 }, (_, i) =>
        talk(i % 100, `203.0.113.${i}`, { last_seen: NOON + i }),
      ),
    }),
  )
  store.acknowledge('hub', store.sequence, NOON)
  tendAll(store, NOON)
  const { dropped } = store
  t.ok(dropped.conversations_early > 0, 'conversations go')
  t.ok(store.sizes().used_bytes <= 560_000)
  t.ok(store.sizes().database_bytes < 560_000 + 3_000_000, 'free pages go back in the end')
  const all = store.export(idOf(1))
  if (all && all.conversations.length > 0) t.ok(all.conversations[0]!.last_seen > NOON + 500)
  t.equal([...store.devices()].flat().length, 100, 'no device')
  t.end()
})

t.test('a budget that is far too small leaves the core of every device', t => {
  const clock = timely({ disk_max: 200_000 })
  const store = storeFor(t, clock.options)
  const numbers = Array.from({ length: 100 }, (_, number) => number)
  store.commit(
    changes({
      devices: numbers.map(number => device(number)),
      facts: numbers.flatMap(n =>
        Array.from({ length: 10 }, (_, i) => fact(n, 1, { value: `${i}`, last: NOON + i })),
      ),
      conversations: [talk(1, 'x')],
    }),
  )
  tendAll(store, NOON)
  t.match(store.dropped, { conversations_early: 1, facts_early: 600 })
  t.same(
    store.export(idOf(1))?.facts.map(({ value }) => value),
    ['6', '7', '8', '9'],
  )
  t.equal([...store.devices()].flat().length, 100)
  t.end()
})

t.test('a clock that jumps a year ahead empties nothing', t => {
  const clock = timely()
  const store = storeFor(t, clock.options)
  store.commit(changes({ devices: [device(1)], conversations: [talk(1, 'x')] }))
  const year = NOON + 365 * DAY_MS
  clock.days = 0.5
  tendAll(store, year)
  t.same(store.expired(year), [])
  t.equal(store.export(idOf(1))?.conversations.length, 1)
  clock.days = 0.6
  tendAll(store, NOON - 365 * DAY_MS)
  tendAll(store, NOON + 0.6 * DAY_MS)
  t.equal(store.export(idOf(1))?.conversations.length, 1, 'nor does one that returns')
  t.end()
})

t.test('a new time that holds for a day is believed', t => {
  const calendar = new Calendar(NOON, 0)
  const year = NOON + 365 * DAY_MS
  t.equal(calendar.believed(NOON + 1000, 1000), NOON + 1000)
  t.equal(calendar.believed(year, 2000), NOON + 2000)
  t.equal(calendar.believed(year + DAY_MS / 2, DAY_MS / 2), NOON + DAY_MS / 2)
  t.equal(calendar.believed(year + DAY_MS + 3000, DAY_MS + 3000), year + DAY_MS + 3000)
  t.equal(calendar.believed(NOON, DAY_MS + 4000), NOON, 'back is harmless')
  t.end()
})

t.test('how much is kept and how long is as configured', t => {
  const usual = { devices_days: 90, history_days: 90, conversations_days: 30, names_days: 30 }
  t.same(bounds(defaults()), {
    ...{ disk_max: 10_000_000_000, durability: 'normal', retention: usual },
  })
  const text = 'store: {disk_max: 2TB, devices_days: 365, names_days: 1, durability: full}'
  const retention = { ...usual, devices_days: 365, history_days: 365, names_days: 1 }
  t.same(bounds(settingsIn(text, 'a.yaml')), {
    ...{ disk_max: 2_000_000_000_000, durability: 'full', retention },
  })
  t.end()
})
