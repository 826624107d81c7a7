/** Questions to the store: filters, order, pages, and what is refused. */

import t, { type Test } from 'tap'
import type { Filter } from '../../src/store/filters.js'
import type { Ask } from '../../src/store/paging.js'
import { Queries } from '../../src/store/queries.js'
import { QueryError } from '../../src/store/query-error.js'
import { Reading } from '../../src/store/reading.js'
import type { Store } from '../../src/store/store.js'
import { errorIn, storeFor } from './folders.js'
import { changes, device, fact, idOf, ipOf, macOf, NOON, talk } from './records.js'

const DEVICES = 250
const MESSAGES = { crowded: /too many/, slow: /too long/, closed: /closed/ }

function filled(t: Test): { store: Store; reading: Reading } {
  const store = storeFor(t)
  const some = Array.from({ length: DEVICES }, (_, number) => number)
  store.commit(
    changes({
      devices: some.map(number => device(number, number === 7 ? { vendor: null } : {})),
      facts: some.flatMap(number => [fact(number, 1), fact(number, 2)]),
      conversations: some.map(number => talk(number, idOf((number + 1) % DEVICES))),
    }),
  )
  const reading = new Reading(store.path)
  t.teardown(() => reading.close())
  return { store, reading }
}

/** All ids, page by page. */
function idsOf(reading: Reading, ask: Ask): string[] {
  return [...reading.each('devices', { limit: 7, ...ask })].flat().map(({ id }) => id)
}

t.test('devices are found by every field', t => {
  const { store, reading } = filled(t)
  store.edit(idOf(5), { authorized: true, tags: ['a', 'b'] }, { by: 'anna', at: NOON })
  const count = (filter: Filter, q = ''): number =>
    reading.ask('devices', { filter, q, limit: 1000 }).items.length
  t.equal(count({ kind: 'camera' }), 32)
  t.equal(count({ kind: ['camera', 'PRINTER'] }), 64, 'any of several, whatever the case')
  t.equal(count({ vendor: null }), 1, 'nobody knows')
  t.equal(count({ risk: { from: 90, to: 92 } }), 6)
  t.equal(count({ last_seen: { from: NOON + 240 } }), 10)
  t.equal(count({ mac: macOf(9).toUpperCase() }), 1)
  t.equal(count({ ip: [ipOf(9), ipOf(10)] }), 2)
  t.equal(count({ ip: '10.0.0.1' }), 1, 'a whole address, not how one begins')
  t.equal(count({ vlan: 3 }), 7)
  t.equal(count({ tag: 'b', authorized: true }), 1)
  t.equal(count({ authorized: null }), DEVICES - 1)
  t.equal(count({ new: true }), 0)
  t.equal(count({ id: idOf(3) }), 1)
  t.equal(count({}, 'camera-8'), 3, 'camera-8, camera-80 and camera-88')
  t.equal(count({}, 'LENOVO laptop-10'), 2, 'every word must stand somewhere')
  t.equal(count({}, macOf(9).replaceAll(':', '-')), 1, 'however an address is written')
  t.equal(count({}, `sn12`), 11, 'serial numbers too')
  t.equal(count({}, '%'), 0, 'no wildcard')
  t.end()
})

t.test('pages follow each other in every order, and devices that come between do no harm', t => {
  const { store, reading } = filled(t)
  for (const sort of [
    'name',
    '-name',
    'risk',
    '-risk',
    'ip',
    '-last_seen',
    'vendor',
    '-category',
  ]) {
    const ids = idsOf(reading, { sort })
    t.equal(new Set(ids).size, DEVICES, sort)
    t.same(
      idsOf(reading, { sort: sort.startsWith('-') ? sort.slice(1) : `-${sort}` }),
      ids.reverse(),
    )
  }
  const ids: string[] = []
  let next = DEVICES
  for (const batch of reading.each('devices', { sort: '-risk', limit: 20 })) {
    ids.push(...batch.map(({ id }) => id))
    store.commit(changes({ devices: [device(next, { risk: next++ % 101 })] }))
  }
  const old = ids.filter(id => parseInt(id, 16) < DEVICES)
  t.equal(old.length, DEVICES, 'all are told, none twice')
  t.equal(new Set(ids).size, ids.length)
  t.end()
})

