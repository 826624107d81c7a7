/** A running sensor keeps what should be mended: with devices, over restarts, and in their risk. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { arpFrame, type Frame } from '../../fixtures/build/frames.js'
import { frames as accepted } from '../../fixtures/protocols/telnet/accepted.js'
import { frames as refused } from '../../fixtures/protocols/telnet/refused.js'
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
  { mac: '44:19:b6:11:22:33', ip: '10.0.0.9' },
  { mac: '00:1c:0e:01:02:03', ip: '10.0.0.1' },
].map(own => arpFrame({ operation: 1, sender: own, target: own }, {}))

t.test('an open door is found, stored and no news after a restart', async t => {
  const store = open()
  const keeping = keep(store, [])
  await hear(keeping, [...announced, ...openShell, ...accepted, ...refused])
  t.ok(keeping.finish())
  const found = [...store.findings()].flat()
  const standings = found.map(one => `${one.recommendation} ${one.standing}`)
  t.strictSame([...new Set(standings)].sort(), [
    'disable-telnet unhealthy',
    'telnet-require-authentication healthy',
    'telnet-require-authentication unhealthy',
  ])
  const devices = [...store.devices()].flat()
  const riskOf = (address: string): number | undefined =>
    [...store.devices()].flat().find(({ ipv4 }) => ipv4.includes(address))?.risk
  t.equal(riskOf('10.0.0.40'), 65)

  const device = devices.find(({ ipv4 }) => ipv4.includes('10.0.0.40'))!.id
  const taken = { by: 'ann', reason: 'it goes', at: NOW, until: null }
  const about = { device, recommendation: 'disable-telnet', topic: '' }
  t.ok(store.accept(about, taken))
  keeping.accepted()
  t.ok(keeping.finish())
  t.equal(riskOf('10.0.0.40'), 40, 'a risk that somebody takes does not count')
  store.close()
  const files = readdirSync(folder).map(name => readFileSync(join(folder, name), 'latin1'))
  for (const secret of ['12345\0', 'secret99', 'Password: 12345']) {
    t.notOk(
      files.some(text => text.includes(secret)),
      'no password is stored',
    )
  }

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
