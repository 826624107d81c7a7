/**
 * Messages that begin with lines of text, as HTTP, SIP, RTSP and SSDP have them (RFC 5322, 9112): a
 * start line, header lines, and a blank line.
 *
 * A reader is made once, with the names of the headers somebody cares for, and used for message
 * after message. It is linear in what it reads and makes nothing. Only lines that came whole, with
 * their end, are given: else the cursor is short.
 */

import type { Cursor } from '../bytes/cursor.js'

const LF = 0x0a
const CR = 0x0d
const TAB = 0x09
const SPACE = 0x20
const COLON = 0x3a
const CASE = 0x20
/** Longer names are nobody's. */
const NAME_MAX = 40

interface Known {
  readonly name: string
  readonly number: number
}

export class TextHeaders {
  /** Where the words of the start line begin; the last goes to its end: `404`, `Not Found`. */
  firstAt = -1
  firstLength = 0
  secondAt = -1
  secondLength = 0
  lastAt = -1
  lastLength = 0

  /** Of the header line read last: its name's number in the list, or -1, and its trimmed value. */
  name = -1
  at = -1
  length = 0
  /** The blank line was read: what follows is the body. */
  ended = false

  /** By length and first letter: the names that a line's may be. */
  private readonly places: readonly (readonly Known[])[]

  /** Names in lower case; `from|f` is one header with two names. */
  constructor(names: readonly string[]) {
    const places: Known[][] = Array.from({ length: (NAME_MAX + 2) << 5 }, () => [])
    names.forEach((all, number) => {
      all.split('|').forEach(name => {
        places[placeOf(name.length, name.charCodeAt(0))]!.push({ name, number })
      })
    })
    this.places = places
  }

  /** Reads the start line. Whether it is one of this protocol's is for the caller to say. */
  start(c: Cursor): void {
    this.ended = false
    const from = c.at
    const length = lineLength(c)
    const text = textLength(c, length)
    const first = wordLength(c, 0, text)
    const second = passSpaces(c, first, text)
    const secondLength = wordLength(c, second, text)
    const last = passSpaces(c, second + secondLength, text)
    if (c.take(length + 1) < 0) return
    this.firstAt = from
    this.firstLength = first
    this.secondAt = from + second
    this.secondLength = secondLength
    this.lastAt = from + last
    this.lastLength = text - last
  }

  /** Reads the next header line; false at the blank line, and where the lines end. */
  next(c: Cursor): boolean {
    const length = lineLength(c)
    const text = textLength(c, length)
    const colon = nameLength(c, text)
    const known = colon > 0 ? this.find(c, colon) : -1
    this.name = -1
    if (known >= 0) this.keep(c, colon + 1, text)
    if (c.take(length + 1) < 0) return false
    this.name = known
    this.ended = text === 0
    return !this.ended
  }

  /** The value between `from` and `to`, counted from the cursor, without what surrounds it. */
  private keep(c: Cursor, from: number, to: number): void {
    while (from < to && isBlank(c.peek(from))) from++
    while (to > from && isBlank(c.peek(to - 1))) to--
    this.at = c.at + from
    this.length = to - from
  }

  /** The number of the name that so many bytes at the cursor are, or -1. */
  private find(c: Cursor, length: number): number {
    const candidates = this.places[placeOf(length, c.peek())]!
    let i = 0
    while (i < candidates.length) {
      const { name, number } = candidates[i++]!
      if (name.length === length && startsFolded(c, name)) return number
    }
    return -1
  }
}

/** True if the next bytes are this word, which is in lower case, in any case. */
export function startsFolded(c: Cursor, word: string): boolean {
  if (word.length > c.left) return false
  let i = 0
  while (i < word.length) {
    const byte = c.peek(i)
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | CASE : byte
    if (folded !== word.charCodeAt(i++)) return false
  }
  return true
}

/** How many bytes stand before the line's end, or so many that to claim them is short. */
const lineLength = (c: Cursor): number => {
  const length = c.distance(LF)
  return length < 0 ? c.left : length
}

/** The same without the carriage return. */
const textLength = (c: Cursor, length: number): number =>
  length > 0 && c.peek(length - 1) === CR ? length - 1 : length

function wordLength(c: Cursor, from: number, to: number): number {
  let at = from
  while (at < to && c.peek(at) !== SPACE) at++
  return at - from
}

/** Some send more than one. */
function passSpaces(c: Cursor, from: number, to: number): number {
  let at = from
  while (at < to && c.peek(at) === SPACE) at++
  return at
}

const isBlank = (byte: number): boolean => byte === SPACE || byte === TAB

/** How many bytes stand before the colon of the line at the cursor, or -1. */
function nameLength(c: Cursor, text: number): number {
  const { end } = c
  c.end = c.at + Math.min(text, NAME_MAX + 1)
  const length = c.distance(COLON)
  c.end = end
  return length
}

const placeOf = (length: number, letter: number): number => (length << 5) | (letter & 0x1f)
