/** What ends of IKE offer or choose (RFC 2409, 7296), as far as it is weak. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** `des`, `3des`, `null`, `md5`, `modp768`, `modp1024` */
export const weak = fact('ike.weak', text, 'set')

const PROPOSALS_MAX = 16
const TRANSFORMS_MAX = 64
/** By kind: what a transform's number is called, if it is weak. */
type Weak = Readonly<Record<number, Readonly<Record<number, string>>>>

/** Version 1's attributes: 1 is the cipher, 2 the hash, 4 the group. */
const WEAK_1: Weak = {
  1: { 1: 'des', 5: '3des' },
  2: { 1: 'md5' },
  4: { 1: 'modp768', 2: 'modp1024' },
}
/** Version 2's kinds of transforms: 1 is the cipher, 2 and 3 are hashes, 4 is the group. */
const WEAK_2: Weak = {
  1: { 1: 'des', 2: 'des', 3: '3des', 11: 'null' },
  2: { 1: 'md5' },
  3: { 1: 'md5' },
  4: { 1: 'modp768', 2: 'modp1024', 22: 'modp1024' },
}
const FIXED = 0x8000

/** Which words were said already, a bit each: offers repeat themselves. */
const WORDS: readonly string[] = ['des', '3des', 'null', 'md5', 'modp768', 'modp1024']
let said = 0

/** Reads a security association's proposals, of either version. */
export function readProposals(c: Cursor, notes: Notes, version: number): void {
  said = 0
  if (version === 1) c.take(8)
  let proposals = 0
  while (c.left > 0 && proposals++ < PROPOSALS_MAX) {
    c.take(2)
    const length = c.u16()
    if (length < 8) return c.fail('bad proposal')
    const outer = c.narrow(length - 4)
    c.take(2)
    const index = c.u8()
    c.take(1 + index)
    readTransforms(c, notes, version)
    if (c.fault !== '') return
    c.widen(outer)
  }
}

function readTransforms(c: Cursor, notes: Notes, version: number): void {
  let transforms = 0
  while (c.left > 0 && transforms++ < TRANSFORMS_MAX) {
    c.take(2)
    const length = c.u16()
    if (length < 8) return c.fail('bad transform')
    const outer = c.narrow(length - 4)
    if (version === 1) {
      c.take(4)
      while (c.left > 0) readAttribute(c, notes)
    } else {
      const kind = c.u8()
      c.take(1)
      judge(notes, WEAK_2, kind, c.u16())
    }
    if (c.fault !== '') return
    c.widen(outer)
  }
}

function readAttribute(c: Cursor, notes: Notes): void {
  const type = c.u16()
  const value = c.u16()
  if ((type & FIXED) === 0) c.take(value)
  else judge(notes, WEAK_1, type & ~FIXED, value)
}

function judge(notes: Notes, table: Weak, kind: number, value: number): void {
  const word = table[kind]?.[value]
  if (word === undefined) return
  const bit = 1 << WORDS.indexOf(word)
  if ((said & bit) === 0) notes.say(weak, word)
  said |= bit
}
