/** Rules that are written wrongly are refused with their place, and patterns that could run away. */

import t from 'tap'
import { readRules } from '../../src/rules/read-rules.js'
import { runsAway } from '../../src/conditions/patterns.js'

const vocabulary = new Set(['dhcp.hostname', 'http.server'])

const good = {
  rule: 'camera-by-name',
  claim: { kind: 'camera', model: '$model' },
  confidence: 0.8,
  when: { 'dhcp.hostname': '/^cam-(?<model>\\w+)$/' },
  why: 'It is called so.',
  examples: [{ given: { 'dhcp.hostname': 'cam-X1' }, claim: { model: 'X1' } }],
  counterexamples: [{ 'dhcp.hostname': 'pc' }],
}

const complaint = (entry: unknown): string => {
  try {
    readRules([{ place: 'a.yaml:7', entry }], vocabulary)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

t.test('a rule is taken as it is meant', t => {
  t.equal(complaint(good), '')
  t.end()
})

t.test('what is wrong is said with its place', t => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ when: { 'dhcp.hostnme': 'x' } }, /no protocol tells of dhcp.hostnme/],
    [{ claim: { kind: 'teapot' } }, /teapot is no kind of device/],
    [{ claim: { colour: 'red' } }, /colour is none of/],
    [{ confidence: 1 }, /confidence is a number between 0 and 1/],
    [{ examples: [] }, /an example is missing/],
    [{ counterexamples: undefined }, /a counterexample is missing/],
    [{ when: { 'dhcp.hostname': '/^(a+)+$/' } }, /could run away/],
    [{ when: { 'dhcp.hostname': '/(/' } }, /a.yaml:7: /],
    [{ when: { 'dhcp.hostname': { not: 'x' } } }, /something that is there/],
    [{ wen: 1 }, /wen is no part of a rule/],
  ]
  for (const [change, pattern] of wrong) {
    const said = complaint({ ...good, ...change })
    t.match(said, /^a\.yaml:7: /)
    t.match(said, pattern)
  }
  t.match(complaint('x'), /a map with a rule or a table/)
  t.end()
})

t.test('a pattern that could run away is known by how it repeats', t => {
  for (const bad of [
    '(a+)+',
    '(a*)*b',
    '(?:x|y+)*',
    '((a|b)+c?)+',
    '(.*)+',
    '\\w+\\w+\\w+\\w+\\w+',
  ])
    t.not(runsAway(bad), '', bad)
  for (const fine of ['^(?<a>[^;]+);(?<b>.+)$', 'a+b', '[+*]+', '(ab?)+', '^x{2,5}(yz)?$'])
    t.equal(runsAway(fine), '', fine)
  t.end()
})
