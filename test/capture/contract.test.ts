/** Every source gives the same frames, whatever the format, byte order, clock or packing. */

import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join as pathOf } from 'node:path'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import t from 'tap'
import { join, u16le, u32, u32le, u64le, zeros } from '../../fixtures/build/bytes.js'
import {
  block,
  interfaceBlock,
  packetBlock,
  pcap,
  pcapng,
  sectionBlock,
  START,
} from '../../fixtures/build/capture.js'
import type { Frame } from '../../fixtures/build/frames.js'
import { openFile, openFiles } from '../../src/capture/file.js'
import { Batch, FRAME_BYTES_MAX } from '../../src/capture/source.js'
import { countOf, linesOf, oldPcap, over, storedZstd } from './heard.js'

const COUNT = 1500

/** 2 MB, so that frames lie across the ends of chunks; times are exact in every clock. */
const frames: Frame[] = Array.from({ length: COUNT }, (_, i) => {
  const bytes = new Uint8Array(60 + ((i * 977) % 2800))
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 7 + i * 13) ^ (at >> 3)
  return { bytes, at: i / 64, wire: i % 5 === 0 ? bytes.length + 100 : bytes.length }
})

const folder = t.testdir({})

function written(name: string, bytes: Uint8Array): string {
  const path = pathOf(folder, name)
  writeFileSync(path, bytes)
  return path
}

const plain = pcap(frames)

/** Two sections of different byte order, three interfaces with a clock each, blocks nobody knows. */
function motley(): Uint8Array {
  const parts: Uint8Array[] = []
  for (const bigEndian of [false, true]) {
    const base = { bigEndian }
    parts.push(sectionBlock(base), block(0x0bad, zeros(1000), bigEndian))
    const clocks = [6, 9, 0x80 | 33]
    for (const resolution of clocks) parts.push(interfaceBlock({ ...base, resolution, name: 'x' }))
    const half = frames.slice(bigEndian ? COUNT / 2 : 0, bigEndian ? COUNT : COUNT / 2)
    for (const [i, frame] of half.entries()) {
      const form = { ...base, resolution: clocks[i % 3]! }
      parts.push(packetBlock(frame, frame.at ?? 0, form, i % 3))
      if (i % 50 === 0) parts.push(block(5, zeros(40), bigEndian))
      if (i === 100) parts.push(block(0x40000001, zeros(3_000_000), bigEndian))
    }
  }
  return join(...parts)
}

/** The clock begins at START: frames count from 0. */
function withOffset(): Uint8Array {
  const option = join(u16le(14), u16le(8), u64le(START), u32le(0))
  const described = block(1, join(u16le(1), u16le(0), u32le(0), option))
  const packets = frames.map(frame => packetBlock(frame, frame.at ?? 0, { start: 0 }))
  return join(sectionBlock(), described, ...packets)
}

/** Four bytes of checksum behind each frame, told by the link type field. */
function withChecksums(): Uint8Array {
  const longer = frames.map(frame => ({
    bytes: frame.wire === frame.bytes.length ? join(frame.bytes, u32(0)) : frame.bytes,
    at: frame.at,
    wire: frame.wire! + 4,
  }))
  return oldPcap(longer, { magic: 0xa1b2c3d4, network: 0x24000001 })
}

const zstdCompressSync = (zlib as unknown as { zstdCompressSync?: (b: Uint8Array) => Uint8Array })
  .zstdCompressSync

