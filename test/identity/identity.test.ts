/** The live sensor's identity: the same devices as a capture's, turn by turn, and over restarts. */

import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { office } from '../../fixtures/network/office.js'
import { sourceOver } from '../../src/capture/file.js'
import { Solo, type Listener } from '../../src/hearing/crew.js'
import { readSource } from '../../src/hearing/reading.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { Identity } from '../../src/identity/identity.js'
import { Inventory } from '../../src/identity/inventory.js'
import { Vendors } from '../../src/identity/vendors.js'
import type { Changes } from '../../src/model/changes.js'
import type { DeviceRecord, FactRecord, KeyRecord } from '../../src/model/device.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { EMPTY, START, named, station, tell, address } from './load.js'
import { A, B, REGISTRY, ROUTER } from './scene.js'

/** What a store would hold. */
class Shelf {
  readonly devices = new Map<string, DeviceRecord>()
  readonly keys = new Map<string, KeyRecord>()
  readonly facts = new Map<string, FactRecord>()
  readonly all: Changes[] = []

  take(changes: Changes): void {
    this.all.push(changes)
    for (const device of changes.devices) this.devices.set(device.id, device)
    for (const key of changes.keys) this.keys.set(`${key.kind} ${key.value}`, key)
    for (const { from, into } of changes.merges) {
      this.devices.delete(from)
      for (const [name, key] of this.keys)
        if (key.device === from) this.keys.set(name, { ...key, device: into })
    }
    for (const fact of changes.facts)
      this.facts.set(`${fact.subject} ${fact.fact} ${fact.value}`, fact)
  }
}

function identity(shelf: Shelf, all = facts): Identity {
  return new Identity({
    seed: 1,
    facts: all,
    vendors: new Vendors(() => REGISTRY),
    recall: id => shelf.devices.get(id),
  })
}

type Shown = Pick<DeviceRecord, 'macs' | 'ipv4' | 'ipv6' | 'names' | 'routed'>
const seen = ({ macs, ipv4, ipv6, names, routed }: Shown): string =>
  [macs, ipv4, ipv6, [...names].sort(), routed].join(' | ')

t.test('the office has the same devices, live and from a capture', async t => {
  const shelf = new Shelf()
  const live = identity(shelf)
  const inventory = new Inventory({ seed: 1, vendors: new Vendors(() => REGISTRY) })
  let told = 0
  const both: Listener = {
    tell: one => {
      live.tell(one)
      inventory.tell(one)
      if (++told % 100 === 0) shelf.take(live.settle(told))
    },
    station: row => {
      live.station(row)
      inventory.station(row)
    },
    address: row => {
      live.address(row)
      inventory.address(row)
    },
    conversation: row => {
      live.conversation(row)
      inventory.conversation(row)
    },
  }
  const solo = new Solo(
    { protocols, facts, secrets: new Secrets(new Uint8Array(32)), seed: 1 },
    both,
  )
  await readSource(sourceOver(inputOf(pcap(office().frames))), solo, () => undefined)
  shelf.take(live.settle(told + 1, true))
  const { devices } = inventory.finish(EMPTY)
  t.same([...shelf.devices.values()].map(seen).sort(), devices.map(seen).sort())
  t.equal(live.counts().devices, devices.length)

  const again = identity(shelf)
  for (const record of shelf.devices.values()) {
    const of = <T extends { device: string }>(all: Iterable<T>): T[] =>
      [...all].filter(one => one.device === record.id)
    again.remember(record, of(shelf.keys.values()), of(shelf.facts.values()))
  }
  const changes = again.settle(told + 2)
  t.same(changes.devices, [], 'after a restart nothing is new')
  t.same(changes.merges, [])
  t.equal(again.counts().devices, devices.length)
})

t.test('an address moves to whoever takes it over, and history knows both', t => {
  const shelf = new Shelf()
  const all = [named('arp.mac', facts[0]!.form)]
  const live = identity(shelf, all)
  const turn = (): void => shelf.take(live.settle(Date.now()))
  live.station(station(A, { frame: 1 }))
  live.station(station(B, { frame: 2 }))
  live.tell(tell('10.0.0.7', 'arp.mac', A, { frame: 3 }))
  turn()
  t.same(holder(shelf, '10.0.0.7'), [A])
  live.tell(tell('10.0.0.7', 'arp.mac', B, { frame: 900_000 }))
  turn()
  t.same(holder(shelf, '10.0.0.7'), [B])
  const holdings = shelf.all.flatMap(changes => changes.holdings)
  t.equal(holdings.length, 3)
  t.ok(holdings[1]!.to !== null && holdings[2]!.to === null)
  t.ok(shelf.all.at(-1)!.history.some(({ field }) => field === 'ipv4'))
  t.end()
})

