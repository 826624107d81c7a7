/** What is committed comes back, adds up, and goes without a trace. */

import t, { type Test } from 'tap'
import type { MergeRecord } from '../../src/model/device.js'
import { Reading } from '../../src/store/reading.js'
import type { Store } from '../../src/store/store.js'
import { packSubject, unpackSubject } from '../../src/store/subjects.js'
import { folderFor, storeFor, storeIn } from './folders.js'
import { changes, device, fact, idOf, ipOf, key, macOf, NOON, talk } from './records.js'

const HOUR = 3_600_000

function readingOf(t: Test, store: Store): Reading {
  const reading = new Reading(store.path)
  t.teardown(() => reading.close())
  return reading
}

const merge = (
  into: number,
  from: number,
  action: MergeRecord['action'] = 'merge',
): MergeRecord => ({
  ...{ into: idOf(into), from: idOf(from), at: NOON, action, by: 'rule', why: 'same serial' },
  score: 0.9,
})

t.test('what is committed is there after a restart', t => {
  const folder = folderFor(t)
  const before = storeIn(folder)
  const whole = device(1, {
    serial: null,
    vendor: null,
    os: null,
    site: 'Berlin',
    roles: ['router'],
  })
  const holding = { device: idOf(1), address: ipOf(1), from: NOON, to: null, proof: 'lease' }
  const event = {
    device: idOf(1),
    at: NOON,
    field: 'model',
    before: null,
    after: 'X',
    because: 'r',
  }
  before.commit(
    changes({
      devices: [whole],
      facts: [fact(1, 1), fact(1, 4)],
      keys: [key(1)],
      holdings: [holding],
      history: [event],
      conversations: [talk(1, '203.0.113.7', { port: null, name: null })],
    }),
  )
  before.setLearning({ segment: '1/10', begun: NOON, ended: null })
  before.close()
  const store = storeIn(folder)
  t.teardown(() => store.close())
  t.same([...store.devices()].flat(), [whole])
  t.same([...store.keys()].flat(), [key(1)])
  t.same([...store.holdings()].flat(), [holding])
  t.same(store.learning(), [{ segment: '1/10', begun: NOON, ended: null }])
  const document = store.export(idOf(1))
  t.same(document?.device, whole)
  t.same(document?.facts, [fact(1, 1), fact(1, 4)])
  t.same(document?.history, [event])
  t.same(document?.conversations, [talk(1, '203.0.113.7', { port: null, name: null })])
  t.end()
})

t.test('what is said again counts, and widens when it was said', t => {
  const store = storeFor(t)
  const later = { first: NOON + HOUR, last: NOON + 2 * HOUR, count: 3 }
  store.commit(changes({ devices: [device(1)], facts: [fact(1, 1)] }))
  store.commit(changes({ facts: [fact(1, 1, later)], conversations: [talk(1, idOf(9))] }))
  store.commit(changes({ conversations: [talk(1, idOf(9))] }))
  const presence = { device: idOf(1), last_seen: NOON + HOUR, packets: 5, bytes: 50 }
  store.commit(changes({ presence: [presence] }))
  const document = store.export(idOf(1))
  t.match(document?.facts, [{ first: NOON, last: NOON + 2 * HOUR, count: 4 }])
  t.match(document?.conversations, [{ packets: 20, bytes_out: 200, bytes_in: 2000 }])
  t.match(document?.device, { packets: 12, bytes: 750, last_seen: NOON + HOUR })
  t.end()
})

t.test('a key belongs to the device that had it last', t => {
  const store = storeFor(t)
  const devices = [device(1), device(2)]
  store.commit(changes({ devices, keys: [key(1)] }))
  const moved = { ...key(1), device: idOf(2), first: NOON + 5, last: NOON + 5 }
  store.commit(changes({ keys: [moved] }))
  t.same([...store.keys()].flat(), [moved])
  t.end()
})

