/** BSON's elements (bsonspec.org), one at a time, and which documents tell of a client. */

import { Cursor } from '../bytes/cursor.js'

/** Where in a greeting an element stands. */
export const NOWHERE = 0
export const CLIENT = 1
export const DRIVER = 2
export const OS = 3
export const APPLICATION = 4

/** The element that was read last. */
export const element = {
  nameAt: 0,
  nameLength: 0,
  /** Its value; of a string without the zero, of a document without its length. */
  at: 0,
  length: 0,
  isText: false,
  /** Of a whole number; -1 for others. */
  number: -1,
  /** Of a document that tells of the client: which it is, else 0. */
  inner: 0,
}

const STRING = 2
const DOCUMENT = 3
const ARRAY = 4
const BINARY = 5
const INT32 = 16

/** Sizes of the values that have one, by kind. */
const SIZES: readonly number[] = [
  ...[-1, 8, -1, -1, -1, -1, 0, 12, 1, 8, 0, -1, -1, -1, -1, -1, 4, 8, 8, 16],
]
const LEAST_MOST_KEYS = 127

const name = new Cursor()

/** Reads an element's name and passes its value; false at the end, or with a fault. */
export function nextElement(c: Cursor, within: number): boolean {
  const kind = c.u8()
  if (kind === 0) return false
  element.nameLength = c.distance(0)
  element.nameAt = c.until(0)
  element.isText = kind === STRING
  element.number = -1
  element.inner = 0
  element.length = 0
  if (c.fault !== '') return false
  if (kind === STRING) takeText(c)
  else if (kind === DOCUMENT || kind === ARRAY) takeDocument(c, kind, within)
  else if (kind === BINARY) c.take(c.u32le() + 1)
  else if (kind === INT32) element.number = c.u32le()
  else if (kind < LEAST_MOST_KEYS) {
    const size = kind < SIZES.length ? SIZES[kind]! : -1
    if (size < 0) c.fail('unknown element')
    else c.take(size)
  }
  return c.fault === ''
}

function takeText(c: Cursor): void {
  const length = c.u32le()
  element.at = c.take(length)
  element.length = length - 1
}

function takeDocument(c: Cursor, kind: number, within: number): void {
  const length = c.u32le()
  element.at = c.take(length - 4)
  element.length = length - 4
  if (kind === DOCUMENT && c.fault === '') element.inner = meant(c, within)
}

function meant(c: Cursor, within: number): number {
  name.over(c.bytes, element.nameAt, element.nameAt + element.nameLength)
  if (within === NOWHERE) return isNamed('client') ? CLIENT : 0
  if (within !== CLIENT) return 0
  if (isNamed('driver')) return DRIVER
  if (isNamed('os')) return OS
  return isNamed('application') ? APPLICATION : 0
}

const isNamed = (word: string): boolean => name.left === word.length && name.starts(word)
