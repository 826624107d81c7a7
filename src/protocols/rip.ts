/** RIP (RFC 1058, RFC 2453): who tells routes, and whether anybody may. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, secretFact, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('rip.version', number, 'set')
/** `router` for who tells routes, `asks` for who wants them. */
const role = fact('rip.role', text, 'set')
const authentication = fact('rip.authentication', text, 'set')
const password = secretFact('rip.password', ['cisco', 'rip', 'password', 'admin', '1234'])

const REQUEST = 1
const RESPONSE = 2
const LAST_COMMAND = 11
const INTERNET = 2
const SIGNED = 0xffff
const PASSWORD = 2
const PASSWORD_BYTES = 16

function parse(c: Cursor, notes: Notes): void {
  const command = c.u8()
  const spoken = c.peek()
  const at = c.take(1)
  c.take(2)
  if (command === 0 || command > LAST_COMMAND) return c.fail('unknown command')
  if (spoken > 2) return c.fail('unknown version')
  if (command !== REQUEST && command !== RESPONSE) return
  const family = c.u16()
  const kind = c.u16()
  if (c.fault !== '') return
  if (family !== SIGNED && family !== INTERNET && family !== 0) return c.fail('unknown family')
  notes.add(version, at, 1)
  notes.say(role, command === RESPONSE ? 'router' : 'asks')
  if (command === RESPONSE) authenticate(c, notes, family, kind)
}

function authenticate(c: Cursor, notes: Notes, family: number, kind: number): void {
  if (family !== SIGNED) return notes.say(authentication, 'none')
  notes.say(authentication, kind === PASSWORD ? 'text' : 'md5')
  if (kind === PASSWORD) noteFixedText(c, notes, password, PASSWORD_BYTES)
}

export const rip: Protocol = {
  name: 'rip',
  standard: 'RFC 1058, 2453',
  tells: 'routers of small networks, and whether they believe whoever tells them routes',
  heard: ['udp/520'],
  facts: [version, role, authentication, password],
  parse,
}
