/** Captures that are none, are broken or are cut off: an error before the first frame, then a warning. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join as pathOf } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { hex, join, text, u32, u32le, zeros } from '../../fixtures/build/bytes.js'
import { block, interfaceBlock, packetBlock, pcap, pcapng } from '../../fixtures/build/capture.js'
import type { Frame } from '../../fixtures/build/frames.js'
import { CaptureError } from '../../src/capture/errors.js'
import { openFile, openFiles } from '../../src/capture/file.js'
import { Batch, FRAME_BYTES_MAX } from '../../src/capture/source.js'
import { countOf, linesOf, over, storedZstd } from './heard.js'

const folder = t.testdir({})

const frames: Frame[] = [40, 60, 80].map((length, i) => ({
  bytes: new Uint8Array(length).fill(i + 1),
  at: i,
}))
const three = pcap(frames)
const threeNg = pcapng(frames)

function written(name: string, bytes: Uint8Array): string {
  const path = pathOf(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function errorOf(path: string): Promise<string> {
  try {
    await countOf(openFile(path))
  } catch (error) {
    if (error instanceof CaptureError) return error.message
    throw error
  }
  return 'no error'
}

t.test('what is no capture is told in one line, with a mend', async t => {
  const notSection = join(hex('0a0d0d0a 1c000000 11111111'), zeros(16))
  const hugeSection = join(hex('0a0d0d0a ffffffff 4d3c2b1a 0100 0000'), zeros(12))
  const files: [string, Uint8Array, RegExp][] = [
    ['empty', zeros(0), /^empty file: .*empty: capture again/],
    ['one-byte', zeros(1), /^not a capture: .*one-byte: give a pcap/],
    ['photo.jpg', join(hex('ffd8ffe000104a464946'), zeros(5000)), /^not a capture: /],
    ['notes.txt', text('nothing to be heard here, and nothing to see'), /^not a capture: /],
    ['packed.txt.gz', gzipSync(text('nothing to be heard here')), /^not a capture: /],
    ['empty.gz', gzipSync(zeros(0)), /^empty file: /],
    ['twice.gz', gzipSync(gzipSync(three)), /^compressed twice: .*: unpack it once/],
    ['garbage.gz', join(hex('1f8b0800'), zeros(100)), /^damaged compression: /],
    ['garbage.zst', join(hex('28b52ffd'), hex('ff'.repeat(50))), /^(damaged|compressed with) /],
    ['wide.zst', hex('28b52ffd 00f8 000000000000'), /^compressed with a window .*: unpack it/],
    ['head.pcap', three.subarray(0, 20), /^cut off inside its header: /],
    ['head.pcapng', threeNg.subarray(0, 20), /^cut off inside its header: /],
    ['not-section', notSection, /^broken first block: /],
    ['huge-section', hugeSection, /^broken first block: /],
    ['new.pcap', join(three.subarray(0, 4), hex('0900'), three.subarray(6)), /^unknown version/],
    ['new.pcapng', join(threeNg.subarray(0, 12), hex('0900'), threeNg.subarray(14)), /^unknown v/],
  ]
  for (const [name, bytes, line] of files) t.match(await errorOf(written(name, bytes)), line, name)
  mkdirSync(pathOf(folder, 'folder'))
  t.match(await errorOf(pathOf(folder, 'folder')), /^is a directory: .*: name the capture files/)
  t.match(await errorOf(pathOf(folder, 'nowhere')), /^no such file: .*nowhere: check the path/)
  t.throws(() => openFiles([written('fine', three), pathOf(folder, 'nowhere')]), CaptureError)
  await t.rejects(async () => {
    await countOf(openFiles([written('fine', three), written('empty', zeros(0))]))
  }, CaptureError)
  const locked = written('locked', three)
  chmodSync(locked, 0)
  // Root may read everything.
  const expected = process.getuid?.() === 0 ? /^no error$/ : /^not allowed to read: .*: make it/
  t.match(await errorOf(locked), expected)
})

t.test('a capture without frames is none the worse', async t => {
  for (const bytes of [pcap([]), pcapng([])]) {
    const source = over(bytes)
    t.equal(await countOf(source), 0)
    t.same(source.warnings, [])
  }
})

t.test('a broken record ends it, and what came before is given', async t => {
  const long = join(u32le(0), u32le(0), u32le(FRAME_BYTES_MAX + 1), u32le(60), zeros(400_000))
  const described = interfaceBlock()
  const cases: [string, Uint8Array][] = [
    ['a frame of more than 256 KiB', join(three, long)],
    ['a block of 4 GB', join(threeNg, u32le(6), u32(0xffffffff), zeros(100))],
    ['a block shorter than its head', join(threeNg, u32le(6), u32le(8), zeros(100))],
    ['a packet block too short', join(threeNg, block(6, zeros(8)), described)],
    ['a simple packet too short', join(threeNg, u32le(3), u32le(12), u32le(12), zeros(40))],
    ['an interface too short', join(threeNg, block(1, zeros(4)))],
    ['an interface never described', join(threeNg, packetBlock(frames[0]!, 0, {}, 7))],
    ['a section of no byte order', join(threeNg, block(0x0a0d0d0a, zeros(16)))],
  ]
  for (const [name, bytes] of cases) {
    const source = over(bytes)
    t.equal(await countOf(source), 3, name)
    t.same(source.warnings, ['broken record after 3 packets'], name)
  }
  const source = over(join(pcap(frames.slice(0, 1)), long))
  await countOf(source)
  t.same(source.warnings, ['broken record after 1 packet'])
})

t.test('a frame of exactly 256 KiB is heard wherever it lies', async t => {
  const big = { bytes: zeros(FRAME_BYTES_MAX) }
  const many = Array.from({ length: 9 }, (_, i) => [{ bytes: zeros(i * 777) }, big]).flat()
  t.equal(await countOf(over(pcap(many))), 18)
  t.equal(await countOf(over(pcapng(many))), 18)
})

t.test('cut at any byte, it gives everything before the cut', async t => {
  for (const [name, bytes, head] of [
    ['pcap', three, 24] as const,
    ['pcapng', threeNg, 48] as const,
  ]) {
    const whole = await linesOf(over(bytes))
    let faults = 0
    let silent = 0
    for (let end = head; end < bytes.length; end++) {
      const source = over(bytes.subarray(0, end))
      const lines = await linesOf(source)
      // The last may be given in part: then its length and digest are other ones.
      const kept = lines.filter((line, i) => line === whole[i]).length
      if (kept < lines.length - 1) faults++
      if (source.warnings.length === 0) silent++
    }
    t.equal(faults, 0, name)
    t.equal(silent, 3, `${name}: only cuts between records are not seen`)
  }
  const source = over(three.subarray(0, three.length - 30))
  const lines = await linesOf(source)
  t.match(lines[2], /\.000000 50 80 1 /, 'what there is of the last frame is given')
  t.same(source.warnings, ['cut off after 3 packets, the last one in part'])
})

t.test('cut or damaged compression gives what can be unpacked', async t => {
  let word = 1
  const noise = Uint8Array.from({ length: 281_400 }, () => {
    word = (Math.imul(word, 1103515245) + 12345) & 0x7fffffff
    return word >>> 16
  })
  const many = pcap(
    Array.from({ length: 200 }, (_, i) => ({ bytes: noise.slice(i * 1400, i * 1400 + 1400) })),
  )
  const packed = gzipSync(many)
  const half = packed.length >> 1
  const damaged = Uint8Array.from(packed)
  damaged.fill(0xff, half, half + 50)
  const stored = storedZstd(many, 5000)
  const cases: [string, Uint8Array, RegExp][] = [
    ['cut gzip', packed.subarray(0, half), /^cut off after \d+ packets/],
    ['gzip without its last bytes', packed.subarray(0, -4), /^cut off after 200 packets/],
    ['damaged gzip', damaged, /^damaged compression after \d+ packets/],
    ['cut zstd', stored.subarray(0, stored.length >> 1), /^cut off after \d+ packets/],
  ]
  for (const [name, bytes, warning] of cases) {
    const source = openFile(written(name, bytes))
    const count = await countOf(source)
    t.ok(count >= 20, `${name}: ${count}`)
    t.match(source.warnings[0], warning, name)
  }
})

t.test('what unpacks to very much is unpacked a little at a time', async t => {
  const empty = join(u32le(0), u32le(0), u32le(65000), u32le(65000), zeros(65000))
  const all = join(pcap([]), ...Array.from({ length: 2000 }, () => empty))
  for (const [name, bytes] of [['gz', gzipSync(all)] as const, ['zst', storedZstd(all)] as const]) {
    const source = openFile(written(name, bytes))
    const batch = new Batch()
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    for (let i = 0; i < 20 && (await source.fill(batch)); i++) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    source.close()
    t.ok(most < 32 << 20, `${name}: ${most} bytes ahead`)
  }
})

t.test('no mutation throws anything but a CaptureError', async t => {
  let seed = 1
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return (seed >>> 8) % below
  }
  const batch = new Batch(FRAME_BYTES_MAX + 16384, false, 64)
  const origins = [three, threeNg, pcap(frames, { bigEndian: true, nano: true }), storedZstd(three)]
  let bad = 0
  for (let round = 0; round < 4000; round++) {
    const bytes = origins[round % origins.length]!.slice()
    for (let i = random(4); i >= 0; i--) bytes[random(bytes.length)] = random(256)
    try {
      await countOf(over(bytes), batch)
    } catch (error) {
      if (!(error instanceof CaptureError)) bad++
    }
  }
  t.equal(bad, 0)
})
