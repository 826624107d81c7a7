/** Patterns that a text cannot match are passed over, and no other. */

import t from 'tap'
import { facts } from '../../src/protocols/index.js'
import { DERIVED_FACTS } from '../../src/model/judge.js'
import { shippedEntries } from '../../src/conditions/files.js'
import { needsOf } from '../../src/conditions/literals.js'
import { bareSource } from '../../src/conditions/patterns.js'
import { readRules } from '../../src/rules/read-rules.js'
import { Sieve } from '../../src/conditions/sieve.js'

const words = (source: string): readonly string[] | undefined => needsOf(source).words

t.test('words that a pattern cannot do without are found', t => {
  t.strictSame(words('^HP LaserJet (?<model>.+)$'), ['hp las'])
  t.strictSame(words('(?:axis|hikvision) cam'), ['axis c', 'hikvision c'])
  t.strictSame(words('(RT|GT)-(N|AC)\\d+'), ['rt-n', 'rt-ac', 'gt-n', 'gt-ac'])
  t.strictSame(words('colou?r jet'), ['color ', 'colour '])
  t.strictSame(words('9[2-3]00'), ['9200', '9300'])
  t.ok(words('WG\\d{3}')?.includes('wg7'))
  t.equal(words('.*'), undefined)
  t.equal(words('(abc)?x'), undefined)
  t.equal(words('\\d{4}'), undefined)
  t.equal(words('(?!secret)...'), undefined, 'what must not follow is no word')
  t.equal(words('a|b'), undefined, 'short words are everywhere')
  t.end()
})

t.test('what begins with few letters is passed over elsewhere', t => {
  const sieve = new Sieve()
  for (const source of ['^[ab]\\d', '^c', '.', 'needle', '^\\d*$']) sieve.add(needsOf(source))
  t.strictSame(sieve.candidates('a1'), [0, 2, 4])
  t.strictSame(sieve.candidates('c needle'), [1, 2, 3, 4])
  t.strictSame(sieve.candidates(''), [2, 4])
  t.strictSame(sieve.candidates('needl'), [2, 4])
  t.end()
})

t.test('no shipped pattern that matches what its rules are told in examples is passed over', t => {
  const vocabulary = new Set<string>([...facts.map(({ name }) => name), ...DERIVED_FACTS])
  const { rules, tables } = readRules(shippedEntries('rules'), vocabulary)
  const sources = [
    ...rules.flatMap(({ when }) => when.flatMap(({ patterns }) => patterns.map(one => one.source))),
    ...tables.flatMap(({ match, rows }) =>
      match === 'pattern' ? [...rows.keys()].map(key => bareSource(key)) : [],
    ),
  ]
  const values = [...rules, ...tables].flatMap(({ examples }) =>
    examples.flatMap(({ given }) => Object.values(given).flat().map(String)),
  )
  const sieve = new Sieve()
  for (const source of sources) sieve.add(needsOf(source))
  const matchers = sources.map(source => new RegExp(source, 'i'))
  const missed = new Set(values).size === 0 ? ['none'] : []
  for (const value of new Set(values)) {
    const candidates = new Set(sieve.candidates(value.toLowerCase()))
    matchers.forEach((matcher, i) => {
      if (!candidates.has(i) && matcher.test(value)) missed.push(`${sources[i]!} on ${value}`)
    })
  }
  t.strictSame(missed, [])
  t.end()
})
