/** What is claimed becomes how often that holds, by a table that only rises. */

import t from 'tap'
import { calibrated, calibrationFault, fitted, type Sample } from '../../src/rules/calibration.js'
import { Knowledge } from '../../src/rules/knowledge.js'
import { readRules } from '../../src/rules/read-rules.js'

const samples = (claimed: number, n: number, right: number): Sample[] =>
  Array.from({ length: n }, (_, i) => ({ claimed, isRight: i < right }))

t.test('between two points lies a line', t => {
  const table = [
    [0.5, 0.6],
    [0.9, 0.8],
  ] as const
  t.equal(calibrated(0.5, table), 0.6)
  t.equal(calibrated(0.7, table).toFixed(3), '0.700')
  t.equal(calibrated(0.9, table), 0.8)
  t.equal(calibrated(0.25, table), 0.3)
  t.equal(calibrated(0.95, table), 0.95, 'beyond what was measured it stays')
  t.equal(calibrated(0.7, []), 0.7)
  t.end()
})

t.test('what was measured is fitted, and never falls', t => {
  const table = fitted([
    ...samples(0.6, 100, 70),
    ...samples(0.8, 100, 72),
    ...samples(0.9, 100, 95),
  ])
  t.ok(table.length >= 2)
  t.equal(calibrationFault(table), '')
  t.ok(calibrated(0.6, table) > 0.6, 'what holds more often is shown surer')
  t.ok(calibrated(0.8, table) < 0.8, 'what holds less often is not')
  t.strictSame(fitted([]), [])
  t.end()
})

t.test('a table that is none is refused', t => {
  t.match(
    calibrationFault([
      [0.5, 0.6],
      [0.4, 0.7],
    ]),
    /rise/,
  )
  t.match(
    calibrationFault([
      [0.5, 0.6],
      [0.6, 0.5],
    ]),
    /rise/,
  )
  t.match(calibrationFault([[0.5, 2]]), /from 0 to 1/)
  t.match(calibrationFault([[0.5]]), /two numbers/)
  const entry = { calibration: 'mine', why: 'so', points: [[0.5]] }
  t.throws(() => readRules([{ place: 'a.yaml:1', entry }], new Set()), {
    message: /^a\.yaml:1: a point/,
  })
  t.end()
})

t.test('verdicts are shown as the table says, and what holds too seldom is not', t => {
  const rule = (name: string, confidence: number, word: string): object => ({
    ...{ rule: name, claim: { vendor: name }, confidence, when: { 'dhcp.hostname': word } },
    ...{ why: 'so', examples: [{ given: { 'dhcp.hostname': word }, claim: {} }] },
    counterexamples: [{ 'dhcp.hostname': 'x' }],
  })
  const points = {
    calibration: 'mine',
    why: 'so',
    points: [
      [0.6, 0.4],
      [0.9, 0.95],
    ],
  }
  const all = [rule('One', 0.9, 'one'), rule('Two', 0.6, 'two'), points]
  const set = readRules(
    all.map((entry, i) => ({ place: `a.yaml:${String(i)}`, entry })),
    new Set(['dhcp.hostname']),
  )
  const judge = new Knowledge(set)
  const vendor = (value: string) =>
    judge.judge([{ fact: 'dhcp.hostname', value, evidence: -1 }]).verdicts.vendor
  t.strictSame(vendor('one'), { value: 'One', confidence: 0.95 })
  t.equal(vendor('two'), undefined)
  t.end()
})
