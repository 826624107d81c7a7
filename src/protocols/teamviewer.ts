/** TeamViewer: that a machine can be controlled from afar, or controls another one. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `client` of a router on the Internet or of a machine near by, or `server`. */
const role = fact('teamviewer.role', text, 'set')

/** How messages begin, in the older and in the newer way. */
const OLD = 0x1724
const NEW = 0x1130
const COMMAND_MIN = 0x0a

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const magic = c.u16()
  const command = c.u8()
  if (c.fault !== '') return
  if ((magic !== OLD && magic !== NEW) || command < COMMAND_MIN) return c.fail('no message')
  notes.about(SENDER)
  if (talk.side !== 'unknown') notes.say(role, talk.side)
}

export const teamviewer: Protocol = {
  name: 'teamviewer',
  standard: 'TeamViewer',
  tells: 'machines that are controlled from afar',
  heard: ['tcp/5938', 'tcp "\\x17\\x24\\x0a\\x20"'],
  facts: [role],
  parse,
}
