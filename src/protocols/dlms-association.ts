/** How a client of DLMS and a meter associate (IEC 62056-5-3, ACSE in BER): titles and proofs. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, label, secretFact, text } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** Eight bytes: three letters of the maker, and a number. */
const systemTitle = fact('dlms.system_title', label, 'set')
const vendor = fact('dlms.vendor', text, 'set')
/** `none`, `password`, or what is exchanged in its place. */
const authentication = fact('dlms.authentication', text, 'set')
const password = secretFact('dlms.password', ['00000000', '12345678', '11111111', '22222222'])
const refusal = fact('dlms.refusal', text, 'set')

export const associationFacts = [systemTitle, vendor, authentication, password, refusal]

const MECHANISMS: readonly string[] = [
  ...['none', 'password', 'secret', 'md5', 'sha1', 'gmac', 'sha256', 'ecdsa'],
]
const RESULT = 0xa2
const ANSWERS_AS = 0xa4
const ASKS_AS = 0xa6
const MECHANISM_TOLD = 0x89
const MECHANISM = 0x8b
const PROOF = 0xac
const TITLE = 8
const LONG = 0x80

export function readAssociation(c: Cursor, notes: Notes, isAsking: boolean): void {
  const length = readLength(c)
  const outer = c.narrow(length)
  let mechanism = isAsking ? 0 : -1
  while (c.left > 1) {
    const tag = c.u8()
    const inner = c.narrow(readLength(c))
    if (tag === MECHANISM || tag === MECHANISM_TOLD) mechanism = c.peek(c.left - 1)
    else if (tag === ASKS_AS || tag === ANSWERS_AS) noteTitle(c, notes)
    else if (tag === PROOF) notePassword(c, notes, mechanism)
    else if (tag === RESULT) noteRefusal(c, notes)
    c.widen(inner)
  }
  c.widen(outer)
  const word = MECHANISMS[mechanism]
  if (word !== undefined && c.fault === '') notes.say(authentication, word)
}

function readLength(c: Cursor): number {
  const first = c.u8()
  return first <= LONG ? first : first === LONG + 1 ? c.u8() : c.u16()
}

function noteTitle(c: Cursor, notes: Notes): void {
  c.take(2)
  if (c.left !== TITLE) return
  const isNamed = isLetter(c.peek()) && isLetter(c.peek(1)) && isLetter(c.peek(2))
  const at = c.take(TITLE)
  notes.add(systemTitle, at, TITLE)
  if (isNamed) notes.add(vendor, at, 3)
}

const isLetter = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a

/** What proves more than a password is a challenge, and new each time. */
function notePassword(c: Cursor, notes: Notes, mechanism: number): void {
  if (mechanism !== 1) return
  c.take(2)
  notes.add(password, c.at, c.left)
}

function noteRefusal(c: Cursor, notes: Notes): void {
  c.take(2)
  const result = c.u8()
  if (c.fault === '' && result > 0) notes.say(refusal, result === 1 ? 'permanent' : 'transient')
}
