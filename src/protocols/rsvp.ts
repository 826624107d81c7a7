/** RSVP (RFC 2205, 3209): routers that reserve paths, and what they call them. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const message = fact('rsvp.message', text, 'set')
/** The address of the interface by which the message left its last router. */
const hop = fact('rsvp.hop', ip, 'set')
/** What a path is called; often after the routers at its ends. */
const path = fact('rsvp.path', text, 'set')
const authentication = fact('rsvp.authentication', text, 'set')

const VERSION = 1
const MESSAGES: readonly string[] = [
  ...['', 'path', 'resv', 'path-error', 'resv-error', 'path-tear', 'resv-tear', 'resv-confirm'],
  ...['', '', 'resv-tear-confirm', '', 'bundle', 'ack', '', 'refresh', '', '', '', '', 'hello'],
]
const OTHERS_MAX = 31
const HOP = 3
const INTEGRITY = 4
const SESSION_ATTRIBUTE = 207
const PLAIN = 7
const WITH_AFFINITY = 1
const HEAD = 4

function parse(c: Cursor, notes: Notes): void {
  const lead = c.u8()
  const type = c.u8()
  c.take(4)
  const length = c.u16()
  if (c.fault !== '') return
  if (lead >> 4 !== VERSION || type === 0 || type > OTHERS_MAX) return c.fail('bad header')
  if (length < 8) return c.fail('bad length')
  const word = MESSAGES[type]
  notes.say(message, word === undefined || word === '' ? 'other' : word)
  while (c.left > 0) object(c, notes)
}

function object(c: Cursor, notes: Notes): void {
  const outer = c.narrow(c.u16() - 2)
  const kind = c.u8()
  const form = c.u8()
  if (c.fault !== '') return
  if (kind === HOP && form === 1) notes.add(hop, c.take(4), 4)
  else if (kind === INTEGRITY) notes.say(authentication, 'signed')
  else if (kind === SESSION_ATTRIBUTE) attribute(c, notes, form)
  c.widen(outer)
}

function attribute(c: Cursor, notes: Notes, form: number): void {
  if (form === WITH_AFFINITY) c.take(12)
  else if (form !== PLAIN) return
  c.take(HEAD - 1)
  const outer = c.narrow(c.u8())
  if (c.fault !== '') return
  const ends = c.distance(0)
  notes.add(path, c.at, ends < 0 ? c.left : ends)
  c.widen(outer)
}

export const rsvp: Protocol = {
  name: 'rsvp',
  standard: 'RFC 2205, 3209',
  tells: 'routers that reserve paths for others, and what those paths are called',
  heard: ['ip/46'],
  facts: [message, hop, path, authentication],
  parse,
}
