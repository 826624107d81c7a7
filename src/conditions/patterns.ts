/**
 * Patterns over values that strangers choose: written as `/…/`, without regard to case, and refused
 * where they could run away.
 */

import { overlap, treeOf, union, type Letters, type Part } from './pattern-tree.js'

/** Longer values are cut before anything is compared with them. */
export const VALUE_CHARACTERS_MAX = 256

export const PATTERN_CHARACTERS_MAX = 400
const WRITTEN = /^\/(.+)\/(i?)$/s

/** `/…/`: a pattern; anything else is a word. */
export const isPattern = (text: string): boolean => WRITTEN.test(text)

/** What stands between the slashes, of a pattern that was looked at before. */
export const bareSource = (text: string): string => WRITTEN.exec(text)?.[1] ?? text

/** What stands between the slashes. Throws a sentence that says what is wrong with it. */
export function sourceOf(text: string): string {
  const source = WRITTEN.exec(text)?.[1]
  if (source === undefined) throw new Error(`a pattern is written /…/, not ${text}`)
  const fault = runsAway(source)
  if (fault !== '') throw new Error(`the pattern ${text} could run away: ${fault}`)
  void new RegExp(source, 'i')
  return source
}

/** So many repetitions may each have to try again for all ends of the others. */
const TRIES_MAX = 4

/**
 * Why a backtracking matcher could take very long, or ''. Exponential is a repetition that has
 * several ways to take the same: one that repeats within it, parts that may be empty, choices
 * that begin alike. And each that doesn't know where to stop multiplies what is tried by the
 * length of the value: few of those may follow each other.
 */
export function runsAway(source: string, charactersMax = PATTERN_CHARACTERS_MAX): string {
  if (source.length > charactersMax) return 'it is too long'
  if (/\\[1-9]|\\k</.test(source)) return 'it refers back to what it caught'
  if (isPlain(source)) return ''
  let tree: Part
  try {
    tree = treeOf(source)
  } catch (error) {
    return (error as Error).message
  }
  const fault = ambiguous(tree)
  if (fault !== '') return fault
  return triesOf(tree, undefined) > TRIES_MAX ? 'it repeats too often without a bound' : ''
}

/** No group repeats, and so few characters do that it doesn't matter where they stop. */
const isPlain = (source: string): boolean =>
  !/\)(?:[*+]|\{\d+,)/.test(source) && (source.match(/[*+]|\{\d+,\}/g)?.length ?? 0) <= TRIES_MAX

function ambiguous(part: Part): string {
  if (part.kind === 'repeat' && part.max === Infinity) {
    if (hasEndless(part.part)) return 'a repetition repeats'
    if (isEmpty(part.part)) return 'what repeats may be empty'
    if (hasAlike(part.part)) return 'choices that repeat begin alike'
    if (isLoose(part.part, startOf(part.part))) return 'what repeats may end in several places'
  }
  for (const inner of innerOf(part)) {
    const fault = ambiguous(inner)
    if (fault !== '') return fault
  }
  return ''
}

function innerOf(part: Part): readonly Part[] {
  if (part.kind === 'sequence' || part.kind === 'choice') return part.parts
  if (part.kind === 'repeat') return [part.part]
  return part.kind === 'place' && part.part !== undefined ? [part.part] : []
}

const hasEndless = (part: Part): boolean =>
  (part.kind === 'repeat' && part.max === Infinity) || innerOf(part).some(hasEndless)

/** Whether it may take nothing. */
function isEmpty(part: Part): boolean {
  switch (part.kind) {
    case 'letters':
      return false
    case 'place':
      return true
    case 'repeat':
      return part.min === 0 || isEmpty(part.part)
    case 'sequence':
      return part.parts.every(isEmpty)
    case 'choice':
      return part.parts.some(isEmpty)
  }
}

/** Whether two of several choices may begin with the same character. */
function hasAlike(part: Part): boolean {
  if (part.kind === 'choice') {
    const starts = part.parts.map(startOf)
    const isAlike = starts.some((one, i) => starts.slice(0, i).some(other => overlap(one, other)))
    if (isAlike) return true
  }
  return part.kind !== 'place' && innerOf(part).some(hasAlike)
}

/** Whether something in it may take less or more of what `next`, which follows, could take as well. */
function isLoose(part: Part, next: Letters): boolean {
  switch (part.kind) {
    case 'letters':
    case 'place':
      return false
    case 'choice':
      return part.parts.some(inner => isLoose(inner, next))
    case 'repeat':
      return (part.min < part.max && overlap(startOf(part.part), next)) || isLoose(part.part, next)
    case 'sequence':
      return part.parts.some((inner, i) => {
        const rest = part.parts.slice(i + 1)
        const ends = rest.every(isEmpty) ? [next] : []
        return isLoose(inner, union([startOf({ kind: 'sequence', parts: rest }), ...ends]))
      })
  }
}

/** With which characters it may begin, as far as it takes any. */
function startOf(part: Part): Letters {
  switch (part.kind) {
    case 'letters':
      return part.letters
    case 'place':
      return union([])
    case 'repeat':
      return startOf(part.part)
    case 'choice':
      return union(part.parts.map(startOf))
    case 'sequence': {
      const starts: Letters[] = []
      for (const inner of part.parts) {
        starts.push(startOf(inner))
        if (!isEmpty(inner)) break
      }
      return union(starts)
    }
  }
}

/** How many repetitions one behind the other don't know where to stop; `next` is what follows. */
function triesOf(part: Part, next: Letters | undefined): number {
  switch (part.kind) {
    case 'letters':
      return 0
    case 'place':
      return part.part === undefined ? 0 : triesOf(part.part, undefined)
    case 'choice':
      return Math.max(...part.parts.map(inner => triesOf(inner, next)))
    case 'repeat': {
      const inner = triesOf(part.part, next)
      if (part.max !== Infinity) return inner
      const knowsItsEnd = next !== undefined && !overlap(startOf(part.part), next)
      return inner + (knowsItsEnd ? 0 : 1)
    }
    case 'sequence':
      return part.parts.reduce((sum, inner, i) => sum + triesOf(inner, after(part.parts, i)), 0)
  }
}

/** What must follow the part at `i`; undefined where it may be anything. */
function after(parts: readonly Part[], i: number): Letters | undefined {
  const starts: Letters[] = []
  for (const part of parts.slice(i + 1)) {
    // What stands at a place takes nothing, and what comes behind it counts.
    if (part.kind === 'place') {
      if (part.text === '$' && starts.length === 0) return union([])
      continue
    }
    starts.push(startOf(part))
    if (!isEmpty(part)) return union(starts)
  }
  return undefined
}
