/** A pattern as a tree, for whoever must know what it does before it does it. */

/** Characters a place may hold: one flag for each of ASCII in lower case, and one for all others. */
export type Letters = Uint8Array
const OTHERS = 128
export const LETTERS = OTHERS + 1

export type Part =
  | { readonly kind: 'letters'; readonly letters: Letters; readonly literal: string | undefined }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }
  /** Stands at a place and takes nothing: `^`, `$`, `\b`, and what looks around. */
  | { readonly kind: 'place'; readonly text: string; readonly part: Part | undefined }

/** Throws a sentence where the pattern is none, or has what is not known here. */
export const treeOf = (source: string): Part => new Parser(source).whole()

const SETS: Readonly<Record<string, (code: number) => boolean>> = {
  d: code => code >= 48 && code <= 57,
  w: code => (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || code === 95,
  s: code => code === 32 || (code >= 9 && code <= 13),
}
/** By the letter behind the backslash; a capital one is all else. */
const ESCAPED_SETS: Readonly<Record<string, Letters>> = Object.fromEntries(
  Object.entries(SETS).flatMap(([letter, test]) => [
    [letter, letters(test, false)],
    [letter.toUpperCase(), letters(code => !test(code), true)],
  ]),
)
const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 }

function letters(test: (code: number) => boolean, others: boolean): Letters {
  const set = new Uint8Array(OTHERS + 1)
  for (let code = 0; code < OTHERS; code++) set[code] = Number(test(code))
  set[OTHERS] = Number(others)
  return set
}

const OTHER_LETTERS = letters(() => false, true)
const SINGLE: readonly Letters[] = Array.from({ length: OTHERS }, (_, code) =>
  letters(other => other === code, false),
)

/** Case is all one. */
const one = (character: string): Letters =>
  SINGLE[character.toLowerCase().charCodeAt(0)] ?? OTHER_LETTERS

export function overlap(a: Letters, b: Letters): boolean {
  for (let i = 0; i < a.length; i++) if ((a[i]! & b[i]!) !== 0) return true
  return false
}

export function union(all: readonly Letters[]): Letters {
  if (all.length === 1) return all[0]!
  const set = new Uint8Array(OTHERS + 1)
  for (const some of all) for (let i = 0; i < set.length; i++) set[i] = set[i]! | some[i]!
  return set
}

const ANY = letters(code => code !== 10 && code !== 13, true)
const EVERY = letters(() => true, true)

const REPEAT = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/

class Parser {
  private readonly source: string
  private at = 0

  constructor(source: string) {
    this.source = source
  }

  whole(): Part {
    const part = this.choice()
    if (this.at < this.source.length) throw new Error('a group is closed that was not opened')
    return part
  }

  private choice(): Part {
    const parts = [this.sequence()]
    while (this.source[this.at] === '|') {
      this.at++
      parts.push(this.sequence())
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts }
  }

  private sequence(): Part {
    const parts: Part[] = []
    for (;;) {
      const character = this.source[this.at]
      if (character === undefined || character === '|' || character === ')') break
      parts.push(this.repeated(this.single(character)))
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
  }

  private repeated(part: Part): Part {
    const next = this.source[this.at] ?? ''
    if (!'*+?{'.includes(next) || next === '') return part
    const match = REPEAT.exec(this.source.slice(this.at, this.at + 16))
    if (match === null) return part
    this.at += match[0].length
    const [, sign, low, comma, high] = match
    if (sign !== undefined) {
      return { kind: 'repeat', part, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity }
    }
    const min = Number(low)
    const max = high ? Number(high) : comma === ',' ? Infinity : min
    return { kind: 'repeat', part, min, max }
  }

  private single(character: string): Part {
    this.at++
    if (character === '(') return this.group()
    if (character === '[') return { kind: 'letters', letters: this.set(), literal: undefined }
    if (character === '\\') return this.escape()
    if (character === '^' || character === '$')
      return { kind: 'place', text: character, part: undefined }
    if (character === '.') {
      return { kind: 'letters', letters: ANY, literal: undefined }
    }
    return { kind: 'letters', letters: one(character), literal: character.toLowerCase() }
  }

  private group(): Part {
    const [mark = ''] = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.source.slice(this.at)) ?? []
    if (mark === '' && this.source[this.at] === '?') throw new Error('a group of an unknown kind')
    this.at += mark.length
    const part = this.choice()
    if (this.source[this.at++] !== ')') throw new Error('a group is not closed')
    const isAround = ['?=', '?!', '?<=', '?<!'].includes(mark)
    return isAround ? { kind: 'place', text: mark, part } : part
  }

  private escape(): Part {
    const next = this.source[this.at++]
    if (next === undefined) throw new Error('it ends with a backslash')
    if (next === 'b' || next === 'B') return { kind: 'place', text: `\\${next}`, part: undefined }
    const set = this.escapedSet(next)
    if (set !== undefined) return { kind: 'letters', letters: set, literal: undefined }
    const character = String.fromCharCode(this.escapedCode(next))
    return { kind: 'letters', letters: one(character), literal: character.toLowerCase() }
  }

  private escapedSet(next: string): Letters | undefined {
    if (next === 'p' || next === 'P') {
      this.at = this.source.indexOf('}', this.at) + 1
      return EVERY
    }
    return ESCAPED_SETS[next]
  }

  private escapedCode(next: string): number {
    if (next !== 'x' && next !== 'u') return ESCAPES[next] ?? next.charCodeAt(0)
    const length = next === 'x' ? 2 : 4
    const digits = this.source.slice(this.at, this.at + length)
    if (!/^[\da-f]+$/i.test(digits)) return next.charCodeAt(0)
    this.at += length
    return parseInt(digits, 16)
  }

  private set(): Letters {
    const isNot = this.source[this.at] === '^'
    if (isNot) this.at++
    const parts: Letters[] = []
    while (this.source[this.at] !== ']') {
      if (this.at >= this.source.length) throw new Error('a set is not closed')
      parts.push(this.member())
    }
    this.at++
    const all = union(parts)
    return isNot ? all.map((has, code) => (code === OTHERS ? 1 : 1 - has)) : all
  }

  private member(): Letters {
    const from = this.memberCode()
    if (typeof from !== 'number') return from
    if (this.source[this.at] !== '-' || this.source[this.at + 1] === ']') {
      return one(String.fromCharCode(from))
    }
    this.at++
    const to = this.memberCode()
    if (typeof to !== 'number') return union([one(String.fromCharCode(from)), one('-'), to])
    return union([range(from, to), range(lowered(from), lowered(to))])
  }

  private memberCode(): number | Letters {
    const character = this.source[this.at++]!
    if (character !== '\\') return character.charCodeAt(0)
    const next = this.source[this.at++] ?? ''
    if (next === 'b') return 8
    return this.escapedSet(next) ?? this.escapedCode(next)
  }
}

const lowered = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code)

/** What lies between, in lower case. */
function range(from: number, to: number): Letters {
  return letters(code => {
    const upper = code >= 97 && code <= 122 ? code - 32 : code
    return (code >= from && code <= to) || (upper >= from && upper <= to)
  }, to >= OTHERS)
}
