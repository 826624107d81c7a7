/** What waits to be committed: it coalesces, stays within bounds, and outlives a full disk. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Changes } from '../../src/model/changes.js'
import { Backlog, type Waiting } from '../../src/store/backlog.js'
import { StoreError } from '../../src/store/errors.js'
import { smallDisk, storeFor, storeIn } from './folders.js'
import { changes, device, fact, idOf, key, NOON, talk } from './records.js'

const MINUTE = 60_000
const PLENTY = 10_000
const LIMITS: Waiting = { devices: 10, facts: 50, rows: 20, conversations: 5, presence: 5 }

/** A disk as it is told to be; what it took is there to look at. */
class Disk {
  isFull = false
  readonly taken: Changes[] = []

  commit(changes: Changes): number {
    if (this.isFull) throw new StoreError('full', 'here')
    this.taken.push(changes)
    return this.taken.length
  }
}

const presence = (number: number) => ({
  ...{ device: idOf(number), last_seen: NOON + number, packets: 1, bytes: 10 },
})

t.test('of each device the newest state waits, and facts add up', t => {
  const backlog = new Backlog()
  const disk = new Disk()
  backlog.add(changes({ devices: [device(1)], facts: [fact(1, 1), fact(1, 1)] }))
  backlog.add(
    changes({ devices: [device(1, { model: 'New' })], facts: [fact(1, 1, { last: NOON + 9 })] }),
  )
  t.match(backlog.waiting, { devices: 1, facts: 1 })
  t.ok(backlog.drain(disk, NOON, PLENTY))
  t.match(disk.taken, [{ devices: [{ model: 'New' }], facts: [{ count: 3, last: NOON + 9 }] }])
  t.ok(backlog.isEmpty)
  t.end()
})

t.test('presence and amounts are settled once a minute, new conversations at once', t => {
  const backlog = new Backlog()
  const disk = new Disk()
  const store = storeFor(t)
  const second = (turn: number): Changes =>
    changes({ at: NOON + turn * 1000, presence: [presence(1)], conversations: [talk(1, 'x')] })
  store.commit(changes({ devices: [device(1)] }))
  backlog.drain(disk, NOON, PLENTY)
  for (let turn = 1; turn <= 61; turn++) {
    backlog.add(second(turn))
    const before = disk.taken.length
    backlog.drain(disk, NOON + turn * 1000, PLENTY)
    for (const one of disk.taken.slice(before)) store.commit(one)
  }
  t.equal(disk.taken.length, 3, 'the first word, then a minute of amounts and of presence')
  t.match(disk.taken[2]?.presence, [{ packets: 60, bytes: 600 }])
  t.match(store.export(idOf(1))?.conversations, [{ packets: 600 }])
  backlog.settle(NOON)
  backlog.drain(store, NOON, PLENTY)
  t.match(store.export(idOf(1))?.conversations, [{ packets: 610 }])
  t.equal(store.export(idOf(1))?.device.packets, 7 + 61)
  t.end()
})

t.test('what is much is cut into slices, and a key goes to who had it last', t => {
  const backlog = new Backlog()
  const disk = new Disk()
  const numbers = Array.from({ length: 300 }, (_, number) => number)
  backlog.add(changes({ devices: numbers.map(number => device(number)) }))
  backlog.add(changes({ facts: numbers.map(what => fact(299, what)), keys: [key(1)] }))
  backlog.add(changes({ keys: [{ ...key(1), device: idOf(0) }] }))
  t.notOk(backlog.drain(disk, NOON, 0), 'one slice always, then the budget ends')
  t.equal(disk.taken.length, 1)
  t.ok(backlog.drain(disk, NOON, PLENTY))
  t.equal(disk.taken.flatMap(({ devices }) => devices).length, 300)
  t.equal(disk.taken.flatMap(({ facts }) => facts).length, 300)
  t.ok(disk.taken.every(({ devices, facts }) => devices.length * 6 + facts.length <= 206))
  t.match(
    disk.taken.flatMap(({ keys }) => keys),
    [{ device: idOf(0) }],
  )
  t.same(backlog.waiting, { devices: 0, facts: 0, rows: 0, conversations: 0, presence: 0 })
  t.end()
})

