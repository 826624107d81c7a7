/** Words that a pattern cannot do without: a text with none of them need not be compared with it. */

import { treeOf, type Letters, type Part } from './pattern-tree.js'

/** Shorter words are in every text. */
const LENGTH_MIN = 3
/** One of so many at most. */
const WORDS_MAX = 256
/** A set of more letters than this says too little. */
const SET_MAX = 12
const ASCII = 128

type Words = readonly string[]

export interface Needs {
  /** One of these must be in the text, in lower case; undefined where the pattern needs none. */
  readonly words: Words | undefined
  /** With one of these it must begin; undefined where it may begin anywhere, or with nothing. */
  readonly start: Letters | undefined
}

export function needsOf(source: string): Needs {
  let tree: Part
  try {
    tree = treeOf(source)
  } catch {
    return { words: undefined, start: undefined }
  }
  const words = neededBy(tree)
  const isTelling = words !== undefined && shortest(words) >= LENGTH_MIN
  return { words: isTelling ? [...new Set(words)] : undefined, start: anchoredStart(tree) }
}

/** All texts that a part takes, where they are few; undefined where they are not. */
function exact(part: Part): Words | undefined {
  switch (part.kind) {
    case 'place':
      return part.text === '\\b' || part.text === '\\B' || part.part !== undefined
        ? ['']
        : undefined
    case 'letters':
      return part.literal === undefined ? lettersIn(part.letters) : [part.literal]
    case 'repeat':
      if (part.min === 1 && part.max === 1) return exact(part.part)
      return part.min === 0 && part.max === 1
        ? either(['', ...(exact(part.part) ?? NONE)])
        : undefined
    case 'choice': {
      const all = part.parts.map(exact)
      return all.includes(undefined) ? undefined : either(all.flatMap(words => words!))
    }
    case 'sequence':
      return part.parts.reduce<Words | undefined>((before, one) => joined(before, exact(one)), [''])
  }
}

/** More than may be: what has it is not few. */
const NONE: Words = new Array<string>(WORDS_MAX + 1).fill('')

const either = (words: Words): Words | undefined => (words.length > WORDS_MAX ? undefined : words)

function joined(before: Words | undefined, after: Words | undefined): Words | undefined {
  if (before === undefined || after === undefined) return undefined
  // Mostly it is one word that grows letter by letter.
  if (before.length === 1 && after.length === 1) return [before[0]! + after[0]!]
  if (before.length * after.length > WORDS_MAX) return undefined
  return before.flatMap(one => after.map(other => one + other))
}

function lettersIn(letters: Letters): Words | undefined {
  if (letters[ASCII] !== 0) return undefined
  const all: string[] = []
  for (let code = 0; code < ASCII && all.length <= SET_MAX; code++) {
    const isUpper = code >= 65 && code <= 90
    if (letters[code] !== 0 && !isUpper) all.push(String.fromCharCode(code))
  }
  return all.length > 0 && all.length <= SET_MAX ? all : undefined
}

/** Of all sets of words of which one must be there, the one that tells most. */
function neededBy(part: Part): Words | undefined {
  switch (part.kind) {
    case 'place':
      return undefined
    case 'letters':
      return exact(part)
    case 'repeat':
      return part.min === 0 ? undefined : neededBy(part.part)
    case 'choice': {
      const all = part.parts.map(neededBy)
      return all.includes(undefined) ? undefined : either(all.flatMap(words => words!))
    }
    case 'sequence':
      return bestOf(part.parts)
  }
}

/** What follows each other is one word, as long as there are few of them. */
function bestOf(parts: readonly Part[]): Words | undefined {
  let best: Words | undefined
  let run: Words = ['']
  const offer = (words: Words | undefined): void => {
    if (words !== undefined && worth(words) > worth(best)) best = words
  }
  for (const part of parts) {
    if (part.kind === 'place') continue
    const own = exact(part)
    const longer = joined(run, own)
    if (longer !== undefined) {
      run = longer
      offer(run)
      continue
    }
    offer(joined(run, beginnings(part)))
    offer(neededBy(part))
    run = own ?? ['']
    offer(own)
  }
  return best
}

/** With which of few texts a part begins that may go on in many ways. */
function beginnings(part: Part): Words | undefined {
  switch (part.kind) {
    case 'place':
      return ['']
    case 'letters':
      return exact(part)
    case 'repeat':
      return part.min === 0 ? undefined : (exact(part.part) ?? beginnings(part.part))
    case 'choice': {
      const all = part.parts.map(one => exact(one) ?? beginnings(one))
      return all.includes(undefined) ? undefined : either(all.flatMap(words => words!))
    }
    case 'sequence': {
      let run: Words | undefined = ['']
      for (const one of part.parts) {
        const own = exact(one)
        const longer = joined(run, own)
        if (longer === undefined) return joined(run, beginnings(one)) ?? run
        run = longer
      }
      return run
    }
  }
}

/** Long words tell more, up to a length, and few words more than many. */
function worth(words: Words | undefined): number {
  if (words === undefined || words.length === 0) return -1
  const length = shortest(words)
  return length < LENGTH_MIN ? length / 4 : Math.min(length, 6) * 4 - 2 * Math.log2(words.length)
}

const shortest = (words: Words): number =>
  words.reduce((least, word) => Math.min(least, word.length), Infinity)

/** The letters that a pattern which holds at the beginning alone may begin with. */
function anchoredStart(part: Part): Letters | undefined {
  if (part.kind !== 'sequence') return undefined
  const [first, ...rest] = part.parts
  if (first?.kind !== 'place' || first.text !== '^') return undefined
  return firstOf(rest)
}

/** undefined where it may take nothing. */
function firstOf(parts: readonly Part[]): Letters | undefined {
  const set = new Uint8Array(ASCII + 1)
  for (const part of parts) {
    if (part.kind === 'place') continue
    const own = startOf(part)
    if (own === undefined) return undefined
    for (let i = 0; i < set.length; i++) set[i] = set[i]! | own.letters[i]!
    if (!own.isEmpty) return set
  }
  return undefined
}

interface Start {
  readonly letters: Letters
  readonly isEmpty: boolean
}

function startOf(part: Part): Start | undefined {
  switch (part.kind) {
    case 'letters':
      return { letters: part.letters, isEmpty: false }
    case 'place':
      return undefined
    case 'repeat': {
      const own = startOf(part.part)
      return own && { letters: own.letters, isEmpty: own.isEmpty || part.min === 0 }
    }
    case 'choice': {
      const all = part.parts.map(startOf)
      if (all.includes(undefined)) return undefined
      const letters = new Uint8Array(ASCII + 1)
      for (const one of all)
        for (let i = 0; i <= ASCII; i++) letters[i] = letters[i]! | one!.letters[i]!
      return { letters, isEmpty: all.some(one => one!.isEmpty) }
    }
    case 'sequence': {
      const letters = firstOf(part.parts)
      return letters && { letters, isEmpty: false }
    }
  }
}
