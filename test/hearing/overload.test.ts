/** A main thread that has no time loses no count: what it is not told is counted, and memory is bounded. */

import t from 'tap'
import { udpFrame } from '../../fixtures/build/frames.js'
import type { Listener } from '../../src/hearing/crew.js'
import { crewOver, plays } from './gathering.js'
import { reelOf } from './replay.js'

/** More conversations than their table holds, one frame each. */
const FRAMES = 360_000
const SECONDS = 30

const SOURCE_IP = 26
const { bytes: template } = udpFrame(
  { mac: '02:00:00:00:00:01', ip: '10.0.0.1', port: 5000 },
  { mac: '02:00:00:00:00:02', ip: '10.0.0.2', port: 6000 },
  new Uint8Array(4),
)

function* flood(): Generator<{ bytes: Uint8Array; at: number }> {
  for (let i = 0; i < FRAMES; i++) {
    const bytes = template.slice()
    bytes.set([10, 1 + (i >> 16), (i >> 8) & 255, i & 255], SOURCE_IP)
    yield { bytes, at: (i * SECONDS) / FRAMES }
  }
}

const reel = reelOf([...flood()], 1_700_000_000)

t.test('rows that found no room are counted with their packets', async t => {
  let packets = 0
  let rows = 0
  const nothing = (): undefined => undefined
  const listener: Listener = {
    tell: nothing,
    station: nothing,
    address: nothing,
    conversation: row => {
      packets += row.packets
      rows++
    },
  }
  const crew = crewOver(1, listener, { pace: {} })
  crew.open('reel', plays(reel, 1, { block_frames: 4096 }))
  const asleep = new Int32Array(new SharedArrayBuffer(4))
  while (crew.totals().frames < FRAMES) Atomics.wait(asleep, 0, 0, 100)
  t.equal(rows, 0, 'the main thread had no time')
  const { duplicates } = await crew.stop()
  const { frames, rows_told, rows_untold, packets_untold } = crew.totals()
  t.equal(frames, FRAMES)
  t.ok(rows_untold > 0, `${String(rows_untold)} rows had to make room and found none`)
  t.equal(rows, rows_told, 'all rows that were sent were told')
  t.equal(packets + packets_untold + duplicates.same, FRAMES, 'told + untold = heard')
})
