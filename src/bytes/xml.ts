/**
 * XML as devices send it (XML 1.0), element by element: namespace prefixes are ignored, entities
 * left as they are, comments, declarations and instructions passed over.
 *
 * A reader is made once, with the names of the elements somebody cares for, and used for document
 * after document. It reads each byte once, keeps no tree and makes nothing. Tags need not match:
 * what was read of a bad document is what stood there.
 */

import type { Cursor } from './cursor.js'
import { findByte } from './find.js'

const LESS = 0x3c
const GREATER = 0x3e
const SLASH = 0x2f
const COLON = 0x3a
const BANG = 0x21
const QUESTION = 0x3f
const SPACE = 0x20
const COMMENT = '!--'
const CDATA = '<![CDATA['
/** Longer names are nobody's. */
const NAME_MAX = 40

interface Known {
  readonly name: string
  readonly number: number
}

export class Elements {
  /** The number in the list of the element whose tag was read last, or -1. */
  name = -1
  /** Where the tag's name stands, without its prefix. */
  nameAt = -1
  nameLength = 0
  /** The tag ends the element. */
  closing = false
  /** What stands in the tag behind the name. */
  attributesAt = -1
  attributesLength = 0
  /** A listed element's text up to the next tag, without the blanks around it. */
  textAt = -1
  textLength = 0

  /** By length and first letter: the names that a tag's may be. */
  private readonly places: readonly (readonly Known[])[]

  /** Local names, as they are written. */
  constructor(names: readonly string[]) {
    const places: Known[][] = Array.from({ length: (NAME_MAX + 1) << 5 }, () => [])
    names.forEach((name, number) => {
      places[placeOf(name.length, name.charCodeAt(0))]!.push({ name, number })
    })
    this.places = places
  }

  /** Reads the next tag, and the text behind it; false where there is no more. */
  next(c: Cursor): boolean {
    while (c.left > 0) {
      const before = find(c, c.at, LESS)
      if (before < 0) {
        c.take(c.left)
        return false
      }
      c.at = before + 1
      const first = c.peek()
      if (first === BANG) passDeclaration(c)
      else if (first === QUESTION) pass(c, GREATER)
      else return this.readTag(c)
    }
    return false
  }

  private readTag(c: Cursor): boolean {
    this.closing = c.peek() === SLASH
    if (this.closing) c.at++
    const end = find(c, c.at, GREATER)
    if (end < 0) return isShort(c)
    const { bytes } = c
    let from = c.at
    let to = from
    for (; to < end && bytes[to]! > SPACE && bytes[to] !== SLASH; to++) {
      if (bytes[to] === COLON) from = to + 1
    }
    this.nameAt = from
    this.nameLength = to - from
    this.name = this.numberOf(c, from, to - from)
    this.attributesAt = to
    this.attributesLength = end - to
    this.textAt = -1
    this.textLength = 0
    c.at = end + 1
    if (this.name < 0 || this.closing || bytes[end - 1] === SLASH) return true
    return this.readText(c)
  }

  private readText(c: Cursor): boolean {
    let from = passBlanks(c)
    c.at = from
    let to = 0
    if (c.starts(CDATA)) {
      from += CDATA.length
      to = find(c, from, GREATER)
      while (to >= 0 && !(c.bytes[to - 1] === 0x5d && c.bytes[to - 2] === 0x5d)) {
        to = find(c, to + 1, GREATER)
      }
      if (to < from + 2) return isShort(c)
      c.at = to + 1
      to -= 2
    } else {
      to = find(c, from, LESS)
      if (to < 0) return isShort(c)
      c.at = to
    }
    while (to > from && c.bytes[to - 1]! <= SPACE) to--
    this.textAt = from
    this.textLength = to - from
    return true
  }

  private numberOf(c: Cursor, at: number, length: number): number {
    if (length <= 0 || length > NAME_MAX) return -1
    const candidates = this.places[placeOf(length, c.bytes[at]!)]!
    for (let i = 0; i < candidates.length; i++) {
      const { name, number } = candidates[i]!
      if (name.length === length && isWord(c.bytes, at, name)) return number
    }
    return -1
  }
}

const placeOf = (length: number, letter: number): number => (length << 5) | (letter & 0x1f)

function isWord(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false
  return true
}

/** Where the next such byte lies before the cursor's end, or -1. */
const find = (c: Cursor, from: number, byte: number): number => findByte(c.bytes, from, c.end, byte)

/** How many bytes stand before the next blank: lists in XML have blanks between their words. */
export function wordLength(c: Cursor): number {
  const { bytes, end } = c
  let at = c.at
  while (at < end && bytes[at]! > SPACE) at++
  return at - c.at
}

function passBlanks(c: Cursor): number {
  let at = c.at
  while (at < c.end && c.bytes[at]! <= SPACE) at++
  return at
}

function pass(c: Cursor, byte: number): void {
  const at = find(c, c.at, byte)
  if (at < 0) isShort(c)
  else c.at = at + 1
}

/** A comment ends with two dashes and a bracket; anything else with a bracket. */
function passDeclaration(c: Cursor): void {
  const comment = c.starts(COMMENT)
  if (comment) c.at += COMMENT.length
  let at = find(c, c.at, GREATER)
  while (comment && at >= 0 && !(c.bytes[at - 1] === 0x2d && c.bytes[at - 2] === 0x2d)) {
    at = find(c, at + 1, GREATER)
  }
  if (at < 0) isShort(c)
  else c.at = at + 1
}

function isShort(c: Cursor): false {
  c.take(c.left + 1)
  return false
}
