/**
 * What knowing costs: how long rules take to load, what a new fact and a whole device cost, and how
 * much memory is held. With --expose-gc. Values are those of the rules' own examples, each spoilt by
 * a few letters so that nothing is remembered, and spread over devices of 200 facts.
 */

import { shippedEntries } from '../../src/conditions/files.js'
import { vocabulary } from '../../src/cli/knowledge.js'
import type { Statement } from '../../src/model/judge.js'
import { Knowledge } from '../../src/rules/knowledge.js'
import type { Given } from '../../src/conditions/condition.js'
import type { Written } from '../../src/conditions/entry.js'
import { readRules } from '../../src/rules/read-rules.js'
import type { RuleSet } from '../../src/rules/rule.js'
import { Chance } from './chance.js'

const RULES_MIN = 3000
const DEVICES = 300
const DEVICE_FACTS = 200
const ROUNDS = 20
const LIMITS = { load_ms: 500, fact_us: 20, device_ms: 1, memory_mb: 80 } as const

const chance = new Chance(7)
/** Of this process alone, in milliseconds: others may use the machine too. */
const clock = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const heap = (): number => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** As many further rules as are missing to the number that is promised. */
function made(count: number): Written[] {
  return Array.from({ length: Math.max(0, count) }, (_, i) => ({
    place: `made.yaml:${String(i + 1)}`,
    entry: {
      rule: `made-${String(i)}`,
      claim: { vendor: `Maker ${String(i % 400)}`, model: '$model' },
      confidence: 0.7,
      when: { 'http.server': `/^maker${String(i)} (?<model>[a-z]+[0-9]{2,5})/` },
      why: 'It says so.',
      examples: [{ given: { 'http.server': `maker${String(i)} x10` }, claim: {} }],
      counterexamples: [{ 'http.server': 'maker' }],
    },
  }))
}

function loaded(): { knowledge: Knowledge; set: RuleSet; load_ms: number } {
  const begun = clock()
  const shipped = readRules(shippedEntries('rules'), vocabulary())
  const knowledge = new Knowledge(shipped)
  const load_ms = clock() - begun
  if (knowledge.size >= RULES_MIN) return { knowledge, set: shipped, load_ms }
  const all = [...shippedEntries('rules'), ...made(RULES_MIN - knowledge.size)]
  const later = clock()
  const set = readRules(all, vocabulary())
  return { knowledge: new Knowledge(set), set, load_ms: clock() - later }
}

/** All that examples and counterexamples say. */
function sayings({ rules, tables }: RuleSet): Statement[] {
  const givens: Given[] = [...rules, ...tables].flatMap(({ examples, counterexamples }) => [
    ...examples.map(({ given }) => given),
    ...counterexamples,
  ])
  return givens.flatMap(given =>
    Object.entries(given).flatMap(([fact, values]) =>
      [values].flat().map(value => ({ fact, value: String(value), evidence: -1 })),
    ),
  )
}

/** Letters at its end, or in its middle, or in place of all of it. */
function spoilt(value: string): string {
  const word = chance.below(1e9).toString(36)
  const way = chance.below(10)
  if (way < 6) return `${value} ${word}`
  const at = chance.below(value.length + 1)
  return way < 9 ? value.slice(0, at) + word + value.slice(at) : word.repeat(4)
}

function devices(all: readonly Statement[]): Statement[][] {
  return Array.from({ length: DEVICES }, () =>
    Array.from({ length: DEVICE_FACTS }, (_, evidence) => {
      const { fact, value } = all[chance.below(all.length)]!
      return { fact, value: spoilt(value), evidence }
    }),
  )
}

const before = heap()
const { knowledge, set, load_ms } = loaded()
const said = sayings(set)
for (const one of devices(said)) knowledge.judge(one)

let fresh = Array.from({ length: 5 }, () => devices(said)).flat()
const fresh_facts = fresh.length * DEVICE_FACTS
let begun = clock()
for (const one of fresh) knowledge.judge(one)
const fact_us = ((clock() - begun) * 1000) / fresh_facts
fresh = []

const [known] = devices(said)
const { verdicts } = knowledge.judge(known!)
begun = clock()
for (let i = 0; i < ROUNDS * 10; i++) knowledge.judge(known!, verdicts)
const device_ms = (clock() - begun) / (ROUNDS * 10)

const memory_mb = (heap() - before) / 1e6
const figures = { load_ms, fact_us, device_ms, memory_mb }
process.stdout.write(`rules, rows and fingerprints: ${String(knowledge.size)}\n`)
for (const [name, value] of Object.entries(figures)) {
  const limit = LIMITS[name as keyof typeof LIMITS]
  const isMet = value <= limit
  process.stdout.write(`${name}: ${value.toFixed(2)} (at most ${String(limit)})\n`)
  if (!isMet) process.exitCode = 1
}
