/** CARP (OpenBSD's, FreeBSD's and pfSense's): firewalls that share an address. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const group = fact('carp.group', number, 'set')
/** Who is behind the others adds a skew: the master's is the lowest. */
const skew = fact('carp.skew', number, 'set')
const interval = fact('carp.interval_s', number, 'set')

const VERSION_2 = 0x21
const COUNT = 7
const BYTES = 36

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const whole = c.left
  if (c.u8() !== VERSION_2) return c.fail('unknown version')
  const shared = c.take(1)
  const own = c.take(1)
  if (c.u8() !== COUNT || whole > BYTES) return c.fail('not carp')
  if (talk.hops !== 255) return c.fail('hop limit')
  c.take(1)
  const seconds = c.take(1)
  c.take(BYTES - 6)
  if (c.fault !== '') return
  notes.add(group, shared, 1)
  notes.add(skew, own, 1)
  notes.add(interval, seconds, 1)
}

export const carp: Protocol = {
  name: 'carp',
  standard: 'OpenBSD carp(4)',
  tells: 'firewalls of the BSD family that stand in for each other',
  heard: ['ip/112'],
  facts: [group, skew, interval],
  parse,
}
