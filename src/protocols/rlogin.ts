/** Rlogin (RFC 1282): logins that anybody can read, if not take over. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `client` or `server`. */
const role = fact('rlogin.role', text, 'set')
const terminal = fact('rlogin.terminal', text, 'set')
const user = secretFact('rlogin.user', ['root', 'admin', 'guest', 'oracle'])

const NAME_MAX = 64
const SLASH = 0x2f

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.u8() !== 0) return c.fail('no rlogin')
  // A server answers with one zero, and then whatever its login says.
  if (talk.side === 'server') return notes.say(role, 'server')
  passName(c)
  const length = c.distance(0)
  const at = passName(c)
  const slash = c.distance(SLASH)
  const end = c.distance(0)
  const word = passName(c)
  if (c.fault !== '') return
  if (slash < 0 || slash > end) return c.fail('no terminal')
  notes.say(role, 'client')
  notes.add(user, at, length)
  notes.add(terminal, word, slash)
}

function passName(c: Cursor): number {
  if (c.distance(0) > NAME_MAX) c.fail('no rlogin')
  return c.until(0)
}

export const rlogin: Protocol = {
  name: 'rlogin',
  standard: 'RFC 1282',
  tells: 'logins in the clear',
  heard: ['tcp/513'],
  facts: [role, terminal, user],
  parse,
}
