/** VRRP, versions 2 and 3 (RFC 3768, RFC 9568): routers that share an address. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, number, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const version = fact('vrrp.version', text, 'set')
const group = fact('vrrp.group', number, 'set')
const priority = fact('vrrp.priority', number, 'set')
const virtual = fact('vrrp.virtual_address', ip, 'set')
const authentication = fact('vrrp.authentication', text, 'set')
const password = secretFact('vrrp.password', ['1111', 'vrrp', 'cisco', 'keepaliv', '12345678'])

const VERSION_2 = 0x21
const VERSION_3 = 0x31
const TRAILER = 8
/** CARP begins alike; its packets always count seven where they are not longer than this. */
const CARP_COUNT = 7
const CARP_BYTES = 36
const KINDS = ['none', 'text', 'ah'] as const

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u8()
  if (lead !== VERSION_2 && lead !== VERSION_3) return c.fail('unknown version')
  const whole = c.left + 1
  const shared = c.take(1)
  const rank = c.take(1)
  const count = c.u8()
  const kind = c.u8()
  if (c.fault === 'short') return
  const isShort = whole <= CARP_BYTES && kind === 0
  if (lead === VERSION_2 && count === CARP_COUNT && isShort) return c.fail('carp')
  if (talk.hops !== 255) return c.fail('hop limit')
  c.take(3)
  if (c.fault !== '') return
  notes.say(version, lead === VERSION_2 ? '2' : '3')
  notes.add(group, shared, 1)
  notes.add(priority, rank, 1)
  const size = talk.network === 6 ? 16 : 4
  let rest = count
  while (rest-- > 0 && c.left > 0) notes.add(virtual, c.take(size), size)
  if (rest >= 0) c.take(1)
  if (lead === VERSION_2 && kind < 3 && c.fault === '') {
    notes.say(authentication, KINDS[kind]!)
    if (kind === 1) trailer(c, notes)
  }
}

function trailer(c: Cursor, notes: Notes): void {
  const ends = c.distance(0)
  const at = c.take(TRAILER)
  notes.add(password, at, ends >= 0 && ends < TRAILER ? ends : TRAILER)
}

export const vrrp: Protocol = {
  name: 'vrrp',
  standard: 'RFC 3768, 9568',
  tells: 'routers that stand in for each other, the address they share, and a password in the open',
  heard: ['ip/112'],
  facts: [version, group, priority, virtual, authentication, password],
  parse,
}