t.test('questions that make no sense are refused with the mend', t => {
  const { reading } = filled(t)
  const refusal = (ask: object): QueryError => {
    const error = errorIn(() => reading.ask('devices', ask))
    t.type(error, QueryError)
    return error as QueryError
  }
  t.match(refusal({ filter: { vendr: 'HP' } }), { code: 'unknown_field', mend: /vendor/ })
  t.match(refusal({ sort: 'rsik' }), { code: 'wrong_sort', mend: /risk/ })
  t.match(refusal({ sort: 'vlan' }), { code: 'wrong_sort' })
  t.match(refusal({ limit: 1001 }), { code: 'wrong_limit', mend: /1000/ })
  t.match(refusal({ limit: 0.5 }), { code: 'wrong_limit' })
  t.match(refusal({ filter: { risk: 'high' } }), { code: 'wrong_value' })
  t.match(refusal({ filter: { kind: [] } }), { code: 'wrong_value' })
  t.match(refusal({ filter: { kind: { from: 1 } } }), { code: 'wrong_value' })
  t.match(refusal({ filter: { risk: { over: 1 } } }), { code: 'wrong_value' })
  t.match(refusal({ q: 'x'.repeat(201) }), { code: 'too_long' })
  t.match(refusal({ cursor: 'nonsense' }), { code: 'wrong_cursor' })
  const { cursor } = reading.ask('devices', { sort: 'name', limit: 5 })
  t.match(refusal({ sort: 'risk', cursor }), { code: 'wrong_cursor' }, 'of another question')
  const never = 'devicse' as 'devices'
  t.match(
    errorIn(() => reading.ask(never, {})),
    { code: 'unknown_question', mend: /devices/ },
  )
  t.end()
})

t.test('no question becomes SQL', t => {
  const { reading } = filled(t)
  const evil = ["x'); DROP TABLE devices; --", '1=1', 'id) OR (1=1', '__proto__', 'constructor']
  for (const text of evil) {
    t.throws(() => reading.ask('devices', { sort: text }), text)
    t.throws(() => reading.ask('devices', { filter: { [text]: 'x' } }), text)
    t.throws(() => reading.ask('conversations', { filter: { [text]: 'x' } }), text)
    t.same(reading.ask('devices', { filter: { vendor: text } }).items, [])
    t.same(reading.ask('devices', { q: text }).items, [])
    t.equal(reading.ask('device', { id: text }), null)
  }
  const forged = Buffer.from(JSON.stringify(['print', "' OR 1=1 --", 1])).toString('base64url')
  t.throws(() => reading.ask('devices', { cursor: forged }))
  t.equal(reading.ask('counts', {}).devices, DEVICES)
  t.end()
})

t.test('conversations and facts are listed in pages too', t => {
  const { reading } = filled(t)
  const of = (filter: Filter): number => reading.ask('conversations', { filter }).items.length
  t.equal(of({ from: idOf(3) }), 1)
  t.equal(of({ device: idOf(3) }), 2)
  t.equal(of({ protocol: 'tls', port: 443, to: idOf(4) }), 1)
  t.equal(of({ protocol: 'unheard' }), 0)
  t.same(
    [...reading.each('conversations', { limit: 100 })].map(page => page.length),
    [100, 100, 50],
  )
  t.equal([...reading.each('facts', { limit: 99 })].flat().length, 2 * DEVICES)
  t.same(reading.ask('facts', { filter: { device: idOf(8), fact: 'protocol2.name2' } }).items, [
    fact(8, 2),
  ])
  t.match(reading.ask('counts', { filter: { category: 'iot' } }), {
    ...{ devices: 95, kind: { camera: 32, printer: 32, tv: 31 } },
    status: { active: 95 },
  })
  t.end()
})

t.test('a thread answers, page by page, and says what is wrong', async t => {
  const { store } = filled(t)
  const queries = new Queries(store.path)
  t.teardown(() => queries.close())
  t.equal((await queries.ask('counts', {})).devices, DEVICES)
  const sizes: number[] = []
  for await (const batch of queries.each('devices', { limit: 100 })) sizes.push(batch.length)
  t.same(sizes, [100, 100, 50])
  await t.rejects(queries.ask('devices', { sort: 'rsik' }), { code: 'wrong_sort', mend: /risk/ })
  t.equal(await queries.ask('integrity', {}), '')
  t.equal(await queries.ask('checkpoint', {}), null)
  store.commit(changes({ devices: [device(DEVICES)] }))
  t.equal((await queries.ask('counts', {})).devices, DEVICES + 1, 'what was committed is seen')
})

t.test('a question that takes too long is given up, and the next one answered', async t => {
  const { store } = filled(t)
  const queries = new Queries(store.path, { questions_max: 3 })
  t.teardown(() => queries.close())
  const slow = queries.ask('counts', {}, 0)
  const next = queries.ask('counts', {})
  const last = queries.ask('device', { id: idOf(1) })
  await t.rejects(queries.ask('counts', {}), { name: 'StoreError', message: MESSAGES.crowded })
  await t.rejects(slow, { name: 'StoreError', message: MESSAGES.slow })
  t.equal((await next).devices, DEVICES)
  t.equal((await last)?.id, idOf(1))
  t.same(queries.refused, { crowded: 1, slow: 1 })
  await queries.close()
  await t.rejects(queries.ask('counts', {}), { name: 'StoreError', message: MESSAGES.closed })
})
