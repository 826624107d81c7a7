/** A folder of rules looked through: all that is wrong in it, each with its place and the mend. */

import { existsSync, statSync } from 'node:fs'
import type { Statement } from '../model/judge.js'
import type { Given } from '../conditions/condition.js'
import { RuleError, type Vocabulary, type Written } from '../conditions/entry.js'
import { rulesIn } from '../conditions/files.js'
import { Knowledge } from './knowledge.js'
import { readRules } from './read-rules.js'
import type { Rule, RuleSet, Table } from './rule.js'

export interface Fault {
  /** `cameras.yaml:12`. */
  readonly place: string
  readonly what: string
}

export interface Checked {
  readonly faults: readonly Fault[]
  readonly rules: number
  readonly rows: number
}

/** `beside` is what the folder is used together with: names must differ from those. */
export function checkFolder(
  folder: string,
  vocabulary: Vocabulary,
  beside: readonly Written[] = [],
): Checked {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    return {
      faults: [{ place: folder, what: 'no such folder: name one with .yaml in it' }],
      ...NONE,
    }
  }
  try {
    return checkEntries(rulesIn(folder), vocabulary, beside)
  } catch (error) {
    return { faults: [faultOf(error)], ...NONE }
  }
}

const NONE = { rules: 0, rows: 0 }

/** As `checkFolder`, of entries that were read. */
export function checkEntries(
  entries: readonly Written[],
  vocabulary: Vocabulary,
  beside: readonly Written[],
): Checked {
  const faults: Fault[] = []
  const good: Written[] = []
  const places = new Map(beside.map(one => [nameOf(one), `the shipped ${one.place}`]))
  for (const written of entries) {
    try {
      readRules([written], vocabulary)
      good.push(written)
    } catch (error) {
      faults.push(faultOf(error))
    }
    const name = nameOf(written)
    const before = places.get(name)
    if (name === '') continue
    if (before === undefined) places.set(name, written.place)
    else
      faults.push(fault(written.place, `${name} is also the name of one at ${before}: rename it`))
  }
  const set = readRules(unlike(good), vocabulary)
  const aliases = new Map([...readRules(beside, vocabulary).aliases, ...set.aliases])
  faults.push(...brokenPromises({ ...set, aliases }))
  const rows = set.tables.reduce((sum, table) => sum + table.rows.size, 0)
  return { faults, rules: set.rules.length, rows }
}

const fault = (place: string, what: string): Fault => ({ place, what })

/** Only the first of each name. */
function unlike(entries: readonly Written[]): Written[] {
  const names = new Set<string>()
  return entries.filter(one => !names.has(nameOf(one)) && names.add(nameOf(one)))
}

function nameOf({ entry }: Written): string {
  const { rule, table, vendors, calibration } = (entry ?? {}) as Readonly<Record<string, unknown>>
  const name = rule ?? table ?? vendors ?? calibration
  return typeof name === 'string' ? name : ''
}

/** The message of a RuleError begins with its place. */
function faultOf(error: unknown): Fault {
  if (!(error instanceof RuleError)) throw error
  const [, place = '', what = ''] = /^(\S+?\.yaml(?::\d+)?): (.*)$/s.exec(error.message) ?? []
  return place === '' ? { place: '', what: error.message } : { place, what }
}

/** Examples that don't lead to their claims, and counterexamples that lead to some. */
export function brokenPromises(set: RuleSet): Fault[] {
  const rules = new Map<string, Rule[]>()
  for (const rule of set.rules) rules.set(rule.name, [...(rules.get(rule.name) ?? []), rule])
  const { aliases } = set
  return [
    ...[...rules.values()].flatMap(own =>
      broken(own[0]!, new Knowledge({ rules: own, tables: [], aliases })),
    ),
    ...set.tables.flatMap(table =>
      broken(table, new Knowledge({ rules: [], tables: [table], aliases })),
    ),
  ]
}

function broken(entry: Rule | Table, knowledge: Knowledge): Fault[] {
  const { place, name, examples, counterexamples } = entry
  const faults: Fault[] = []
  for (const { given, claim } of examples) {
    const found = concluded(knowledge, given)
    for (const [property, value] of Object.entries(claim)) {
      const is = found[property] ?? null
      if (is === value) continue
      const words = is === null ? 'nothing' : is
      const mend = 'mend the example or the rule'
      faults.push(
        fault(
          place,
          `${name}: an example leads to ${words} as ${property}, not ${String(value)}: ${mend}`,
        ),
      )
    }
  }
  for (const given of counterexamples) {
    const found = Object.entries(concluded(knowledge, given))
    if (found.length === 0) continue
    const words = found.map(([property, value]) => `${property} ${value}`).join(', ')
    faults.push(fault(place, `${name}: a counterexample leads to ${words}: make the rule narrower`))
  }
  return faults
}

/** What is concluded; the surest of each property. */
function concluded(knowledge: Knowledge, given: Given): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { property, value } of knowledge.judge(statementsOf(given)).claims) {
    found[property] ??= value
  }
  return found
}

export const statementsOf = (given: Given): Statement[] =>
  Object.entries(given).flatMap(([fact, values]) =>
    [values].flat().map(value => ({ fact, value: String(value), evidence: -1 })),
  )
