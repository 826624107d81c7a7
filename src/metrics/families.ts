/** Every metric there is, as data: its name, what it says, and where in the snapshot it stands. */

import type { Unparsed } from '../model/census.js'
import { DROP_PLACES, type Snapshot } from './snapshot.js'

/** A value and its labels, in the order the family names them. */
export type Sample = readonly [value: number, ...labels: string[]]

export interface Family {
  /** Without the prefix. A counter's ends in `_total`. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly labels: readonly string[]
  read(snapshot: Snapshot): Sample[]
}

export const PREFIX = 'onlooker_'

const pairs = (record: Readonly<Record<string, number>>): Sample[] =>
  Object.entries(record).map(([label, value]): Sample => [value, label])

/** Numbers of each kind that have series of their own. */
const UNPARSED_MAX = 16

function unparsed({ census }: Snapshot, value: (one: Unparsed) => number): Sample[] {
  const { ethertypes, llc, ip_protocols, tcp_ports, udp_ports } = census
  const kinds = { ethertype: ethertypes, llc, ip: ip_protocols, tcp: tcp_ports, udp: udp_ports }
  return Object.entries(kinds).flatMap(([kind, list]) =>
    list.slice(0, UNPARSED_MAX).map((one): Sample => [value(one), kind, String(one.number)]),
  )
}

function counter(
  name: string,
  help: string,
  labels: readonly string[],
  read: Family['read'],
): Family {
  return { name, help, type: 'counter', labels, read }
}

function gauge(
  name: string,
  help: string,
  labels: readonly string[],
  read: Family['read'],
): Family {
  return { name, help, type: 'gauge', labels, read }
}

export const families: readonly Family[] = [
  counter('capture_packets_total', 'Frames heard.', ['interface'], ({ interfaces }) =>
    interfaces.map(one => [one.packets, one.interface]),
  ),
  counter('capture_bytes_total', 'Bytes of frames heard, as on the wire.', ['interface'], s =>
    s.interfaces.map(one => [one.bytes, one.interface]),
  ),
  counter(
    'capture_dropped_total',
    'Frames lost, by where: in the NIC, in the backlog of the kernel, in the ring, in a worker.',
    ['interface', 'where'],
    ({ interfaces }) =>
      interfaces.flatMap(one =>
        DROP_PLACES.map((where): Sample => [one.dropped[where], one.interface, where]),
      ),
  ),
  counter(
    'interface_transmitted_frames_total',
    'Frames this machine sent by the interface; 0 on a mirror.',
    ['interface'],
    ({ interfaces }) => interfaces.map(one => [one.transmitted, one.interface]),
  ),
  counter('frames_undecoded_total', 'Frames not followed to their end.', ['reason'], s =>
    pairs(s.undecoded),
  ),
  counter('protocol_packets_total', 'Packets given to a parser.', ['protocol'], ({ protocols }) =>
    protocols.map(one => [one.packets, one.protocol]),
  ),
  counter(
    'protocol_malformed_total',
    'Packets a parser found fault with, by the name of the fault.',
    ['protocol', 'fault'],
    ({ protocols }) =>
      protocols.flatMap(one =>
        pairs(one.faults).map(([n, fault = '']): Sample => [n, one.protocol, fault]),
      ),
  ),
  counter(
    'unparsed_packets_total',
    'Packets that no parser knew, by what they claim to be: of each kind those with the most bytes.',
    ['kind', 'number'],
    s => unparsed(s, ({ packets }) => packets),
  ),
  counter(
    'unparsed_bytes_total',
    'Bytes on the wire of what no parser knew.',
    ['kind', 'number'],
    s => unparsed(s, ({ bytes }) => bytes),
  ),
  counter('facts_total', 'Facts that were news.', ['protocol'], ({ protocols }) =>
    protocols.map(one => [one.facts, one.protocol]),
  ),
  gauge('devices', 'Devices known.', ['category'], s => pairs(s.devices)),
  gauge('store_bytes', 'Of the database and its log, on disk.', [], s => [[s.store_bytes]]),
  gauge('store_writes', 'Whether the disk takes what is to be written: 1, else 0.', [], s => [
    [s.store_writes ? 1 : 0],
  ]),
  gauge('invented_addresses', 'Addresses of a flood, taken for no devices.', [], s => [
    [s.invented_addresses],
  ]),
  gauge('findings', 'What the audit of the mirror finds wrong now.', ['id'], s =>
    pairs(s.findings),
  ),
  gauge('recommendations', 'What should be mended, by severity.', ['severity'], s =>
    pairs(s.recommendations ?? {}),
  ),
  gauge('worker_busy_ratio', 'Share of the time in which a worker did not wait.', ['worker'], s =>
    s.workers.map(one => [one.busy_ratio, String(one.worker)]),
  ),
  gauge(
    'event_loop_lag_seconds',
    'How late the main thread was in the last minute.',
    ['quantile'],
    ({ loop_lag: { p50, p99, max } }) => [
      [p50, '0.5'],
      [p99, '0.99'],
      [max, '1'],
    ],
  ),
  gauge('build_info', 'Always 1; the label tells the version.', ['version'], s => [[1, s.version]]),
  gauge('uptime_seconds', 'Since the sensor began.', [], s => [[s.uptime_seconds]]),
  gauge('process_resident_memory_bytes', 'Memory in use, rings included.', [], s => [
    [s.use.resident_bytes],
  ]),
  gauge('process_anonymous_memory_bytes', 'Memory in use that is no ring and no file.', [], s => [
    [s.use.anonymous_bytes],
  ]),
  gauge('process_heap_bytes', "Of the main thread's JavaScript objects.", [], s => [
    [s.use.heap_bytes],
  ]),
  counter('process_cpu_seconds_total', 'Processor time of all threads.', [], s => [
    [s.use.cpu_seconds],
  ]),
]

/** The families of one bounded table: `stations_entries`, `stations_dropped_total`, ... */
export function tableFamilies(table: string): Family[] {
  const of = ({ tables }: Snapshot): Snapshot['tables'][string] =>
    tables[table] ?? { entries: 0, evicted: 0, dropped: 0 }
  return [
    gauge(`${table}_entries`, `Entries of the table ${table}.`, [], s => [[of(s).entries]]),
    counter(
      `${table}_evicted_total`,
      `Entries of the table ${table} that made room for others.`,
      [],
      s => [[of(s).evicted]],
    ),
    counter(
      `${table}_dropped_total`,
      `Newcomers for which the table ${table} had no room.`,
      [],
      s => [[of(s).dropped]],
    ),
  ]
}
