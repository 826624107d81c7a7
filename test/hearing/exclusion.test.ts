/** Frames that nobody may hear are counted, and nothing else comes of them. */

import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { arpFrame, udpFrame, type End, type Frame, type How } from '../../fixtures/build/frames.js'
import { office } from '../../fixtures/network/office.js'
import { sourceOver } from '../../src/capture/file.js'
import { Solo, type Counts, type Crew, type Listener } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { Pool } from '../../src/hearing/pool.js'
import { readSource } from '../../src/hearing/reading.js'
import { readExcluded, type ExcludedFrames } from '../../src/settings/exclude.js'
import { Gathering, HEARING, KEY } from './gathering.js'

const WORKER = new URL('../../onlooker/worker.js', import.meta.url)

const A: End = { mac: '02:00:00:00:00:0a', ip: '10.1.0.1', port: 40_000 }
const B: End = { mac: '02:00:00:00:00:0b', ip: '10.2.0.2', port: 9 }
const SIX: End = { mac: '02:00:00:00:00:0c', ip: '2001:db8:1::6', port: 9 }

const list = (...entries: string[]): ExcludedFrames[] =>
  entries.map(entry => {
    const known = readExcluded(entry)
    if (typeof known === 'string') throw new Error(known)
    return known
  })

async function hear(
  frames: readonly Frame[],
  exclude: readonly ExcludedFrames[],
  workers = 1,
): Promise<{ counts: Counts; packets: number; heard: Gathering }> {
  const heard = new Gathering()
  const options = { ...HEARING, discretion: { exclude } }
  const crew = (listener: Listener): Crew =>
    workers === 1
      ? new Solo(options, listener)
      : new Pool(options, listener, { count: workers, program: WORKER, key: KEY })
  const reading = await readSource(sourceOver(inputOf(pcap(frames))), crew(heard), () => undefined)
  return { counts: reading.counts, packets: reading.packets, heard }
}

const talk = (from: End, to: End, how: How = {}): Frame =>
  udpFrame(from, to, new Uint8Array(40), how)
const ask = (sender: End, target: End): Frame =>
  arpFrame({ operation: 1, sender, target: { mac: '00:00:00:00:00:00', ip: target.ip } })

t.test('by VLAN, also within another; by network, also in ARP; by hardware address', async t => {
  const cases: readonly [entry: string, frame: Frame, reason: string][] = [
    ['vlan 30', talk(A, B, { vlan: 30 }), 'vlan'],
    ['vlan 30', talk(A, B, { vlan: [7, 30] }), 'vlan'],
    ['vlan 7', talk(A, B, { vlan: [7, 30] }), 'vlan'],
    ['10.1.0.0/16', talk(A, B), 'subnet'],
    ['10.1.0.0/16', talk(B, A), 'subnet'],
    ['10.1.0.1/32', ask(A, B), 'subnet'],
    ['10.1.0.1/32', ask(B, A), 'subnet'],
    ['2001:db8:1::/48', talk({ ...A, ip: '2001:db8:2::1' }, SIX), 'subnet'],
    ['02-00-00-00-00-0A', talk(A, B), 'mac'],
    ['02:00:00:00:00:0a', talk(B, A), 'mac'],
  ]
  for (const [entry, frame, reason] of cases) {
    const { counts, packets, heard } = await hear([frame], list('vlan 99', entry))
    t.equal(packets, 1)
    t.same(counts.undecoded, { [`excluded ${reason}`]: 1 }, entry)
    t.same([heard.facts, heard.lines], [[], []])
    t.same(counts.coverage, [], 'of its VLAN nothing is known either')
  }
})

t.test('all others are heard', async t => {
  const frames = [talk(A, B), talk(SIX, { ...B, ip: '2001:db8:2::1' }), ask(A, B)]
  const others = list('vlan 30', '10.3.0.0/16', '2001:db8:3::/48', '02:00:00:00:00:0f')
  const { counts, heard } = await hear(frames, others)
  t.same(counts.undecoded, {})
  t.equal(heard.lines.filter(line => line.startsWith('conversation')).length, 2)
})

t.test('somebody of whom nothing shall be known is not told of by others', async t => {
  const relayed = arpFrame({
    ...{ operation: 2, sender: { mac: '02:00:00:00:00:0e', ip: '10.9.0.9' }, target: B },
    from: '02:00:00:00:00:0f',
  })
  const { heard } = await hear([relayed], list('02:00:00:00:00:0e'))
  t.notMatch(JSON.stringify(heard.facts), /02:00:00:00:00:0e/)
  const open = await hear([relayed], [])
  t.match(JSON.stringify(open.heard.facts), /02:00:00:00:00:0e/, 'or else it is')
})

t.test('with any number of workers the same is left out', async t => {
  const frames = [...office().frames]
  const exclude = list('10.20.30.0/24', 'vlan 40')
  const one = await hear(frames, exclude)
  const three = await hear(frames, exclude, 3)
  t.ok(one.counts.undecoded['excluded subnet'] ?? 0)
  t.same(three.counts.undecoded, one.counts.undecoded)
  t.same(three.heard.facts.length, one.heard.facts.length)
  t.notMatch(one.heard.lines.join('\n'), / 10\.20\.30\./)
  t.match((await hear(frames, [])).heard.lines.join('\n'), / 10\.20\.30\./, 'or else it is')
})
