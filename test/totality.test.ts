/**
 * Any bytes are read without harm: seeded chance spoils the frames of all protocol fixtures, for 30
 * seconds or ONLOOKER_FUZZ_SECONDS. `test/prove/fuzz` is the long form.
 */

import t from 'tap'
import { Assault } from './prove/assault.js'
import { loadCases } from './prove/cases.js'

const SECONDS = Number(process.env.ONLOOKER_FUZZ_SECONDS ?? 30)
const STRIKES = 20_000

const cases = await loadCases()
const frames = cases.flatMap(one => one.frames.map(({ bytes }) => bytes))

t.test('spoilt frames harm neither layers nor parsers nor the data plane', async t => {
  t.setTimeout((SECONDS + 60) * 1000)
  const assault = new Assault(frames, 1)
  const end = performance.now() + SECONDS * 1000
  try {
    do {
      for (let i = 0; i < STRIKES && performance.now() < end; i++) assault.strike()
      await assault.hear()
    } while (performance.now() < end)
    t.pass(`${String(assault.frames)} frames`)
  } catch (error) {
    t.fail(`frame ${String(assault.frames)}`, { thrown: error })
  }
})
