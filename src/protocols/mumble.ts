/** Mumble: a voice server tells its version to whoever pings it, before anything is sealed. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `1.4.230` */
const version = fact('mumble.version', text, 'set')
/** `client` or `server`. */
const role = fact('mumble.role', text, 'set')

const PING = 12
const ANSWER = 24

function parse(c: Cursor, notes: Notes): void {
  if (c.left === PING) {
    if (c.u32() !== 0) return c.fail('no ping')
    return notes.say(role, 'client')
  }
  // What is longer or shorter is voice, and sealed.
  if (c.left !== ANSWER) return c.fail('no ping')
  const isFirst = c.u8() === 0
  const major = c.u8()
  if (!isFirst || major === 0 || major > 9) return c.fail('no ping')
  notes.say(role, 'server')
  const at = notes.here
  notes.writeNumber(major)
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.add(version, at, notes.here - at)
}

export const mumble: Protocol = {
  name: 'mumble',
  standard: 'Mumble protocol',
  tells: 'voice servers and their versions',
  heard: ['udp/64738'],
  facts: [version, role],
  parse,
}
