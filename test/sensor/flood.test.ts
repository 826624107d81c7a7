/** A flood of invented addresses, from frames to the store: the short form of `npm run prove:flood`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { floodConditions } from '../../src/sensor/audit.js'
import { FloodedNetwork } from './flood.js'

const MACHINES = 20

t.test('a flood is told of, and hides nobody who is there', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-flood-'))
  const network = new FloodedNetwork(folder)
  t.teardown(() => {
    network.close()
    rmSync(folder, { recursive: true, force: true })
  })
  network.greet(MACHINES)
  t.equal(network.keeping.counts().devices, MACHINES)
  t.equal(network.keeping.invented, 0)
  await network.suffer(20_000)
  const { devices } = network.keeping.counts()
  t.equal(devices, MACHINES, `none of it is a device, ${String(devices)}`)
  t.equal([...network.store.devices()].flat().length, MACHINES, 'as stored')
  const { invented } = network.keeping
  t.ok(invented > 10_000, `${String(invented)} addresses are taken for invented`)
  t.match(floodConditions(invented), [
    { id: 'address-flood', severity: 'high', evidence: /nobody/ },
  ])
  t.same(floodConditions(0), [])
  t.ok(network.store.sizes().used_bytes < 2_000_000, 'nothing of it is stored')
})
