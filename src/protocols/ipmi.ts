/**
 * IPMI over RMCP and RMCP+ (IPMI 2.0, ASF 2.0): management controllers of servers, what they are,
 * and how open they are.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, text } from '../model/fact.js'
import { answerFacts, noteAnswer } from './ipmi-answers.js'
import { noteSession, sessionFacts } from './ipmi-session.js'
import type { Notes, Protocol } from './protocol.js'

/** `bmc` for who answers, `console` for who asks. */
const role = fact('ipmi.role', text, 'set')
const version = fact('ipmi.version', text, 'set')
/** The maker's enterprise number in the answer to a ping. */
const enterprise = fact('ipmi.asf_enterprise', number)

const RMCP = 6
const ASF = 6
const IPMI = 7
const ASF_OWNER = 4542
const PONG = 0x40
const PING = 0x80
const PLUS = 6
const OEM = 2
const AUTH_KINDS_MAX = 6
const CLASS = 0x1f
const HIDDEN = 0x80
const PAYLOAD = 0x3f

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== RMCP) return c.fail('unknown version')
  c.take(2)
  const kind = c.u8()
  if (c.fault !== '') return
  // Bit 7 marks an acknowledgement, which is all there is.
  if ((kind & HIDDEN) !== 0 && c.left === 0) return
  if ((kind & CLASS) === ASF) asf(c, notes)
  else if ((kind & CLASS) === IPMI) ipmiMessage(c, notes)
  else c.fail('unknown class')
}

function asf(c: Cursor, notes: Notes): void {
  if (c.u32() !== ASF_OWNER) return c.fail('unknown owner')
  const type = c.u8()
  c.take(3)
  if (c.fault !== '') return
  if (type === PING) notes.say(role, 'console')
  if (type !== PONG) return
  notes.say(role, 'bmc')
  notes.add(enterprise, c.take(4), 4)
}

function ipmiMessage(c: Cursor, notes: Notes): void {
  const auth = c.u8()
  if (c.fault !== '') return
  if (auth > AUTH_KINDS_MAX) return c.fail('bad authentication type')
  if (auth === PLUS) return plus(c, notes)
  c.take(8)
  if (auth > 0) c.take(16)
  const outer = c.narrow(c.u8())
  if (c.fault !== '') return
  notes.say(version, '1.5')
  command(c, notes)
  c.widen(outer)
}

/** Version 2.0: what follows may be hidden. */
function plus(c: Cursor, notes: Notes): void {
  const type = c.u8()
  if ((type & PAYLOAD) === OEM) c.take(6)
  c.take(8)
  const length = c.u16le()
  const outer = c.narrow(length)
  if (c.fault !== '') return
  notes.say(version, '2.0')
  if ((type & PAYLOAD) === 0 && (type & HIDDEN) === 0) command(c, notes)
  else if ((type & HIDDEN) === 0) noteSession(c, notes, type & PAYLOAD)
  c.widen(outer)
}

/** Requests have even functions; an answer has the odd one behind it. */
function command(c: Cursor, notes: Notes): void {
  c.take(1)
  const net = c.u8() >> 2
  c.take(3)
  const asked = c.u8()
  if (c.fault !== '') return
  notes.say(role, (net & 1) === 0 ? 'console' : 'bmc')
  if ((net & 1) === 1 && c.left > 1) noteAnswer(c, notes, (net << 8) | asked)
}

export const ipmi: Protocol = {
  name: 'ipmi',
  standard: 'IPMI 2.0, ASF 2.0',
  tells:
    'management controllers of servers: maker, product, firmware, GUID, and whether they ask for a password',
  heard: ['udp/623', 'udp/664'],
  facts: [role, version, enterprise, ...answerFacts, ...sessionFacts],
  parse,
}
