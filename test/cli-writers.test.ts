/** What people and programs get to see of an inventory. */

import t from 'tap'
import { bytesOf, ByteWriter } from '../src/cli/inventory-bytes.js'
import { writeCsv } from '../src/cli/inventory-csv.js'
import { writeHtml } from '../src/cli/inventory-html.js'
import { writeJson } from '../src/cli/inventory-json.js'
import { writeTable } from '../src/cli/inventory-table.js'
import { ip6Text } from '../src/bytes/text.js'
import type { InventoryDocument } from '../src/identity/document.js'
import { Inventory } from '../src/identity/inventory.js'
import { Vendors } from '../src/identity/vendors.js'
import type { CaptureSummary } from '../src/model/capture.js'
import { ip } from '../fixtures/build/bytes.js'
import { EMPTY, microsOf, station, tell } from './identity/load.js'

const nobody = new Vendors(() => bytesOf('{\n}'))

function inventory(names: readonly string[], capture: CaptureSummary = EMPTY): InventoryDocument {
  const made = new Inventory({ vendors: nobody })
  names.forEach((name, i) => {
    const mac = `00:0c:29:00:00:${(i + 16).toString(16)}`
    made.station(station(mac, { frame: i + 1 }))
    made.tell(tell(mac, 'dhcp.hostname', name, { frame: i + 1 }))
    made.tell(tell(`10.0.0.${i}`, 'arp.mac', mac, { frame: i + 1 }))
  })
  return made.finish(capture)
}

const CAPTURE: CaptureSummary = {
  packets: 1234567,
  bytes: 5_000_000_000,
  first: microsOf(0),
  last: microsOf(90_000),
  truncated: 1,
  undecoded: 3,
  reasons: { 'link type 147': 3 },
  protocols: [
    { name: 'dhcp', packets: 5, malformed: 0, faults: {}, connections: null },
    { name: 'vnc', packets: 9, malformed: 2, faults: { 'no banner': 2 }, connections: 4 },
  ],
  warnings: ['the capture ends in the middle of a packet'],
}

const HOSTILE = '=cmd|"/c calc",<b>&'

const written = (write: (out: (text: string) => void) => void): string => {
  let text = ''
  write(part => (text += part))
  return text
}

const json = (document: InventoryDocument): Record<string, unknown> => {
  let text = ''
  writeJson(document, chunk => (text += Buffer.from(chunk).toString()))
  return JSON.parse(text) as Record<string, unknown>
}

t.test('JSON is the document that the contract promises', t => {
  const document = json(inventory(['tv', HOSTILE], CAPTURE))
  t.same(Object.keys(document), [
    ...['schema', 'capture', 'devices', 'conversations'],
    ...['recommendations', 'vulnerabilities', 'alerts'],
  ])
  t.same(document.capture, {
    packets: 1234567,
    bytes: 5_000_000_000,
    first: '2023-11-14T22:13:20.000Z',
    last: '2023-11-14T22:14:50.000Z',
    truncated: 1,
    undecoded: 3,
    undecoded_reasons: { 'link type 147': 3 },
    phantoms_avoided: 0,
    protocols: {
      dhcp: { packets: 5, malformed: 0 },
      vnc: { packets: 9, malformed: 2, connections: 4, faults: { 'no banner': 2 } },
    },
    warnings: ['the capture ends in the middle of a packet'],
  })
  const [device] = document.devices as Record<string, unknown>[]
  t.same(Object.keys(device!), [
    ...[
      'id',
      'macs',
      'ipv4',
      'ipv6',
      'vlans',
      'names',
      'category',
      'kind',
      'vendor',
      'model',
      'os',
    ],
    ...['firmware', 'serial', 'confidence', 'randomized_mac', 'routed'],
    ...['sub_addresses', 'behind', 'joined'],
    ...['network', 'zone', 'site', 'timezone', 'location'],
    ...['first_seen', 'last_seen'],
    ...['packets', 'bytes', 'services', 'evidence', 'risk'],
  ])
  t.same(json(inventory([])).capture, {
    ...{ packets: 0, bytes: 0, first: null, last: null, truncated: 0, undecoded: 0 },
    ...{ undecoded_reasons: {}, phantoms_avoided: 0, protocols: {}, warnings: [] },
  })
  t.end()
})

const write = (fill: (w: ByteWriter) => void): string => {
  let text = ''
  const w = new ByteWriter(chunk => (text += Buffer.from(chunk).toString()))
  fill(w)
  w.flush()
  return text
}

