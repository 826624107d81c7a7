/**
 * Many patterns and one text: lets only those through that the text may match, by three letters in
 * a row that each of them needs, or by the letter it must begin with. In the order they were added.
 */

import type { Needs } from './literals.js'
import type { Letters } from './pattern-tree.js'

const LENGTH = 3
const SLOTS_MIN = 64
const SLOTS_MAX = 32_768
const ASCII = 128

interface Needed {
  readonly item: number
  readonly word: string
  /** Where in the word the three letters stand by which it is found. */
  offset: number
}

interface Beginning {
  readonly item: number
  readonly start: Letters | undefined
}

interface Filed {
  /** By a number made of three letters: which list; 0 is none. */
  readonly heads: Uint16Array
  /** Who is found by these letters. */
  readonly lists: readonly (readonly Needed[])[]
}

export class Sieve {
  /** Items that need no word, in order, and how they begin. */
  private readonly wordless: Beginning[] = []
  private readonly needed: Needed[] = []
  /** Made when the first text comes. */
  private filed: Filed | undefined
  /** By the first letter of a text: which of the wordless it may match; made when first needed. */
  private byStart: (readonly number[] | undefined)[] = []
  private count = 0

  /** By what a pattern that has no regard to case cannot do without. */
  add({ words, start }: Needs): void {
    const item = this.count++
    this.filed = undefined
    this.byStart = []
    if (words === undefined) this.wordless.push({ item, start })
    else for (const word of words) this.needed.push({ item, word, offset: 0 })
  }

  /** Numbers of those that may match, the first added first; `text` is in lower case. */
  candidates(text: string): readonly number[] {
    const code = text.length === 0 ? ASCII + 1 : Math.min(text.charCodeAt(0), ASCII)
    const wordless = (this.byStart[code] ??= this.beginning(code))
    const found: number[] = []
    if (this.needed.length > 0) this.search(text, found)
    if (found.length === 0) return wordless
    if (found.length === 1 && wordless.length === 0) return found
    return [...new Set([...wordless, ...found])].sort((a, b) => a - b)
  }

  /** An empty text is one beyond all letters. */
  private beginning(code: number): number[] {
    return this.wordless
      .filter(({ start }) => start === undefined || start[code] === 1)
      .map(({ item }) => item)
  }

  private search(text: string, found: number[]): void {
    const { heads, lists } = (this.filed ??= filed(this.needed))
    const mask = heads.length - 1
    let a = text.charCodeAt(0)
    let b = text.charCodeAt(1)
    for (let i = LENGTH - 1; i < text.length; i++) {
      const c = text.charCodeAt(i)
      const head = heads[mixed(a, b, c) & mask]!
      a = b
      b = c
      if (head === 0) continue
      for (const { item, word, offset } of lists[head]!) {
        const at = i - (LENGTH - 1) - offset
        if (at >= 0 && text.startsWith(word, at)) found.push(item)
      }
    }
  }
}

const mixed = (a: number, b: number, c: number): number => {
  const all = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35)
  return all ^ (all >>> 15)
}

/** Each word under those of its letters that fewest others were filed under before. */
function filed(needed: readonly Needed[]): Filed {
  let count = SLOTS_MIN
  while (count < needed.length * 4 && count < SLOTS_MAX) count *= 2
  const heads = new Uint16Array(count)
  const lists: Needed[][] = [[]]
  for (const one of needed) {
    const slots = Array.from(
      { length: one.word.length - LENGTH + 1 },
      (_, offset) => mixed(...lettersAt(one.word, offset)) & (count - 1),
    )
    const sizes = slots.map(slot => (heads[slot] === 0 ? 0 : lists[heads[slot]!]!.length))
    const offset = sizes.indexOf(Math.min(...sizes))
    const slot = slots[offset]!
    if (heads[slot] === 0) heads[slot] = lists.push([]) - 1
    one.offset = offset
    lists[heads[slot]!]!.push(one)
  }
  return { heads, lists }
}

const lettersAt = (word: string, at: number): [number, number, number] => [
  word.charCodeAt(at),
  word.charCodeAt(at + 1),
  word.charCodeAt(at + 2),
]
