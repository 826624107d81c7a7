/** The fanout program: in the kernel's language, the same shard as in ours. */

import t from 'tap'
import { u16, zeros, join } from '../../fixtures/build/bytes.js'
import type { Frame } from '../../fixtures/build/frames.js'
import { erspan2, ipip, vlan, vxlan } from '../../fixtures/build/tunnels.js'
import { office } from '../../fixtures/network/office.js'
import { Program, type Sight } from '../../src/capture/bpf.js'
import { INSTRUCTIONS_MAX } from '../../src/layers/cbpf.js'
import { decode } from '../../src/layers/decode.js'
import { Frame as DecodedFrame } from '../../src/layers/frame.js'
import { FANOUT_DEPTH, fanoutProgram } from '../../src/layers/fanout.js'
import { shardOfBytes, SHARDS } from '../../src/layers/shard.js'
import { loadCases } from '../prove/cases.js'
import { back, forth, hello, hello6, reply } from './cases/case.js'
import { cases } from './cases/index.js'

const program = new Program(fanoutProgram(SHARDS, 'bytes'), 'fanout')
const sight: Sight = { bytes: zeros(0), at: 0, length: 0, wire: 0, gapAt: 0, gap: 0 }

function asked(bytes: Uint8Array, end = bytes.length): number {
  sight.bytes = bytes
  sight.length = sight.wire = end
  return program.result(sight)
}

const shard = (bytes: Uint8Array, end = bytes.length): number => shardOfBytes(bytes, 0, end, 1)

/** What no program without loops can follow, by the cases' names. */
const BEYOND = /L2TP|PEEKREMOTE|source route/i

const onEthernet = cases.filter(({ link, name }) => (link ?? 1) === 1 && !BEYOND.test(name))

t.test('every encapsulation on Ethernet goes where its shard says', t => {
  for (const { name, make } of onEthernet) {
    for (const [way, frame] of [
      ['forth', make(hello, forth)] as const,
      ['back', make(reply, back)] as const,
      ['IPv6', make(hello6, forth)] as const,
    ]) {
      t.equal(asked(frame), shard(frame), `${name}, ${way}`)
    }
  }
  t.end()
})

t.test('wherever a frame is cut, program and shard agree', t => {
  for (const { name, make } of onEthernet) {
    const frame = make(hello, forth)
    const wrong: number[] = []
    for (let end = 14; end < frame.length; end++) {
      if (asked(frame, end) !== shard(frame, end)) wrong.push(end)
    }
    t.same(wrong, [], name)
  }
  t.end()
})

const beyond = cases.filter(({ link, name }) => (link ?? 1) === 1 && BEYOND.test(name))

t.test('what the program cannot follow stays with the outer addresses, both ways', t => {
  t.not(beyond.length, 0)
  for (const { name, make } of beyond) {
    const there = asked(make(hello, forth))
    t.equal(asked(make(reply, back)), there, `${name}, back`)
  }
  t.end()
})

/** The frames for which program and shard differ, and how many frames there were. */
function compared(frames: Iterable<Frame>): { count: number; differ: number[] } {
  const differ: number[] = []
  let count = 0
  for (const { bytes } of frames) {
    if (asked(bytes) !== shard(bytes)) differ.push(count)
    count++
  }
  return { count, differ }
}

t.test('every frame of the fixtures goes where its shard says', async t => {
  for (const { protocol, name, frames } of await loadCases()) {
    t.same(compared(frames).differ, [], `${protocol}/${name}`)
  }
  const { count, differ } = compared(office().frames)
  t.ok(count > 10_000, `${count} frames of an office`)
  t.same(differ, [])
})

/** Chance makes some source routes and long label stacks, which no such program follows. */
const BEYOND_BY_CHANCE = 0.005

t.test('noise goes where its shard says', t => {
  const frames = 40_000
  const decoded = new DecodedFrame()
  let seed = 1
  const chance = (): number => (seed = Math.imul(seed, 1664525) + 1013904223) >>> 8
  const differ: string[] = []
  for (let i = 0; i < frames; i++) {
    const { make } = onEthernet[chance() % onEthernet.length]!
    const frame = make(hello, forth).slice()
    for (let n = chance() % 4; n >= 0; n--) frame[12 + (chance() % (frame.length - 12))] = chance()
    if (asked(frame) === shard(frame)) continue
    decode(decoded, frame, 0, frame.length, 1)
    if (decoded.depth <= FANOUT_DEPTH) differ.push(Buffer.from(frame).toString('hex'))
  }
  const some = differ.slice(0, 5).join('\n')
  t.ok(differ.length < frames * BEYOND_BY_CHANCE, `${differ.length} differ: ${some}`)
  t.end()
})

t.test('tunnels in tunnels are followed as deep as is said', t => {
  let frame = hello
  for (let depth = 0; depth < FANOUT_DEPTH; depth++) {
    t.equal(asked(frame), shard(hello), `${depth} deep`)
    frame = depth === 1 ? ipip(frame, forth) : vxlan(vlan(frame, 7), { ...forth, network: depth })
  }
  const mirrored = erspan2(frame, { ...forth, session: 3 })
  t.equal(
    asked(mirrored),
    asked(erspan2(frame, { ...back, session: 3 })),
    'deeper, by what is known',
  )
  t.end()
})

t.test('all workers get their share, and none that is not there', t => {
  for (const workers of [1, 2, 3, 4, 7, 16]) {
    const words = fanoutProgram(workers)
    t.ok(words.length / 4 <= INSTRUCTIONS_MAX, `${words.length / 4} instructions`)
    const own = new Program(fanoutProgram(workers, 'bytes'), 'fanout')
    const heard = new Set<number>()
    for (let i = 0; i < 256; i++) {
      sight.bytes = join(hello.subarray(0, 6), zeros(4), u16(i), u16(0x88b5), zeros(46))
      sight.length = sight.wire = sight.bytes.length
      const member = own.result(sight)
      t.equal(member, shard(sight.bytes) % workers)
      heard.add(member)
    }
    t.equal(heard.size, workers)
  }
  t.end()
})
