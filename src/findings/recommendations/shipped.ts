/** The recommendations that come with the program. */

import type { Vocabulary } from '../../conditions/entry.js'
import { shippedEntries } from '../../conditions/files.js'
import { DEVICE_FACTS } from '../../model/finding.js'
import { DERIVED_FACTS } from '../../model/judge.js'
import { Advice } from './judging.js'
import { readRecommendations } from './read-recommendations.js'

/** Facts that recommendations may read, besides those of protocols. */
const BESIDES = [...DERIVED_FACTS.filter(fact => fact.startsWith('service.')), ...DEVICE_FACTS]

/** `facts` are the names of all that protocols tell. */
export function shippedAdvice(facts: Iterable<string>): Advice {
  const vocabulary: Vocabulary = new Set([...facts, ...BESIDES])
  return new Advice(readRecommendations(shippedEntries('recommendations'), vocabulary))
}
