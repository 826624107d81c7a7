/**
 * Patterns as Ruby writes them (Onigmo), for this program's matcher: `^` and `$` stand at lines,
 * `(?m)` lets the dot match a line's end, flags may hold for a part only, and what is possessive
 * or atomic gives nothing back. What could run away is refused.
 */

import { runsAway } from '../../conditions/patterns.js'

/** What others write is longer than what is written here. */
const PATTERN_CHARACTERS_MAX = 1200

export interface RubyFlags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
}

/** What was caught by number, as Ruby counts: 0 is all that matched. */
export type Caught = readonly (string | undefined)[]

export interface RubyPattern {
  match(text: string): Caught | undefined
  /** What stands for it where strings are sought that it cannot do without. */
  readonly plain: string
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z\\d',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '\\d',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '\\da-fA-F',
}

/** Throws a sentence that says what is wrong with it. */
export function rubyPattern(source: string, flags: RubyFlags): RubyPattern {
  const plain = new Translation(source, flags, false).text()
  const fault = runsAway(plain, PATTERN_CHARACTERS_MAX)
  if (fault !== '') throw new Error(`it could run away: ${fault}`)
  return new Translated(source, flags, plain)
}

class Translated implements RubyPattern {
  readonly plain: string
  private readonly source: string
  private readonly flags: RubyFlags
  /** For texts of one line, and for all others; made when first needed. */
  private readonly made: (RegExp | undefined)[] = []
  private groups: readonly number[] = []

  constructor(source: string, flags: RubyFlags, plain: string) {
    this.source = source
    this.flags = flags
    this.plain = plain
    // What is no pattern is told now, not when somebody says something.
    void new RegExp(plain)
  }

  match(text: string): Caught | undefined {
    const found = this.pattern(text.includes('\n')).exec(text)
    return found === null ? undefined : this.groups.map(group => found[group])
  }

  private pattern(hasLines: boolean): RegExp {
    const place = Number(hasLines)
    const known = this.made[place]
    if (known !== undefined) return known
    const translation = new Translation(this.source, this.flags, true, hasLines)
    const made = new RegExp(translation.text())
    this.groups = translation.groups
    return (this.made[place] = made)
  }
}

interface Scope {
  fold: boolean
  dotAll: boolean
  extended: boolean
  /** Where in the output the group began. */
  readonly at: number
  readonly isAtomic: boolean
}

class Translation {
  /** By Ruby's number: the number of the group here. */
  readonly groups: number[] = [0]
  private readonly source: string
  private readonly isExact: boolean
  private readonly hasLines: boolean
  private readonly open: Scope[] = []
  private scope: Scope
  private at = 0
  private out = ''
  /** Groups that the output has. */
  private count = 0
  /** Where the last thing that can be repeated begins in the output; -1 is nowhere. */
  private atom = -1
  /** How many groups stood before it. */
  private before = 0

  constructor(source: string, flags: RubyFlags, isExact: boolean, hasLines = false) {
    this.source = source
    this.isExact = isExact
    this.hasLines = hasLines
    const { ignoreCase: fold, dotAll } = flags
    this.scope = { fold, dotAll, extended: false, at: 0, isAtomic: false }
  }

  text(): string {
    while (this.at < this.source.length) this.step()
    if (this.open.length > 0) throw new Error('a group is not closed')
    return this.out
  }

