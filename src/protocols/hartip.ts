/**
 * HART-IP (FieldComm TS20085) and the HART commands in it (TS20081): gateways and instruments with
 * their makers, types, identities, tags and messages, and who sets them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { hartFacts, readHart } from './hartip-commands.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const role = fact('hartip.role', text, 'set')

const VERSION_MAX = 2
const REQUEST = 0
const ANSWER = 1
const PUBLISHED = 2
const REFUSED = 15
const CARRIES = 3
const CALL_MAX = 5
const SECURE_CALLS = 128
const HEAD = 8

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  while (c.left > 0) {
    const version = c.u8()
    const kind = c.u8() & 15
    const call = c.u8()
    c.take(3)
    const length = c.u16() - HEAD
    if (c.fault !== '') return
    const isKind = kind <= PUBLISHED || kind === REFUSED
    const isCall = call <= CALL_MAX || call >= SECURE_CALLS
    if (version === 0 || version > VERSION_MAX || !isKind || !isCall || length < 0)
      return c.fail('no hart-ip')
    const outer = c.narrow(length)
    if (c.fault !== '') return
    notes.say(role, kind === REQUEST ? 'client' : 'server')
    if (call === CARRIES && c.left > 0) readHart(c, notes, talk, kind >= ANSWER)
    if (c.fault === 'short') c.fault = 'bad message'
    c.widen(outer)
  }
}

export const hartip: Protocol = {
  name: 'hartip',
  standard: 'FieldComm TS20085, TS20081',
  tells: 'makers, types, identities and tags of gateways and instruments, and who sets them',
  heard: ['udp/5094-5095', 'tcp/5094-5095'],
  messages: true,
  facts: [role, ...hartFacts],
  parse,
}
