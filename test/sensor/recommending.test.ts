/** A running sensor keeps what should be mended: with devices, over restarts, and in their risk. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { arpFrame, type Frame } from '../../fixtures/build/frames.js'
import { frames as openShell } from '../../fixtures/protocols/telnet/open-shell.js'
import { sourceOver } from '../../src/capture/file.js'
import { Solo } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { readSource } from '../../src/hearing/reading.js'
import { Secrets } from '../../src/hearing/secrets.js'
import type { Changes } from '../../src/model/changes.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { advisersFor } from '../../src/sensor/counsel.js'
import { Keeping } from '../../src/sensor/keeping.js'
import { openStore } from '../../src/store/open.js'
import type { Store } from '../../src/store/store.js'

const NOW = 1_768_210_000_000
const folder = mkdtempSync(join(tmpdir(), 'onlooker-'))
t.teardown(() => rmSync(folder, { recursive: true }))

const open = (): Store => openStore(folder, { now: () => NOW, sensor: 'test' })
const nobodyWaits = (): Promise<void> => Promise.resolve()

function keep(store: Store, told: Changes[]): Keeping {
  const { recommending } = advisersFor(facts, 30)
  return new Keeping({
    ...{ store, facts, seed: 1, inside: [], site: null, learning_days: 7, recommending },
    now: () => NOW,
    changed: changes => void told.push(changes),
  })
}

async function hear(keeping: Keeping, frames: readonly Frame[]): Promise<void> {
  const options = { protocols, facts, secrets: new Secrets(new Uint8Array(32)), seed: 1 }
  await readSource(sourceOver(inputOf(pcap(frames))), new Solo(options, keeping), () => undefined)
}

/** A sensor believes whose an address is when its holder says so. */
const announced = [
  { mac: '00:1b:21:aa:00:66', ip: '10.0.0.66' },
  { mac: '28:10:7b:01:02:03', ip: '10.0.0.40' },
].map(own => arpFrame({ operation: 1, sender: own, target: own }, {}))

t.test('an open door is found, stored and no news after a restart', async t => {
  const store = open()
  const keeping = keep(store, [])
  await hear(keeping, [...announced, ...openShell])
  t.ok(keeping.finish())
  const found = [...store.findings()].flat()
  t.strictSame(found.map(one => `${one.recommendation} ${one.standing}`).sort(), [
    'disable-telnet unhealthy',
    'telnet-require-authentication unhealthy',
  ])
  const devices = [...store.devices()].flat()
  t.strictSame(
    devices.filter(({ risk }) => risk > 0).map(({ ipv4, risk }) => [ipv4[0], risk]),
    [['10.0.0.40', 65]],
  )
  store.close()

  const again = open()
  const told: Changes[] = []
  const second = keep(again, told)
  await second.load(nobodyWaits)
  while (second.turn());
  t.strictSame(
    told.flatMap(changes => [...changes.findings, ...changes.devices]),
    [],
    'nothing is told twice',
  )
  again.close()
})
