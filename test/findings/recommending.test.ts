/** Recommendations: their examples, what mends them, what silence tells, and findings of others. */

import t from 'tap'
import type { FindingRecord } from '../../src/model/finding.js'
import { brokenPromises } from '../../src/findings/recommendations/check.js'
import { CoverageDays } from '../../src/findings/recommendations/coverage-days.js'
import { Advice, type Circumstances } from '../../src/findings/recommendations/judging.js'
import { readRecommendations } from '../../src/findings/recommendations/read-recommendations.js'
import { Recommending } from '../../src/findings/recommendations/recommending.js'
import { shippedAdvice } from '../../src/findings/recommendations/shipped.js'
import { ticketText, wallsFor } from '../../src/findings/recommendations/writing.js'
import { facts } from '../../src/protocols/index.js'
import type { DeviceRecord, FactRecord } from '../../src/model/device.js'
import { changes, device, fact } from '../store/records.js'

const deviceRecord = (
  id: string,
  [first_seen, last_seen]: readonly [number, number],
): DeviceRecord => device(0, { id, first_seen, last_seen, vlans: [] })

const factOf = (
  id: string,
  name: string,
  value: string,
  [first, last]: readonly [number, number],
): FactRecord => fact(0, 0, { device: id, fact: name, value, first, last })

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const advice = shippedAdvice(facts.map(({ name }) => name))

const around = (now: number, heard = 0): Circumstances => ({
  ...{ now, resolve_ms: 30 * DAY },
  heardSince: () => heard,
})

/** `[fact, value, first, last]`. */
type Said = readonly [fact: string, value: string, first: number, last: number]

function judged(said: readonly Said[], circumstances: Circumstances): FindingRecord[] {
  const statements = said.map(([fact, value, first, last]) => ({ fact, value, first, last }))
  const last_seen = circumstances.now
  return advice.judge({ id: 'a', first_seen: 0, last_seen, statements }, circumstances)
}

const standings = (records: readonly FindingRecord[]): string[] =>
  records.map(({ recommendation, standing }) => `${recommendation} ${standing}`)

t.test('what is shipped keeps its promises', t => {
  t.strictSame(brokenPromises(advice.recommendations), [])
  for (const { id, mend, ticket } of advice.recommendations) {
    t.ok(mend.length > 0 && ticket !== '', `${id} says what to do`)
  }
  t.end()
})

