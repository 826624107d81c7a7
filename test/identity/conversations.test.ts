/** From rows to conversations between devices, and to what is served. */

import t from 'tap'
import { ip } from '../../fixtures/build/bytes.js'
import { communityId } from '../../src/identity/community-id.js'
import type { ConversationHeard, Told } from '../../src/model/heard.js'
import { address, conversation, station, tell } from './load.js'
import { A, B, ROUTER, both, read, type Scene } from './scene.js'

const client = { ip: '10.0.0.7', mac: A }
const bound = [
  tell('10.0.0.7', 'arp.mac', A, { frame: 1 }),
  tell('fe80::7', 'ndp.mac', A, { frame: 1 }),
  tell('10.0.0.8', 'arp.mac', B, { frame: 2 }),
]

function idOf(clientPort: number): string | null {
  const [from, to] = [ip(client.ip), ip(web.ip)]
  const ends = { transport: 6, length: 4, client: from, server: to }
  return communityId({ ...ends, clientPort, serverPort: web.port })
}

/** `from to scope protocol/port name`, with A and B for their ids. */
function talks(scene: Scene): string[] {
  const { devices, conversations } = read({ stations: both, told: bound, ...scene })
  const names = new Map(
    devices.map(({ id, macs }) => [id, macs[0] === A ? 'A' : macs[0] === B ? 'B' : id]),
  )
  return conversations.map(
    ({ from, to, scope, protocol, port, name, packets }) =>
      `${names.get(from) ?? from} ${names.get(to) ?? to} ${scope} ${protocol}/${port} ${name} ${packets}`,
  )
}

const web = { ip: '192.0.2.1', mac: ROUTER, port: 443 }
const scopes: [string, ConversationHeard[], string[]][] = [
  [
    'to the Internet',
    [conversation(client, web, { frame: 3 })],
    ['A 192.0.2.1 unknown-to-internet https/443 null 2'],
  ],
  [
    'several connections are one',
    [conversation(client, web, { frame: 3 }), conversation(client, web, { frame: 2, packets: 5 })],
    ['A 192.0.2.1 unknown-to-internet https/443 null 7'],
  ],
  [
    'from the Internet',
    [conversation({ ip: '192.0.2.1', mac: ROUTER }, { ...client, port: 22 }, { frame: 3 })],
    ['192.0.2.1 A internet-to-unknown ssh/22 null 2'],
  ],
  [
    'between devices, whichever addresses they use',
    [
      conversation(client, { ip: '10.0.0.8', mac: B, port: 8000 }, { frame: 3, protocol: 'http' }),
      conversation(
        { ip: 'fe80::7' },
        { ip: 'fe80::8', port: 8000 },
        { frame: 4, protocol: 'http' },
      ),
    ],
    ['A B unknown-to-unknown http/8000 null 2', 'A fe80::8 unknown-to-unknown http/8000 null 2'],
  ],
  [
    'to a group',
    [
      conversation(
        client,
        { ip: '224.0.0.251', mac: '01:00:5e:00:00:fb', port: 5353 },
        { frame: 3, transport: 17 },
      ),
    ],
    ['A 224.0.0.251 unknown-to-group mdns/5353 null 2'],
  ],
  [
    'to everybody',
    [
      conversation(
        client,
        { ip: '10.0.0.255', mac: 'ff:ff:ff:ff:ff:ff', port: 138 },
        { frame: 3, transport: 17 },
      ),
    ],
    ['A 10.0.0.255 unknown-to-group netbios-dgm/138 null 2'],
  ],
  [
    'without an address yet',
    [
      conversation(
        { ip: '0.0.0.0', mac: B },
        { ip: '255.255.255.255', mac: 'ff:ff:ff:ff:ff:ff', port: 67 },
        { frame: 3, transport: 17 },
      ),
    ],
    ['B 255.255.255.255 unknown-to-group dhcp/67 null 2'],
  ],
  [
    'without ports',
    [conversation(client, { ip: '10.0.0.8', mac: B, port: 0 }, { frame: 3, transport: 1 })],
    ['A B unknown-to-unknown icmp/null null 2'],
  ],
]

t.test('conversations are between devices, and with addresses outside', t => {
  for (const [name, conversations, wanted] of scopes) t.same(talks({ conversations }), wanted, name)
  t.end()
})

t.test('a conversation has the name that an answer gave before', t => {
  const answer = (name: string, frame: number): Told =>
    tell('192.0.2.1', 'dns.answer', name, { frame })
  const named = (told: Told[], ...frames: number[]): string =>
    talks({
      told: [...bound, ...told],
      conversations: frames.map(frame =>
        conversation(client, { ip: '192.0.2.1', mac: ROUTER, port: 443 }, { frame }),
      ),
    })[0]!.split(' ')[4]!
  t.equal(named([answer('a.example', 5)], 9), 'a.example')
  t.equal(
    named([answer('a.example', 5), answer('b.example', 7)], 9),
    'b.example',
    'the last before',
  )
  t.equal(
    named([answer('a.example', 5), answer('b.example', 10)], 9),
    'a.example',
    'not one behind',
  )
  t.equal(named([answer('a.example', 10)], 9), 'null')
  t.equal(named([answer('a.example', 10)], 9, 12), 'a.example', 'a later connection knew it')
  t.end()
})

