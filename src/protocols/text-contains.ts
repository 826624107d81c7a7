/** Whether a word stands near the beginning of a text: by it, owners of JSON and XML are known. */

import type { Cursor } from '../bytes/cursor.js'

/** Whether `word`, as it is written, begins within the next `most` bytes. Moves nothing. */
export function contains(c: Cursor, word: string, most: number): boolean {
  const back = c.at
  const end = Math.min(c.end, back + most)
  const first = word.charCodeAt(0)
  let found = false
  let before = c.distance(first)
  while (before >= 0 && !found && c.at + before < end) {
    c.at += before
    found = c.starts(word)
    c.at++
    before = c.distance(first)
  }
  c.at = back
  return found
}
