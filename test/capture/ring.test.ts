/** The ring's ear: it walks what the kernel says, in place, and never further than a block. */

import t from 'tap'
import { zeros } from '../../fixtures/build/bytes.js'
import * as b from '../../src/capture/blocks.js'
import { ringBytes } from '../../src/capture/ring.js'
import type { RingEar } from '../../src/capture/ring.js'
import { MemoryRing, type Put } from './memory-ring.js'

const frame = (length: number, first: number): Uint8Array => {
  const bytes = zeros(length)
  bytes[0] = first
  return bytes
}
const some = (count: number, length = 60): Put[] =>
  Array.from({ length: count }, (_, i) => ({ bytes: frame(length, i) }))

/** The first byte of each frame of the batch. */
const firsts = ({ batch }: RingEar): number[] =>
  [...batch.at.subarray(0, batch.count)].map(at => batch.bytes[at]!)

t.test('a block is one batch, in place, and goes back when it was heard', t => {
  const ring = new MemoryRing()
  const ear = ring.ear({ port: 2, link: 1 })
  t.notOk(ear.next(), 'nothing is ready')
  ring.fill(0, some(3))
  ring.fill(1, some(2, 99))
  t.ok(ear.next())
  t.same(firsts(ear), [0, 1, 2])
  t.equal(ear.batch.bytes.buffer, ring.memory, 'the bytes are the ring’s own')
  t.same([ear.batch.port[0], ear.batch.link[0], ear.batch.length[0]], [2, 1, 60])
  t.equal(ring.status(0), b.OURS, 'while it is being heard it is ours')
  ear.release()
  t.equal(ring.status(0), b.KERNELS)
  t.equal(ear.batch.count, 0)
  t.ok(ear.next())
  t.equal(ear.batch.length[0], 99)
  ear.release()
  t.notOk(ear.next())
  t.end()
})

t.test('the ring goes round, and several blocks may be held', t => {
  const ring = new MemoryRing(4096, 4)
  const ear = ring.ear()
  for (let turn = 0; turn < 5; turn++) {
    for (let i = 0; i < 3; i++) ring.fill((turn * 3 + i) % 4, some(1 + i))
    for (let i = 0; i < 3; i++) {
      t.ok(ear.next())
      t.equal(ear.batch.count, 1 + i)
    }
    t.notOk(ear.next())
    ear.release()
    for (let i = 0; i < 4; i++) t.equal(ring.status(i), b.KERNELS)
  }
  const { walked, blocks, fullest } = ear.statistics()
  t.same({ walked, blocks, fullest }, { walked: 30, blocks: 15, fullest: 0.75 })
  t.end()
})

t.test('times, lengths and tags are the kernel’s', t => {
  const ring = new MemoryRing()
  const ear = ring.ear()
  ring.fill(0, [
    { bytes: frame(60, 1), seconds: 1_768_204_800, nanos: 999_999_999 },
    { bytes: frame(60, 2), seconds: -1, wire: 1500, nanos: 1000 },
    { bytes: frame(60, 3), status: b.TAG_VALID, tag: 0x6000 | 10 },
    { bytes: frame(60, 4), tag: 99 },
    { bytes: frame(60, 5), wire: 20 },
  ])
  ear.next()
  const { batch } = ear
  t.same([...batch.seconds.subarray(0, 2)], [1_768_204_800, -1])
  t.same([...batch.micros.subarray(0, 2)], [999_999, 1])
  t.same([...batch.tag.subarray(0, 5)], [0, 0, 10, 0, 0])
  t.ok(batch.tagged)
  t.same([...batch.wire.subarray(0, 5)], [60, 1500, 64, 60, 60], 'a tag was on the wire')
  ear.release()
  ring.fill(1, some(1))
  ear.next()
  t.notOk(batch.tagged)
  t.end()
})

t.test('what the kernel marks is counted', t => {
  const ring = new MemoryRing()
  const ear = ring.ear({ mtu: 1500 })
  ring.fill(0, [
    { bytes: frame(60, 0), status: b.LOSING },
    { bytes: frame(60, 0), status: b.LOSING | b.CHECKSUM_NOT_READY },
    { bytes: frame(60, 0), wire: 1514 },
    { bytes: frame(60, 0), wire: 2948 },
    { bytes: frame(60, 0), status: b.MERGED_TCP },
  ])
  ear.next()
  const { losing, unsummed, merged } = ear.statistics()
  t.same({ losing, unsummed, merged }, { losing: 2, unsummed: 1, merged: 2 })
  ring.counts.splice(0, 3, 10, 2, 1)
  ear.statistics()
  const { received, dropped, freezes } = ear.statistics()
  t.same([received, dropped, freezes], [20, 4, 2], 'the kernel’s counts are added up')
  t.end()
})

