/** What is left out because this machine said it, and what counts of links and settings add up to. */

import t from 'tap'
import { mac } from '../../fixtures/build/bytes.js'
import { overlaid } from '../../src/cli/run.js'
import { differences } from '../../src/cli/reload.js'
import { AddressHeard, ConversationHeard, StationHeard } from '../../src/model/heard.js'
import { LinkCounts } from '../../src/sensor/link-counts.js'
import { ledgerLine } from '../../src/sensor/ledger.js'
import type { LinkReading } from '../../src/sensor/links.js'
import { macNumber, ownNumbers } from '../../src/sensor/own-traffic.js'
import { Arrivals, ledgerCounts, lineOf, readingOf, VlanSums } from '../../src/sensor/readings.js'
import { Teller } from '../../src/sensor/teller.js'
import { defaults } from '../../src/settings/schema.js'

const OURS = 'fe:ed:00:00:00:01'
const THEIRS = '02:00:00:00:00:02'
const OTHER = '02:00:00:00:00:03'

function heardOf(kind: 'station' | 'address', whose: string): StationHeard & AddressHeard {
  const heard = kind === 'station' ? new StationHeard() : new AddressHeard()
  return Object.assign(heard, { bytes: mac(whose), macAt: 0 }) as StationHeard & AddressHeard
}

function talk(client: string, server: string, packets: number): ConversationHeard {
  const bytes = new Uint8Array([...mac(client), ...mac(server)])
  return Object.assign(new ConversationHeard(), { bytes, clientMacAt: 0, serverMacAt: 6, packets })
}

t.test('what this machine says itself is counted and left out', t => {
  const told: string[] = []
  const note = (what: string) => () => void told.push(what)
  const inventory = {
    tell: note('fact'),
    station: note('station'),
    address: note('address'),
    conversation: note('conversation'),
  }
  const teller = new Teller(inventory, ownNumbers([{ mac: OURS }]), () => 0)
  for (const whose of [OURS, THEIRS, OTHER]) {
    teller.station(heardOf('station', whose))
    teller.address(heardOf('address', whose))
  }
  teller.conversation(talk(OURS, THEIRS, 5))
  teller.conversation(talk(OTHER, THEIRS, 7))
  teller.conversation(talk(OTHER, '01:00:5e:00:00:fb', 9))
  t.equal(told.join(' '), 'station address station address conversation conversation')
  t.equal(teller.own, 3)
  t.equal(teller.devices, 2, 'each station counts once')
  t.equal(macNumber(mac('ff:ff:ff:ff:ff:fe'), 0), 2 ** 48 - 2)
  t.end()
})

t.test('counts of a link go on when its interface begins anew', t => {
  const at = (received: number): LinkReading => ({
    up: true,
    running: true,
    mtu: 1500,
    speed_mbit: null,
    received,
    received_bytes: 0,
    transmitted: 0,
    missed: 0,
    dropped: 0,
  })
  const readings = [at(1000), at(1010), undefined, at(5), at(8)]
  const links = new LinkCounts(['eth1'], () => readings.shift())
  const sums = [1, 2, 3, 4].map(() => {
    links.look('eth1')
    return links.sums('eth1').received
  })
  t.same(sums, [10, 10, 15, 18], 'from when the sensor began')
  t.end()
})

t.test('readings and the ledger follow from what workers count', t => {
  const heard = { ledger: [] } as unknown as Parameters<typeof lineOf>[0]
  const line = {
    ...lineOf(heard, 'eth1'),
    received: 90,
    given: 99,
    lost: 1,
    heard: 98,
    decoded: 91,
    undecoded: 2,
    duplicates: 5,
    same: 1,
    dropped: { ring: 3, worker: 1 },
    last_heard: 99e6,
  }
  t.match(ledgerCounts(line, null), { received: 102, dropped: 4, walked: 98, duplicate: 5 })
  t.equal(ledgerLine(ledgerCounts(line, null)).exact, true)
  const astray = ledgerLine(ledgerCounts({ ...line, given: 102 }, null))
  t.match(astray, { exact: false, unexplained: 3 }, 'the ears count for themselves')
  const vlans = new VlanSums()
  const second = { ear: 0, vlan: 7, second: 1, packets: 4, duplicates: 0, cut: 1, odd_tags: 2 }
  for (const both_ways of [0, 4]) vlans.add({ ...second, interface: 'eth1', both_ways })
  vlans.add({ ...second, interface: 'eth2', both_ways: 0 })
  const sums = { received: 0, received_bytes: 0, transmitted: 3, missed: 2, dropped: 0 }
  const reading = readingOf({
    line,
    link: undefined,
    sums,
    capture: { mode: 'mirror', snaplen: 65_535 },
    vlans: vlans.read('eth1'),
    sessions: [],
    untagged_networks: 1,
    silent_seconds: 1,
    at: 1,
    now: 3699,
  })
  t.match(reading, {
    present: false,
    silent_seconds: 1,
    duplicates: { same: 1, routed: 4 },
    transmitted: 3,
    dropped: { nic: 2, ring: 3, worker: 1 },
    vlans: [{ vlan: 7, seconds: 2, one_way_seconds: 1, packets: 8, tagged_one_way: 4 }],
    clock_offset_seconds: -3600,
  })
  t.end()
})

t.test('silence is what our own clock says, whatever time frames are of', t => {
  const arrivals = new Arrivals()
  const silences = [0, 5, 5, 5, 6].map((heard, i) => arrivals.silence('eth1', heard, 100 + i))
  t.same(silences, [0, 0, 1, 2, 0])
  t.equal(arrivals.silence('eth2', 0, 105), 0)
  t.equal(arrivals.silence('eth2', 0, 170), 65, 'from when it was looked at first')
  t.end()
})

t.test('what the call says wins, and what differs is named', t => {
  const before = defaults()
  const after = overlaid(before, {
    interface: ['eth1,eth2', 'eth1'],
    workers: '3',
    filter: 'tcp',
    'log-level': 'debug',
  })
  t.match(after.capture, { interfaces: ['eth1', 'eth2'], workers: 3, filter: 'tcp' })
  t.equal(after.capture.snaplen, before.capture.snaplen, 'the rest stays')
  t.same(differences(before, after), [
    'capture.interfaces',
    'capture.workers',
    'capture.filter',
    'log.level',
  ])
  t.same(differences(before, overlaid(before, {})), [])
  t.throws(() => overlaid(before, { workers: 'many' }), /wrong workers: many: /)
  t.throws(() => overlaid(before, { 'log-level': 'loud' }), /wrong log level: loud: /)
  t.end()
})
