/** Sources that copy: their records are walked as a file's are, and cross threads in a queue. */

import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { addon } from '../../src/capture/addon.js'
import { type Copier, CopyingEar, CopyingSource } from '../../src/capture/copying.js'
import { CaptureError } from '../../src/capture/errors.js'
import { openEar } from '../../src/capture/open-ear.js'
import { RecordQueue } from '../../src/capture/record-queue.js'
import { Batch } from '../../src/capture/source.js'
import { over } from './heard.js'

const COUNT = 4000
const frames = Array.from({ length: COUNT }, (_, i) => {
  const bytes = new Uint8Array(60 + ((i * 977) % 2800)).fill(i)
  return { bytes, at: i / 64, wire: bytes.length + (i % 3) }
})
/** The records of a file, without its header. */
const records = pcap(frames).subarray(24)
const view = new DataView(records.buffer, records.byteOffset)

/** All records, each to be put into a queue. */
const puts: ((queue: RecordQueue) => void)[] = []
for (let at = 0; at < records.length; at += 16 + view.getUint32(at + 8, true)) {
  const word = (offset: number): number => view.getUint32(at + offset, true)
  const bytes = records.subarray(at + 16)
  puts.push(queue => queue.put([word(0), word(4), word(8), word(12)], bytes))
}

function linesOf(batch: Batch): string[] {
  return Array.from({ length: batch.count }, (_, i) => {
    const at = batch.at[i]!
    const length = batch.length[i]!
    const ends = `${batch.bytes[at]} ${batch.bytes[at + length - 1]}`
    const lengths = `${length} ${batch.wire[i]}`
    return `${batch.seconds[i]}.${batch.micros[i]} ${lengths} ${batch.link[i]} ${ends}`
  })
}

async function expectedLines(): Promise<string[]> {
  const source = over(pcap(frames))
  const batch = new Batch()
  const lines: string[] = []
  while (await source.fill(batch)) lines.push(...linesOf(batch))
  return lines
}

t.test('a queue gives the records that were put, round and round', async t => {
  const queue = new RecordQueue('memory')
  queue.link = 1
  const source = new CopyingSource(queue)
  const batch = new Batch()
  const lines: string[] = []
  for (let i = 0; i < COUNT; i += 100) {
    for (const put of puts.slice(i, i + 100)) put(queue)
    t.equal(source.fill(batch), true)
    lines.push(...linesOf(batch))
  }
  t.same(lines, await expectedLines())
  const counts = new Uint32Array(3)
  queue.statistics(counts)
  t.same([counts[0], counts[1]], [COUNT, 0])
  source.close()
  t.equal(source.fill(batch), false)
})

t.test('what finds no room in a queue is counted, and what was put before stays', async t => {
  const queue = new RecordQueue('memory')
  queue.link = 1
  for (const put of puts) put(queue)
  queue.lost(5)
  const ear = openEar(addon(), {
    source: 'queue',
    interface: 'memory',
    memory: queue.memory,
    port: 2,
  })
  const lines: string[] = []
  for (; ear.next(); ear.release()) {
    lines.push(...linesOf(ear.batch))
    t.equal(ear.batch.port[0], 2)
  }
  const { received, dropped, walked } = ear.statistics()
  t.same([received, walked + dropped], [COUNT + 5, COUNT + 5])
  t.ok(dropped > 5)
  t.same(lines.slice(0, 1000), (await expectedLines()).slice(0, 1000))
  t.notOk(queue.closed)
  ear.close()
  ear.close()
  t.ok(queue.closed, 'the writer sees that nobody reads any more')
  t.notOk(ear.next())
})

/** Frames of a copier, then an error. */
function failing(bytes: Uint8Array, after: number): Copier {
  let reads = 0
  return {
    name: 'near',
    link: 1,
    read(chunk) {
      if (reads++ >= after) throw new CaptureError('down', 'near')
      chunk.set(bytes)
      return bytes.length
    },
    statistics: () => undefined,
    close: () => undefined,
  }
}

t.test('an error before the first frame is thrown, later it is a warning and the end', async t => {
  const batch = new Batch()
  const none = new CopyingSource(failing(records.subarray(0, 76), 0))
  t.throws(() => none.fill(batch), { message: /^interface is down: near: bring it up/ })
  const some = new CopyingSource(failing(records.subarray(0, 76), 2))
  t.equal(await some.fill(batch), true)
  t.equal(await some.fill(batch), true)
  t.equal(await some.fill(batch), false)
  t.match(some.warnings, [/^interface is down: near/])
})

t.test('a record that is not whole is counted as broken', t => {
  const ear = new CopyingEar(failing(records.subarray(0, 100), 1))
  t.ok(ear.next())
  t.equal(ear.batch.count, 1)
  t.equal(ear.statistics().broken, 1)
  t.end()
})
