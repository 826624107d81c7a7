/** How a session of RMCP+ is opened (IPMI 2.0, 13.17 to 13.24): which locks are taken, and by whom. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text, type Fact } from '../model/fact.js'
import { systemGuid } from './ipmi-answers.js'
import type { Notes } from './protocol.js'

/** The algorithms a controller agreed to: `none` is cipher suite 0, which opens without a password. */
const integrity = fact('ipmi.session_authentication', text, 'set')
const user = secretFact('ipmi.user', ['ADMIN', 'admin', 'root', 'USERID', 'Administrator'])

export const sessionFacts: readonly Fact[] = [integrity, user]

const OPEN_RESPONSE = 0x11
const RAKP_1 = 0x12
const RAKP_2 = 0x13
const LAST = 0x15
const ALGORITHMS = ['none', 'hmac-sha1', 'hmac-md5', 'hmac-sha256'] as const

export function noteSession(c: Cursor, notes: Notes, type: number): void {
  if (type > 2 && type < 0x10) return c.fail('unknown payload')
  if (type > LAST && type < 0x20) return c.fail('unknown payload')
  if (type === OPEN_RESPONSE) opened(c, notes)
  else if (type === RAKP_1) asks(c, notes)
  else if (type === RAKP_2) answers(c, notes)
}

function opened(c: Cursor, notes: Notes): void {
  c.take(1)
  const status = c.u8()
  c.take(2 + 4)
  if (status !== 0) return
  c.take(4 + 4)
  const word = ALGORITHMS[c.u8() & 0x3f]
  if (c.fault === '' && word !== undefined) notes.say(integrity, word)
}

function asks(c: Cursor, notes: Notes): void {
  c.take(4 + 4 + 16 + 1 + 2)
  const length = c.u8()
  notes.add(user, c.take(length), length)
}

/** The controller's answer has the machine's own identity, and a digest that can be guessed at. */
function answers(c: Cursor, notes: Notes): void {
  c.take(1)
  const status = c.u8()
  c.take(2 + 4)
  if (status !== 0) return
  c.take(16)
  notes.add(systemGuid, c.take(16), 16)
}
