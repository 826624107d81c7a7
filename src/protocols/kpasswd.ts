/** Changes of passwords by Kerberos (RFC 3244): that one happens, and in which realm. */

import { enter, leave, SEQUENCE } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { AP_REQUEST, FIELD, readTicket, ticket } from './kerberos-ticket.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const realm = fact('kpasswd.realm', text, 'set')
/** `change` of one's own password, or `set` for somebody else; of who answers, `answered`. */
const message = fact('kpasswd.message', text, 'set')

const CHANGE = 0x0001
const SET = 0xff80
const HEAD = 6
const AP_REPLY = 0x6f

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  // Over TCP a length of four bytes stands before the message, whose own is below 64 KiB.
  if (c.peek() === 0 && c.peek(1) === 0) c.take(4)
  const length = c.u16()
  const version = c.u16()
  const request = c.u16()
  if (c.fault !== '') return
  if (version !== CHANGE && version !== SET) return c.fail('bad version')
  if (length < HEAD + request) return c.fail('bad length')
  if (c.peek() === AP_REQUEST) readRequest(c, notes, version)
  else if (c.peek() === AP_REPLY) notes.say(message, 'answered')
  else if (request > 0 && c.left > 0) return c.fail('no request')
}

function readRequest(c: Cursor, notes: Notes, version: number): void {
  enter(c, AP_REQUEST)
  enter(c, SEQUENCE)
  while (c.left > 0) {
    const tag = c.peek()
    const field = enter(c, tag)
    if (tag === (FIELD | 3)) {
      readTicket(c, notes)
      if (c.fault === '') {
        notes.say(message, version === SET ? 'set' : 'change')
        notes.add(realm, ticket.realm, ticket.realmLength)
      }
    }
    leave(c, field)
  }
}

export const kpasswd: Protocol = {
  name: 'kpasswd',
  standard: 'RFC 3244',
  tells: 'that a password is changed, in which realm, and by which controller',
  heard: ['udp/464', 'tcp/464'],
  facts: [realm, message],
  parse,
}
