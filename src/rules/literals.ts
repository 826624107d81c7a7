/** Words that a pattern cannot do without: a text with none of them need not be compared with it. */

import { treeOf, type Part } from './pattern-tree.js'

/** Shorter words are in every text. */
const LENGTH_MIN = 3
const CHOICES_MAX = 12

/** One of these must be in the text, in lower case; undefined where the pattern needs none. */
export function neededWords(source: string): readonly string[] | undefined {
  let tree: Part
  try {
    tree = treeOf(source)
  } catch {
    return undefined
  }
  const words = wordsOf(tree)
  return words === undefined || shortest(words) < LENGTH_MIN ? undefined : words
}

function wordsOf(part: Part): readonly string[] | undefined {
  switch (part.kind) {
    case 'place':
      return undefined
    case 'letters':
      return part.literal === undefined ? undefined : [part.literal]
    case 'repeat':
      return part.min === 0 ? undefined : wordsOf(part.part)
    case 'choice': {
      const all = part.parts.map(wordsOf)
      if (all.some(words => words === undefined)) return undefined
      const words = all.flatMap(some => some!)
      return words.length > CHOICES_MAX ? undefined : words
    }
    case 'sequence':
      return bestOf(part.parts)
  }
}

/** Letters that follow each other are one word; the best of all words is what the sequence needs. */
function bestOf(parts: readonly Part[]): readonly string[] | undefined {
  let best: readonly string[] | undefined
  let word = ''
  const offer = (words: readonly string[] | undefined): void => {
    if (words !== undefined && (best === undefined || shortest(words) > shortest(best)))
      best = words
  }
  for (const part of parts) {
    if (part.kind === 'letters' && part.literal !== undefined) {
      word += part.literal
      continue
    }
    if (word !== '') offer([word])
    word = ''
    offer(wordsOf(part))
  }
  if (word !== '') offer([word])
  return best
}

const shortest = (words: readonly string[]): number =>
  words.reduce((least, word) => Math.min(least, word.length), Infinity)
