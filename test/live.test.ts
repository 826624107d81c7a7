/** What the sensor hears of a login is the same live and from a file, wrapped in whatever, with any number of workers. */

import t, { type Test } from 'tap'
import { hex, join, text } from '../fixtures/build/bytes.js'
import { pcap } from '../fixtures/build/capture.js'
import { ipPacket, tcpTalk, type End, type Host, type Turn } from '../fixtures/build/frames.js'
import * as tunnels from '../fixtures/build/tunnels.js'
import { addon } from '../src/capture/addon.js'
import { sourceOver } from '../src/capture/file.js'
import { Solo } from '../src/hearing/crew.js'
import { inputOf } from '../src/hearing/hear-capture.js'
import { readSource } from '../src/hearing/reading.js'
import { Gathering, HEARING } from './hearing/gathering.js'
import { listenLive } from './live/crew.js'
import { inOwnNet, send } from './native/own-net.js'
import { until } from './live/until.js'

const LOGINS = 6
const PAUSE_MS = 200

const echoed = (word: string): Turn[] =>
  [...word].flatMap(letter => [
    { from: 'client' as const, bytes: letter },
    { from: 'server' as const, bytes: letter },
  ])

/** A recorder asks for a name and a password, and lets its visitor in. */
const login: readonly Turn[] = [
  { from: 'server', bytes: hex('ff fd 18 ff fd 20 ff fd 23 ff fd 27') },
  { from: 'client', bytes: hex('ff fb 18 ff fc 20 ff fc 23 ff fc 27') },
  { from: 'server', bytes: hex('ff fa 18 01 ff f0') },
  { from: 'client', bytes: join(hex('ff fa 18 00'), text('xterm-256color'), hex('ff f0')) },
  { from: 'server', bytes: 'Embedded Recorder V3.1\r\n\r\ndvrdvs login: ' },
  ...echoed('admin'),
  { from: 'client', bytes: '\r\0' },
  { from: 'server', bytes: '\r\nPassword: ' },
  { from: 'client', bytes: '12345\r\0' },
  { from: 'server', bytes: '\r\nLast login: Mon Jan 12 08:00:01 on pts/0\r\n# ' },
]

/** Each direction comes from a switch of its own. */
const collector = { mac: '02:00:5e:00:00:99', ip: '192.0.2.99' }
const switches: readonly [Host, Host] = [
  { mac: '02:00:5e:00:00:11', ip: '192.0.2.11' },
  { mac: '02:00:5e:00:00:12', ip: '192.0.2.12' },
]
const ends = (back: boolean) => ({ from: switches[back ? 1 : 0], to: collector })

type Wrap = (frame: Uint8Array, back: boolean) => readonly Uint8Array[]

const wraps: Readonly<Record<string, Wrap>> = {
  'plain Ethernet': frame => [frame],
  'a VLAN': frame => [tunnels.vlan(frame, 42)],
  'a VLAN tagged in one direction only': (frame, back) => [back ? frame : tunnels.vlan(frame, 42)],
  QinQ: frame => [tunnels.qinq(frame, { outer: 100, inner: 42 })],
  GRE: (frame, back) => [tunnels.gre(frame, ends(back))],
  VXLAN: (frame, back) => [tunnels.vxlan(frame, { ...ends(back), network: 5000 })],
  'ERSPAN I': (frame, back) => [tunnels.erspan1(frame, ends(back))],
  'ERSPAN II': (frame, back) => [tunnels.erspan2(frame, { ...ends(back), session: 7 })],
  'ERSPAN III': (frame, back) => [tunnels.erspan3(frame, { ...ends(back), session: 8 })],
  'IP fragments': frame => fragments(frame),
}
const names = Object.keys(wraps)

/** The TCP header and what comes in its fragment, and the rest. */
function fragments(frame: Uint8Array): Uint8Array[] {
  const payload = frame.subarray(34)
  const first = 32
  if (payload.length <= first) return [frame]
  const head = { from: dotted(frame, 26), to: dotted(frame, 30), protocol: 6, id: frame[23]! }
  const parts = [
    ipPacket({ ...head, more: true }, payload.subarray(0, first)),
    ipPacket({ ...head, offset: first }, payload.subarray(first)),
  ]
  return parts.map(packet => join(frame.subarray(0, 14), packet))
}

const dotted = (bytes: Uint8Array, at: number): string => bytes.subarray(at, at + 4).join('.')

const client = (wrap: number, i: number): Host => ({
  mac: `02:00:0a:01:${pair(wrap)}:${pair(i)}`,
  ip: `10.1.${String(wrap)}.${String(10 + i)}`,
})
const recorder = (wrap: number, i: number): End => ({
  mac: `02:00:0a:02:${pair(wrap)}:${pair(i)}`,
  ip: `10.2.${String(wrap)}.${String(100 + 7 * i)}`,
  port: 23,
})
const pair = (byte: number): string => byte.toString(16).padStart(2, '0')

/** Some logins in every wrapping. */
function frames(): Uint8Array[] {
  return names.flatMap((name, wrap) =>
    Array.from({ length: LOGINS }, (_, i) => {
      const talk = tcpTalk(client(wrap, i), recorder(wrap, i), [...login])
      return talk.flatMap(({ bytes }) => wraps[name]!(bytes, isBack(bytes)))
    }).flat(),
  )
}

const isBack = (frame: Uint8Array): boolean => frame[27] === 2

/** Everything but times, which differ. */
function said(told: Gathering): string[] {
  const facts = told.facts.map(({ text }) => text)
  const amounts = told.lines.map(line => line.split(' ').slice(0, -2).join(' '))
  return [...facts, ...amounts].sort()
}

async function fromFile(all: readonly Uint8Array[]): Promise<Gathering> {
  const told = new Gathering()
  const solo = new Solo(HEARING, told)
  const file = pcap(all.map(bytes => ({ bytes })))
  await readSource(sourceOver(inputOf(file)), solo, () => undefined)
  return told
}

async function fromCable(all: readonly Uint8Array[], workers: number): Promise<Gathering> {
  const told = new Gathering()
  const { crew, close } = listenLive(addon(), { workers, listener: told })
  await until('all workers listen', () => crew.silent_ms().every(silent => silent < PAUSE_MS))
  send('far', all)
  await until('all is heard', () => crew.totals().frames === all.length)
  await close()
  return told
}

function tellsOfEach(t: Test, told: Gathering): void {
  names.forEach((name, wrap) => {
    const of = ({ text }: { text: string }): boolean =>
      text.includes(`10.2.${String(wrap)}.`) && text.includes(' telnet ')
    t.ok(told.facts.filter(of).length >= LOGINS, `a login in ${name} is told of`)
  })
}

const all = frames()
const expected = await fromFile(all)

t.test('a login is told of whatever carries it', t => {
  tellsOfEach(t, expected)
  t.end()
})

await inOwnNet(import.meta.url, () => {
  for (const workers of [1, 2, 4]) {
    t.test(`live with ${String(workers)} workers it is the same as from the file`, async t => {
      t.same(said(await fromCable(all, workers)), said(expected))
    })
  }
})