t.test('services are what answered', t => {
  const to = (port: number): { ip: string; mac: string; port: number } => ({
    ip: '10.0.0.8',
    mac: B,
    port,
  })
  const { devices } = read({
    stations: both,
    told: bound,
    conversations: [
      conversation(client, to(80), { frame: 3, serves: true }),
      conversation(client, to(80), { frame: 4, serves: true, protocol: 'http' }),
      conversation(client, to(22), { frame: 5, serves: true }),
      conversation(client, to(23), { frame: 6 }),
      conversation(client, to(161), { frame: 7, serves: true, transport: 17, protocol: 'snmp' }),
    ],
  })
  const plain = { product: null, version: null }
  t.same(devices[1]!.services, [
    { transport: 'tcp', port: 22, protocol: null, ...plain },
    { transport: 'tcp', port: 80, protocol: 'http', ...plain },
    { transport: 'udp', port: 161, protocol: 'snmp', ...plain },
  ])
  t.end()
})

t.test('only so many outside peers are shown apart', t => {
  const conversations = Array.from({ length: 300 }, (_, i) =>
    conversation(
      client,
      { ip: `192.0.${2 + (i >> 8)}.${i & 255}`, mac: ROUTER, port: 443 },
      { frame: 10 + i },
    ),
  ).filter(row => row.bytes[7] !== 0)
  const shown = talks({ conversations })
  t.equal(shown.length, 257)
  t.equal(
    shown.at(-1),
    `A others unknown-to-internet https/null null ${2 * (conversations.length - 256)}`,
  )
  t.end()
})

/** A scene with everything in it, and its rows in another order. */
function crowd(): Required<Scene> {
  const host = (i: number): string => `10.0.${i >> 8}.${i & 255}`
  const hardware = (i: number): string =>
    `00:0c:29:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`
  const many = Array.from({ length: 60 }, (_, i) => i + 1)
  return {
    told: many.flatMap(i => [
      ...(i % 3 === 0 ? [tell(host(i), 'arp.mac', hardware(i), { frame: i * 10 })] : []),
      tell(hardware(i), 'dhcp.hostname', `host-${i}`, { frame: i * 10 + 1 }),
      tell(`192.0.2.${i % 7}`, 'dns.answer', `${i % 5}.example`, { frame: i * 10 + 2 }),
    ]),
    stations: many.flatMap(i => [
      station(hardware(i), { frame: i * 10, vlan: i % 4 }),
      station(hardware(i), { frame: i * 10 + 5, vlan: i % 3, until: 2000 - i }),
    ]),
    addresses: many.flatMap(i => [
      address(host(i), hardware(i), { frame: i * 10, vlan: i % 4 }),
      address(host(i), hardware((i % 5) + 1), {
        frame: i * 10 + 5,
        vlan: i % 3,
        hops: 64 - (i % 2),
      }),
    ]),
    conversations: many.flatMap(i =>
      many.slice(0, 9).map(k =>
        conversation(
          { ip: host(i), mac: hardware(i) },
          {
            ip: k % 2 === 0 ? `192.0.2.${k}` : host(k),
            mac: k % 2 === 0 ? ROUTER : hardware(k),
            port: 20 + (k % 4),
          },
          { frame: 1000 + i * 10 + k, vlan: i % 2, serves: k % 3 === 0 },
        ),
      ),
    ),
  }
}

t.test('a conversation has the id of its last connection, and the round trips of all', t => {
  const old = conversation(client, web, { frame: 3, from: 50001, micros: 900 })
  const last = conversation(client, web, { frame: 5, from: 50002, micros: 1500 })
  const unheard = conversation(client, web, { frame: 4, from: 50003 })
  for (const conversations of [
    [old, last, unheard],
    [unheard, last, old],
  ]) {
    const [talk] = read({ stations: both, told: bound, conversations }).conversations
    t.equal(talk?.community_id, idOf(50002))
    t.equal(talk?.round_trip_smallest_us, 900)
    t.equal(talk?.round_trip_last_us, 1500)
  }
  const [alone] = read({ conversations: [unheard] }).conversations
  t.match(alone, { round_trip_smallest_us: null, round_trip_last_us: null })
  t.end()
})

t.test('the order of rows, and the seed, change nothing', t => {
  const scene = crowd()
  const wanted = read(scene, 1)
  t.ok(
    wanted.devices.length >= 60 && wanted.conversations.length > 200,
    'there is something to compare',
  )
  const shuffled = <T>(rows: readonly T[], step: number): T[] =>
    rows.map((_, i) => rows[(i * step + 3) % rows.length]!)
  for (const step of [7, 11, 13]) {
    const other = {
      told: scene.told,
      stations: shuffled(scene.stations, step),
      addresses: shuffled(scene.addresses, step),
      conversations: shuffled(scene.conversations, step),
    }
    t.same(read(other, step), wanted)
  }
  t.end()
})
