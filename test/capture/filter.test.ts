/** Filters mean on a file what they mean on a wire, and their programs run safely. */

import t from 'tap'
import { join, zeros } from '../../fixtures/build/bytes.js'
import { interfaceBlock, packetBlock, pcap, sectionBlock } from '../../fixtures/build/capture.js'
import { ether, type Frame, udpFrame } from '../../fixtures/build/frames.js'
import { Program } from '../../src/capture/bpf.js'
import { CaptureError } from '../../src/capture/errors.js'
import { compileFilter, filtered } from '../../src/capture/filter.js'
import { Batch } from '../../src/capture/source.js'
import { countOf, over } from './heard.js'

const client = { mac: '02:00:00:00:00:01', ip: '10.0.0.1', port: 5000 }
const client6 = { ...client, ip: 'fd00::1' }
const server = { mac: '02:00:00:00:00:02', ip: '10.0.0.2', port: 53 }
const server6 = { ...server, ip: 'fd00::2' }
const data = zeros(40)

/** By what is in them. */
const frames: Record<string, Frame> = {
  plain4: udpFrame(client, server, data),
  tagged4: udpFrame(client, server, data, { vlan: 10 }),
  other4: udpFrame(client, server, data, { vlan: 20 }),
  plain6: udpFrame(client6, server6, data),
  tagged6: udpFrame(client6, server6, data, { vlan: 10 }),
  double4: udpFrame(client, server, data, { vlan: [30, 10] }),
  goose: { bytes: ether({ from: client.mac, to: server.mac, type: 0x88b8 }, data) },
  taggedGoose: { bytes: ether({ from: client.mac, to: server.mac, type: 0x88b8, vlan: 10 }, data) },
  stub: { bytes: zeros(5) },
}

const table: [string, string][] = [
  ['ip', 'plain4 tagged4 other4'],
  ['ip6', 'plain6 tagged6'],
  ['port 53', 'plain4 tagged4 other4 plain6 tagged6'],
  ['udp src port 5000 and host 10.0.0.2', 'plain4 tagged4 other4'],
  ['ether proto 0x88b8', 'goose taggedGoose'],
  ['vlan', 'tagged4 other4 tagged6 double4 taggedGoose'],
  ['vlan 10', 'tagged4 tagged6 taggedGoose'],
  ['vlan and ip', 'tagged4 other4'],
  ['vlan 10 and ip6', 'tagged6'],
  ['vlan and ip and port 53', 'tagged4 other4'],
  ['vlan 30 and vlan 10 and ip', 'double4'],
  ['not ip and not ip6', 'double4 goose taggedGoose'],
  ['len = 82', 'plain4 tagged4 other4'],
  ['less 60', 'goose taggedGoose stub'],
  ['ip[8] > 32 and udp[4:2] % 5 = 3', 'plain4 tagged4 other4'],
  ['ether[10:4] & 0xffff = 0x0800', 'plain4 tagged4 other4'],
  ['', Object.keys(frames).join(' ')],
]

t.test('a filter means the same on tagged frames as on a live interface', async t => {
  const names = Object.keys(frames)
  const capture = pcap(Object.values(frames).map((frame, i) => ({ ...frame, at: i })))
  for (const [text, expected] of table) {
    const source = filtered(over(capture), text)
    const batch = new Batch()
    const found: string[] = []
    while (await source.fill(batch)) {
      const first = Math.floor(Date.UTC(2026, 0, 12, 8) / 1000)
      for (let i = 0; i < batch.count; i++) found.push(names[batch.seconds[i]! - first]!)
    }
    t.equal(found.join(' '), expected, text)
  }
})

t.test('each link type has its own program', async t => {
  const bare = { bytes: frames['plain4']!.bytes.slice(14) }
  const loop = { bytes: join(new Uint8Array([30, 0, 0, 0]), frames['plain6']!.bytes.slice(14)) }
  const capture = join(
    sectionBlock(),
    ...[1, 101, 0, 999].map(link => interfaceBlock({ link })),
    packetBlock(frames['plain4']!, 0, {}, 0),
    packetBlock(bare, 0, {}, 1),
    packetBlock(loop, 0, {}, 2),
    packetBlock(bare, 0, {}, 3),
  )
  const source = filtered(over(capture), 'port 53')
  t.equal(await countOf(source), 3)
  t.match(source.warnings, [/the filter does not fit link type 999/])
})

t.test('a wrong filter is told in one line before the first frame', async t => {
  const capture = pcap([frames['plain4']!])
  for (const text of ['tcp prot 80', 'port', 'host 10.0.0.', 'tcp and udp', 'x\0y', ')']) {
    const run = async (): Promise<number> => countOf(filtered(over(capture), text))
    await t.rejects(
      run(),
      { name: 'CaptureError', message: /^wrong filter \([^\n]+\): [^\n]*$/ },
      JSON.stringify(text),
    )
  }
  t.throws(() => compileFilter('ip', 0xfff0), CaptureError, 'a link type nobody knows')
})

/** Four words an instruction. */
function program(...words: number[]): Program {
  return new Program(Uint32Array.from(words), 'test')
}