const forms: Record<string, Uint8Array> = {
  pcap: plain,
  'pcap, big-endian': pcap(frames, { bigEndian: true }),
  'pcap, nanoseconds': pcap(frames, { nano: true }),
  'pcap, nanoseconds, big-endian': pcap(frames, { nano: true, bigEndian: true }),
  'pcap, Kuznetzov': oldPcap(frames, { magic: 0xa1b2cd34, more: 8 }),
  'pcap, Kuznetzov, big-endian': oldPcap(frames, { magic: 0xa1b2cd34, more: 8, bigEndian: true }),
  'pcap, Borkmann': oldPcap(frames, { magic: 0xa1e2cb12, more: 8, scale: 1e9 }),
  'pcap 2.2': oldPcap(frames, { magic: 0xa1b2c3d4, minor: 2, swapped: true }),
  'pcap 2.3': oldPcap(frames, { magic: 0xa1b2c3d4, minor: 3 }),
  'pcap with checksums': withChecksums(),
  pcapng: pcapng(frames),
  'pcapng, big-endian': pcapng(frames, { bigEndian: true }),
  'pcapng, nanoseconds': pcapng(frames, { nano: true }),
  'pcapng, 64ths': pcapng(frames, { resolution: 0x86 }),
  'pcapng, 2^30ths, big-endian': pcapng(frames, { resolution: 0x9e, bigEndian: true }),
  'pcapng, picoseconds of 10^-11': pcapng(frames, { resolution: 10 }),
  'pcapng, old packet blocks': pcapng(frames, { block: 'packet', bigEndian: true }),
  'pcapng, motley': motley(),
  'pcapng, with a time offset': withOffset(),
  gzip: gzipSync(plain),
  'gzip, in two members': join(gzipSync(plain.slice(0, 99_999)), gzipSync(plain.slice(99_999))),
  'gzip of pcapng': gzipSync(motley()),
  zstd: storedZstd(plain),
  'zstd, two frames and one to skip': join(
    storedZstd(plain.slice(0, 10)),
    join(u32le(0x184d2a53), u32le(5), zeros(5)),
    storedZstd(plain.slice(10), 777),
  ),
}
if (zstdCompressSync !== undefined) forms['zstd of this Node'] = zstdCompressSync(plain)

t.test('every form gives the same frames', async t => {
  const expected = await linesOf(over(plain))
  t.equal(expected.length, COUNT)
  t.match(expected[65], /^1768204801\.015625 \d+ \d+ 1 /, 'a frame has its own time')
  for (const [name, bytes] of Object.entries(forms)) {
    const source = openFile(written('form', bytes))
    const lines = await linesOf(source)
    t.same(firstDifference(lines, expected), [], name)
    t.same(source.warnings, [], `${name}: nothing to warn of`)
    t.equal(source.done, bytes.length, `${name}: read to its end`)
    t.equal(source.total, bytes.length)
  }
})

t.test('neither small steps nor small batches change anything', async t => {
  const expected = await linesOf(over(plain))
  for (const [name, bytes] of [['pcap', plain] as const, ['pcapng', motley()] as const]) {
    const tiny = new Batch(FRAME_BYTES_MAX + 8192, false, 7)
    t.same(firstDifference(await linesOf(over(bytes), tiny), expected), [], `${name}, 7 at a time`)
    t.same(firstDifference(await linesOf(over(bytes, 61)), expected), [], `${name}, 61 bytes`)
  }
  const batches = [new Batch(), new Batch()]
  const source = over(plain)
  let count = 0
  for (let i = 0; await source.fill(batches[i & 1]!); i++) count += batches[i & 1]!.count
  t.equal(count, COUNT, 'batches may take turns')
  const shared = new Batch(undefined, true)
  const file = written('shared', plain)
  t.equal(await countOf(openFile(file), shared), COUNT, 'their memory may be shared')
})

t.test('more frames than a batch holds come with the next', async t => {
  const many = pcap(Array.from({ length: 40_000 }, () => ({ bytes: zeros(4) })))
  t.equal(await countOf(over(many)), 40_000)
})

t.test('simple packets are cut to the snap length and have the time of the last frame', async t => {
  const first = packetBlock(frames[3]!, 3 / 64)
  const simple = block(3, join(u32le(300), zeros(96)))
  const capture = join(sectionBlock(), interfaceBlock({ snap: 96 }), first, simple)
  const lines = await linesOf(over(capture))
  t.match(lines[1], /^1768204800\.046875 96 300 1 /)
})

t.test('interfaces keep numbers of their own', async t => {
  const batch = new Batch()
  await over(join(pcapng(frames.slice(0, 1)), pcapng(frames.slice(0, 1)))).fill(batch)
  t.same([...batch.port.subarray(0, 2)], [0, 1], 'over sections')
  const ports: number[] = []
  const one = written('one', pcapng(frames.slice(0, 2)))
  const merged = openFiles([one, one])
  while (await merged.fill(batch)) ports.push(...batch.port.subarray(0, batch.count))
  t.same(ports, [0, 1, 0, 1], 'over files')
})

t.test('odd lengths and fractions are mended', async t => {
  const odd = oldPcap([{ bytes: zeros(60), at: 0, wire: 20 }], { magic: 0xa1b2c3d4 })
  odd.set(u32le(2_500_000), 28)
  t.match((await linesOf(over(odd)))[0], /^1768204802\.500000 60 60 1 /)
})

