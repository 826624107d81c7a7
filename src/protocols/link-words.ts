/** What the protocols of the cable have in common: items one after another, and words for bits. */

import { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

/**
 * Over the value of the item that `nextItem` found. What is wrong inside of it is the item's own
 * fault and no reason to doubt the rest: real switches are careless there.
 */
export const item = new Cursor()

/** An item's type and length have 16 bits each, and the length counts these four bytes too. */
const ITEM_HEAD = 4

/** Moves on to the next item, and returns its type; -1 at the end, or if it is not all there. */
export function nextItem(c: Cursor): number {
  if (c.left === 0) return -1
  const type = c.u16()
  const length = c.u16() - ITEM_HEAD
  if (length < 0) c.fail('bad length')
  const at = c.take(length)
  if (c.fault !== '') return -1
  item.over(c.bytes, at, at + length)
  return type
}

/** Notes all that is left. */
export function noteRest(c: Cursor, notes: Notes, said: Fact): void {
  notes.add(said, c.at, c.left)
}

/** Notes a number of exactly so many bytes, unless there are more or fewer. */
export function noteExactly(c: Cursor, notes: Notes, said: Fact, length: number): void {
  if (c.left === length) notes.add(said, c.at, length)
}

/** Says a word for each bit that is set, the lowest bit's word first; '' has nothing to say. */
export function sayBits(notes: Notes, said: Fact, bits: number, words: readonly string[]): void {
  let rest = bits
  let place = 0
  while (rest !== 0 && place < words.length) {
    const word = words[place]!
    if ((rest & 1) !== 0 && word !== '') notes.say(said, word)
    rest >>>= 1
    place++
  }
}

/** Says the word for a value, if there is one. */
export function sayWord(
  notes: Notes,
  said: Fact,
  value: number,
  words: readonly (string | undefined)[],
): void {
  const word = words[value]
  if (word !== undefined && word !== '') notes.say(said, word)
}

/** Whether an address of so many bytes stands here that can be somebody's: not all of it is zero. */
export function isGiven(c: Cursor, length: number): boolean {
  let ahead = 0
  while (ahead < length && c.peek(ahead) === 0) ahead++
  return ahead < length
}