t.test('who is forgotten is forgotten first, unless merged', t => {
  const backlog = new Backlog()
  const disk = new Disk()
  const merge = {
    ...({ into: idOf(2), from: idOf(3), at: NOON, action: 'merge', by: 'rule', why: '' } as const),
    score: 1,
  }
  backlog.add(
    changes({ devices: [device(1), device(2), device(3)], conversations: [talk(1, 'x')] }),
  )
  backlog.add(changes({ forgotten: [idOf(1), idOf(3)], merges: [merge] }))
  backlog.add(changes({ devices: [device(1, { model: 'Returned' })] }))
  backlog.drain(disk, NOON, PLENTY)
  t.same(
    disk.taken.map(({ forgotten }) => forgotten),
    [[idOf(1)], [], []],
  )
  t.match(
    disk.taken[1]?.devices.map(({ id }) => id),
    [idOf(2), idOf(3), idOf(1)],
  )
  t.same(
    disk.taken.flatMap(({ conversations }) => conversations),
    [],
  )
  t.end()
})

t.test('what is said again waits for a minute, and is counted then', t => {
  const store = storeFor(t)
  const backlog = new Backlog()
  backlog.add(changes({ devices: [device(1)], facts: [fact(1, 1)] }))
  t.ok(backlog.drain(store, NOON, PLENTY))
  const written = store.committed
  for (let second = 1; second < 60; second++) {
    const last = NOON + second * 1000
    backlog.add(changes({ facts: [fact(1, 1, { last })] }))
    t.ok(backlog.drain(store, last, PLENTY))
  }
  t.equal(store.committed, written, 'not a transaction')
  t.match(backlog.waiting, { facts: 1 })
  backlog.add(changes({ facts: [fact(1, 1, { value: 'another' })] }))
  backlog.drain(store, NOON + 59_500, PLENTY)
  t.equal(store.committed, written + 1, 'what is new is written at once')
  backlog.drain(store, NOON + 61_000, PLENTY)
  const facts = store.export(idOf(1))?.facts ?? []
  t.match(
    facts.find(({ value }) => value !== 'another'),
    { count: 60, last: NOON + 59_000 },
  )
  t.ok(backlog.isEmpty)
  t.end()
})

t.test('while the disk is full the newest wait, and what was dropped is counted', t => {
  const backlog = new Backlog(LIMITS)
  const disk = new Disk()
  disk.isFull = true
  for (let number = 0; number < 100; number++) {
    backlog.add(
      changes({
        devices: [device(number)],
        facts: [fact(number, 1), fact(number, 2)],
        keys: [key(number)],
        presence: [presence(number + 1000)],
        conversations: [talk(number, 'x')],
      }),
    )
    t.notOk(backlog.drain(disk, NOON, PLENTY))
  }
  t.match(backlog.trouble, { fault: 'full' })
  t.same(backlog.waiting, { devices: 10, facts: 20, rows: 10, conversations: 10, presence: 5 })
  t.same(backlog.dropped, { devices: 90, facts: 180, rows: 90, conversations: 90, presence: 95 })
  t.equal(backlog.takeLost().length, 10, 'of whom the inventory tells anew')
  disk.isFull = false
  t.ok(backlog.drain(disk, NOON, PLENTY))
  t.equal(backlog.trouble, null)
  t.same(
    disk.taken.flatMap(({ devices }) => devices.map(({ id }) => id)),
    Array.from({ length: 10 }, (_, i) => idOf(90 + i)),
  )
  t.end()
})

t.test('a full disk is told, waited out, and nothing that was acknowledged is lost', t => {
  const folder = smallDisk(t, '2m')
  if (folder === undefined) {
    t.pass('no file systems of our own here: mounting takes root')
    t.end()
    return
  }
  const store = storeIn(folder, { durability: 'full' })
  t.teardown(() => store.close())
  const backlog = new Backlog()
  const ballast = join(folder, 'ballast')
  writeFileSync(ballast, Buffer.alloc(900_000))
  let number = 0
  const addSome = (): void => {
    const some = Array.from({ length: 50 }, () => number++)
    backlog.add(changes({ devices: some.map(one => device(one)), keys: some.map(one => key(one)) }))
  }
  while (store.state === 'ok' && number < 5000) {
    addSome()
    backlog.drain(store, NOON, PLENTY)
  }
  t.equal(store.state, 'full')
  t.match(store.trouble?.message, /the disk is full: .*onlooker\.db: make room/)
  addSome()
  t.notOk(backlog.drain(store, NOON + MINUTE, PLENTY), 'it goes on to try')
  t.ok([...store.devices()].flat().length > 0, 'and can be read')
  rmSync(ballast)
  t.ok(backlog.drain(store, NOON + 2 * MINUTE, PLENTY), 'space has returned')
  t.equal(store.state, 'ok')
  t.equal([...store.devices()].flat().length, number)
  t.same(backlog.dropped, { devices: 0, facts: 0, rows: 0, conversations: 0, presence: 0 })
  t.end()
})
