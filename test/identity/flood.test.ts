/** What hostile networks invent: it stays bounded, takes no more than its time, and hides nobody. */

import t from 'tap'
import { Random } from '../../fixtures/network/random.js'
import { Identity } from '../../src/identity/identity.js'
import { STATIONS_MAX } from '../../src/identity/limits.js'
import { Vendors } from '../../src/identity/vendors.js'
import { facts } from '../../src/protocols/index.js'
import type { Changes } from '../../src/model/changes.js'
import { named } from '../../fixtures/build/frames.js'
import { START, address, station, tell } from './load.js'
import { REGISTRY } from './scene.js'

const REAL = 10
/** So many things are heard in one turn. */
const A_TURN = 1000

const real = (i: number): { mac: string; ip: string } => ({
  mac: `3c:d9:2b:00:00:${String(10 + i)}`,
  ip: `10.0.0.${String(10 + i)}`,
})

/** A sensor with ten devices, and the ids that whoever stores them would have. */
class Besieged {
  readonly ids = new Set<string>()
  readonly live = new Identity({
    ...{ seed: 1, facts, vendors: new Vendors(() => REGISTRY) },
    recall: () => undefined,
  })
  private heard = 0

  constructor() {
    for (let i = 0; i < REAL; i++) {
      const { mac, ip } = real(i)
      this.live.station(station(mac, { frame: i, packets: 20 }))
      this.live.tell(tell(ip, 'arp.mac', mac, { frame: i }))
      this.live.address(address(ip, mac, { frame: i, packets: 20 }))
    }
    this.settle()
  }

  /** Milliseconds of the processor that so many rounds take. */
  suffers(rounds: number, each: (live: Identity, i: number) => void): number {
    const before = process.cpuUsage()
    for (let i = 0; i < rounds; i++) {
      each(this.live, i)
      if (++this.heard % A_TURN === 0) this.settle()
    }
    do this.settle()
    while (this.live.isBusy)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }

  private settle(): void {
    const changes: Changes = this.live.settle(START * 1000 + this.heard)
    for (const { id } of changes.devices) this.ids.add(id)
    for (const { from } of changes.merges) this.ids.delete(from)
    for (const id of changes.forgotten) this.ids.delete(id)
  }
}

function madeUp(random: Random): { mac: string; ip: string } {
  const [first = 0, ...rest] = random.bytes(6)
  return { mac: named([first & 0xfe, ...rest]), ip: `10.${[...random.bytes(3)].join('.')}` }
}

t.test('invented addresses are no devices, and the real ones stay', t => {
  const kinds: [string, (live: Identity, one: { mac: string; ip: string }, i: number) => void][] = [
    [
      'hardware addresses',
      (live, { mac, ip }, i) => {
        live.station(station(mac, { frame: 1000 + i }))
        live.address(address(ip, mac, { frame: 1000 + i }))
      },
    ],
    [
      'ARP',
      (live, { mac, ip }, i) => {
        live.station(station(mac, { frame: 1000 + i }))
        live.tell(tell(ip, 'arp.mac', mac, { frame: 1000 + i }))
      },
    ],
    [
      'network addresses of one machine',
      (live, { ip }, i) => live.address(address(ip, real(0).mac, { frame: 1000 + i })),
    ],
  ]
  for (const [kind, each] of kinds) {
    const random = new Random(3)
    const besieged = new Besieged()
    besieged.suffers(12_000, (live, i) => each(live, madeUp(random), i))
    t.equal(besieged.live.counts().devices, REAL, kind)
    t.equal(besieged.ids.size, REAL, `${kind}: as stored`)
  }
  t.end()
})

t.test('a table that is full keeps who is in it', t => {
  const random = new Random(5)
  const besieged = new Besieged()
  besieged.suffers(STATIONS_MAX + 5000, live => {
    const { mac, ip } = madeUp(random)
    live.station(station(mac, { frame: 5000 }))
    live.address(address(ip, mac, { frame: 5000 }))
  })
  t.equal(besieged.live.counts().devices, REAL)
  t.ok(besieged.live.crowding >= 0.99, 'and says that it is full')
  t.end()
})

/** Much that is alike, which must be compared with all the rest only if that is bounded. */
const crowds: readonly [string, (live: Identity, i: number) => void][] = [
  [
    'many say one DUID',
    (live, i) => {
      const mac = `6e:00:${hexOf(i)}`
      live.station(station(mac, { frame: 1000 + i, packets: 9 }))
      live.tell(tell(mac, 'dhcp.client_id', 'somebody', { frame: 1000 + i }))
      live.tell(tell(mac, 'dhcp.serial', `number-${String(i >> 6)}`, { frame: 1000 + i }))
    },
  ],
  [
    'many claim one address',
    (live, i) => {
      const mac = `00:0c:${hexOf(i)}`
      live.station(station(mac, { frame: 1000 + i, packets: 9 }))
      live.address(address(real(0).ip, mac, { frame: 1000 + i }))
      live.tell(tell(real(0).ip, 'arp.mac', mac, { frame: 1000 + i }))
    },
  ],
  [
    'one claims many addresses, and says many names',
    (live, i) => {
      const ip = `10.9.${String(i >> 8)}.${String(i & 255)}`
      live.tell(tell(ip, 'arp.mac', real(1).mac, { frame: 1000 + i }))
      live.tell(tell(real(1).ip, 'mdns.host', `name-${String(i)}.local`, { frame: 1000 + i }))
    },
  ],
  [
    'one is in many sessions and VLANs',
    (live, i) =>
      live.station(station(real(2).mac, { frame: 1000 + i, session: i + 1, vlan: i & 4095 })),
  ],
]

const hexOf = (i: number): string =>
  [i >> 24, i >> 16, i >> 8, i].map(byte => (byte & 255).toString(16).padStart(2, '0')).join(':')

t.test('four times as much takes no more than about four times as long', t => {
  for (const [what, each] of crowds) {
    const few = new Besieged().suffers(4000, each)
    const many = new Besieged().suffers(16_000, each)
    t.ok(many < 500 + few * 10, `${what}: ${few.toFixed(0)} and ${many.toFixed(0)} ms`)
  }
  t.end()
})
