/**
 * The first page of a device: its title, and whether it asks for a password although anybody on
 * the way could read it. Nothing else of a page is looked at.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes } from './protocol.js'
import { startsFolded } from './text-headers.js'

export const title = fact('http.title', text, 'set')

const LESS = 0x3c
const GREATER = 0x3e
const SPACE = 0x20
const TITLE_MAX = 256
/** In a tag that is longer, nothing is looked for. */
const TAG_MAX = 512

/** What of a page was found. */
export const page = { title: false, password: false }

/** Reads as much of a page as was heard; `base` makes its places those of notes. */
export function readPage(c: Cursor, notes: Notes, base: number): void {
  page.title = page.password = false
  let before = c.distance(LESS)
  while (before >= 0 && !(page.title && page.password)) {
    c.take(before + 1)
    if (!page.title && startsFolded(c, 'title')) readTitle(c, notes, base)
    else if (startsFolded(c, 'input')) page.password ||= asksForPassword(c)
    before = c.distance(LESS)
  }
}

/** `title>LaserJet M605</title>` */
function readTitle(c: Cursor, notes: Notes, base: number): void {
  const tag = c.distance(GREATER)
  const end = c.distance(LESS)
  if (tag < 0 || end < tag) return
  c.take(tag + 1)
  let length = end - tag - 1
  while (length > 0 && c.peek() <= SPACE) {
    c.take(1)
    length--
  }
  while (length > 0 && c.peek(length - 1) <= SPACE) length--
  page.title = true
  // `401 Unauthorized` and its like are nobody's name.
  if (c.starts('40')) return
  notes.add(title, c.at + base, Math.min(length, TITLE_MAX))
}

/** `input name="p" type="password">` */
function asksForPassword(c: Cursor): boolean {
  const length = Math.min(c.distance(GREATER), TAG_MAX)
  const end = c.at + length
  while (c.at < end) {
    if (!startsFolded(c, 'type')) {
      c.take(1)
      continue
    }
    c.take(4)
    while (c.at < end && isBetween(c.peek())) c.take(1)
    if (startsFolded(c, 'password')) return true
  }
  return false
}

/** Blanks, quotes and the sign of equality. */
const isBetween = (byte: number): boolean =>
  byte === SPACE || byte === 0x3d || byte === 0x22 || byte === 0x27