t.test('a merge hides one device in another, and a split brings it back', t => {
  const store = storeFor(t)
  const reading = readingOf(t, store)
  const devices = [device(1), device(2), device(3)]
  store.commit(changes({ devices, facts: [fact(1, 1), fact(2, 2)] }))
  store.commit(changes({ merges: [merge(1, 2)], forgotten: [idOf(2)] }))
  store.commit(changes({ merges: [merge(3, 1), merge(2, 3)] }))
  t.same(
    [...store.devices()].flat().map(({ id }) => id),
    [idOf(3)],
  )
  t.same(reading.ask('device', { id: idOf(2) })?.id, idOf(3), 'the old id still finds it')
  const facts = reading.ask('facts_of', { id: idOf(1) })
  t.same(
    facts.map(({ device, fact }) => [device, fact]),
    [
      [idOf(3), 'protocol1.name1'],
      [idOf(3), 'protocol2.name2'],
    ],
  )
  t.same(store.aliases().length, 2)
  store.commit(changes({ merges: [merge(3, 1, 'split'), merge(1, 2, 'split')] }))
  t.same(reading.ask('devices', {}).items.length, 3)
  t.same(reading.ask('facts_of', { id: idOf(2) }).length, 1)
  t.same(reading.ask('merges_of', { id: idOf(1) }).length, 4)
  t.end()
})

t.test('a person outranks what is heard, until they take it back', t => {
  const categoryOf = (kind: string): string | undefined => (kind === 'nvr' ? 'iot' : undefined)
  const store = storeFor(t, { categoryOf })
  const reading = readingOf(t, store)
  store.commit(changes({ devices: [device(2)] }))
  const by = { by: 'anna', at: NOON }
  t.same(store.edit(idOf(2), { name: 'Door', kind: 'nvr', tags: ['hall'] }, by), {
    ...{ name: 'Door', kind: 'nvr', tags: ['hall'] },
  })
  store.commit(changes({ devices: [device(2, { model: 'New' })] }))
  const shown = reading.ask('device', { id: idOf(2) })
  t.match(shown, { kind: 'nvr', category: 'iot', model: 'New', names: ['Door', 'laptop-2'] })
  t.same(reading.ask('devices', { filter: { tag: 'hall' }, q: 'door' }).items.length, 1)
  t.match([...store.devices()].flat(), [{ kind: 'laptop', edits: { name: 'Door' } }])
  t.match(reading.ask('history_of', { id: idOf(2) }).items, [{ because: 'person anna' }, {}, {}])
  store.edit(idOf(2), { kind: null }, by)
  t.match(reading.ask('device', { id: idOf(2) }), { kind: 'laptop', category: 'computer' })
  t.equal(store.edit('nobody', {}, by), undefined)
  t.end()
})

t.test('a forgotten device is gone, and known again when it returns', t => {
  const store = storeFor(t)
  const reading = readingOf(t, store)
  const ip = key(1, { kind: 'ip', value: `1/10/${ipOf(1)}` })
  store.commit(
    changes({ devices: [device(1), device(2)], facts: [fact(1, 1)], keys: [key(1), ip] }),
  )
  store.commit(changes({ conversations: [talk(2, idOf(1))], forgotten: [idOf(1)] }))
  t.equal(store.export(idOf(1)), undefined)
  t.same(store.export(idOf(2))?.conversations, [])
  t.equal(store.remembered('mac', key(1).value), idOf(1))
  t.equal(store.remembered('ip', ip.value), undefined, 'an address may be anybody')
  const { items } = reading.ask('changes', { after: 0 })
  t.match(items.at(-1), { kind: 'forgotten', document: { id: idOf(1) } })
  t.same(
    items.filter(({ kind }) => kind === 'device').length,
    1,
    'nothing else of it waits for anybody',
  )
  t.end()
})

t.test('what is erased is in no file any more', async t => {
  const { readFileSync } = await import('node:fs')
  const store = storeFor(t)
  const secret = { names: ['unmistakable-name'] }
  store.commit(changes({ devices: [device(1, secret), device(2)], keys: [key(1)] }))
  store.commit(changes({ facts: [fact(1, 1, { value: 'unmistakable-value' })] }))
  const receipt = store.erase(idOf(1), { by: 'anna', at: NOON })
  t.match(receipt, { id: idOf(1), by: 'anna', removed: { devices: 1, facts: 1, keys: 1 } })
  t.match(receipt?.hash, /^[0-9a-f]{64}$/)
  const bytes = ['', '-wal'].map(end => readFileSync(store.path + end, 'latin1')).join('')
  t.notMatch(bytes, /unmistakable/)
  t.equal(store.remembered('mac', key(1).value), undefined)
  t.equal(store.erase(idOf(1), { by: 'anna', at: NOON }), undefined)
  t.end()
})