t.test('a broken block ends where it breaks, and the rest goes on', t => {
  const breaks: Record<string, (ring: MemoryRing, at: number) => void> = {
    'a step far away': ({ words }, at) => (words[at] = 0x7ffffff0),
    'a step backwards': ({ words }, at) => (words[at] = -160),
    'a step into its own header': ({ words }, at) => (words[at] = 8),
    'a frame longer than the block': ({ words }, at) => (words[at + 3] = 1 << 20),
    'a negative length': ({ words }, at) => (words[at + 3] = -1),
    'bytes behind the block': ({ words }, at) => (words[at + 6] = 0xfff0),
    'a first frame outside': ({ words }) => (words[b.BLOCK_FIRST >> 2] = 1 << 30),
    'a first frame before': ({ words }) => (words[b.BLOCK_FIRST >> 2] = -64),
    'more frames than there are': ({ words }) => (words[b.BLOCK_FRAMES >> 2] = 4000),
    'a negative number of frames': ({ words }) => (words[b.BLOCK_FRAMES >> 2] = -5),
  }
  for (const [name, damage] of Object.entries(breaks)) {
    const ring = new MemoryRing()
    const ear = ring.ear()
    ring.fill(0, some(5))
    ring.fill(1, some(2))
    damage(ring, (b.BLOCK_HEADER_BYTES >> 2) + 0)
    let count = 0
    for (; ear.next(); ear.release()) {
      count += ear.batch.count
      for (let i = 0; i < ear.batch.count; i++) {
        const end = ear.batch.at[i]! + ear.batch.length[i]!
        t.ok(ear.batch.at[i]! >= 0 && end <= ring.memory.byteLength, name)
      }
    }
    t.ok(count >= 2 && count <= 7, `${name}: ${count} frames`)
    const { walked, broken } = ear.statistics()
    t.equal(walked, count, name)
    const promised = name.startsWith('more') ? 4002 : name.startsWith('a neg') ? count : 7
    t.ok(walked + broken === promised || name === 'a negative length', `${name}: all accounted for`)
    t.equal(ring.status(0), b.KERNELS, name)
  }
  t.end()
})

t.test('a block of more frames than a batch holds comes in parts', t => {
  const ring = new MemoryRing(1 << 20, 2)
  const ear = ring.ear()
  const frames = ring.fill(0, some(10_000, 14))
  const room = ear.batch.at.length
  t.ok(frames <= room, 'a batch holds whatever fits into a block of Ethernet')
  const narrow = ring.ear()
  Object.assign(narrow.batch, { at: new Int32Array(1000) })
  let count = 0
  let batches = 0
  while (narrow.next()) {
    count += narrow.batch.count
    batches++
    narrow.release()
    const isWhole = count === frames
    t.equal(ring.status(0), isWhole ? b.KERNELS : b.OURS, 'ours until its last frame')
  }
  t.equal(count, frames)
  t.equal(batches, Math.ceil(frames / 1000))
  t.end()
})

t.test('what came before the group was whole is discarded and counted', t => {
  const ring = new MemoryRing()
  const ear = ring.ear({ early: 5 })
  ring.fill(0, some(3))
  ring.fill(1, some(4))
  t.ok(ear.next())
  t.same(firsts(ear), [2, 3])
  const { walked, discarded } = ear.statistics()
  t.same({ walked, discarded }, { walked: 7, discarded: 5 })
  ear.release()
  t.equal(ring.status(0), b.KERNELS)
  t.end()
})

t.test('who takes over goes on where the kernel is, without the block that was in hand', t => {
  const ring = new MemoryRing()
  for (const block of [0, 1, 2]) ring.fill(block, some(1 + block))
  ring.status(0, b.KERNELS)
  const ear = ring.ear({ takes_over: true })
  t.equal(ring.status(1), b.KERNELS)
  t.ok(ear.next())
  t.equal(ear.batch.count, 3)
  t.equal(ear.statistics().discarded, 2)
  ear.release()
  const idle = ring.ear({ takes_over: true })
  t.notOk(idle.next(), 'nothing is ready: the kernel writes into the newest block')
  ring.fill(2, some(4))
  t.ok(idle.next())
  t.end()
})

t.test('closing twice is as good as once', t => {
  const ring = new MemoryRing()
  const ear = ring.ear()
  ring.fill(0, some(1))
  ear.close()
  ear.close()
  t.equal(ring.unmapped, 1)
  t.notOk(ear.next())
  t.equal(ear.statistics().walked, 0)
  t.end()
})

t.test('a refusal is one line that says what to do', t => {
  const ring = new MemoryRing()
  t.equal(ringBytes(ring), 16384)
  for (const shape of [
    { block_bytes: 1000, blocks: 4 },
    { block_bytes: 12288, blocks: 4 },
    { block_bytes: 4096, blocks: 0 },
  ]) {
    t.throws(() => ringBytes(shape), { message: /^no ring has this shape: .*: give blocks/ })
  }
  t.end()
})
