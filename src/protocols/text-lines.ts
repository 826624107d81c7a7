/**
 * Lines of text protocols, ended by LF or CR LF (RFC 5321, 959 and their kin), and the words and
 * numbers in them. No protocol of its own.
 */

import { Cursor } from '../bytes/cursor.js'
import type { Talk } from './protocol.js'

const LF = 0x0a
const CR = 0x0d
const TAB = 0x09
const SPACE = 0x20
const DASH = 0x2d
const ZERO = 0x30
const NUMBER_DIGITS_MAX = 9

/** The line that `readLine` read last, without its end. */
export const line = new Cursor()

/** Claims the next line and puts a cursor over it; false, and short, if it isn't whole. */
export function readLine(c: Cursor, into: Cursor = line): boolean {
  const length = c.distance(LF)
  if (length < 0) {
    more(c)
    return false
  }
  const isReturned = length > 0 && c.peek(length - 1) === CR
  into.over(c.bytes, c.at, c.at + (isReturned ? length - 1 : length))
  c.take(length + 1)
  return true
}

/** Asks to be called again when more was heard. */
export const more = (c: Cursor): void => void c.take(c.left + 1)

/** How many bytes stand before the next space, or before the end. Moves nothing. */
export function wordLength(c: Cursor): number {
  let length = 0
  while (length < c.left && !isBlank(c.peek(length))) length++
  return length
}

/** Passes the word at the cursor and the spaces behind it. */
export function passWord(c: Cursor): void {
  c.take(wordLength(c))
  passBlanks(c)
}

export function passBlanks(c: Cursor): void {
  while (c.left > 0 && isBlank(c.peek())) c.take(1)
}

/** Claims the decimal number at the cursor; -1 if there is none. */
export function readNumber(c: Cursor): number {
  let digits = 0
  let value = 0
  while (digits < NUMBER_DIGITS_MAX && isDigit(c.peek())) {
    value = value * 10 + c.u8() - ZERO
    digits++
  }
  return digits === 0 ? -1 : value
}

/** The code of a reply like `220 ready` or `250-SIZE` that the cursor stands at, else 0. */
export function replyCode(c: Cursor): number {
  const hundreds = c.peek() - ZERO
  const behind = c.peek(3)
  if (hundreds < 1 || hundreds > 6 || !isDigit(c.peek(1)) || !isDigit(c.peek(2))) return 0
  if (c.left > 3 && behind !== SPACE && behind !== DASH) return 0
  return hundreds * 100 + (c.peek(1) - ZERO) * 10 + c.peek(2) - ZERO
}

/** Whether a reply goes on in the next line: `250-SIZE`. */
export const goesOn = (c: Cursor): boolean => c.peek(3) === DASH

/** True if one of the two ports is this one. */
export const isAt = (talk: Talk, port: number): boolean => talk.from === port || talk.to === port

export const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9

export const isBlank = (byte: number): boolean => byte === SPACE || byte === TAB