t.test('a host that turns out to have a station becomes that device', t => {
  const shelf = new Shelf()
  const live = identity(shelf)
  live.station(station(ROUTER, { frame: 1 }))
  live.address(address('10.0.0.9', ROUTER, { frame: 2, hops: 63 }))
  shelf.take(live.settle(START))
  t.equal(shelf.devices.size, 2)
  live.station(station(A, { frame: 5 }))
  live.tell(tell('10.0.0.9', 'arp.mac', A, { frame: 6 }))
  shelf.take(live.settle(START + 1))
  t.equal(shelf.devices.size, 2)
  t.same(holder(shelf, '10.0.0.9'), [A])
  t.match(shelf.all.at(-1)!.merges, [{ why: 'its address is held by this device' }])
  t.end()
})

const holder = ({ devices }: Shelf, ip: string): readonly string[] =>
  [...devices.values()].find(({ ipv4 }) => ipv4.includes(ip))?.macs ?? []

t.test('however little one turn looks at, the devices are the same', async t => {
  const shelf = new Shelf()
  const live = identity(shelf)
  const whole = new Shelf()
  const other = identity(whole)
  const both: Listener = {
    tell: one => [live, other].forEach(each => each.tell(one)),
    station: row => [live, other].forEach(each => each.station(row)),
    address: row => [live, other].forEach(each => each.address(row)),
    conversation: row => [live, other].forEach(each => each.conversation(row)),
  }
  const options = { protocols, facts, secrets: new Secrets(new Uint8Array(32)), seed: 1 }
  await readSource(
    sourceOver(inputOf(pcap(office().frames))),
    new Solo(options, both),
    () => undefined,
  )
  whole.take(other.settle(1, true))
  let turns = 0
  do shelf.take(live.settle(1 + turns, false, () => true))
  while (live.isBusy && ++turns < 10_000)
  t.ok(turns > 10, `${String(turns)} turns`)
  shelf.take(live.settle(2 + turns, true))
  t.same([...shelf.devices.values()].map(seen).sort(), [...whole.devices.values()].map(seen).sort())
  const sum = ({ all }: Shelf, of: (changes: Changes) => number): number =>
    all.reduce((total, changes) => total + of(changes), 0)
  const told = (one: Shelf): number[] => [
    sum(one, ({ conversations }) => conversations.reduce((all, { packets }) => all + packets, 0)),
    one.facts.size,
  ]
  t.same(told(shelf), told(whole), 'and so is all else that is told')
})

t.test('what a person joined is one after a restart, and told as that person’s', t => {
  const shelf = new Shelf()
  const live = identity(shelf)
  live.station(station(A, { frame: 1 }))
  live.station(station(B, { frame: 2 }))
  shelf.take(live.settle(1, true))
  const [one, two] = [...shelf.devices.keys()]
  t.ok(live.ruler.merge(one!, two!, 'person anna'))
  const joined = live.settle(2, true)
  shelf.take(joined)
  t.match(joined.merges, [
    { into: one, from: two, action: 'merge', by: 'person anna', why: 'somebody said so' },
  ])

  const again = identity(shelf)
  const keys = [...shelf.keys.values()].filter(key => key.device === one)
  again.remember(shelf.devices.get(one!)!, keys, [])
  again.ruler.recall(shelf.all.flatMap(({ merges }) => merges))
  again.station(station(A, { frame: 3 }))
  again.station(station(B, { frame: 4 }))
  const after = again.settle(3, true)
  t.same(after.merges, [])
  t.equal(again.counts().devices, 1)
  t.end()
})

t.test('at another site another device has another id, and without a site its old one', t => {
  const idAt = (site: string | null): string => {
    const live = new Identity({ seed: 1, facts: [], site, recall: () => undefined })
    live.station(station(A, { frame: 1 }))
    return live.settle(1, true).devices[0]!.id
  }
  const inventory = new Inventory({ seed: 1, vendors: new Vendors(() => REGISTRY) })
  inventory.station(station(A, { frame: 1 }))
  t.equal(idAt(null), inventory.finish(EMPTY).devices[0]!.id)
  t.equal(idAt('Ulm'), idAt('Ulm'))
  t.equal(new Set([idAt(null), idAt('Ulm'), idAt('Bonn')]).size, 3)
  t.end()
})
