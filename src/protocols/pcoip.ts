/** PCoIP: that a zero client or a virtual desktop is in use; all it says is encrypted. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `session`: it takes part in one. */
const role = fact('pcoip.role', text)

const PORT = 4172
/** A sequence number and who is meant stand before anything encrypted. */
const LEAST = 12

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  // Both ends use the same port, which is what tells it from whatever else has it by chance.
  if (talk.from !== PORT || talk.to !== PORT || talk.toGroup) return c.fail('no session')
  if (c.take(LEAST) < 0) return
  notes.about(SENDER)
  notes.say(role, 'session')
}

export const pcoip: Protocol = {
  name: 'pcoip',
  standard: 'Teradici PCoIP',
  tells: 'zero clients and virtual desktops in use',
  heard: ['udp/4172'],
  facts: [role],
  parse,
}
