/**
 * Patterns over values that strangers choose: written as `/…/`, without regard to case, and refused
 * where they could run away.
 */

/** Longer values are cut before anything is compared with them. */
export const VALUE_CHARACTERS_MAX = 256

const PATTERN_CHARACTERS_MAX = 400
const WRITTEN = /^\/(.+)\/(i?)$/s

/** `/…/`: a pattern; anything else is a word. */
export const isPattern = (text: string): boolean => WRITTEN.test(text)

/** Throws a sentence that says what is wrong with it. */
export function patternOf(text: string): RegExp {
  const source = WRITTEN.exec(text)?.[1]
  if (source === undefined) throw new Error(`a pattern is written /…/, not ${text}`)
  const fault = runsAway(source)
  if (fault !== '') throw new Error(`the pattern ${text} could run away: ${fault}`)
  return new RegExp(source, 'i')
}

/**
 * Why a backtracking matcher could take very long, or ''. Two repetitions of unbounded length, one
 * within the other or one behind the other over the same characters, are what does it; only a few
 * unbounded repetitions one after the other are let through, since values are short.
 */
export function runsAway(source: string): string {
  if (source.length > PATTERN_CHARACTERS_MAX) return 'it is too long'
  if (/\\[1-9]|\\k</.test(source)) return 'it refers back to what it caught'
  return nested(source)
}

const UNBOUNDED_MAX = 4

/** Walks the pattern once, and counts what repeats without a bound inside of what repeats so itself. */
function nested(source: string): string {
  const open: boolean[] = []
  let total = 0
  let inner = false
  for (let i = 0; i < source.length; i++) {
    const character = source[i]!
    if (character === '\\') i++
    else if (character === '[') i = endOfClass(source, i)
    else if (character === '(') {
      open.push(inner)
      inner = false
      continue
    } else if (character === ')') {
      const within: boolean = inner
      inner = open.pop() ?? false
      const repeats = isUnbounded(source, i + 1)
      if (within && repeats) return 'a repetition repeats'
      inner ||= within || repeats
      if (repeats) total++
      continue
    } else if (character === '|' || character === '^' || character === '$') continue
    if (isUnbounded(source, i + 1)) {
      inner = true
      total++
    }
  }
  return total > UNBOUNDED_MAX ? 'it repeats too often without a bound' : ''
}

function endOfClass(source: string, from: number): number {
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === ']') return i
  }
  return source.length
}

const isUnbounded = (source: string, at: number): boolean =>
  source[at] === '*' || source[at] === '+' || /^\{\d+,\}/.test(source.slice(at, at + 8))
