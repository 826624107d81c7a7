/** Live hearing tells what reading tells, piece by piece, with any number of workers. */

import t, { type Test } from 'tap'
import type { Frame } from '../../fixtures/build/frames.js'
import { office } from '../../fixtures/network/office.js'
import type { Batch } from '../../src/capture/source.js'
import { Solo, type Counts } from '../../src/hearing/crew.js'
import type { WorkerLoss } from '../../src/hearing/live-crew.js'
import { writeJson } from '../../src/cli/inventory-json.js'
import { Inventory } from '../../src/identity/inventory.js'
import { EMPTY } from '../identity/load.js'
import { Both, Gathering, HEARING, crewOver, plays } from './gathering.js'
import { ReplayEar, reelOf } from './replay.js'

const START = 1_700_000_000

const frames: Frame[] = [...office().frames].sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
const reel = reelOf(frames, START)

/** What one Hearing tells of all frames at once. */
async function truth(): Promise<{ told: Gathering; counts: Counts; report: string }> {
  const told = new Gathering()
  const inventory = new Inventory()
  const solo = new Solo(HEARING, new Both(told, inventory))
  const [all] = plays(reel, 1, { block_frames: 1024 })
  const ear = new ReplayEar(all!)
  for (let heard = 0; ear.next(); ear.release()) {
    const batch: Batch = ear.batch
    solo.hear(batch, heard + 1)
    heard += batch.count
  }
  const counts = await solo.finish()
  return { told, counts, report: reportOf(inventory) }
}

/** Of what was said at the same instant on two shards, nobody can tell what came first. */
function reportOf(inventory: Inventory): string {
  const parts: string[] = []
  writeJson(inventory.finish(EMPTY), part => void parts.push(Buffer.from(part).toString()))
  const document = JSON.parse(parts.join('')) as { devices: { evidence: Evident[] }[] }
  for (const { evidence } of document.devices) evidence.sort(byInstant)
  return JSON.stringify(document)
}

interface Evident {
  readonly at: string
  readonly fact: string
  readonly value: string
}

const byInstant = (a: Evident, b: Evident): number =>
  a.at.localeCompare(b.at) || a.fact.localeCompare(b.fact) || a.value.localeCompare(b.value)

const { told: expected, counts: expectedCounts, report } = await truth()
const texts = (told: Gathering): string[] => told.facts.map(({ text }) => text).sort()

function inOrder(t: Test, { facts }: Gathering): void {
  const late = facts.filter(({ at }, i) => i > 0 && at < facts[i - 1]!.at)
  t.strictSame(late, [], 'facts come in the order of time')
}

/**
 * What was counted of each VLAN. Seconds only where one worker tells of them: half an hour is replayed
 * in a moment here, and no two workers are in the same second of it.
 */
const amounts = ({ coverage }: Counts, workers: number): object[] =>
  coverage.map(({ vlan, packets, duplicates, cut, seconds, one_way_seconds }) =>
    workers === 1
      ? { vlan, packets, duplicates, cut, seconds, one_way_seconds }
      : { vlan, packets, duplicates, cut },
  )

for (const workers of [1, 2, 4]) {
  t.test(`with ${String(workers)} workers the same is told as by one reader`, async t => {
    const told = new Gathering()
    const inventory = new Inventory()
    const crew = crewOver(workers, new Both(told, inventory))
    t.ok(crew.open('reel', plays(reel, workers)))
    await until(() => crew.totals().frames === frames.length)
    const counts = await crew.stop()
    t.strictSame(texts(told), texts(expected), 'the same facts, each once')
    inOrder(t, told)
    t.strictSame(told.lines, expected.lines, 'what was told of rows adds up to the whole')
    t.ok(
      told.rows > expected.rows,
      `in pieces: ${String(told.rows)} rows, not ${String(expected.rows)}`,
    )
    t.ok(reportOf(inventory) === report, 'the same devices and conversations, to the letter')
    t.strictSame(counts.tallies.slice(0, -1), expectedCounts.tallies, 'all but the faulty parser')
    t.strictSame(counts.undecoded, expectedCounts.undecoded)
    t.strictSame(amounts(counts, workers), amounts(expectedCounts, workers))
    t.strictSame(counts.duplicates, expectedCounts.duplicates)
    const [line] = crew.ledger()
    t.match(line, { interface: 'reel', received: frames.length, heard: frames.length, waiting: 0 })
    t.equal(line!.decoded + line!.undecoded + line!.duplicates, frames.length)
    t.match(crew.totals(), { frames: frames.length, facts_untold: 0, rows_untold: 0 })
  })
}

t.test('a worker that is killed is replaced, and both are counted', async t => {
  const told = new Gathering()
  const losses: WorkerLoss[] = []
  const events = { workerLost: (loss: WorkerLoss) => void losses.push(loss) }
  const crew = crewOver(2, told, { events })
  crew.open('reel', plays(reel, 2))
  await until(() => crew.totals().frames === frames.length)
  await crew.threads[0]!.terminate()
  const [first] = plays(reel, 2)
  const heard = frames.length + first!.frames.length
  await until(() => crew.totals().frames === heard)
  await crew.stop()
  t.match(losses, [{ worker: 0, replaced: true }])
  t.equal(
    crew.totals().frames,
    heard,
    'what it had heard is counted, and what its heir heard again',
  )
  t.match(crew.ledger(), [{ heard, waiting: 0 }])
})

t.test('a frame that a parser dies of is given up, and its block counted as lost', async t => {
  const bad = new Uint8Array(60).fill(2)
  bad.set([0x88, 0xb5], 12)
  const few = reelOf([...frames.slice(0, 100), { bytes: bad, at: 9999 }], START)
  const losses: WorkerLoss[] = []
  const crew = crewOver(1, new Gathering(), {
    events: { workerLost: loss => void losses.push(loss) },
  })
  crew.open('reel', plays(few, 1, { block_frames: 10 }))
  await until(() => losses.length === 3)
  await crew.stop()
  t.match(losses[0], { why: 'the parser fell over', replaced: true })
  t.equal(losses[2]!.replaced, false, 'after three deaths in a minute nobody is hired any more')
  t.match(crew.ledger(), [{ heard: 300, dropped: { worker: 3 } }])
})

t.test('who pauses hears nothing until told to go on', async t => {
  const crew = crewOver(1, new Gathering())
  crew.pause()
  crew.open('reel', plays(reel, 1))
  await new Promise(resolve => setTimeout(resolve, 100))
  t.equal(crew.totals().frames, 0)
  crew.resume()
  await until(() => crew.totals().frames === frames.length)
  await crew.stop()
  t.match(crew.totals(), { frames: frames.length })
})

t.test('an interface that goes is heard to its end, and remembered', async t => {
  const told = new Gathering()
  const crew = crewOver(2, told)
  for (let i = 0; i < 3; i++) {
    crew.open('reel', plays(reel, 2))
    await crew.close('reel')
  }
  t.match(crew.ledger(), [{ interface: 'reel', heard: 3 * frames.length, waiting: 0 }])
  await crew.stop()
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5))
}
