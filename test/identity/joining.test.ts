/** Which addresses are one device: random ones in turn, several interfaces; and which are not. */

import t from 'tap'
import type { StationHeard, Told } from '../../src/model/heard.js'
import { address, station, tell } from './load.js'
import { A, B, read, type Scene } from './scene.js'

const R1 = 'da:a1:19:00:00:01'
const R2 = 'da:a1:19:00:00:02'
const WISHES = '1,121,3,6,15'

/** Heard from second to second. */
const there = (mac: string, from: number, until: number, vlan = 0): StationHeard =>
  station(mac, { frame: from * 1000, until: until * 1000, vlan })

/** The second address comes later, and so does what it says. */
const secondOf = (about: string): number => (about === R2 ? 201 : 1)

const says = (about: string, name: string, value: string, second = secondOf(about)): Told =>
  tell(about, name, value, { frame: second * 1000 })

const phone = (mac: string, name: string, wishes = WISHES, second = secondOf(mac)): Told[] => [
  says(mac, 'dhcp.hostname', name, second),
  says(mac, 'dhcp.wishes', wishes, second),
]

/** Devices as the hardware addresses they have. */
const macs = (scene: Scene): string[] => read(scene).devices.map(device => device.macs.join(' '))

const joined: readonly [why: string, scene: Scene][] = [
  [
    'a phone that took another random address',
    {
      stations: [there(R1, 0, 100), there(R2, 200, 300)],
      told: [...phone(R1, "Anna's phone"), ...phone(R2, "Anna's phone")],
    },
  ],
  [
    'a DHCP client id that somebody chose',
    {
      stations: [there(R1, 0, 100), there(R2, 200, 300)],
      told: [says(R1, 'dhcp.client_id', 'set-top-41'), says(R2, 'dhcp.client_id', 'set-top-41')],
    },
  ],
  [
    'a laptop with a cable and without, by its DUID',
    {
      stations: [there(A, 0, 500), there(B, 0, 500)],
      told: [
        says(A, 'dhcp.duid', '00010001aabbccdd'),
        says(B, 'dhcp.duid', '00010001aabbccdd'),
        says(A, 'dhcp.hostname', 'laptop-7'),
        says(B, 'dhcp.hostname', 'laptop-7'),
      ],
    },
  ],
  [
    'the interfaces of a switch, by its serial number',
    {
      stations: [there(A, 0, 500), there(B, 0, 500)],
      told: [says(A, 'snmp.serial', 'FOC1234X0AB'), says(B, 'snmp.serial', 'FOC1234X0AB')],
    },
  ],
  [
    'what answers for one mDNS name in one VLAN',
    {
      stations: [there(A, 0, 500, 10), there(B, 100, 500, 10)],
      told: [says(A, 'mdns.host', 'studio-mac.local'), says(B, 'mdns.host', 'studio-mac.local')],
    },
  ],
]

const apart: readonly [why: string, scene: Scene][] = [
  [
    'two phones of one name that are there together',
    {
      stations: [there(R1, 0, 300), there(R2, 100, 400)],
      told: [...phone(R1, "Anna's phone"), ...phone(R2, "Anna's phone")],
    },
  ],
  [
    'two phones with the name that all of the kind have',
    {
      stations: [there(R1, 0, 100), there(R2, 200, 300)],
      told: [...phone(R1, 'iPhone'), ...phone(R2, 'iPhone')],
    },
  ],
  [
    'a name alone, when they ask for other options',
    {
      stations: [there(R1, 0, 100), there(R2, 200, 300)],
      told: [...phone(R1, "Anna's phone"), ...phone(R2, "Anna's phone", '1,3,6')],
    },
  ],
  [
    'addresses that makers gave, by a name and options',
    {
      stations: [there(A, 0, 100), there(B, 200, 300)],
      told: [...phone(A, 'workshop-4'), ...phone(B, 'workshop-4')],
    },
  ],
  [
    'clones of one virtual machine',
    {
      stations: [there(A, 0, 500), there(B, 0, 500)],
      told: [
        says(A, 'dhcp.duid', '00010001aabbccdd'),
        says(B, 'dhcp.duid', '00010001aabbccdd'),
        says(A, 'dhcp.hostname', 'web-1'),
        says(B, 'dhcp.hostname', 'web-2'),
      ],
    },
  ],
  [
    'copies of a virtual machine that nobody renamed',
    {
      stations: [there(B, 0, 500), there('00:0c:29:00:00:03', 0, 500)],
      told: [B, '00:0c:29:00:00:03'].flatMap(mac => [
        says(mac, 'dhcp.duid', '00010001aabbccdd'),
        says(mac, 'dhcp.hostname', 'web-1'),
      ]),
    },
  ],
  [
    'two phones that are called as their maker calls them',
    {
      stations: [there(R1, 0, 100), there(R2, 200, 300)],
      told: [...phone(R1, 'Galaxy-S23-Ultra'), ...phone(R2, 'Galaxy-S23-Ultra')],
    },
  ],
  [
    'who calls itself as another does, and has called itself otherwise',
    {
      stations: [there(R1, 0, 100), there(R2, 200, 300)],
      told: [
        ...phone(R1, "Anna's phone"),
        ...phone(R2, "Anna's phone"),
        says(R2, 'dhcp.hostname', "Ben's phone"),
      ],
    },
  ],
  [
    'a serial number that nobody filled in',
    {
      stations: [there(A, 0, 500), there(B, 0, 500)],
      told: [says(A, 'snmp.serial', '0123456789'), says(B, 'snmp.serial', '0123456789')],
    },
  ],
  [
    'one mDNS name in two VLANs',
    {
      stations: [there(A, 0, 500, 10), there(B, 100, 500, 20)],
      told: [says(A, 'mdns.host', 'studio-mac.local'), says(B, 'mdns.host', 'studio-mac.local')],
    },
  ],
]

t.test('one device', t => {
  for (const [why, scene] of joined) t.equal(macs(scene).length, 1, why)
  t.end()
})

t.test('two devices', t => {
  for (const [why, scene] of apart) t.equal(macs(scene).length, 2, why)
  t.end()
})

t.test('a join says why, and the oldest address gives the id', t => {
  const [, scene] = joined[0]!
  const [device] = read(scene).devices
  t.same(device!.macs, [R1, R2])
  t.same(device!.joined, [
    { who: R2, why: "the same host name and DHCP options: Anna's phone", score: 0.85 },
  ])
  t.equal(device!.id, read({ stations: [there(R1, 0, 1)] }).devices[0]!.id)
  t.end()
})

t.test('twenty random addresses are one phone', t => {
  const all = Array.from({ length: 20 }, (_, i) => `da:a1:19:00:01:${String(i + 10)}`)
  t.same(
    macs({
      stations: all.map((mac, i) => there(mac, i * 1000, i * 1000 + 500)),
      told: all.flatMap((mac, i) => phone(mac, 'Pixel of Tom', WISHES, i * 1000)),
    }),
    [all.join(' ')],
  )
  t.end()
})

t.test('a host behind a router is the device that says the same from the link', t => {
  const { devices } = read({
    stations: [there(A, 0, 100)],
    addresses: [address('10.9.0.4', B, { frame: 200, hops: 63 })],
    told: [
      says(A, 'snmp.engine_id', '80001f88aabbccdd'),
      says('10.9.0.4', 'snmp.engine_id', '80001f88aabbccdd'),
    ],
  })
  t.equal(devices.length, 1)
  t.same(devices[0]!.ipv4, ['10.9.0.4'])
  t.end()
})
