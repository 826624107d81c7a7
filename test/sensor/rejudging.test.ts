/** Rules change while the sensor runs: all devices are judged again, also by what was said before. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { office } from '../../fixtures/network/office.js'
import { sourceOver } from '../../src/capture/file.js'
import { Solo } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { readSource } from '../../src/hearing/reading.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { NO_JUDGE, type Judge } from '../../src/model/judge.js'
import { categoryOf } from '../../src/model/kinds.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { Knowledge } from '../../src/rules/knowledge.js'
import { readRules } from '../../src/rules/read-rules.js'
import { Keeping } from '../../src/sensor/keeping.js'
import { openStore } from '../../src/store/open.js'

const NOW = 1_768_210_000_000
const nobodyWaits = (): Promise<void> => Promise.resolve()

const vocabulary = new Set(facts.map(({ name }) => name))

function judgeOf(kind: string): Judge {
  const entry = {
    ...{ rule: 'named', claim: { kind, vendor: '$value' }, confidence: 0.9 },
    ...{ when: { 'dhcp.vendor_class': '/./' }, why: 'so' },
    examples: [{ given: { 'dhcp.vendor_class': 'x' }, claim: {} }],
    counterexamples: [{ 'dhcp.vendor_class': '' }],
  }
  return new Knowledge(readRules([{ place: 'a.yaml:1', entry }], vocabulary))
}

t.test('what rules read besides is recalled, and every verdict is theirs', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  const store = openStore(folder, { now: () => NOW, sensor: 'test', categoryOf })
  t.teardown(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  const keeping = new Keeping({
    ...{ store, facts, seed: 1, inside: [], site: null, learning_days: 7, judge: NO_JUDGE },
    now: () => NOW,
  })
  const options = { protocols, facts, secrets: new Secrets(new Uint8Array(32)), seed: 1 }
  const solo = new Solo(options, keeping)
  await readSource(sourceOver(inputOf(pcap(office().frames))), solo, () => undefined)
  t.ok(keeping.finish())
  const kinds = (): string[] => [...new Set([...store.devices()].flat().map(({ kind }) => kind))]
  t.strictSame(kinds(), ['unknown'])

  await keeping.rejudge(judgeOf('camera'), undefined, nobodyWaits)
  while (keeping.turn());
  t.ok(keeping.finish())
  t.strictSame(kinds().sort(), ['camera', 'unknown'])
  const cameras = [...store.devices()].flat().filter(({ kind }) => kind === 'camera')
  t.ok(cameras.length >= 5, `${String(cameras.length)} said so before any rule read it`)
  const [first] = cameras
  const kind = keeping.claims(first!.id).find(({ property }) => property === 'kind')
  t.match(kind, { value: 'camera', rule: 'named', fact: 'dhcp.vendor_class' })

  await keeping.rejudge(judgeOf('printer'), undefined, nobodyWaits)
  while (keeping.turn());
  t.ok(keeping.finish())
  t.strictSame(kinds().sort(), ['printer', 'unknown'], 'what no rule says any more is gone')
  t.strictSame(keeping.claims('nobody'), [])
})