t.test('the byte writer writes what JSON.stringify would', t => {
  for (const text of [
    '',
    'plain',
    '"\\/\b\n\u0000',
    'π😀',
    '\ud800',
    'x'.repeat(200_000),
    '\u2028',
  ]) {
    t.equal(
      write(w => w.text(text)),
      JSON.stringify(text),
    )
  }
  for (const number of [0, 7, 10, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1.5, -3]) {
    t.equal(
      write(w => w.number(number)),
      String(number),
    )
  }
  t.equal(
    write(w => w.number(NaN)),
    'null',
  )
  const long = write(w => {
    for (let i = 0; i < 50_000; i++) w.word('0123456789')
  })
  t.equal(long, '0123456789'.repeat(50_000), 'over many chunks')
  t.end()
})

t.test('times and addresses are written as everywhere', t => {
  for (const millis of [0, 999, 1_700_000_000_123, 951_782_399_999, 253_402_300_799_999]) {
    t.equal(
      write(w => w.time(millis * 1000 + 999)),
      JSON.stringify(new Date(millis).toISOString()),
    )
  }
  t.equal(
    write(w => w.time(-5)),
    '"1970-01-01T00:00:00.000Z"',
    'before the beginning',
  )
  t.equal(
    write(w => w.time(1e300)),
    '"9999-12-31T23:59:59.999Z"',
    'behind the end',
  )
  t.equal(
    write(w => w.time(Infinity)),
    'null',
  )
  const texts = [
    '::',
    '::1',
    'fe80::1',
    '2001:db8::',
    '1:0:0:2::3',
    '1:2:3:4:5:6:7:8',
    '0:1::',
    '1:0:2:3:4:5:6:7',
  ]
  for (const text of texts) {
    const bytes = ip(text)
    t.equal(
      write(w => w.address(bytes, 16)),
      ip6Text(bytes, 0),
      text,
    )
  }
  t.equal(
    write(w => w.address(ip('192.168.0.255'), 4)),
    '192.168.0.255',
  )
  t.end()
})

t.test('CSV is quoted, and never a formula', t => {
  const lines = written(out => writeCsv(inventory(['tv', HOSTILE, '-1', '@x']), out)).split('\r\n')
  t.match(lines[0], /^id,macs,ipv4,ipv6,vlans,names,category,kind,vendor,/)
  t.equal(lines.length, 6)
  t.match(lines[1], /^[0-9a-f]{16},00:0c:29:00:00:10,10\.0\.0\.0,,,tv,unknown,unknown,,/)
  t.ok(lines[2]!.includes(`,"'=cmd|""/c calc"",<b>&",`))
  t.ok(lines[3]!.includes(`,'-1,`))
  t.ok(lines[4]!.includes(`,'@x,`))
  t.end()
})

t.test('the table fits the terminal and has colours only there', t => {
  const table = (names: string[], width: number, colour: boolean): string[] =>
    written(out => writeTable(inventory(names, CAPTURE), { width, colour }, out)).split('\n')
  const lines = table(['tv', `${'long'.repeat(20)}\u001b[31m`], 60, false)
  t.ok(
    lines.every(line => line.length <= 60 && !line.includes('\u001b')),
    'no line is too long',
  )
  t.match(lines[0], /^Name +Address +MAC/)
  t.match(lines[1], /^tv +10\.0\.0\.0 +00:0c:29/)
  t.match(table(['tv'], 0, true)[0], /^\u001b\[1mName/)
  t.match(
    table(['tv'], 0, false).join('\n'),
    /1 device, 0 conversations, 0 outside peers; 1,234,567 packets, 5\.0 GB in 90 s; 3 not decoded \(link type 147\); 1 cut short\nwarning: the capture ends/,
  )
  t.match(table([], 0, false)[0], /^0 devices/)
  t.end()
})

t.test('the page stands alone and escapes what strangers wrote', t => {
  const page = written(out => writeHtml(inventory(['tv', HOSTILE], CAPTURE), out))
  t.match(page, /^<!doctype html>\n<html lang="en">/)
  t.ok(page.includes('=cmd|&quot;/c calc&quot;,&lt;b&gt;&amp;'))
  t.notMatch(page, /<script|<b>|src=|href=/)
  t.match(page, /<th scope="col">Name<\/th>/)
  t.match(page, /prefers-color-scheme: dark/)
  t.end()
})
