/** What a database server answers, as a row of tokens (MS-TDS, 2.2.7). */

import type { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'
import * as say from './mssql-words.js'
import { addWide } from './wide-text.js'

const ERROR = 0xaa
const MESSAGE = 0xab
const ACCEPTED = 0xad
const CHANGE = 0xe3
const CAPABILITY = 0xe2
const SIGN_IN = 0xed
const LOGIN_FAILED = 18456

/** Tokens from the first that is about results on are passed; they are content. */
export function readTokens(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const token = c.u8()
    if (!isAboutLogin(token)) return
    const outer = c.narrow(c.u16le())
    if (c.fault !== '') return
    if (token === ERROR || token === MESSAGE) readMessage(c, notes, token === ERROR)
    else if (token === ACCEPTED) readAccepted(c, notes)
    c.widen(outer)
  }
}

const isAboutLogin = (token: number): boolean =>
  (token >= ERROR && token <= ACCEPTED) ||
  token === CHANGE ||
  token === CAPABILITY ||
  token === SIGN_IN

/** An error or a greeting, which names the server that says it. */
function readMessage(c: Cursor, notes: Notes, isError: boolean): void {
  const number = c.u32le()
  c.take(2)
  c.take(2 * c.u16le())
  const length = 2 * c.u8()
  if (c.fault !== '' || length > c.left) return
  if (isError && number === LOGIN_FAILED) notes.say(say.login, 'refused')
  addWide(c, notes, say.serverName, length)
}

function readAccepted(c: Cursor, notes: Notes): void {
  c.take(5)
  const length = 2 * c.u8()
  if (c.fault !== '' || length + 4 > c.left) return
  addWide(c, notes, say.product, length)
  const at = notes.here
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u16())
  notes.add(say.version, at, notes.here - at)
  notes.say(say.login, 'accepted')
}
