/** Every shipped rule holds what its examples promise, and says nothing of its counterexamples. */

import t from 'tap'
import { DERIVED_FACTS, type Statement } from '../../src/model/judge.js'
import { facts } from '../../src/protocols/index.js'
import type { Given } from '../../src/conditions/condition.js'
import { rulesIn, shippedEntries } from '../../src/conditions/files.js'
import { Knowledge } from '../../src/rules/knowledge.js'
import { readRules } from '../../src/rules/read-rules.js'

const vocabulary = new Set<string>([...facts.map(({ name }) => name), ...DERIVED_FACTS])
const shipped = readRules(shippedEntries('rules'), vocabulary)
const knowledge = new Knowledge(shipped)

const statementsOf = (given: Given): Statement[] =>
  Object.entries(given).flatMap(([fact, values]) =>
    [values].flat().map(value => ({ fact, value: String(value), evidence: -1 })),
  )

/** What one rule concludes: the surest of each property. */
function claimsOf(rule: string, given: Given): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { rule: by, property, value } of knowledge.judge(statementsOf(given)).claims) {
    if (by === rule) found[property] ??= value
  }
  return found
}

t.test('what is given in an example leads to its claim', t => {
  const wrong = [...shipped.rules, ...shipped.tables].flatMap(({ name, place, examples }) =>
    examples.flatMap(({ given, claim }) => {
      const found = claimsOf(name, given)
      return Object.entries(claim)
        .filter(([property, value]) => (found[property] ?? null) !== value)
        .map(
          ([property, value]) =>
            `${place} ${name}: ${property} is ${String(found[property])}, not ${String(value)}`,
        )
    }),
  )
  t.equal(wrong.join('\n'), '')
  t.end()
})

t.test('a counterexample leads to nothing', t => {
  const wrong = [...shipped.rules, ...shipped.tables].flatMap(({ name, place, counterexamples }) =>
    counterexamples.flatMap(given => {
      const found = claimsOf(name, given)
      return Object.keys(found).length === 0
        ? []
        : [`${place} ${name}: ${JSON.stringify(given)} leads to ${JSON.stringify(found)}`]
    }),
  )
  t.equal(wrong.join('\n'), '')
  t.end()
})

t.test('rules made ready are the rules as they are written', t => {
  const folder = new URL('../../../config/rules', import.meta.url).pathname
  t.strictSame(shippedEntries('rules'), rulesIn(folder))
  t.end()
})
