/** From facts and rows to devices: who holds which address, and what is known of it. */

import t, { type Test } from 'tap'
import { Vendors } from '../../src/identity/vendors.js'
import { secretFact } from '../../src/model/fact.js'
import type { AddressHeard, Told } from '../../src/model/heard.js'
import { ip, join, mac, text, u8 } from '../../fixtures/build/bytes.js'
import { START, address, conversation, fill, named, station, tell } from './load.js'
import { A, B, REGISTRY, ROUTER, VIRTUAL, both, holders, read, type Scene } from './scene.js'

const heard = (by: string, hops = 64, linkLocal = false): AddressHeard =>
  address('10.0.0.7', by, { frame: 3, hops, linkLocal })
const lease = tell(A, 'dhcp.address', '10.0.0.7', { frame: 4 })
const arp = tell('10.0.0.7', 'arp.mac', B, { frame: 5 })
const bindings: [string, Scene, string[]][] = [
  ['a fresh plain frame', { addresses: [heard(A)] }, [`${A}: 10.0.0.7`, `${B}:`]],
  ['frames over a link', { addresses: [heard(A, 1, true)] }, [`${A}: 10.0.0.7`, `${B}:`]],
  [
    'a link over a plain frame',
    { addresses: [heard(A), heard(B, 1, true)] },
    [`${A}:`, `${B}: 10.0.0.7`],
  ],
  ['ARP over frames', { told: [arp], addresses: [heard(A, 1, true)] }, [`${A}:`, `${B}: 10.0.0.7`]],
  ['a lease over ARP', { told: [lease, arp] }, [`${A}: 10.0.0.7`, `${B}:`]],
  [
    'a later lease over an earlier one',
    { told: [lease, tell(B, 'dhcp.address', '10.0.0.7', { frame: 6 })] },
    [`${A}:`, `${B}: 10.0.0.7`],
  ],
  [
    'a hop limit that a router took from',
    { addresses: [heard(A, 63)] },
    [`${A}:`, `${B}:`, 'routed: 10.0.0.7'],
  ],
  [
    'a hop limit that small machines begin with, where a neighbour is',
    { addresses: [heard(A, 30), address('10.0.0.9', B, { frame: 4, hops: 64 })] },
    [`${A}: 10.0.0.7`, `${B}: 10.0.0.9`],
  ],
  [
    'a hop limit that small machines begin with, and nobody beside',
    { addresses: [heard(A, 30)] },
    [`${A}:`, `${B}:`, 'routed: 10.0.0.7'],
  ],
  [
    'a hop limit worn down to that of small machines, by who carries others',
    { addresses: [heard(A, 60), address('10.0.0.8', A, { frame: 4, hops: 61 })] },
    [`${A}:`, `${B}:`, 'routed: 10.0.0.7', 'routed: 10.0.0.8'],
  ],
  [
    'routed copies beside fresh frames',
    { addresses: [address('10.0.0.7', A, { frame: 3, hops: 64, hopsMin: 63 })] },
    [`${A}:`, `${B}:`, 'routed: 10.0.0.7'],
  ],
  [
    'no hardware address at all',
    { addresses: [heard('')] },
    [`${A}:`, `${B}:`, 'no mac: 10.0.0.7'],
  ],
  [
    'an outside address by ARP',
    { told: [tell('198.51.100.7', 'arp.mac', A, { frame: 1 })] },
    [`${A}: 198.51.100.7`, `${B}:`],
  ],
  [
    'NDP, and DHCPv6 by way of it',
    {
      told: [
        tell('fe80::7', 'ndp.mac', A, { frame: 1 }),
        tell('fe80::7', 'dhcpv6.address', '2001:db8::7', { frame: 2 }),
      ],
    },
    [`${A}: 2001:db8::7 fe80::7`, `${B}:`],
  ],
]

t.test('an address belongs to whom the strongest proof names', t => {
  for (const [name, scene, wanted] of bindings) {
    t.same(holders({ ...scene, stations: both }), wanted, name)
  }
  t.end()
})

t.test('who passes on what others send holds none of it', t => {
  const frames = ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4'].map((ip, i) =>
    address(ip, ROUTER, { frame: 10 + i }),
  )
  const own = tell('10.0.0.1', 'arp.mac', ROUTER, { frame: 2 })
  t.same(
    holders({
      stations: [station(ROUTER, { frame: 1 })],
      told: [own],
      addresses: [address('10.0.0.1', ROUTER, { frame: 3 }), ...frames],
    }),
    [`${ROUTER}: 10.0.0.1`, ...frames.map((_, i) => `routed: 10.1.0.${i + 1}`)],
    'a router holds the address it claimed',
  )
  const outside = conversation(
    { ip: '10.0.0.7', mac: A },
    { ip: '192.0.2.1', mac: ROUTER, port: 443 },
    { frame: 2 },
  )
  t.same(
    holders({
      stations: [station(ROUTER, { frame: 1 })],
      addresses: [address('10.9.9.9', ROUTER, { frame: 3 })],
      conversations: [outside],
    }),
    [`${ROUTER}:`, 'routed: 10.9.9.9'],
    'one address from the Internet makes a router',
  )
  t.end()
})

