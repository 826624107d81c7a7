/** NRPE (Nagios): agents that run checks for whoever asks, if they do so in the open. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('nrpe.version', text, 'set')
const role = fact('nrpe.role', text, 'set')
/** What an agent calls itself: `NRPE v2.15`. */
const agent = fact('nrpe.agent', text)

const QUERY = 1
const ANSWER = 2
const BUFFER = 1024
const AGENT_MAX = 64

function parse(c: Cursor, notes: Notes): void {
  const spoken = c.u16()
  const kind = c.u16()
  if (c.fault !== '') return
  if (spoken < 1 || spoken > 4) return c.fail('unknown version')
  if (kind !== QUERY && kind !== ANSWER) return c.fail('unknown kind')
  c.take(4 + 2)
  if (spoken > 2) c.take(2)
  const length = spoken > 2 ? c.u32() : BUFFER
  if (c.fault !== '') return
  if (length < 0 || length > 0x10000) return c.fail('bad length')
  const outer = c.narrow(length)
  if (c.fault !== '') return
  notes.count32(version, spoken)
  notes.say(role, kind === QUERY ? 'client' : 'server')
  if (kind === ANSWER && c.starts('NRPE v')) {
    const ends = c.distance(0)
    if (ends > 0 && ends < AGENT_MAX) notes.add(agent, c.at, ends)
  }
  c.widen(outer)
}

export const nrpe: Protocol = {
  name: 'nrpe',
  standard: "Nagios' NRPE",
  tells: 'machines that run checks for whoever asks, without hiding it',
  heard: ['tcp/5666'],
  facts: [version, role, agent],
  parse,
}
