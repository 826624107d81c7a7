/** Steady traffic costs next to nothing: the short form of `npm run prove:day`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { SteadyNetwork } from './day.js'

t.test(
  'a steady network is written about less than once a second, and the store stays as it is',
  async t => {
    const folder = mkdtempSync(join(tmpdir(), 'onlooker-day-'))
    const network = new SteadyNetwork(folder, 100)
    t.teardown(() => {
      network.close()
      rmSync(folder, { recursive: true, force: true })
    })
    const first = await network.hour(0)
    const second = await network.hour(1)
    t.ok([...network.store.devices()].flat().length >= 100, 'all are known')
    t.ok(first.transactions < 1, `${first.transactions.toFixed(2)} transactions a second`)
    t.ok(second.transactions < 0.5, `${second.transactions.toFixed(2)} transactions a second`)
    t.ok(second.used_bytes < first.used_bytes * 1.05, `${String(second.used_bytes)} bytes`)
  },
)
