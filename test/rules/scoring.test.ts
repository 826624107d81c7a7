/** How often what is concluded is right: by property, kind, tier and confidence. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { capturesOf, readLabels, type Label } from '../../src/cli/rules/labels.js'
import { isSame, type Concluded } from '../../src/cli/rules/same.js'
import { scoreOf, type Trial } from '../../src/cli/rules/score.js'
import { scoreText } from '../../src/cli/rules/score-text.js'

const label = (changed: Partial<Label>): Label => ({
  ...{ file: 'a.pcap', mac: '00:11:22:33:44:55', ip: null, vendor: 'HP', vendor_aliases: [] },
  ...{ model: null, model_named_on_wire: false, type: 'printer', type_alternatives: [] },
  ...{ os: null, tier: 'B', ...changed },
})
const device = (changed: Partial<Concluded>): Concluded => ({
  ...{ vendor: null, kind: 'unknown', model: null, os: null, ...changed },
})
const trial = (
  one: Partial<Label>,
  other: Partial<Concluded>,
  confidence: Readonly<Record<string, number>> = {},
): Trial => ({ label: label(one), device: { ...device(other), confidence, claims: [] } })

t.test('the same vendor, model or system may be written differently', t => {
  const vendor = (right: string, found: string, vendor_aliases: string[] = []): boolean =>
    isSame(label({ vendor: right, vendor_aliases }), device({ vendor: found }), 'vendor')
  t.ok(vendor('Axis', 'Axis Communications AB'))
  t.ok(vendor('Rockwell Automation', 'Allen-Bradley', ['Allen-Bradley']))
  t.notOk(vendor('HP', 'Dell'))
  t.notOk(vendor('QNAP', 'Intel', ['Intel (adapter OUI)']), 'an adapter is not the device')
  const model = (right: string, found: string): boolean =>
    isSame(label({ vendor: 'Cisco', model: right }), device({ model: found }), 'model')
  t.ok(model('WS-C2960', 'Cisco WS C2960'))
  t.ok(model('S7-1200 CPU 1214C (6ES7 214-1HE30-0XB0)', '6ES7 214-1HE30-0XB0'))
  t.notOk(model('WS-C2960', 'WS-C3750'))
  const os = (right: string, found: string): boolean =>
    isSame(
      label({ os: { name: right, version: null } }),
      device({ os: { name: found, version: null } }),
      'os',
    )
  t.ok(os('Windows', 'Windows Server'))
  t.ok(os('macOS', 'Mac OS X'))
  t.ok(os('Ubuntu', 'Linux'))
  t.notOk(os('iOS', 'Android'))
  t.end()
})

t.test('what is right, wrong and silent is counted by property, kind and tier', t => {
  const trials = [
    trial({}, { vendor: 'HP', kind: 'printer' }, { vendor: 0.95, kind: 0.9 }),
    trial({ tier: 'C' }, { vendor: 'Dell' }, { vendor: 0.92 }),
    trial({ type: 'camera', type_alternatives: ['doorbell'] }, { kind: 'doorbell' }, { kind: 0.6 }),
    { label: label({ type: 'router' }), device: null },
  ]
  const score = scoreOf(trials)
  t.match(score, { devices: 4, missing: 1 })
  t.match(score.properties, [
    { name: 'vendor', n: 4, right: 1, wrong: 1, silent: 2 },
    { name: 'kind', n: 4, right: 2, wrong: 0, silent: 2 },
  ])
  t.equal(score.macro, (1 / 2 + 1 + 0) / 3, 'each kind counts alike')
  t.match(score.sure, [
    { name: 'vendor', n: 2, wrong: 1 },
    { name: 'kind', n: 1 },
  ])
  t.match(
    score.reliability.map(({ from, n, right }) => [from, n, right]),
    [
      [0.6, 1, 1],
      [0.9, 2, 1],
      [0.95, 1, 1],
    ],
  )
  t.match(score.confusions[0], { found: '(nothing)' })
  t.match(scoreText(score, { width: 0, colour: false }), /4 labelled devices, 1 not found/)
  t.end()
})

t.test('labels are read as they are written, and patterns mean their files', t => {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const name of ['b-1.pcap', 'b-2.pcap', 'c.pcap']) writeFileSync(join(folder, name), '')
  t.equal(capturesOf(folder, 'b-*.pcap').length, 2)
  t.equal(capturesOf(folder, 'c.pcap').length, 1)
  t.equal(capturesOf(folder, 'd.pcap').length, 0)
  const list = join(folder, 'labels.json')
  const write = (rows: unknown): void => writeFileSync(list, JSON.stringify(rows))
  write([
    {
      file: 'c.pcap',
      mac: 'AA:BB:CC:00:00:01',
      type: 'tv',
      note: 'vendor only: dark',
      tier: 'B-x',
    },
  ])
  t.match(readLabels(list), [{ mac: 'aa:bb:cc:00:00:01', type: null, tier: 'B' }])
  write([{ file: 'c.pcap' }])
  t.throws(() => readLabels(list), { message: /row 1: add the device's mac or its ip/ })
  write({})
  t.throws(() => readLabels(list), { message: /no list of labels/ })
  t.end()
})
