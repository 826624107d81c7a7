/** The risk of a device: a sum that a person can follow, the same whatever the order. */

import t from 'tap'
import { networkRisk, riskOf, type Weakness } from '../../src/findings/risk.js'

const HIDDEN = { internet: false, lateral: false }
const telnet: Weakness = { title: 'Telnet', severity: 'high' }
const open: Weakness = { title: 'An open door', severity: 'critical' }

t.test('a risk is the sum of its parts', t => {
  const { score, parts } = riskOf([telnet, open], { internet: true, lateral: true }, 'high')
  t.equal(score, 100)
  t.strictSame(
    parts.map(({ points, why }) => `${String(points)} ${why}`),
    [
      '40 critical: An open door',
      '25 high: Telnet',
      '20 it answers the Internet',
      '5 it answers devices of other kinds',
      '10 its importance is high',
    ],
  )
  const low = riskOf([{ title: 'x', severity: 'low' }], HIDDEN, 'low')
  t.equal(low.score, 0, 'it is cut at 0')
  t.equal(
    low.parts.reduce((sum, { points }) => sum + points, 0),
    -6,
  )
  t.end()
})

t.test('what is exploited or likely to be counts more', t => {
  const cve: Weakness = { title: 'CVE-2026-1', severity: 'medium' }
  const risk = (more: Partial<Weakness>): number => riskOf([{ ...cve, ...more }], HIDDEN).score
  t.equal(risk({}), 12)
  t.equal(risk({ isExploited: true }), 32)
  t.equal(risk({ likelihood: 0.9 }), 22)
  t.equal(risk({ likelihood: 0.1 }), 12)
  t.end()
})

t.test('without a weakness there is none, and the order is always the same', t => {
  t.strictSame(riskOf([], { internet: true, lateral: true }, 'high'), { score: 0, parts: [] })
  const many: Weakness[] = ['b', 'a', 'c'].map(title => ({ title, severity: 'high' }))
  t.strictSame(riskOf(many, HIDDEN), riskOf([...many].reverse(), HIDDEN))
  t.equal(
    riskOf(
      Array.from({ length: 500 }, () => telnet),
      HIDDEN,
    ).parts.length,
    16,
  )
  t.end()
})

t.test('one bad device among many still shows in the figure of the network', t => {
  t.equal(networkRisk([]), 0)
  t.equal(networkRisk([80]), 80)
  t.equal(networkRisk([90, ...Array.from({ length: 9 }, () => 0)]), 90)
  t.equal(networkRisk([90, 30, ...Array.from({ length: 18 }, () => 0)]), 60)
  t.end()
})