t.test('each thing waits once for a destination, in its newest state', t => {
  const store = storeFor(t)
  const reading = readingOf(t, store)
  const first = store.commit(changes({ devices: [device(1), device(2)], facts: [fact(1, 1)] }))
  const second = store.commit(
    changes({ devices: [device(1, { model: 'Newer' })], facts: [fact(1, 2, { last: NOON + 9 })] }),
  )
  t.ok(second > first, 'numbers grow')
  const { items, epoch, gap, last } = reading.ask('changes', { after: 0 })
  t.same(
    items.map(({ kind }) => kind),
    ['device', 'device', 'facts'],
  )
  t.match(items[1]?.document, { device: { id: idOf(1), model: 'Newer' } })
  t.match(items[2]?.document, [{ fact: 'protocol1.name1' }, { fact: 'protocol2.name2' }])
  t.match(epoch, /^[0-9a-f-]{36}$/)
  t.same([gap, last], [false, second])
  store.acknowledge('hub', last, NOON)
  store.tend(NOON, 50)
  t.same(reading.ask('changes', { after: 0 }).items, [], 'what all destinations have goes')
  t.equal(store.commit(changes({ devices: [device(3)] })), second + 1, 'no number comes twice')
  t.end()
})

t.test('nothing is kept of a turn that could not be committed', t => {
  const store = storeFor(t)
  store.commit(changes({ devices: [device(1)] }))
  const before = store.sequence
  const broken = { ...fact(1, 2), value: Symbol('no text') as unknown as string }
  t.throws(() => store.commit(changes({ facts: [fact(1, 1), broken] })))
  t.equal(store.sequence, before)
  t.same(store.export(idOf(1))?.facts, [])
  store.commit(changes({ facts: [fact(1, 1), fact(77, 1)] }))
  t.same(store.export(idOf(1))?.facts, [fact(1, 1)])
  t.equal(store.dropped.orphans, 1, 'a fact about nobody is counted')
  t.end()
})

t.test('subjects come back as they were', t => {
  for (const subject of [
    `mac ${macOf(5)}`,
    `mac ${macOf(5)}@10`,
    'ip 10.0.0.5',
    'ip 10.0.0.5@4094',
    'ip 300.1.1.1',
    'ip 010.0.0.5',
    'ip 2001:db8::1@7',
    'ip 10.0.0.5@010',
    'anything else',
    '',
  ]) {
    t.equal(unpackSubject(packSubject(subject)), subject, subject)
  }
  t.equal(packSubject(`mac ${macOf(5)}@10`).length, 9)
  t.end()
})

t.test('people, their tokens, and what they did', t => {
  const { people } = storeFor(t)
  const user = {
    ...{ name: 'anna', password: 'scrypt$1$2', role: 'admin', created: NOON, changed: NOON },
    ...{ last_login: null, disabled: false },
  }
  const token = {
    ...{ id: 't1', hash: 'h1', name: 'script', user: 'anna', permissions: ['read'] },
    ...{ created: NOON, expires: NOON + HOUR, last_used: null },
  }
  const session = {
    ...{ hash: 's1', user: 'anna', csrf: 'c', address: '::1', created: NOON },
    ...{ expires: NOON + HOUR, last_used: NOON },
  }
  people.putUser(user)
  people.putUser({ ...user, disabled: true })
  people.putToken(token)
  people.putSession(session)
  people.log({ at: NOON, who: 'anna', what: 'login', about: '', outcome: 'ok', detail: '' })
  t.same(people.user('anna'), { ...user, disabled: true })
  t.same(people.tokenByHash('h1'), token)
  t.same(people.session('s1'), session)
  t.match(people.audit(), [{ number: 1, who: 'anna', what: 'login' }])
  t.equal(people.tidy(NOON + 2 * HOUR), 2)
  people.putToken(token)
  t.ok(people.removeUser('anna'))
  t.same([people.users(), people.tokens()], [[], []])
  t.end()
})

t.test('a list of managed endpoints replaces the one before', t => {
  const { endpoints } = storeFor(t)
  const one = { hosts: ['pc1'], macs: [macOf(1)], serial: 'S', agent: 'edr', seen: NOON }
  const first = endpoints.nextGeneration('csv')
  endpoints.put('csv', first, [one, { ...one, hosts: ['pc2'] }])
  const second = endpoints.nextGeneration('csv')
  endpoints.put('csv', second, [{ ...one, hosts: ['pc3'] }])
  t.notOk(endpoints.dropBefore('csv', second))
  t.same([...endpoints.all()], [{ source: 'csv', ...one, hosts: ['pc3'] }])
  t.end()
})