t.test('several files are merged by time', async t => {
  const expected = await linesOf(over(plain))
  const dealt = (n: number): Frame[] => frames.filter((_, i) => (i >> 2) % 3 === n)
  const paths = [
    written('0.pcap', pcap(dealt(0), { nano: true })),
    written('1.pcapng', pcapng(dealt(1), { bigEndian: true })),
    written('2.pcap.gz', gzipSync(pcap(dealt(2)))),
  ]
  const merged = openFiles(paths)
  t.same(firstDifference(await linesOf(merged), expected), [])
  t.equal(merged.done, merged.total)
  const rotated = [0, 1, 2].map(n => {
    return written(`r${n}`, pcap(frames.slice(n * 500, n * 500 + 500)))
  })
  t.same(firstDifference(await linesOf(openFiles(rotated.reverse())), expected), [], 'rotated')
  const cut = written('cut.pcap', plain.subarray(0, 5000))
  const source = openFiles([cut, paths[0]!])
  await countOf(source)
  t.match(source.warnings, [/cut\.pcap: cut off after \d packets/])
})

/** Twenty frames of 164 bytes, packed by the zstd command itself: Node could not always do that. */
const packedByZstd =
  'KLUv/QRoXQcAlAjUw7KhAgAEAP//AAABAKpkaQCkYSBmcmFtZSBpcyBoZWFyZCwgbnVtYmVyIDAwIG9mIHRoZW0g' +
  'YWxsOyAB6AMxAtAHMgO4CzMEoA80BYgTNQZwFzYHWBs3CEAfOAkoIzkKECcxMAv4KjEM4C4yDcgyMw6wNjQPmDo1' +
  'EIA+NhFoQjcSUEY4EzhKOVGo8bA7FIb9N4A7jQEyChyG4L7w/33h/Ri7hTjgQuDAV2KYTYBndiOeSQAMOKs4oDFg' +
  '2BxiO5UJvm1FDBARWHA1MUwnwDOziG0WAQasVRyQCBh2/S3hBDPftkEN/n9RA1sB5wY='

t.test('what zstd packs is unpacked', async t => {
  const lines = await linesOf(openFile(written('real.zst', Buffer.from(packedByZstd, 'base64'))))
  t.equal(lines.length, 20)
  t.match(lines[19], /^1768204819\.019000 164 164 1 2693e6cc$/)
  const lengths = new Set(lines.map(line => line.split(' ')[1]))
  t.same([...lengths], ['164'])
})

t.test('a growing file is read to where it ends', async t => {
  const path = written('growing', plain.subarray(0, 700_001))
  const source = openFile(path)
  const batch = new Batch()
  let count = 0
  while (count < 400 && (await source.fill(batch))) count += batch.count
  appendFileSync(path, plain.subarray(700_001))
  count += await countOf(source)
  t.equal(count, COUNT)
  t.same(source.warnings, [])
})

t.test('pipes are read, packed or not, however they come', async t => {
  const reader = fileURLToPath(new URL('reader.js', import.meta.url))
  for (const name of ['pcap', 'gzip', 'zstd', 'pcapng, motley']) {
    const child = spawn(process.execPath, [reader, '-'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const bytes = forms[name]!
    let said = ''
    child.stdout.on('data', (part: Buffer) => (said += part.toString()))
    child.stdin.write(bytes.subarray(0, 11))
    setTimeout(() => child.stdin.end(bytes.subarray(11)), 20)
    await once(child, 'close')
    t.equal(said, `${COUNT} []\n`, name)
  }
  const fifo = pathOf(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  const child = spawn(process.execPath, [reader, fifo], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (part: Buffer) => (said += part.toString()))
  writeFileSync(fifo, plain)
  await once(child, 'close')
  t.equal(said, `${COUNT} []\n`, 'a named one')
})

/** The first line that differs, on both sides: 1,500 lines of difference help nobody. */
function firstDifference(found: readonly string[], expected: readonly string[]): string[] {
  const at = expected.findIndex((line, i) => line !== found[i])
  if (at >= 0) return [String(at), found[at] ?? 'nothing', expected[at]!]
  return found.length === expected.length ? [] : [`${found.length} frames`]
}
