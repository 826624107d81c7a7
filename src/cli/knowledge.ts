/** What the shipped rules know, ready to be asked. */

import { DERIVED_FACTS } from '../model/judge.js'
import { facts } from '../protocols/index.js'
import { shippedRules } from '../rules/files.js'
import { Knowledge } from '../rules/knowledge.js'
import { readRules } from '../rules/read-rules.js'

/** The names of all facts that rules may read. */
export const vocabulary = (): ReadonlySet<string> =>
  new Set<string>([...facts.map(({ name }) => name), ...DERIVED_FACTS])

export const shippedKnowledge = (): Knowledge =>
  new Knowledge(readRules(shippedRules(), vocabulary()))
