/** What is heard is kept: turn by turn, over restarts, and while the disk takes nothing. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { office } from '../../fixtures/network/office.js'
import { sourceOver } from '../../src/capture/file.js'
import { Solo } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { readSource } from '../../src/hearing/reading.js'
import { Secrets } from '../../src/hearing/secrets.js'
import type { Changes } from '../../src/model/changes.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { Keeping } from '../../src/sensor/keeping.js'
import { LearningPeriods } from '../../src/sensor/learning.js'
import { Recent } from '../../src/sensor/recent.js'
import { secretKey } from '../../src/sensor/secret-key.js'
import { openStore } from '../../src/store/open.js'
import { StoreError } from '../../src/store/errors.js'
import type { Store } from '../../src/store/store.js'

const DAY_MS = 86_400_000
const NOW = 1_768_210_000_000

function folder(t: Test): string {
  const made = mkdtempSync(join(tmpdir(), 'onlooker-'))
  t.teardown(() => rmSync(made, { recursive: true, force: true }))
  return made
}

const open = (where: string): Store => openStore(where, { now: () => NOW, sensor: 'test' })

function keep(store: Store, changed?: (changes: Changes) => void): Keeping {
  return new Keeping({
    ...{ store, facts, seed: 1, inside: [], site: null, learning_days: 7 },
    now: () => NOW,
    ...(changed ? { changed } : {}),
  })
}

async function hearOffice(keeping: Keeping): Promise<void> {
  const options = { protocols, facts, secrets: new Secrets(new Uint8Array(32)), seed: 1 }
  const solo = new Solo(options, keeping)
  let batches = 0
  await readSource(sourceOver(inputOf(pcap(office().frames))), solo, () => {
    if (++batches % 2 === 0) keeping.turn()
    return undefined
  })
}

const nobodyWaits = (): Promise<void> => Promise.resolve()

t.test('a sensor that starts again knows everybody, and nobody is news', async t => {
  const where = folder(t)
  const store = open(where)
  const keeping = keep(store)
  await hearOffice(keeping)
  t.ok(keeping.finish())
  const { devices } = keeping.counts()
  t.ok(devices >= 80, `${String(devices)} devices`)
  store.close()

  const again = open(where)
  const told: Changes[] = []
  const second = keep(again, changes => told.push(changes))
  await second.load(nobodyWaits)
  while (second.turn());
  t.equal(second.counts().devices, devices)
  t.same(
    told.flatMap(changes => [...changes.devices, ...changes.merges]),
    [],
  )
  await hearOffice(second)
  t.ok(second.finish())
  t.equal(second.counts().devices, devices)
  const stored = [...again.devices()].flat()
  t.equal(stored.length, devices)
  t.ok(
    stored.every(({ packets }) => packets > 0),
    'each has what it sent',
  )
  again.close()
})

t.test('devices that another agent manages are told as such, as its list says now', async t => {
  const where = folder(t)
  const store = open(where)
  const keeping = keep(store)
  await hearOffice(keeping)
  t.ok(keeping.finish())
  const [first] = [...store.devices()].flat().filter(({ macs }) => macs.length === 1)
  const { id, macs } = first!
  const endpoint = { hosts: [], macs, serial: null, agent: 'edr', seen: NOW }
  store.endpoints.put('list', 1, [endpoint])
  await keeping.match(nobodyWaits)
  t.ok(keeping.finish())
  const managed = (): string[] =>
    [...store.devices()].flat().flatMap(one => (one.managed === null ? [] : [one.id]))
  t.same(managed(), [id])
  t.equal(keeping.managed.deviceOf(endpoint), id)
  store.close()

  const again = open(where)
  const second = keep(again)
  await second.load(nobodyWaits)
  t.equal(second.managed.deviceOf(endpoint), id, 'also after a restart')
  again.endpoints.dropBefore('list', 2)
  await second.match(nobodyWaits)
  t.ok(second.finish())
  t.same(
    [...again.devices()].flat().filter(one => one.managed !== null),
    [],
  )
  again.close()
})

t.test('while nothing can be written the newest waits, and is written when it can', async t => {
  const store = open(folder(t))
  const keeping = keep(store)
  const commit = store.commit.bind(store)
  store.commit = () => {
    throw new StoreError('full', 'here')
  }
  await hearOffice(keeping)
  t.notOk(keeping.finish())
  t.match(keeping.trouble, /^the disk is full: here: make room/)
  store.commit = commit
  t.ok(keeping.finish())
  t.equal(keeping.trouble, '')
  t.equal([...store.devices()].flat().length, keeping.counts().devices)
  store.close()
})

t.test('a VLAN is learned for some days, and what comes later is new', t => {
  const store = open(folder(t))
  const learning = new LearningPeriods(store, 7)
  t.notOk(learning.isOver([10], NOW), 'it begins now')
  t.notOk(learning.isOver([10], NOW + 6 * DAY_MS))
  t.ok(learning.isOver([10], NOW + 7 * DAY_MS))
  t.notOk(learning.isOver([10, 20], NOW + 7 * DAY_MS), 'another VLAN begins')
  t.ok(learning.end('20', NOW + 7 * DAY_MS))
  t.notOk(learning.end('30', NOW))
  t.ok(new LearningPeriods(store, 7).isOver([10, 20], NOW + 7 * DAY_MS), 'it is written down')
  const off = new LearningPeriods(store, 0)
  t.notOk(off.isOver([10], NOW + 900 * DAY_MS), 'with 0 days nobody is new')
  t.same(off.list, [])
  store.close()
  t.end()
})

t.test('what was not asked for longest is dropped first', t => {
  const recent = new Recent<number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  t.equal(recent.get('a'), 1)
  recent.set('c', 3)
  t.equal(recent.get('b'), undefined)
  t.equal(recent.get('a'), 1)
  t.end()
})

t.test('the key of secrets is made once, for its owner only', t => {
  const where = folder(t)
  const key = secretKey(join(where, 'new'))
  t.equal(key.length, 32)
  t.same(Buffer.from(secretKey(join(where, 'new'))), Buffer.from(key))
  const file = join(where, 'new', 'secret.key')
  t.equal(statSync(file).mode & 0o777, 0o600)
  writeFileSync(file, readFileSync(file).subarray(1))
  t.throws(() => secretKey(join(where, 'new')), /damaged: .*: move it away/)
  t.end()
})