t.test('a proxy that answers for others holds none of them', t => {
  const addresses = Array.from({ length: 9 }, (_, i) => `10.0.0.${i + 10}`)
  const told = addresses.map((ip, i) => tell(ip, 'arp.mac', ROUTER, { frame: i + 1 }))
  const rows = addresses.map((ip, i) => address(ip, ROUTER, { frame: 20 + i, hops: 63 }))
  const scene = { stations: [station(ROUTER, { frame: 1 })], told, addresses: rows }
  t.same(holders(scene), [`${ROUTER}:`, ...addresses.map(ip => `routed: ${ip}`)])
  t.same(
    holders({ ...scene, told: told.slice(1), addresses: rows.slice(1) })[0],
    `${ROUTER}: ${addresses.slice(1).join(' ')}`,
    'eight are not too many',
  )
  t.end()
})

t.test('groups, nobody and shared router addresses are no devices', t => {
  const nobody = ['01:00:5e:00:00:fb', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00', VIRTUAL]
  const shared = [
    '00:00:0c:07:ac:01',
    '00:00:0c:9f:f0:01',
    '00:05:73:a0:00:01',
    '00:07:b4:00:01:01',
  ]
  t.same(
    read({
      stations: [...nobody, ...shared].map((mac, i) => station(mac, { frame: i + 1 })),
      told: [tell('10.0.0.1', 'arp.mac', VIRTUAL, { frame: 1 })],
      addresses: [
        address('10.0.0.1', VIRTUAL, { frame: 3 }),
        ...['127.0.0.1', '0.0.0.0', '224.0.0.251', '::', '::1', 'ff02::1'].map(ip =>
          address(ip, A, { frame: 4 }),
        ),
      ],
    }).devices,
    [],
  )
  t.end()
})

t.test('a device is one over VLANs and mirror sessions, but copies are several', t => {
  const scene = {
    stations: [station(A, { frame: 1, vlan: 20 }), station(A, { frame: 9, vlan: 10 })],
    told: [tell('10.0.0.7', 'arp.mac', A, { frame: 2, vlan: 10 })],
    addresses: [address('10.0.0.7', ROUTER, { frame: 3, vlan: 30, hops: 63 })],
  }
  const { devices } = read(scene)
  t.equal(devices.length, 1, 'an address bound in one VLAN is no stranger in another')
  t.same(devices[0]!.vlans, [10, 20])
  t.equal(devices[0]!.packets, 2)
  const inTwo = (mac: string): number =>
    read({ stations: [station(mac, { frame: 1 }), station(mac, { frame: 2, session: 5 })] }).devices
      .length
  t.equal(inTwo(A), 1, 'nobody else has the address that a maker gave')
  t.equal(inTwo(B), 2, 'a virtual machine may have been copied')
  t.same(
    holders({
      stations: both,
      told: [
        tell('10.0.0.7', 'arp.mac', A, { frame: 1, vlan: 10 }),
        tell('10.0.0.7', 'arp.mac', B, { frame: 2, vlan: 20 }),
      ],
    }),
    [`${A}: 10.0.0.7`, `${B}: 10.0.0.7`],
    'two VLANs may use the same address',
  )
  t.end()
})

t.test('a device is described by what was said of it', t => {
  const community = secretFact('snmp.community', ['public'])
  community.id = 900
  const said = (value: string, frame: number): Told => {
    const told = tell('10.0.0.7', 'snmp.pdu', 'x', { frame })
    told.fact = community
    return fill(told, ip('10.0.0.7'), text(value), { frame, kind: 'ip4' })
  }
  const { devices } = read({
    stations: [station(A, { frame: 1, until: 50 })],
    told: [
      tell('10.0.0.7', 'arp.mac', A, { frame: 1 }),
      tell(A, 'dhcp.hostname', 'printer-2', { frame: 2 }),
      tell('10.0.0.7', 'mdns.host', 'Printer-2.local', { frame: 3 }),
      tell('10.0.0.7', 'mdns.host', 'office.local.', { frame: 3 }),
      tell('10.0.0.7', 'mdns.host', 'office.local.', { frame: 4000 }),
      tell('10.0.0.7', 'snmp.model', 'LaserJet "9"', { frame: 5 }),
      said('default: public', 6),
      said('0123456789abcdef', 7),
      said('fedcba9876543210', 8),
      said('0123456789abcdef', 9),
      tell('printer', 'mdns.txt', 'nobody', { frame: 9 }),
    ],
  })
  const device = devices[0]!
  t.equal(devices.length, 1)
  t.equal(device.vendor, 'Hewlett Packard')
  t.equal(device.model, 'LaserJet "9"')
  t.same(device.names, ['printer-2', 'office'])
  t.equal(device.first_seen, new Date(START * 1000 + 1).toISOString())
  t.equal(device.last_seen, new Date(START * 1000 + 50).toISOString())
  t.same(
    device.evidence.map(({ fact, value }) => `${fact} ${value}`),
    [
      'mac.prefix 3c:d9:2b',
      `arp.mac ${A}`,
      'dhcp.hostname printer-2',
      'mdns.host Printer-2.local',
      'mdns.host office.local.',
      'snmp.model LaserJet "9"',
      'snmp.community default: public',
      'snmp.community secret 1',
      'snmp.community secret 2',
    ],
    'each statement once, secrets by their number',
  )
  t.match(device.evidence[5], { claim: { model: 'LaserJet "9"' }, rule: 'stated' })
  t.match(device.evidence[1], { claim: {}, rule: null, confidence: null })
  t.end()
})

t.test('vendors come from prefixes of 24, 28 and 36 bits', t => {
  const vendors = new Vendors(() => REGISTRY)
  const of = (address: string): string => {
    const found = vendors.of(mac(address))
    return found === null ? 'nobody' : `${found.prefix} ${found.name}`
  }
  t.equal(of('3c:d9:2b:12:34:56'), '3c:d9:2b Hewlett Packard')
  t.equal(of('00:0c:29:12:34:56'), '00:0c:29 VMware, Inc.', 'the first entry')
  t.equal(of('d8:fe:e3:12:34:56'), 'd8:fe:e3 D-Link "International"')
  t.equal(of('70:b3:d5:f2:f0:01'), '70:b3:d5:f2:f Whole byte Ltd', 'the last entry')
  t.equal(of('70:b3:d5:f1:00:01'), '70:b3:d5:f Half a byte Ltd')
  t.equal(of('70:b3:d5:01:00:01'), 'nobody', 'the registry itself makes nothing')
  t.equal(of('3e:d9:2b:12:34:56'), 'nobody', 'made up by the machine')
  t.equal(of('ac:de:48:00:11:22'), 'nobody')
  t.end()
})

t.test('the registry that is installed is read as it is written', async t => {
  const file = import.meta.resolve('oui-data')
  const loaded = (await import(file, { with: { type: 'json' } })) as {
    default: Record<string, string>
  }
  const vendors = new Vendors()
  const wrong = (step: number) =>
    Object.entries(loaded.default).filter(([prefix, entry], i) => {
      const name = entry.split('\n')[0]!.trim()
      const first = parseInt(prefix.slice(0, 2), 16)
      if (
        i % step !== 0 ||
        (first & 2) !== 0 ||
        /^(IEEE Registration Authority|Private)$/.test(name)
      )
        return false
      const bytes = mac(prefix.padEnd(12, '0'))
      return vendors.of(bytes)?.name !== name
    })
  t.same(wrong(41), [], 'a few entries are searched for')
  t.same(wrong(7), [], 'many are looked up')
})

t.test('an address made up for privacy is told from a hypervisor', t => {
  const macs = ['da:a1:19:00:00:01', '52:54:00:00:00:01', '02:42:ac:11:00:02', A]
  const { devices } = read({ stations: macs.map((mac, i) => station(mac, { frame: i + 1 })) })
  t.same(
    devices.map(device => device.randomized_mac),
    [true, false, false, false],
  )
  t.end()
})

t.test('the id of a device never changes', t => {
  const { devices } = read({
    stations: [station(A, { frame: 1 })],
    addresses: [address('10.0.0.9', '', { frame: 2 })],
  })
  t.same(
    devices.map(device => device.id),
    IDS,
  )
  t.end()
})

const IDS = ['51b568698eb30ef9', 'e66ac25d8ba94e09']

t.test('hostile values do no harm', (t: Test) => {
  const odd = ['"\\\u0007</script>', '\ud83d\ude00 π', ' leading', 'a'.repeat(300), '\u202eabc', '']
  const told = odd.map((value, i) => tell(A, 'dhcp.vendor_class', value, { frame: i + 1 }))
  const short = fill(tell(A, 'dhcp.hostname', 'x', { frame: 1 }), u8(7), join(), {
    frame: 1,
    kind: 'mac',
  })
  const { devices } = read({ told: [...told, short], stations: [station(A, { frame: 1 })] })
  t.equal(devices[0]!.evidence.length, 1 + odd.length)
  t.equal(devices[0]!.evidence.find(({ value }) => value.startsWith('aaa'))!.value.length, 256)
  t.ok(named('dhcp.vendor_class', told[0]!.fact.form))
  t.end()
})
