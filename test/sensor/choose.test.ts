/** Which interfaces may be heard, which one is chosen, and with how large a ring. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { Watch } from '../../src/sensor/changes.js'
import { candidatesOf, choose, nothingToHear, type Sample } from '../../src/sensor/choose.js'
import { describe, nameList, type Interface, type Kind } from '../../src/sensor/interfaces.js'
import { shapeFor } from '../../src/sensor/shape.js'
import { defaults } from '../../src/settings/schema.js'

const GBIT = 1000
const GIB = 1024 ** 3

const seen = (name: string, more: Partial<Interface> = {}) => ({
  name,
  index: 1,
  mac: '02:00:00:00:00:01',
  addresses: [],
  up: true,
  running: true,
  loopback: name === 'lo',
  promiscuous: false,
  mtu: 1500,
  hardware: 1,
  ...more,
})

const some = (name: string, kind: Kind, more: Partial<Interface> = {}): Interface => ({
  ...seen(name, more),
  kind,
  received: 0,
  ...more,
})

const names = (list: readonly { name: string }[]): string => list.map(({ name }) => name).join(' ')

t.test('an interface is told by what the system says of it', t => {
  const folder = t.testdir()
  const files: Readonly<Record<string, Record<string, string>>> = {
    lo: {},
    eth0: { device: '', 'statistics/rx_packets': '42\n' },
    eth1: { device: '', brport: '' },
    eth2: { device: '', bonding_slave: '' },
    bond0: { bonding: '', uevent: 'DEVTYPE=bond\n' },
    br0: { bridge: '', uevent: 'DEVTYPE=bridge\n' },
    'br-1a2b3c': { bridge: '' },
    docker0: { bridge: '' },
    wg0: { uevent: 'DEVTYPE=wireguard\n' },
    'eth0.10': { uevent: 'DEVTYPE=vlan\n', iflink: '2', ifindex: '9' },
    veth1: { uevent: 'INTERFACE=veth1\n', iflink: '7', ifindex: '8' },
    ifb0: { uevent: 'INTERFACE=ifb0\n', iflink: '3', ifindex: '3' },
  }
  for (const [name, contents] of Object.entries(files)) {
    for (const [file, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(folder, name, file)), { recursive: true })
      writeFileSync(join(folder, name, file), text)
    }
  }
  const found = describe(
    Object.keys(files).map(name => seen(name)),
    folder,
  )
  t.same(Object.fromEntries(found.map(({ name, kind }) => [name, kind])), {
    lo: 'loopback',
    eth0: 'physical',
    eth1: 'member',
    eth2: 'member',
    bond0: 'bond',
    br0: 'bridge',
    'br-1a2b3c': 'container',
    docker0: 'container',
    wg0: 'container',
    'eth0.10': 'derived',
    veth1: 'veth',
    ifb0: 'derived',
  })
  t.equal(found.find(({ name }) => name === 'eth0')?.received, 42, 'with what it received')
  t.end()
})

t.test('only the best kind of interface that is up may be chosen', t => {
  const all = [
    some('lo', 'loopback'),
    some('docker0', 'container'),
    some('veth1', 'veth'),
    some('br0', 'bridge'),
    some('eth0', 'physical'),
    some('eth1', 'physical', { up: false }),
    some('bond0', 'bond'),
  ]
  t.equal(names(candidatesOf(all)), 'eth0 bond0', 'cards and bonds come first')
  t.equal(names(candidatesOf(all.slice(0, 4))), 'br0', 'then bridges')
  t.equal(names(candidatesOf(all.slice(0, 3))), 'veth1', 'a veth if nothing else is there')
  t.equal(names(candidatesOf(all.slice(0, 2))), '', 'never loopback or containers')
  t.match(nothingToHear(all.slice(5, 6)), /eth1 is down: .*ip link set eth1 up/)
  t.match(nothingToHear(all.slice(0, 2)), /only loopback, container and VPN/)
  t.end()
})

t.test('the mirror is chosen, else the busiest', t => {
  const cases: readonly (readonly [Sample[], name: string, why: RegExp])[] = [
    [
      [
        { name: 'eth0', foreign: 1, received: 9000 },
        { name: 'eth1', foreign: 120, received: 200 },
      ],
      'eth1',
      /addressed to others \(120 in a moment\)/,
    ],
    [
      [
        { name: 'eth0', foreign: 1, received: 9000 },
        { name: 'eth1', foreign: 0, received: 200 },
      ],
      'eth0',
      /busiest/,
    ],
    [[{ name: 'eth0', foreign: 0, received: 0 }], 'eth0', /only interface/],
  ]
  for (const [samples, name, why] of cases) {
    const choice = choose(samples)
    t.equal(choice?.name, name)
    t.match(choice?.why, why)
  }
  t.equal(choose([]), undefined, 'of nothing nothing is chosen')
  t.equal(nameList(['lo', 'eth0', 'eth1']), 'lo, eth0 and eth1')
  t.end()
})

t.test('workers and rings follow from the link, the cores and the memory', t => {
  const { capture } = defaults()
  const machine = { cores: 8, memory_bytes: 16 * GIB, speeds: [GBIT] }
  t.same(shapeFor(capture, machine), { workers: 1, block_bytes: 524_288, blocks: 128 })
  t.same(
    shapeFor(capture, { ...machine, speeds: [10 * GBIT] }),
    { workers: 3, block_bytes: 524_288, blocks: 198 },
    'a fast link gets more of both',
  )
  t.equal(shapeFor(capture, { ...machine, cores: 2, speeds: [40 * GBIT] }).workers, 1)
  t.same(
    shapeFor({ ...capture, workers: 2, ring_blocks: 16 }, machine),
    { workers: 2, block_bytes: 524_288, blocks: 16 },
    'what is configured holds',
  )
  const { blocks } = shapeFor(capture, { ...machine, memory_bytes: GIB / 8 })
  t.equal(blocks, 64, 'a small machine gives a quarter of its memory at most')
  t.end()
})

t.test('what happens to an interface is told once', t => {
  const here = { name: 'eth1', index: 3, up: true, running: true, mtu: 1500 }
  const watch = new Watch(['eth1'], [here])
  const steps: readonly (readonly [now: (typeof here)[], told: string])[] = [
    [[here], ''],
    [[{ ...here, running: false }], 'unplugged'],
    [[{ ...here, running: true }], 'plugged'],
    [[{ ...here, up: false, running: false }], 'down'],
    [[{ ...here, mtu: 9000 }], 'up mtu'],
    [[], 'gone'],
    [[], ''],
    [[{ ...here, index: 9 }], 'back'],
    [[{ ...here, index: 10 }], 'gone back'],
  ]
  for (const [now, told] of steps)
    t.equal(
      watch
        .look(now)
        .map(({ what }) => what)
        .join(' '),
      told,
    )
  t.end()
})
