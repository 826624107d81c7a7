/** The built program, from end to end: what it says of a known office, and of bad input. */

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { text } from '../fixtures/build/bytes.js'
import { pcap, pcapng, writePcap } from '../fixtures/build/capture.js'
import { tcpTalk } from '../fixtures/build/frames.js'
import { office } from '../fixtures/network/office.js'
import { MAIN } from './program.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GOLDEN = join(ROOT, 'fixtures', 'network', 'office.csv')

/** Passwords and a community that the office's people type and its machines send. */
const SECRETS = ['cisco-4711', 'letmein', 'onlooker-ro']

interface Device {
  id: string
  macs: string[]
  ipv4: string[]
  ipv6: string[]
  names: string[]
  vendor: string | null
  evidence: { fact: string; value: string }[]
}

interface Document {
  schema: string
  capture: {
    packets: number
    undecoded: number
    warnings: string[]
    protocols: Record<string, { packets: number; malformed: number }>
  }
  devices: Device[]
  conversations: { from: string; to: string; packets: number }[]
}

function onlooker(args: string[], input?: Uint8Array) {
  const env = { ...process.env, ONLOOKER_CONFIG: '' }
  return spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env,
    ...(input ? { input } : {}),
  })
}

const folder = t.testdir()
const file = join(folder, 'office.pcap')
const truth = office()
writePcap(file, truth.frames)
const json = onlooker(['read', file, '--json']).stdout
const document = JSON.parse(json) as Document

t.test('every device of the office is found once, by its addresses', t => {
  t.equal(document.schema, 'onlooker.inventory/1')
  for (const { mac, ip, name } of truth.devices) {
    const found = document.devices.filter(device => device.macs.includes(mac))
    t.equal(found.length, 1, `${name} (${mac}) is one device`)
    t.ok(found[0]?.ipv4.includes(ip), `${name} has ${ip}`)
  }
  t.end()
})

t.test('nothing is a device that is none', t => {
  const macs = new Set(truth.devices.map(({ mac }) => mac))
  t.strictSame(
    document.devices
      .filter(device => !device.macs.some(mac => macs.has(mac)))
      .map(({ macs, ipv4, ipv6 }) => ({ macs, ipv4, ipv6 })),
    [],
  )
  t.end()
})

t.test('the office reads as it did before', t => {
  const { stdout } = onlooker(['read', file, '--csv'])
  if (process.env.GOLDEN === 'write') writeFileSync(GOLDEN, stdout)
  t.equal(
    stdout,
    readFileSync(GOLDEN, 'utf8'),
    'if the change is meant: GOLDEN=write npm test -- read',
  )
  t.end()
})

t.test('the number of workers changes nothing', t => {
  for (const workers of ['2', '4'])
    t.equal(
      onlooker(['read', file, '--json', '--workers', workers]).stdout,
      json,
      `${workers} workers`,
    )
  t.end()
})

t.test('however a capture comes, it says the same', t => {
  const bytes = readFileSync(file)
  const packed = join(folder, 'office.gz')
  writeFileSync(packed, gzipSync(bytes))
  const ng = join(folder, 'office.pcapng')
  writeFileSync(ng, pcapng(office().frames))
  t.equal(onlooker(['read', packed, '--json']).stdout, json, 'gzip')
  t.equal(onlooker(['read', ng, '--json']).stdout, json, 'pcapng')
  t.equal(onlooker(['read', '-', '--json'], bytes).stdout, json, 'standard input')
  t.end()
})

t.test('no secret of the office is written down', t => {
  const bytes = readFileSync(file)
  const all = json + onlooker(['read', file]).stdout + onlooker(['read', file, '--csv']).stdout
  for (const secret of SECRETS) {
    t.ok(bytes.includes(secret), `${secret} was on the wire`)
    t.notOk(all.includes(secret), `${secret} is not told`)
  }
  t.end()
})

t.test('where both sides of a router are heard, an address is bound to its own station', t => {
  const here = { mac: '00:11:32:00:00:01', ip: '10.1.0.1' }
  const there = { mac: '00:11:32:00:00:02', ip: '10.2.0.2' }
  const router = { mac: '00:27:0d:00:00:01', ttl: 63 }
  const turns = [
    { from: 'client', bytes: text('GET / HTTP/1.0') },
    { from: 'server', bytes: text('HTTP/1.0 200 OK') },
  ] as const
  const near = tcpTalk(here, { ...there, ...router, port: 80 }, turns, {
    vlan: 10,
    at: 0,
    gap_ms: 200,
  })
  const far = tcpTalk({ ...here, ...router }, { ...there, port: 80 }, turns, {
    vlan: 20,
    at: 0.03,
    gap_ms: 200,
  })
  // What the router sends was sent to it before.
  const sentOn = near.map(frame =>
    frame.bytes[7] === 0x27 ? { ...frame, at: frame.at! + 0.06 } : frame,
  )
  const file = join(folder, 'router.pcap')
  writeFileSync(file, pcap([...sentOn, ...far].sort((a, b) => a.at! - b.at!)))
  const { devices } = JSON.parse(onlooker(['read', file, '--json']).stdout) as Document
  t.strictSame(
    devices.map(({ macs, ipv4 }) => [...macs, ...ipv4].join(' ')).sort(),
    [router.mac, `${here.mac} ${here.ip}`, `${there.mac} ${there.ip}`].sort(),
  )
  t.end()
})

