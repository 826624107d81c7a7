/** Matter (Connectivity Standards Alliance): who sets up and commands whom; all else is sealed. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `pase` (being set up with a code), `case` (known to each other), `secure` or `group`. */
const session = fact('matter.session', text, 'set')
/** `initiator` (a controller) or `responder`, of a session being set up. */
const role = fact('matter.role', text, 'set')

const VERSION = 0xf0
const HAS_SOURCE = 0x04
const DESTINATION = 0x03
const GROUP = 0x01
const RESERVED = 0x1c
const IS_INITIATOR = 0x01
const HAS_VENDOR = 0x10
const SECURE_CHANNEL = 0
const STATUS = 0x40
/** Messages of the secure channel: what begins with these digits sets up that kind of session. */
const PASSCODE = 0x20
const CERTIFICATE = 0x30
const COUNTER = 0x10

function parse(c: Cursor, notes: Notes): void {
  const flags = c.u8()
  const id = c.u16le()
  const security = c.u8()
  c.take(4)
  const destination = flags & DESTINATION
  if ((flags & VERSION) !== 0 || destination === 3 || (security & RESERVED) !== 0) {
    return c.fail('not matter')
  }
  if ((flags & HAS_SOURCE) !== 0) c.take(8)
  if (destination !== 0) c.take(destination === 1 ? 8 : 2)
  const isGroup = (security & 3) === GROUP
  if (c.fault !== '') return
  if (id !== 0 || isGroup) return notes.say(session, isGroup ? 'group' : 'secure')
  readOpen(c, notes)
}

/** Before there is a key, the head of the payload is open. */
function readOpen(c: Cursor, notes: Notes): void {
  const flags = c.u8()
  const code = c.u8()
  c.take(2)
  const protocol = c.u16le()
  if ((flags & HAS_VENDOR) !== 0) c.take(2)
  if (c.fault !== '') return
  const kind = code & 0xf0
  const isKnown = kind === PASSCODE || kind === CERTIFICATE || code === STATUS || kind <= COUNTER
  if (protocol !== SECURE_CHANNEL || !isKnown) return c.fail('not matter')
  if (kind !== PASSCODE && kind !== CERTIFICATE) return
  notes.say(session, kind === PASSCODE ? 'pase' : 'case')
  notes.say(role, (flags & IS_INITIATOR) !== 0 ? 'initiator' : 'responder')
}

export const matter: Protocol = {
  name: 'matter',
  standard: 'Matter 1.0 core specification',
  tells: 'devices and controllers of smart homes, and when one is set up',
  heard: ['udp/5540'],
  facts: [session, role],
  parse,
}
