/** The remote shell of BSD: commands that a machine takes from whom it believes by its address. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { readNumber } from './text-lines.js'

/** `client` or `server`. */
const role = fact('rsh.role', text, 'set')
const user = secretFact('rsh.user', ['root', 'admin', 'guest', 'oracle'])

const NAME_MAX = 32
const COMMAND_MAX = 1024
const PORT_MAX = 65_535

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'server') {
    if (c.u8() !== 0) return c.fail('no rsh')
    return notes.say(role, 'server')
  }
  // The port for what goes wrong, as digits; then who asks, as whom, and for what.
  const port = c.peek() === 0 ? 0 : readNumber(c)
  if (port < 0 || port > PORT_MAX || c.u8() !== 0) return c.fail('no rsh')
  if (c.distance(0) > NAME_MAX) return c.fail('no rsh')
  c.until(0)
  const length = c.distance(0)
  if (length > NAME_MAX) return c.fail('no rsh')
  const at = c.until(0)
  if (c.distance(0) > COMMAND_MAX) return c.fail('no rsh')
  c.until(0)
  if (c.fault !== '') return
  notes.say(role, 'client')
  notes.add(user, at, length)
}

export const rsh: Protocol = {
  name: 'rsh',
  standard: 'BSD 4.2, rcmd',
  tells: 'commands in the clear, taken without a password',
  heard: ['tcp/514'],
  facts: [role, user],
  parse,
}
