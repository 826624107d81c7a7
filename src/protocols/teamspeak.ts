/** TeamSpeak 3: voice servers and who goes there, by how a connection begins. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `client` or `server`. */
const role = fact('teamspeak.role', text, 'set')

const START = 'TS3INIT1'
/** The kind of a packet that opens; a client's has two bytes more before it, its number. */
const OPENING = 0x88
const PACKET = 0x65

function parse(c: Cursor, notes: Notes): void {
  if (!c.starts(START)) return c.fail('no opening')
  c.take(START.length)
  if (c.u8() !== 0 || c.u8() !== PACKET) return c.fail('no opening')
  const isServer = c.peek() === OPENING
  if (!isServer && c.peek(2) !== OPENING) return c.fail('no opening')
  notes.say(role, isServer ? 'server' : 'client')
}

export const teamspeak: Protocol = {
  name: 'teamspeak',
  standard: 'TeamSpeak 3',
  tells: 'voice servers and who goes there',
  heard: ['udp "TS3INIT1"'],
  facts: [role],
  parse,
}
