/**
 * JSON (RFC 8259), as far as devices tell of themselves in it: the values of known keys, in one
 * pass, whatever stands around them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { mac, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'
import { digitOf, noteTypedMac } from './typed-mac.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const OPEN = 0x7b
const CLOSE = 0x7d
const LIST = 0x5b
const LIST_END = 0x5d
const SPACE = 0x20
const LETTER_N = 0x6e
const LETTER_U = 0x75
const NUMBER_MAX = 32

/** A key and what its value says; with `key`, the key itself is what is said. */
export type MemberRow = readonly [key: string, said: Fact, what?: 'key']

interface Member {
  readonly key: string
  readonly said: Fact
  readonly saysKey: boolean
}

export interface Members {
  /** Objects and lists deeper than this say nothing. */
  readonly deepest: number
  /** By length and first letter of the key. */
  readonly places: readonly Member[][]
}

const PLACES = 1024
const place = (length: number, letter: number): number =>
  ((length << 5) | (letter & 0x1f)) & (PLACES - 1)

/** The keys that are looked for, in objects down to a depth (the outermost is 1). */
export function membersOf(rows: readonly MemberRow[], deepest = 8): Members {
  const places: Member[][] = Array.from({ length: PLACES }, () => [])
  rows.forEach(([key, said, what]) => {
    places[place(key.length, key.charCodeAt(0))]!.push({ key, said, saysKey: what === 'key' })
  })
  return { deepest, places }
}

/** The string read last: where it stands, how long it is, whether anything in it is escaped. */
const string = { at: 0, length: 0, escaped: false }

/**
 * Notes the values of known keys from the text at the cursor, and leaves the cursor behind it.
 * `base` is what makes the cursor's places those of notes: IN_SCRATCH where it reads the scratch.
 * Strings and numbers are noted, and the strings of a list; nothing is noted that isn't whole.
 */
export function readMembers(c: Cursor, notes: Notes, members: Members, base = 0): void {
  passSpace(c)
  if (c.left > 0 && c.peek() !== OPEN && c.peek() !== LIST) return c.fail('not json')
  let depth = 0
  let listed: Fact | undefined
  while (c.left > 0) {
    const byte = c.u8()
    if (byte === QUOTE) {
      if (!readString(c)) return missing(c)
      passSpace(c)
      if (c.left > 0 && c.peek() === COLON) {
        c.take(1)
        listed = readValue(c, notes, depth <= members.deepest ? known(c, members) : undefined, base)
      } else if (listed !== undefined) noteString(c, notes, listed, base)
    } else if (byte === OPEN || byte === LIST) depth++
    else if (byte === CLOSE || byte === LIST_END) {
      listed = undefined
      if (--depth <= 0) return
    } else if (depth === 1 && byte !== COMMA && byte > 0x7e) return c.fail('not json')
  }
  missing(c)
}

/** Asks for what did not come. */
const missing = (c: Cursor): void => void c.take(c.left + 1)

function passSpace(c: Cursor): void {
  while (c.left > 0 && c.peek() <= SPACE) c.take(1)
}

/** Reads on behind an opening quote to behind the closing one; false if there is none. */
function readString(c: Cursor): boolean {
  const { left } = c
  let i = 0
  string.escaped = false
  while (i < left) {
    const byte = c.peek(i)
    if (byte === QUOTE) {
      string.at = c.take(i + 1)
      string.length = i
      return true
    }
    if (byte === BACKSLASH) {
      string.escaped = true
      i++
    }
    i++
  }
  return false
}

/** The member whose key is the string read last. */
function known(c: Cursor, members: Members): Member | undefined {
  const back = c.at
  c.at = string.at
  const candidates = members.places[place(string.length, c.peek())]!
  let found: Member | undefined
  let i = 0
  while (i < candidates.length && found === undefined) {
    const member = candidates[i++]!
    if (member.key.length === string.length && c.starts(member.key)) found = member
  }
  c.at = back
  return found
}

/** Reads a value, unless it is an object or a list; a list's fact is returned. */
function readValue(
  c: Cursor,
  notes: Notes,
  member: Member | undefined,
  base: number,
): Fact | undefined {
  if (member?.saysKey === true) notes.add(member.said, string.at + base, string.length)
  const said = member?.saysKey === true ? undefined : member?.said
  passSpace(c)
  const byte = c.peek()
  if (byte === LIST) return said
  if (byte === QUOTE) {
    c.take(1)
    if (!readString(c)) missing(c)
    else if (said !== undefined) noteString(c, notes, said, base)
  } else if (byte !== OPEN) {
    const at = c.at
    const length = plainLength(c)
    // Where the bytes end, the number may go on; null is no value.
    if (length > 0 && length < c.left && byte !== LETTER_N && said !== undefined) {
      notes.add(said, at + base, length)
    }
    c.take(length)
  }
  return undefined
}

/** How long a number or a word is. */
function plainLength(c: Cursor): number {
  let i = 0
  while (i < NUMBER_MAX && i < c.left) {
    const byte = c.peek(i)
    if (byte <= SPACE || byte === COMMA || byte === CLOSE || byte === LIST_END) return i
    i++
  }
  return i
}

function noteString(c: Cursor, notes: Notes, said: Fact, base: number): void {
  const { at, length } = string
  if (said.form === mac) noteTypedMac(c, notes, said, at, length)
  else if (!string.escaped) notes.add(said, at + base, length)
  else {
    const back = c.at
    const to = notes.here
    c.at = at
    const good = unescape(c, notes, at + length)
    c.at = back
    if (good) notes.add(said, to, notes.here - to)
  }
}

/** Writes the string up to here into the scratch without its escapes; false if there is no room. */
function unescape(c: Cursor, notes: Notes, end: number): boolean {
  while (c.at < end) {
    const byte = c.u8()
    if (byte !== BACKSLASH) {
      if (!notes.put(byte)) return false
      continue
    }
    const escape = c.u8()
    const good = escape === LETTER_U ? putCharacter(c, notes) : notes.put(letterOf(escape))
    if (!good) return false
  }
  return true
}

/** Line ends, tabs and their like are spaces to a name. */
const letterOf = (escape: number): number =>
  escape === QUOTE || escape === BACKSLASH || escape === 0x2f ? escape : SPACE

/** Four digits of a character, written as UTF-8; halves of a pair are written as question marks. */
function putCharacter(c: Cursor, notes: Notes): boolean {
  const code =
    (digitOf(c.u8()) << 12) | (digitOf(c.u8()) << 8) | (digitOf(c.u8()) << 4) | digitOf(c.u8())
  if (code < 0) return false
  if (code < 0x80) return notes.put(code)
  if (code >= 0xd800 && code < 0xe000) return notes.put(0x3f)
  if (code < 0x800) return notes.put(0xc0 | (code >> 6)) && notes.put(0x80 | (code & 0x3f))
  return (
    notes.put(0xe0 | (code >> 12)) &&
    notes.put(0x80 | ((code >> 6) & 0x3f)) &&
    notes.put(0x80 | (code & 0x3f))
  )
}