t.test('what is wrong in a file is said with its place', t => {
  const vocabulary = new Set(facts.map(({ name }) => name))
  const whole = {
    ...{
      recommendation: 'x-one',
      title: 'X',
      severity: 'high',
      why: 'y',
      mend: ['m'],
      ticket: 't',
    },
    ...{ unhealthy: { 'telnet.serves': '/./' }, examples: [{ 'telnet.serves': 'tcp/23' }] },
    counterexamples: [{ 'telnet.prompt': 'login' }],
  }
  const complaint = (change: object): string => {
    try {
      readRecommendations([{ place: 'a.yaml:3', entry: { ...whole, ...change } }], vocabulary)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  t.equal(complaint({}), '')
  t.match(complaint({ severity: 'grave' }), /^a\.yaml:3: severity is one of critical, high/)
  t.match(complaint({ unhealthy: { 'telnet.served': 'x' } }), /did you mean telnet\.serves\?/)
  t.match(complaint({ blocks: 'tcp/23' }), /blocks is no part .*did you mean block\?/)
  t.match(complaint({ block: '23' }), /block: 23: write tcp\/23/)
  t.match(complaint({ healthy: { 'telnet.door': '/./' } }), /healthy needs an example/)
  t.match(complaint({ unhealthy: { 'telnet.serves': '/(a+)+b/' } }), /could run away/)
  t.match(complaint({ examples: [] }), /an example is missing/)
  t.end()
})

t.test('a device is healthy by evidence only', t => {
  t.strictSame(judged([], around(DAY, 1e9)), [], 'of what was not observed nothing is told')
  const good = judged([['telnet.door', 'tcp/23 required', 0, 5]], around(DAY))
  t.strictSame(standings(good), ['telnet-require-authentication healthy'])
  t.end()
})

t.test('a finding tells what it rests on, from when to when', t => {
  const [finding] = judged(
    [
      ['snmp.answers', 'v1', 1000, 5000],
      ['snmp.answers', 'v2c', 2000, 9000],
      ['snmp.accepts', 'default: public', 2000, 8000],
    ],
    around(DAY),
  )
  t.match(finding, { recommendation: 'remove-snmp-v1-v2', standing: 'unhealthy' })
  t.match(finding, { first: 1000, last: 9000, resolved: null, because: null })
  t.strictSame(
    finding!.proofs.map(({ value, rule, first, last }) => [value, rule, first, last]),
    [
      ['v1', 'remove-snmp-v1-v2', 1000, 5000],
      ['default: public', 'remove-snmp-v1-v2', 2000, 8000],
      ['v2c', 'remove-snmp-v1-v2', 2000, 9000],
    ],
  )
  t.end()
})

t.test('only evidence about the same door, and late enough, mends it', t => {
  const open: Said = ['telnet.door', 'tcp/23 none', 0, HOUR]
  const after = (value: string, at: number): string[] =>
    standings(judged([open, ['telnet.door', value, at, at]], around(DAY)))
  const id = 'telnet-require-authentication'
  t.strictSame(after('tcp/23 required', 4 * HOUR), [`${id} resolved`])
  t.strictSame(after('tcp/2323 required', 4 * HOUR), [`${id} unhealthy`], 'another door')
  t.strictSame(after('tcp/23 required', HOUR + MINUTE), [`${id} unhealthy`], 'it may alternate')
  const [mended] = judged([open, ['telnet.door', 'tcp/23 required', 4 * HOUR, DAY]], around(DAY))
  t.match(mended, { first: 0, last: HOUR, resolved: 4 * HOUR, because: /mended/ })
  const [again] = judged(
    [
      ['telnet.door', 'tcp/23 none', 0, 2 * DAY],
      ['telnet.door', 'tcp/23 required', 4 * HOUR, DAY],
    ],
    around(3 * DAY),
  )
  t.match(again, { standing: 'unhealthy', first: 0, last: 2 * DAY }, 'it was opened again')
  t.end()
})

t.test('a system is unsupported from a day on', t => {
  const at = (day: string): string[] =>
    standings(judged([['device.os', 'Windows 7', NaN, NaN]], around(Date.parse(day))))
  t.strictSame(at('2020-01-13'), [])
  t.strictSame(at('2020-01-15'), ['replace-unsupported-system unhealthy'])
  t.end()
})

t.test('silence resolves only where the device and its network were heard', t => {
  const said: Said[] = [['telnet.serves', 'tcp/23', 0, DAY]]
  const at = (now: number, heard: number): string | undefined =>
    judged(said, around(now, heard))[0]?.standing
  t.equal(at(20 * DAY, 1e9), 'unhealthy', 'too soon')
  t.equal(at(40 * DAY, 1e9), 'resolved')
  t.equal(at(40 * DAY, 3600), 'unhealthy', 'a mirror with one direction hears no answers')
  const statements = [{ fact: 'telnet.serves', value: 'tcp/23', first: 0, last: DAY }]
  const gone = { id: 'a', first_seen: 0, last_seen: 2 * DAY, statements }
  t.equal(advice.judge(gone, around(40 * DAY, 1e9))[0]?.standing, 'unhealthy', 'it is switched off')
  t.match(judged(said, around(40 * DAY, 1e9))[0], { resolved: 31 * DAY, because: /not seen again/ })
  t.end()
})

t.test('coverage counts seconds that were heard both ways, where they were heard least', t => {
  const days = new CoverageDays()
  for (let second = 0; second < 100; second++) {
    days.add({ vlan: 10, both_ways: 3 }, 5 * DAY + second)
    days.add({ vlan: 20, both_ways: second < 40 ? 1 : 0 }, 5 * DAY + second)
  }
  t.equal(days.heardSince([10], 3 * DAY), 100)
  t.equal(days.heardSince([10, 20], 3 * DAY), 40)
  t.equal(days.heardSince([10], 5 * DAY), 0, 'the day itself may have been before')
  t.equal(days.heardSince([], 3 * DAY), 0, 'untagged frames were not heard')
  t.end()
})

const options = { advice, resolve_days: 30, heardSince: () => 1e9 }

t.test('told turn by turn, it comes to the same as told at once', t => {
  const said = [
    factOf('a', 'telnet.door', 'tcp/23 none', [0, HOUR]),
    factOf('a', 'telnet.serves', 'tcp/23', [0, HOUR]),
    factOf('b', 'snmp.answers', 'v2c', [HOUR, HOUR]),
    factOf('a', 'telnet.door', 'tcp/23 required', [9 * HOUR, 9 * HOUR]),
    factOf('b', 'dns.resolver', '10.0.0.1', [0, 0]),
  ]
  const seen = [deviceRecord('a', [0, DAY]), deviceRecord('b', [0, DAY])]
  const whole = new Recommending(options)
  whole.hear(changes({ devices: seen, facts: said }))
  const bits = new Recommending(options)
  const told = new Map<string, FindingRecord>()
  bits.hear(changes({ devices: seen }))
  for (const fact of said) {
    bits.hear(changes({ facts: [fact] }))
    for (const one of bits.settle(DAY, 10).findings)
      told.set(`${one.device} ${one.recommendation}`, one)
  }
  const at_once = whole.settle(DAY, 10).findings
  t.equal(at_once.length, 3)
  t.strictSame(
    at_once,
    at_once.map(one => told.get(`${one.device} ${one.recommendation}`)),
  )
  t.strictSame(bits.settle(DAY, 10).findings, [], 'nothing is told twice')
  t.end()
})

t.test('with time alone, a finding is resolved; a restart remembers what was told', t => {
  const begin = (): Recommending => {
    const one = new Recommending(options)
    one.recall(deviceRecord('a', [0, 50 * DAY]))
    one.recallFacts([factOf('a', 'telnet.serves', 'tcp/23', [0, DAY])])
    return one
  }
  const first = begin()
  const told = first.settle(2 * DAY, 10).findings
  t.strictSame(standings(told), ['disable-telnet unhealthy'])
  first.lookAgain(10)
  t.strictSame(standings(first.settle(50 * DAY, 10).findings), ['disable-telnet resolved'])
  const second = begin()
  second.recallTold(told)
  t.strictSame(second.settle(2 * DAY, 10).findings, [], 'it is no news')
  t.end()
})

t.test('what was said of a merged device counts for the other', t => {
  const one = new Recommending(options)
  one.hear(changes({ devices: [deviceRecord('a', [0, 1]), deviceRecord('b', [0, 1])] }))
  one.hear(changes({ facts: [factOf('b', 'telnet.serves', 'tcp/23', [0, 1])] }))
  one.settle(DAY, 10)
  const merge = { into: 'a', from: 'b', at: 1, action: 'merge' as const, by: '', why: '', score: 1 }
  one.hear(changes({ merges: [merge] }))
  t.match(one.settle(DAY, 10).findings, [{ device: 'a', recommendation: 'disable-telnet' }])
  one.hear(changes({ forgotten: ['a'] }))
  t.equal(one.entries, 0)
  t.end()
})

const FIVE = ['w1', 'w2', 'c1', 'c2', 'c3']

t.test('two workstations and three cameras: one recommendation, one ticket, five devices', t => {
  const one = new Recommending(options)
  const observed = (recommendation: string, topic: string, devices: readonly string[]): void => {
    for (const device of devices)
      one.framed.observe({ recommendation, topic, device, at: DAY, proofs: [] })
  }
  observed('block-suspicious-address', '203.0.113.9', FIVE)
  observed('update-vulnerable-software', 'OpenSSL 3.0.15', ['w1', 'c1'])
  observed('disable-telnet', 'x', ['w1'])
  const told = one.settle(DAY, 100).findings
  const of = (id: string): FindingRecord[] =>
    told.filter(({ recommendation }) => recommendation === id)
  t.equal(new Set(of('block-suspicious-address').map(({ topic }) => topic)).size, 1)
  t.strictSame(
    of('block-suspicious-address').map(({ device }) => device),
    FIVE,
  )
  t.equal(of('update-vulnerable-software').length, 2)
  t.equal(of('disable-telnet').length, 0, 'what has rules of its own is no frame')

  const block = advice.of('block-suspicious-address')!
  const named = FIVE.map(id => ({
    ...{ id, name: `n-${id}\nx`, kind: id.startsWith('w') ? 'workstation' : 'camera' },
    ...{ vendor: 'Axis', model: null, addresses: ['10.0.0.1'], macs: [], location: null },
  }))
  const ticket = ticketText(block, '203.0.113.9', named)
  t.match(ticket, /Block the suspicious address 203\.0\.113\.9/)
  t.match(ticket, /Devices \(5: camera, workstation\)/)
  t.equal(ticket.match(/^- /gm)?.length, 5)
  t.match(wallsFor(block, '203.0.113.9', [])?.nftables, /ip saddr 203\.0\.113\.9 counter drop/)
  t.match(wallsFor(block, '2001:db8::9', [])?.junos, /family inet6 .* 2001:db8::9\/128/)
  t.equal(wallsFor(block, 'x; rm', []), null, 'only an address gets into a rule')

  const settled = { recommendation: 'block-suspicious-address', topic: '203.0.113.9', at: 2 * DAY }
  one.framed.settle({ ...settled, device: 'w1' }, 'the alert was closed')
  t.match(one.settle(DAY, 10).findings, [{ device: 'w1', standing: 'resolved', because: /closed/ }])
  t.end()
})

t.test('firewalls and switches are told in their own words', t => {
  const walls = wallsFor(advice.of('remove-snmp-v1-v2')!, '', ['10.0.0.4', 'fd00::4'])!
  t.match(walls.nftables, /ip daddr \{ 10\.0\.0\.4 \} udp dport 161 counter drop/)
  t.match(walls.nftables, /ip6 daddr \{ fd00::4 \} udp dport 161/)
  t.match(walls.cisco_ios, / deny udp any host 10\.0\.0\.4 eq 161/)
  t.match(walls.aruba_cx, /10 deny udp any 10\.0\.0\.4 eq 161/)
  t.match(walls.junos, /destination-port 161/)
  const vnc = wallsFor(advice.of('vnc-require-authentication')!, '', ['10.0.0.4'])!
  t.match(vnc.cisco_ios, /range 5900 5903/)
  t.equal(wallsFor(advice.of('disable-telnet')!, '', []), null)
  t.end()
})

t.test('what is held is bounded', t => {
  const one = new Recommending({ ...options, advice: new Advice(advice.recommendations) })
  const flood = Array.from({ length: 300 }, (_, i) =>
    factOf('a', 'telnet.door', `tcp/${String(i)} none`, [0, 1]),
  )
  one.hear(changes({ devices: [deviceRecord('a', [0, 1])], facts: flood }))
  t.equal(one.dropped.statements, 300 - 256)
  const [finding] = one.settle(DAY, 10).findings
  t.equal(finding?.proofs.length, 8)
  t.end()
})
