/** The page for Prometheus: what stands on it, and what never happens to it. */

import t from 'tap'
import { families, tableFamilies } from '../../src/metrics/families.js'
import { Latencies } from '../../src/metrics/latencies.js'
import { LoopLag } from '../../src/metrics/loop-lag.js'
import { Metrics, SERIES_MAX, TABLES_MAX } from '../../src/metrics/metrics.js'
import { NO_CENSUS } from '../../src/model/census.js'
import type { Snapshot } from '../../src/metrics/snapshot.js'
import { useNow } from '../../src/metrics/use.js'

const snapshot = (changed: Partial<Snapshot> = {}): Snapshot => ({
  version: '0.1.0',
  uptime_seconds: 12,
  interfaces: [
    {
      interface: 'eth1',
      packets: 100,
      bytes: 6400,
      dropped: { nic: 1, backlog: 2, ring: 3, worker: 4 },
      transmitted: 0,
    },
  ],
  undecoded: { 'short ip4': 5 },
  census: {
    ...NO_CENSUS,
    tcp_ports: [{ number: 4444, packets: 8, bytes: 900, sample: null }],
  },
  protocols: [{ protocol: 'dhcp', packets: 7, faults: { 'no cookie': 2, short: 1 }, facts: 9 }],
  devices: { iot: 3, unknown: 1 },
  tables: { stations: { entries: 10, evicted: 1, dropped: 2 } },
  store_bytes: 4096,
  store_writes: true,
  invented_addresses: 7,
  workers: [{ worker: 0, busy_ratio: 0.25 }],
  loop_lag: { p50: 0.001, p99: 0.004, max: 0.02 },
  fact_latency: new Latencies().read(),
  findings: { 'no-traffic': 1 },
  use: { resident_bytes: 1e8, anonymous_bytes: 6e7, heap_bytes: 2e7, cpu_seconds: 3.5 },
  ...changed,
})

const lines = async (metrics: Metrics): Promise<Map<string, number>> => {
  const { text } = await metrics.page()
  const rows = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    rows.map(row => [row.slice(0, row.lastIndexOf(' ')), Number(row.slice(row.lastIndexOf(' ')))]),
  )
}

t.test('everything the public surface promises stands on the page', async t => {
  const found = await lines(new Metrics(() => snapshot()))
  const expected: Readonly<Record<string, number>> = {
    'capture_packets_total{interface="eth1"}': 100,
    'unparsed_packets_total{kind="tcp",number="4444"}': 8,
    'unparsed_bytes_total{kind="tcp",number="4444"}': 900,
    'capture_bytes_total{interface="eth1"}': 6400,
    'capture_dropped_total{interface="eth1",where="nic"}': 1,
    'capture_dropped_total{interface="eth1",where="backlog"}': 2,
    'capture_dropped_total{interface="eth1",where="ring"}': 3,
    'capture_dropped_total{interface="eth1",where="worker"}': 4,
    'interface_transmitted_frames_total{interface="eth1"}': 0,
    'frames_undecoded_total{reason="short ip4"}': 5,
    'protocol_packets_total{protocol="dhcp"}': 7,
    'protocol_malformed_total{protocol="dhcp",fault="no cookie"}': 2,
    'facts_total{protocol="dhcp"}': 9,
    'devices{category="iot"}': 3,
    'findings{id="no-traffic"}': 1,
    stations_entries: 10,
    stations_evicted_total: 1,
    stations_dropped_total: 2,
    'worker_busy_ratio{worker="0"}': 0.25,
    'event_loop_lag_seconds{quantile="0.99"}': 0.004,
    'build_info{version="0.1.0"}': 1,
    uptime_seconds: 12,
    process_resident_memory_bytes: 1e8,
    process_anonymous_memory_bytes: 6e7,
    process_heap_bytes: 2e7,
    process_cpu_seconds_total: 3.5,
    'fact_latency_seconds_bucket{le="0.25"}': 0,
    fact_latency_seconds_count: 0,
  }
  for (const [name, value] of Object.entries(expected)) {
    t.equal(found.get(`onlooker_${name}`), value, name)
  }
})

