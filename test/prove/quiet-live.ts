/**
 * The loop of a live worker over an office that is played again and again, in this thread, while
 * everything it tells is taken at once: run with --trace-gc, nothing may be collected between where
 * it says that measuring begins and ends.
 */

import { office } from '../../fixtures/network/office.js'
import type { Ear } from '../../src/capture/ear.js'
import { Board, boardMemory } from '../../src/hearing/board.js'
import { Lane, laneMemory } from '../../src/hearing/lane.js'
import { Listening } from '../../src/hearing/listening.js'
import { FACT_LANE_WORDS, ROW_LANE_WORDS } from '../../src/hearing/live-limits.js'
import type { LiveStart, Order, Report } from '../../src/hearing/live-post.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { ReplayEar, dealt, reelOf } from '../hearing/replay.js'

const START_SECONDS = 1_700_000_000
const FRAMES = 16_000
const WARM_UP_ROUNDS = 100
const ROUNDS = 63
/** The office's half hour is played in a few seconds, or its facts would be news again and again. */
const HASTE = 200

const memory = {
  board: boardMemory(),
  facts: laneMemory(FACT_LANE_WORDS),
  rows: laneMemory(ROW_LANE_WORDS),
}
const board = new Board(memory.board)
const lanes = [new Lane(memory.facts, 'main'), new Lane(memory.rows, 'main')]
const counts = { records: 0, reports: 0 }

/** Does what the main thread would, but for telling anybody. */
function empty(): void {
  board.answer()
  for (const lane of lanes) {
    lane.look()
    for (; lane.next() >= 0; lane.drop()) counts.records++
    lane.giveBack()
  }
}

function report(report: Report): void {
  counts.reports++
  if (report.report === 'counts') board.taken++
}

const frames = [...office().frames]
  .slice(0, FRAMES)
  .map(frame => ({ ...frame, at: (frame.at ?? 0) / HASTE }))
const reel = reelOf(frames, START_SECONDS)
const [list] = dealt(reel, 1)
let before = 0
let stage = 0

/** Begins and ends the measurement, since nothing else has its turn before the loop ends. */
function order(): Order | undefined {
  empty()
  const heard = board.worker[0]! / frames.length
  if (stage === 0 && heard >= WARM_UP_ROUNDS) {
    stage = 1
    globalThis.gc?.()
    before = process.memoryUsage().heapUsed
    process.stdout.write('measuring begins\n')
  } else if (stage === 1 && heard >= WARM_UP_ROUNDS + ROUNDS) {
    stage = 2
    const allocated = process.memoryUsage().heapUsed - before
    const told = `${String(counts.records)} records, ${String(counts.reports)} reports`
    process.stdout.write(`measuring ends: ${String(allocated)} bytes allocated; ${told}\n`)
    return { order: 'stop' }
  }
  return undefined
}

const start = {
  ...{ index: 0, seed: 1, key: new Uint8Array(32), wake: -1, ...memory },
  ears: [{ ear: 0, mapping: null, again: false, takes_over: false }],
  pace: { facts_ms: 100, rows_ms: 1000, counts_ms: 1000 },
} as unknown as LiveStart

const openEar = (): Ear =>
  new ReplayEar({ reel, frames: list!, block_frames: 3600, times: WARM_UP_ROUNDS + ROUNDS + 1 })

new Listening(
  start,
  { protocols, facts, secrets: new Secrets(start.key) },
  {
    openEar,
    wait: () => 0,
    fault: () => '',
    order,
    report,
    now: () => performance.now(),
    wall: () => Date.now(),
  },
).run()
