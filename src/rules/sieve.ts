/**
 * Many patterns and one text: lets only those through that the text may match, by three letters in
 * a row that each of them needs. In the order in which they were added.
 */

import { neededWords } from './literals.js'

const LENGTH = 3

interface Needed {
  readonly item: number
  readonly word: string
}

export class Sieve {
  /** Items that need no word, in order. */
  private readonly always: number[] = []
  private readonly byLetters = new Map<string, Needed[]>()
  private count = 0

  /** Of a pattern's source, as it is written for a matcher that has no regard to case. */
  add(source: string): void {
    const item = this.count++
    const words = neededWords(source)
    if (words === undefined) return void this.always.push(item)
    for (const word of new Set(words)) {
      const letters = this.rarest(word)
      const known = this.byLetters.get(letters)
      if (known === undefined) this.byLetters.set(letters, [{ item, word }])
      else known.push({ item, word })
    }
  }

  /** Numbers of those that may match, the first added first; `text` is in lower case. */
  candidates(text: string): readonly number[] {
    if (this.byLetters.size === 0) return this.always
    let found: number[] | undefined
    for (let i = 0; i + LENGTH <= text.length; i++) {
      const needed = this.byLetters.get(text.slice(i, i + LENGTH))
      if (needed === undefined) continue
      for (const { item, word } of needed) {
        if (word.length === LENGTH || text.includes(word)) (found ??= []).push(item)
      }
    }
    if (found === undefined) return this.always
    return [...new Set([...this.always, ...found])].sort((a, b) => a - b)
  }

  /** The three letters of a word that fewest others have been filed under. */
  private rarest(word: string): string {
    let best = word.slice(0, LENGTH)
    let fewest = Infinity
    for (let i = 0; i + LENGTH <= word.length; i++) {
      const letters = word.slice(i, i + LENGTH)
      const count = this.byLetters.get(letters)?.length ?? 0
      if (count < fewest) [best, fewest] = [letters, count]
    }
    return best
  }
}