function run(bpf: Program, bytes: Uint8Array): boolean {
  return bpf.matches({ bytes, at: 0, length: bytes.length, wire: 1000, gapAt: 12, gap: 0 })
}

const RET_A = [0x16, 0, 0, 0]
const same = (k: number): number[] => [0x15, 0, 1, k, 0x06, 0, 0, 1, 0x06, 0, 0, 0]

t.test('arithmetic is that of 32 unsigned bits', async t => {
  const cases: [string, number[], number][] = [
    ['add wraps', [0x00, 0, 0, 0xffffffff, 0x04, 0, 0, 2], 1],
    ['sub wraps', [0x00, 0, 0, 1, 0x14, 0, 0, 2], 0xffffffff],
    ['mul keeps the low word', [0x00, 0, 0, 0x10001, 0x24, 0, 0, 0x10001], 0x20001],
    ['div is unsigned', [0x00, 0, 0, 0xfffffffe, 0x34, 0, 0, 2], 0x7fffffff],
    ['mod is unsigned', [0x00, 0, 0, 0xffffffff, 0x94, 0, 0, 16], 15],
    ['or', [0x00, 0, 0, 0xf0, 0x44, 0, 0, 0x0f], 0xff],
    ['and', [0x00, 0, 0, 0xff, 0x54, 0, 0, 0x18], 0x18],
    ['xor', [0x00, 0, 0, 0xff, 0xa4, 0, 0, 0x0f], 0xf0],
    ['shift left', [0x00, 0, 0, 3, 0x64, 0, 0, 31], 0x80000000],
    ['shift left by all', [0x00, 0, 0, 3, 0x64, 0, 0, 32], 0],
    ['shift right fills with zeros', [0x00, 0, 0, 0x80000000, 0x74, 0, 0, 31], 1],
    ['neg', [0x00, 0, 0, 1, 0x84, 0, 0, 0], 0xffffffff],
    ['by index', [0x01, 0, 0, 5, 0x00, 0, 0, 7, 0x2c, 0, 0, 0], 35],
    ['memory', [0x00, 0, 0, 9, 0x02, 0, 0, 15, 0x61, 0, 0, 15, 0x87, 0, 0, 0], 9],
    ['tax, stx', [0x00, 0, 0, 9, 0x07, 0, 0, 0, 0x03, 0, 0, 1, 0x60, 0, 0, 1], 9],
    ['length on the wire', [0x80, 0, 0, 0], 1000],
    ['a word', [0x20, 0, 0, 1], 0x02030405],
    ['a half', [0x28, 0, 0, 4], 0x0506],
    ['a byte by index', [0x01, 0, 0, 2, 0x50, 0, 0, 3], 6],
    ['four times the low nibble', [0xb1, 0, 0, 5, 0x87, 0, 0, 0], 24],
  ]
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6)
  for (const [name, words, result] of cases)
    t.ok(run(program(...words, ...same(result)), bytes), name)
})

t.test('comparisons are unsigned, and jumps go where they say', async t => {
  const holds = (code: number, a: number, k: number): boolean =>
    run(program(0x00, 0, 0, a, code, 0, 1, k, 0x06, 0, 0, 1, 0x06, 0, 0, 0), zeros(1))
  t.ok(holds(0x25, 0x80000000, 1))
  t.notOk(holds(0x25, 1, 0x80000000))
  t.ok(holds(0x35, 0xffffffff, 0xffffffff))
  t.ok(holds(0x45, 6, 4))
  t.notOk(holds(0x45, 6, 8))
  t.ok(run(program(0x05, 0, 0, 1, 0x06, 0, 0, 0, 0x06, 0, 0, 1), zeros(1)))
})

t.test('a load outside the frame is no match', async t => {
  for (const load of [
    [0x20, 0, 0, 3],
    [0x28, 0, 0, 5],
    [0x30, 0, 0, 6],
    [0x30, 0, 0, 0xfffff000],
    [0x01, 0, 0, 0xffffffff, 0x50, 0, 0, 0],
    [0xb1, 0, 0, 6],
    [0x00, 0, 0, 1, 0x3c, 0, 0, 0],
  ]) {
    t.notOk(run(program(...load, 0x06, 0, 0, 1), zeros(6)))
  }
})

t.test('a program that could run away is not taken', async t => {
  const bad: [string, number[]][] = [
    ['empty', []],
    ['half an instruction', [0x06, 0]],
    ['no return', [0x00, 0, 0, 1]],
    ['a jump past the end', [0x05, 0, 0, 1, ...RET_A]],
    ['a branch past the end', [0x15, 1, 0, 0, ...RET_A]],
    ['a jump far past the end', [0x05, 0, 0, 0xffffffff, ...RET_A]],
    ['memory that is not there', [0x60, 0, 0, 16, ...RET_A]],
    ['division by zero', [0x34, 0, 0, 0, ...RET_A]],
    ['an instruction nobody knows', [0xff, 0, 0, 0, ...RET_A]],
  ]
  for (const [name, words] of bad) t.throws(() => program(...words), CaptureError, name)
})
