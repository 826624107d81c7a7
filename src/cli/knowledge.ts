/** What the rules know, ready to be asked: the shipped ones, and those that the settings name. */

import { createHash } from 'node:crypto'
import { DERIVED_FACTS } from '../model/judge.js'
import { facts } from '../protocols/index.js'
import type { Written } from '../conditions/entry.js'
import { rulesIn } from '../conditions/files.js'
import { shippedRules } from '../rules/files.js'
import { Knowledge } from '../rules/knowledge.js'
import { readRules } from '../rules/read-rules.js'
import { readPublished, type Published } from '../rules/readers/published.js'
import { loadSettings, type Settings } from '../settings/load.js'

/** The names of all facts that rules may read. */
export const vocabulary = (): ReadonlySet<string> =>
  new Set<string>([...facts.map(({ name }) => name), ...DERIVED_FACTS])

export interface Known {
  readonly judge: Knowledge
  /** Who holds which hardware addresses, where the settings name a registry. */
  readonly registry: (() => Uint8Array) | undefined
  /** What it was read from, in short: whatever changes there changes this. */
  readonly digest: string
}

export function shippedKnowledge(): Known {
  return known(shippedRules(), readPublished([], new Set()))
}

/** What holds by these settings. Throws a RuleError that says which file is wrong, where, and why. */
export function knowledgeFor({ rules }: Settings): Known {
  const own = rules.dirs.flatMap(folder => ownRules(folder))
  return known([...shippedRules(), ...own], readPublished(rules.registries, vocabulary()))
}

function known(written: readonly Written[], published: Published): Known {
  const { rules, fingerprints, registry, digest } = published
  const read = readRules(written, vocabulary())
  return {
    judge: new Knowledge({ ...read, rules: [...read.rules, ...rules], fingerprints }),
    registry: registry && (() => registry),
    digest: createHash('sha256').update(JSON.stringify(written)).update(digest).digest('hex'),
  }
}

/** As the shipped rules claim, before it was measured how often that holds. */
export const uncalibratedKnowledge = (): Knowledge =>
  new Knowledge({ ...readRules(shippedRules(), vocabulary()), calibration: [] })

/** The rules of a folder, with places that name it. */
export const ownRules = (folder: string): Written[] =>
  rulesIn(folder).map(({ place, entry }) => ({ place: `${folder}/${place}`, entry }))

/** As the settings say that are named, or else found. */
export const chosenKnowledge = (config: string | undefined): Known =>
  knowledgeFor(loadSettings(config))