  private step(): void {
    const character = this.source[this.at]!
    if (this.scope.extended && /[\s#]/.test(character)) return this.blank(character)
    switch (character) {
      case '\\':
        return this.escape()
      case '[':
        return this.put(this.set())
      case '(':
        return this.group()
      case ')':
        return this.close()
      case '.':
        this.at++
        return this.put(this.scope.dotAll ? '[^]' : '[^\\n]')
      case '^':
        this.at++
        return this.assert(this.hasLines ? '(?<![^\\n])' : '^')
      case '$':
        this.at++
        return this.assert(this.hasLines ? '(?=\\n|$)' : '$')
      case '|':
        this.at++
        return this.assert('|')
      case '*':
      case '+':
      case '?':
        this.at++
        return this.repeat(character)
      case '{':
        return this.braces()
      default:
        this.at++
        return this.put(this.letter(character))
    }
  }

  private blank(character: string): void {
    const end = character === '#' ? this.source.indexOf('\n', this.at) : this.at
    this.at = end < 0 ? this.source.length : end + 1
  }

  /** Something that can be repeated. */
  private put(text: string): void {
    this.atom = this.out.length
    this.before = this.count
    this.out += text
  }

  private assert(text: string): void {
    this.atom = -1
    this.out += text
  }

  private letter(character: string): string {
    const upper = character.toUpperCase()
    const lower = character.toLowerCase()
    if (
      this.isExact &&
      this.scope.fold &&
      upper !== lower &&
      upper.length === 1 &&
      lower.length === 1
    )
      return `[${lower}${upper}]`
    return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
  }

  private escape(): void {
    const next = this.source[this.at + 1]
    if (next === undefined) throw new Error('it ends with a backslash')
    this.at += 2
    if (next === 'A') return this.assert('^')
    if (next === 'z') return this.assert('$')
    if (next === 'Z') return this.assert(this.hasLines ? '(?=\\n?$)' : '$')
    if (next === 'b' || next === 'B') return this.assert(`\\${next}`)
    if (next === 'G' || next === 'K' || next === 'R' || next === 'X')
      throw new Error(`it has \\${next}, which nothing here knows`)
    if (/[1-9k]/.test(next)) throw new Error('it refers back to what it caught')
    this.put(this.escaped(next, false))
  }

  /** What stands for an escape, outside of a set or within. */
  private escaped(next: string, inSet: boolean): string {
    if (next === 'h') return inSet ? '\\da-fA-F' : '[\\da-fA-F]'
    if (next === 'H') return inSet ? '\\W' : '[^\\da-fA-F]'
    if (next === 'a') return '\\x07'
    if (next === 'e') return '\\x1b'
    if (/[dDwWsSnrtfv]/.test(next)) return `\\${next}`
    if (next === 'x' || next === 'u') return this.code(next)
    if (next === '0') return '\\x00'
    if (inSet) return /[\w]/.test(next) ? next : `\\${next}`
    return this.letter(next)
  }

  private code(letter: string): string {
    const digits = letter === 'x' ? /^[\da-f]{1,2}/i : /^(?:[\da-f]{4}|\{[\da-f]{1,6}\})/i
    const [found] = digits.exec(this.source.slice(this.at)) ?? []
    if (found === undefined) throw new Error(`\\${letter} has no digits`)
    this.at += found.length
    const code = parseInt(found.replace(/[{}]/g, ''), 16)
    if (code > 0xffff) throw new Error('it has a character beyond the first plane')
    return `\\u${code.toString(16).padStart(4, '0')}`
  }

  private set(): string {
    const { source } = this
    let out = '['
    this.at++
    if (source[this.at] === '^') {
      out += '^'
      this.at++
    }
    const begun = this.at
    for (;;) {
      const character = source[this.at]
      if (character === undefined) throw new Error('a set is not closed')
      if (character === ']' && this.at > begun) break
      out += this.member(character)
    }
    this.at++
    return `${out}]`
  }

  private member(character: string): string {
    const { source } = this
    if (source.startsWith('[:', this.at)) {
      const end = source.indexOf(':]', this.at)
      const known = POSIX[source.slice(this.at + 2, end)]
      if (end > 0 && known !== undefined) {
        this.at = end + 2
        return this.scope.fold ? known.replace(/^(a-z|A-Z)$/, 'a-zA-Z') : known
      }
    }
    if (source.startsWith('&&', this.at)) throw new Error('it intersects sets')
    if (character === '\\') {
      this.at += 2
      const next = source[this.at - 1]
      if (next === undefined) throw new Error('a set is not closed')
      return next === 'b' ? '\\x08' : this.escaped(next, true)
    }
    return this.range(character)
  }

  private range(character: string): string {
    const { source } = this
    const [, end] = /^-([^\]\\[])/.exec(source.slice(this.at + 1, this.at + 3)) ?? []
    this.at += end === undefined ? 1 : 3
    const text = end === undefined ? inSet(character) : `${inSet(character)}-${inSet(end)}`
    if (!this.isExact || !this.scope.fold) return text
    const last = end ?? character
    const isLower = /[a-z]/.test(character) && /[a-z]/.test(last)
    const isUpper = /[A-Z]/.test(character) && /[A-Z]/.test(last)
    return isLower ? text + text.toUpperCase() : isUpper ? text + text.toLowerCase() : text
  }

  private group(): void {
    const rest = this.source.slice(this.at)
    const comment = /^\(\?#[^)]*\)/.exec(rest)
    if (comment !== null) return void (this.at += comment[0].length)
    const flags = /^\(\?([mix]*)(?:-([mix]*))?([:)])/.exec(rest)
    if (flags !== null) return this.flagged(flags)
    const kind = /^\((\?(?:[=!>]|<[=!]|<\w+>|'\w+'))?/.exec(rest)!
    const [all, mark = ''] = kind
    this.at += all.length
    if (mark === '?>') return this.begin('(?:', true)
    if (['?=', '?!', '?<=', '?<!'].includes(mark)) return this.begin(`(${mark}`)
    if (mark === '' && this.source[this.at] === '?') throw new Error('a group of an unknown kind')
    this.groups.push(this.count + 1)
    this.begin('(')
    this.count++
  }

  /** `(?i:…)` holds for the group; `(?i)` for the rest of the one it stands in. */
  private flagged([all, on = '', off = '', end]: RegExpExecArray): void {
    this.at += all.length
    if (end === ':') this.begin('(?:')
    const { scope } = this
    for (const [letters, value] of [
      [on, true],
      [off, false],
    ] as const) {
      if (letters.includes('i')) scope.fold = value
      if (letters.includes('m')) scope.dotAll = value
      if (letters.includes('x')) scope.extended = value
    }
  }

  private begin(text: string, isAtomic = false): void {
    const at = this.out.length
    this.open.push(this.scope)
    this.scope = { ...this.scope, at, isAtomic }
    this.before = this.count
    this.begun.push(this.count)
    this.assert(text)
  }

  /** How many groups stood before each open one. */
  private readonly begun: number[] = []

  private close(): void {
    const outer = this.open.pop()
    if (outer === undefined) throw new Error('a group is closed that was not opened')
    const { at, isAtomic } = this.scope
    this.out += ')'
    this.scope = outer
    this.at++
    this.atom = at
    this.before = this.begun.pop() ?? 0
    if (isAtomic) this.hold()
  }

  private braces(): void {
    const [found] = /^\{(\d{0,4},?\d{0,4})\}/.exec(this.source.slice(this.at)) ?? []
    if (found === undefined || found === '{}' || found === '{,}') {
      this.at++
      return this.put('\\{')
    }
    this.at += found.length
    // A possessive mark behind braces is a second repetition to Ruby.
    this.repeat(found.replace('{,', '{0,'), false)
  }

  private repeat(mark: string, mayBePossessive = true): void {
    if (this.atom < 0) throw new Error(`nothing stands before ${mark}`)
    const { atom } = this
    const next = this.source[this.at]
    this.out += mark
    if (next === '?' || next === '+') this.at++
    if (next === '?') this.out += '?'
    if (next === '+' && mayBePossessive) this.hold()
    else if (next === '+') {
      this.out = `${this.out.slice(0, atom)}(?:${this.out.slice(atom)})+`
    }
    this.atom = next === '+' ? atom : -1
  }

  /** What was matched is not given back: what looks ahead never is. */
  private hold(): void {
    if (!this.isExact) return
    const { atom, before } = this
    for (let i = 1; i < this.groups.length; i++) if (this.groups[i]! > before) this.groups[i]!++
    this.count++
    const name = `h${String(this.count)}`
    this.out = `${this.out.slice(0, atom)}(?=(?<${name}>${this.out.slice(atom)}))\\k<${name}>`
  }
}

const inSet = (character: string): string =>
  /[\\\]^[-]/.test(character) ? `\\${character}` : character