t.test('networks that are named inside are ours, whatever their range', t => {
  const router = { mac: '02:00:00:00:00:01', ttl: 60 }
  const talks = ['203.0.113.10', '203.0.113.11', '198.51.100.7'].flatMap((ip, i) =>
    tcpTalk(
      { mac: '02:00:00:00:00:02', ip: '10.0.0.2' },
      { ...router, ip, port: 80 },
      [{ from: 'client', bytes: text('GET / HTTP/1.0') }],
      { clientPort: 50_000 + i },
    ),
  )
  const file = join(folder, 'public.pcap')
  writeFileSync(file, pcap(talks))
  const config = join(folder, 'inside.yaml')
  writeFileSync(config, 'networks:\n  inside: [203.0.113.0/24]\n')
  const routed = (...more: string[]): string[] => {
    const { devices } = JSON.parse(onlooker(['read', file, '--json', ...more]).stdout) as Document
    return devices.filter(({ macs }) => macs.length === 0).flatMap(({ ipv4 }) => ipv4)
  }
  const ours = ['203.0.113.10', '203.0.113.11']
  t.strictSame(routed(), [], 'of a network nobody told of, no address is a device')
  t.strictSame(routed('--config', config), ours)
  t.strictSame(routed('--config', config, '--workers', '2'), ours, 'heard by a pool')
  t.end()
})

t.test('a cut-off file is read as far as it goes, and says so', t => {
  const cut = join(folder, 'cut.pcap')
  writeFileSync(cut, readFileSync(file).subarray(0, 100_000))
  const { status, stderr, stdout } = onlooker(['read', cut, '--json'])
  t.equal(status, 0)
  t.match(stderr, /^onlooker: warning: cut off after [\d,]+ packets/)
  t.ok((JSON.parse(stdout) as Document).capture.packets > 100)
  t.end()
})

t.test('bad input is told in one line, with the right status', t => {
  const place = (name: string, bytes: Uint8Array | string): string => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }
  mkdirSync(join(folder, 'folder'))
  const some = place('some.pcap', pcap([]))
  const wrong: [what: string, status: number, args: string[]][] = [
    ['no file', 2, ['read']],
    ['an unknown command', 2, ['reed', some]],
    ['an unknown option', 2, ['read', some, '--jason']],
    ['too many workers', 2, ['read', some, '--workers', '99']],
    ['a wrong filter', 2, ['read', file, '--filter', 'port port']],
    [
      'a wrong configuration key',
      2,
      ['read', file, '--config', place('wrong.yaml', 'read:\n  wrokers: 2\n')],
    ],
    ['a missing configuration', 2, ['read', file, '--config', join(folder, 'none.yaml')]],
    ['a missing file', 1, ['read', join(folder, 'none.pcap')]],
    ['a folder', 1, ['read', join(folder, 'folder')]],
    ['an empty file', 1, ['read', place('empty', '')]],
    ['one byte', 1, ['read', place('byte', 'x')]],
    [
      'a picture',
      1,
      [
        'read',
        place(
          'picture.jpg',
          Uint8Array.from([
            0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xdb,
          ]),
        ),
      ],
    ],
  ]
  for (const [what, expected, args] of wrong) {
    const { status, stdout, stderr } = onlooker(args)
    t.equal(status, expected, `${what}: status`)
    t.equal(stdout, '', `${what}: nothing on stdout`)
    t.match(
      stderr,
      /^onlooker: [^\n]+: [^\n]+\n$/,
      `${what}: one line that says where and how to mend it`,
    )
  }
  t.end()
})

t.test('an empty capture is no error', t => {
  const { status, stdout } = onlooker(['read', join(folder, 'some.pcap'), '--json'])
  t.equal(status, 0)
  t.match(JSON.parse(stdout), {
    capture: { packets: 0, first: null, last: null },
    devices: [],
    conversations: [],
  })
  t.end()
})

t.test('demo, version and help answer', t => {
  t.match(onlooker(['demo', '--quiet', '--csv']).stdout, readFileSync(GOLDEN, 'utf8'))
  t.match(onlooker(['version']).stdout, /^onlooker \d+\.\d+\.\d+\n$/)
  t.match(onlooker(['read', '--help']).stdout, /--workers N/)
  t.end()
})