t.test('names follow one rule', async t => {
  const all = [...families, ...tableFamilies('stations')]
  t.equal(new Set(all.map(({ name }) => name)).size, all.length, 'each name once')
  for (const { name, type, help, labels } of all) {
    t.match(name, /^[a-z][a-z0-9_]*$/, name)
    t.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`)
    t.match(help, /^[A-Z][^\n]*\.$/, 'and says what it is in a sentence')
    for (const label of labels) t.match(label, /^[a-z][a-z0-9_]*$/)
  }
  const { text, type } = await new Metrics(() => snapshot()).page()
  t.match(type, /^text\/plain; version=0\.0\.4/)
  t.notOk(/^(?!onlooker_|#|$)/m.test(text), 'every row has the prefix')
})

t.test('a counter never goes down, though a worker that died counts from 0 again', async t => {
  let packets = 100
  const { interfaces } = snapshot()
  const eth1 = interfaces[0]!
  const metrics = new Metrics(() => snapshot({ interfaces: [{ ...eth1, packets }] }))
  const told: (number | undefined)[] = []
  for (packets of [100, 150, 20, 30, 30, 5]) {
    told.push((await lines(metrics)).get('onlooker_capture_packets_total{interface="eth1"}'))
  }
  t.strictSame(told, [100, 150, 170, 180, 180, 185])
})

t.test('a gauge goes where it likes, and a row that is gone is gone', async t => {
  let devices: Record<string, number> = { iot: 5, ot: 1 }
  const metrics = new Metrics(() => snapshot({ devices }))
  await metrics.page()
  devices = { iot: 2 }
  const found = await lines(metrics)
  t.equal(found.get('onlooker_devices{category="iot"}'), 2)
  t.notOk(found.has('onlooker_devices{category="ot"}'))
})

t.test('names that come from outside make a bounded number of rows', async t => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${String(i)}`)
  const undecoded = Object.fromEntries(many(SERIES_MAX + 50).map(name => [name, 1]))
  const row = { entries: 1, evicted: 0, dropped: 0 }
  const tables = Object.fromEntries(many(TABLES_MAX + 5).map(name => [name, row]))
  const found = [...(await lines(new Metrics(() => snapshot({ undecoded, tables })))).keys()]
  t.equal(found.filter(name => name.includes('frames_undecoded_total')).length, SERIES_MAX)
  t.equal(found.filter(name => name.endsWith('_entries')).length, TABLES_MAX)
  const odd = await lines(new Metrics(() => snapshot({ undecoded: { 'a"b\n\\c': 1 } })))
  t.equal(odd.get('onlooker_frames_undecoded_total{reason="a\\"b\\n\\\\c"}'), 1, 'escaped')
})

t.test('latencies are told as quantiles and as a histogram', async t => {
  const latencies = new Latencies()
  for (let i = 0; i < 98; i++) latencies.observe(0.02)
  latencies.observe(0.2)
  latencies.observe(30)
  latencies.observe(-5)
  t.equal(latencies.quantile(0.5), 0.025)
  t.equal(latencies.quantile(0.99), 0.2)
  t.equal(latencies.quantile(1), Infinity)
  const found = await lines(new Metrics(() => snapshot({ fact_latency: latencies.read() })))
  const bucket = (le: string): number | undefined =>
    found.get(`onlooker_fact_latency_seconds_bucket{le="${le}"}`)
  t.strictSame([bucket('0.005'), bucket('0.025'), bucket('0.2')], [1, 99, 100])
  t.strictSame([bucket('10'), bucket('+Inf')], [100, 101], 'each bucket holds all below it')
  t.equal(found.get('onlooker_fact_latency_seconds_count'), 101)
})

t.test('the program knows what it uses, and how late it is', async t => {
  const use = useNow()
  t.ok(use.resident_bytes > 1e6 && use.heap_bytes > 1e5 && use.cpu_seconds > 0)
  t.ok(use.anonymous_bytes > 1e6 && use.anonymous_bytes <= use.resident_bytes * 1.1)
  const lag = new LoopLag()
  lag.begin(0)
  await new Promise(resolve => setTimeout(resolve, 30))
  const until = performance.now() + 60
  while (performance.now() < until);
  await new Promise(resolve => setTimeout(resolve, 30))
  const first = lag.read(40_000)
  t.ok(first.max >= 0.03 && first.max < 5, 'a busy loop is seen')
  t.equal(lag.read(40_010).max, first.max, 'and remembered for the window after')
  lag.read(80_000)
  t.ok(lag.read(120_000).max < first.max, 'but no longer')
  lag.stop()
})
