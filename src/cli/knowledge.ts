/** What the rules know, ready to be asked: the shipped ones, and those that the settings name. */

import { createHash } from 'node:crypto'
import { DERIVED_FACTS } from '../model/judge.js'
import { facts } from '../protocols/index.js'
import type { Written } from '../conditions/entry.js'
import { rulesIn } from '../conditions/files.js'
import { shippedEntries } from '../conditions/files.js'
import type { Bundle } from '../rules/bundle.js'
import { Knowledge } from '../rules/knowledge.js'
import { readRules } from '../rules/read-rules.js'
import { readPublished, type Published } from '../rules/readers/published.js'
import { loadSettings, type Settings } from '../settings/load.js'
import { oneLine } from './errors.js'
import { currentEdition, shippedEdition } from './rules/bundles.js'

/** The names of all facts that rules may read. */
export const vocabulary = (): ReadonlySet<string> =>
  new Set<string>([...facts.map(({ name }) => name), ...DERIVED_FACTS])

export interface Known {
  readonly judge: Knowledge
  /** Of the rules that ship, or were taken in their place. */
  readonly version: string
  /** Who holds which hardware addresses, where the settings name a registry. */
  readonly registry: (() => Uint8Array) | undefined
  /** What it was read from, in short: whatever changes there changes this. */
  readonly digest: string
}

export const shippedKnowledge = (): Known =>
  known(shippedEdition(), [], readPublished([], new Set()))

/** What holds by these settings. Throws a RuleError that says which file is wrong, where, and why. */
export const knowledgeFor = (settings: Settings): Known =>
  knowledgeOf(currentEdition(settings), settings)

/** What these rules know, with those of one's own and what others publish. */
export function knowledgeOf(edition: Bundle, { rules }: Settings): Known {
  const own = rules.dirs.flatMap(folder => ownRules(folder))
  return known(edition, own, readPublished(rules.registries, vocabulary()))
}

/** What a sensor starts with: a bundle that no longer fits doesn't keep it from hearing. */
export function startingKnowledge(settings: Settings): { known: Known; fault: string } {
  try {
    return { known: knowledgeFor(settings), fault: '' }
  } catch (error) {
    return { known: knowledgeOf(shippedEdition(), settings), fault: oneLine(error) }
  }
}

function known(
  { version, entries }: Bundle,
  own: readonly Written[],
  { rules, fingerprints, registry, digest }: Published,
): Known {
  const written = [...entries, ...own]
  const read = readRules(written, vocabulary())
  return {
    version,
    judge: new Knowledge({ ...read, rules: [...read.rules, ...rules], fingerprints }),
    registry: registry && (() => registry),
    digest: createHash('sha256').update(JSON.stringify(written)).update(digest).digest('hex'),
  }
}

/** As the shipped rules claim, before it was measured how often that holds. */
export const uncalibratedKnowledge = (): Knowledge =>
  new Knowledge({ ...readRules(shippedEntries('rules'), vocabulary()), calibration: [] })

/** The rules of a folder, with places that name it. */
export const ownRules = (folder: string): Written[] =>
  rulesIn(folder).map(({ place, entry }) => ({ place: `${folder}/${place}`, entry }))

/** As the settings say that are named, or else found. */
export const chosenKnowledge = (config: string | undefined): Known =>
  knowledgeFor(loadSettings(config))
