/** A sensor that is killed at any moment has lost nothing that was acknowledged. */

import t from 'tap'
import { killOften } from '../prove/kills.js'
import { folderFor } from './folders.js'

const KILLS = 10

t.test('ten kills lose nothing', async t => {
  const moments = Array.from({ length: KILLS }, (_, i) => (i * 7) % KILLS)
  const random = (): number => (moments.pop() ?? 0) / KILLS
  const { acknowledged, complaints } = await killOften(folderFor(t), KILLS, {
    random,
    told: () => undefined,
  })
  t.same(complaints, [])
  t.ok(acknowledged >= KILLS, `${acknowledged} commits were acknowledged`)
})
