/** The audit of the mirror: what raises a finding, what doesn't, and how it comes and goes. */

import t from 'tap'
import { Audit, conditionsOf, machineConditions, RULES } from '../../src/sensor/audit.js'
import { between, isMerged, type Measurements } from '../../src/sensor/measurements.js'
import { measured, reading, vlan } from './measured.js'

const ids = (changed: Partial<Measurements>): string[] =>
  conditionsOf(measured(changed)).map(({ id }) => id)

t.test('a good mirror has nothing to mend', t => {
  t.strictSame(ids({}), [])
  t.strictSame(ids({ packets: 0, vlans: [], unicast: { ours: 0, others: 0 } }), [])
  t.strictSame(ids({ packets: 5, vlans: [vlan({ packets: 5, one_way_seconds: 60 })] }), [])
  t.strictSame(ids({ unicast: null, untagged_networks: null }), [], 'nor what is not measured')
  t.end()
})

type Case = readonly [
  id: string,
  raises: Partial<Measurements>,
  spares: Partial<Measurements>,
  says: RegExp,
  mend: RegExp,
]

const session = { session: 'ERSPAN 7', mirrors: true, packets: 99_990, lost: 10 }

const cases: readonly Case[] = [
  ['link-down', { present: false }, {}, /gone/, /ip link show eth1/],
  ['link-down', { up: false }, {}, /switched off/, /^ip link set eth1 up$/],
  ['link-down', { running: false }, {}, /no cable/, /no shutdown/],
  [
    'no-traffic',
    { silent_seconds: 60 },
    { silent_seconds: 59.9 },
    /no frame for 60 seconds/,
    /on the switch, .*show monitor session.*destination.*source ports/,
  ],
  ['no-traffic', { silent_seconds: 99, mode: 'tunnel' }, {}, /99/, /this machine's address/],
  [
    'one-way-mirror',
    { vlans: [vlan({ one_way_seconds: 58 }), vlan({ vlan: 0, one_way_seconds: 60 })] },
    { vlans: [vlan({ one_way_seconds: 50 }), vlan({ seconds: 10, one_way_seconds: 10 })] },
    /both ways in 58 of 60 seconds \(VLAN 10, 50,000 frames\)/,
    /both/,
  ],
  [
    'not-a-mirror',
    { unicast: { ours: 5000, others: 3 } },
    { unicast: { ours: 5000, others: 90_000 } },
    /5,000 of 5,003 frames/,
    /destination of a mirror session/,
  ],
  [
    'not-a-mirror',
    { unicast: { ours: 0, others: 20 }, vlans: [] },
    { unicast: { ours: 5000, others: 0 }, mode: 'tunnel' },
    /only broadcasts/,
    /eth1/,
  ],
  [
    'transmitting',
    { transmitted: 7 },
    { transmitted: 7, mode: 'tunnel' },
    /^7 frames sent/,
    /ip addr flush dev eth1.*disable_ipv6=1/,
  ],
  [
    'duplicated-frames',
    { duplicates: { same: 2000, routed: 0 } },
    { duplicates: { same: 500, routed: 50_000 } },
    /2,000 of 100,000 frames came twice \(2 %\)/,
    /one direction only/,
  ],
  ['truncated-frames', { cut: 300, snaplen: 128 }, { cut: 9 }, /0\.3 %.*128/, /capture\.snaplen/],
  ['truncated-frames', { cut: 300 }, { cut: 90 }, /300 of/, /on the switch, take truncation out/],
  [
    'vlan-tags-missing',
    { untagged_networks: 4, vlans: [vlan({ vlan: 0 })] },
    { untagged_networks: 4, vlans: [vlan({ vlan: 0 }), vlan()] },
    /ARP of 4 networks/,
    /encapsulation replicate/,
  ],
  [
    'vlan-tags-one-way',
    { vlans: [vlan({ tagged_one_way: 40_000 })] },
    { vlans: [vlan({ tagged_one_way: 1000 }), vlan({ vlan: 0, tagged_one_way: 50_000 })] },
    /40,000 of 50,000 frames of VLAN 10/,
    /in both directions/,
  ],
  ['merged-frames', { merged: 500 }, { merged: 50 }, /MTU of 1500/, /^ethtool -K eth1 gro off/],
  [
    'sequence-gaps',
    { sessions: [{ ...session, lost: 100 }] },
    { sessions: [{ ...session, lost: 2 }] },
    /^ERSPAN 7: 100 of 100,090 frames never came/,
    /MTU/,
  ],
  [
    'sequence-gaps',
    { sessions: [{ ...session, mirrors: false, lost: 100 }], mode: 'tunnel' },
    { sessions: [{ ...session, mirrors: false, lost: 100 }] },
    /^ERSPAN 7: 100/,
    /priority/,
  ],
  [
    'drops-nic',
    { dropped: { nic: 5, ring: 0, worker: 0 } },
    {},
    /^5 frames lost/,
    /ethtool -G eth1/,
  ],
  ['drops-ring', { dropped: { nic: 0, ring: 5, worker: 0 } }, {}, /under 0\.1 %/, /ring_blocks/],
  [
    'drops-worker',
    { dropped: { nic: 0, ring: 0, worker: 5 } },
    {},
    /^5 frames/,
    /capture\.workers/,
  ],
  [
    'broken-checksums',
    { checksums: { checked: 100, broken: 90, unchecked: 0 } },
    { checksums: { checked: 100, broken: 9, unchecked: 9 } },
    /^90 of 100 are wrong \(90 %\)$/,
    /tx off/,
  ],
  [
    'broken-checksums',
    { checksums: { checked: 0, broken: 0, unchecked: 5000 } },
    {},
    /^too many were wrong, so that 5,000 frames were believed without/,
    /cable/,
  ],
  [
    'clock-off',
    { clock_offset_seconds: -3600 },
    { clock_offset_seconds: 4.9 },
    /3,600 seconds behind/,
    /timedatectl set-ntp true/,
  ],
  ['clock-off', { clock_jumps: 2 }, {}, /jumped 2 times/, /ethtool -T eth1/],
]

t.test('each fault is told with its numbers and its mend, and nothing else is', t => {
  for (const [id, raises, spares, says, mend] of cases) {
    const raised = conditionsOf(measured(raises))
    t.strictSame([...new Set(raised.map(one => one.id))], [id], `${id}: ${JSON.stringify(raises)}`)
    t.match(raised[0], { evidence: says, mend, interface: 'eth1', title: /^[A-Z]/ })
    t.strictSame(ids(spares), [], `${id} is not raised by ${JSON.stringify(spares)}`)
  }
  const told = new Set(cases.map(([id]) => id))
  t.strictSame(
    RULES.filter(({ id }) => !told.has(id)),
    [],
    'no rule is without a case',
  )
  t.end()
})

t.test('one VLAN of several that is heard one way is named', t => {
  const vlans = [vlan({ vlan: 20, one_way_seconds: 60 }), vlan({ vlan: 30 })]
  t.match(conditionsOf(measured({ vlans })), [{ id: 'one-way-mirror', vlan: 20 }])
  const spoken = { unicast: { ours: 0, others: 5000 }, vlans: [vlan({ one_way_seconds: 60 })] }
  t.strictSame(ids(spoken), [], 'where nearly all is broadcast there are no two directions')
  const many = Array.from({ length: 50 }, (_, i) => vlan({ vlan: i, one_way_seconds: 60 }))
  t.equal(ids({ vlans: [...many, vlan({ vlan: 99 })] }).length, 16, 'but not without end')
  t.end()
})

t.test('loss is the graver the more is lost', t => {
  const severity = (ring: number): string | undefined =>
    conditionsOf(measured({ dropped: { nic: 0, ring, worker: 0 } }))[0]?.severity
  t.equal(severity(5), 'medium')
  t.equal(severity(5000), 'high')
  t.match(machineConditions(5, 1000), [
    { id: 'drops-backlog', interface: null, severity: 'medium', mend: /netdev_max_backlog/ },
  ])
  const sessions = [{ ...session, lost: 100 }]
  t.strictSame(
    ids({ sessions, dropped: { nic: 0, ring: 100, worker: 0 } }),
    ['drops-ring'],
    'what was lost here was not lost on the way',
  )
  t.match(machineConditions(500, 1000), [{ severity: 'high' }])
  t.strictSame(machineConditions(0, 1000), [])
  t.end()
})

t.test('what lies between two moments is counted, whoever began again', t => {
  const first = reading({
    at: 100,
    packets: 1000,
    merged: 7,
    vlans: [vlan({ packets: 400, seconds: 50 })],
    sessions: [{ session: 'a', mirrors: true, packets: 10, lost: 1 }],
  })
  const window = between(
    first,
    reading({
      at: 160,
      packets: 1500,
      merged: 3,
      vlans: [vlan({ packets: 700, seconds: 110 }), vlan({ vlan: 11, packets: 5 })],
      sessions: [{ session: 'a', mirrors: true, packets: 30, lost: 4 }],
    }),
  )
  t.match(window, { seconds: 60, packets: 500, merged: 3 })
  t.match(window.vlans, [
    { vlan: 10, packets: 300, seconds: 60 },
    { vlan: 11, packets: 5 },
  ])
  t.strictSame(window.sessions, [{ session: 'a', mirrors: true, packets: 20, lost: 3 }])
  t.strictSame(
    [isMerged(1526, 1500), isMerged(1527, 1500), isMerged(9000, 9000)],
    [false, true, false],
  )
  t.end()
})

/** Looks once a second; gives the seconds at which what was told changed, and to what. */
function course(until: number, at: (second: number) => Partial<Measurements>): string[] {
  const audit = new Audit()
  const changes: string[] = []
  let told = ''
  for (let second = 0; second <= until; second++) {
    const one = reading({ at: second, ...at(second) })
    const found = audit.look([one], { at: second, backlog: 0, invented: 0 }, `T${String(second)}`)
    const now = found.map(({ id, since }) => `${id} ${since}`).join(', ')
    if (now !== told) changes.push(`${String(second)}: ${now}`)
    told = now
  }
  return changes
}

t.test('what comes is told when it stays, what goes is forgotten when it stays away', t => {
  t.strictSame(
    course(80, second => ({ clock_offset_seconds: second >= 10 && second <= 40 ? 60 : 0 })),
    ['20: clock-off T20', '70: '],
    'ten seconds to appear, thirty to go',
  )
  t.strictSame(
    course(60, second => ({ clock_offset_seconds: second % 8 < 5 ? 60 : 0 })),
    [],
    'what flickers is not told',
  )
  t.strictSame(
    course(90, second => ({ silent_seconds: second <= 70 ? second : 0 })),
    ['60: no-traffic T60', '72: '],
    'sixty seconds of silence are told at once',
  )
  t.end()
})

t.test('loss is told at once, and until a minute has passed without', t => {
  const changes = course(200, second => ({
    packets: second * 1000,
    unicast: null,
    dropped: { nic: 0, ring: second < 20 ? 0 : 50, worker: 0 },
  }))
  t.equal(changes[0], '20: drops-ring T20')
  t.equal(changes.length, 2)
  const gone = Number(changes[1]!.split(':')[0])
  t.ok(gone > 20 + 60 && gone <= 20 + 60 + 30 + 6, `told until second ${String(gone)}`)
  t.end()
})

t.test('the gravest comes first, and what is taken away is forgotten', t => {
  const audit = new Audit()
  const bad = {
    unicast: null,
    running: false,
    silent_seconds: 100,
    transmitted: 3,
    clock_offset_seconds: 99,
  }
  const look = (at: number, names: string[]): (string | null)[][] =>
    audit
      .look(
        names.map(name => reading({ at, interface: name, packets: at * 1000, ...bad })),
        { at, backlog: at > 2 ? 1 : 0, invented: at > 2 ? 900 : 0 },
        'T',
      )
      .map(one => [one.id, one.interface])
  for (let second = 0; second < 15; second++) look(second, ['eth1', 'eth2'])
  t.strictSame(look(15, ['eth1', 'eth2']), [
    ['link-down', 'eth1'],
    ['link-down', 'eth2'],
    ['no-traffic', 'eth1'],
    ['no-traffic', 'eth2'],
    ['address-flood', null],
    ['transmitting', 'eth1'],
    ['transmitting', 'eth2'],
    ['drops-backlog', null],
    ['clock-off', 'eth1'],
    ['clock-off', 'eth2'],
  ])
  for (let second = 16; second < 60; second++) look(second, ['eth1'])
  t.notOk(look(60, ['eth1']).some(([, name]) => name === 'eth2'))
  t.end()
})
