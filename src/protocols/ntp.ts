/**
 * NTP and SNTP (RFC 5905, RFC 9327, and the private mode of ntpd): who asks whom for the time, how
 * good it is, and what a time server tells strangers about itself.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, label, number, text, type Fact } from '../model/fact.js'
import { noteVariables } from './ntp-variables.js'
import type { Notes, Protocol } from './protocol.js'

/** Version as a client and as a server speaks it. */
const client = fact('ntp.client', text, 'set')
const version = fact('ntp.version', text, 'set')
const role = fact('ntp.role', text, 'set')
const stratum = fact('ntp.stratum', number, 'set')
/** What the time comes from: `GPS`, `DCF`, or the server above. */
const reference = fact('ntp.reference', label, 'set')
const source = fact('ntp.source', ip, 'set')
/** A word that sends clients away: `RATE`, `DENY`. */
const kiss = fact('ntp.kiss', text, 'set')
/** Questions beside the time that it answers to anybody: `control`, `private`. */
const answers = fact('ntp.answers', text, 'set')
const software = fact('ntp.software', text)
const processor = fact('ntp.processor', text)
const system = fact('ntp.system', text)

const ACTIVE = 1
const PASSIVE = 2
const CLIENT = 3
const SERVER = 4
const BROADCAST = 5
const CONTROL = 6
const PRIVATE = 7
const RESPONSE = 0x80
const OPERATION = 0x1f
const OPERATION_MAX = 31
const READ = 2
const STRATUM_MAX = 16
const ROLES = ['', 'peer', 'peer', '', 'server', 'broadcast'] as const

/** The variables of ntpd that say what it runs on. */
const VARIABLES: readonly (readonly [string, Fact])[] = [
  ['version', software],
  ['processor', processor],
  ['system', system],
]

function parse(c: Cursor, notes: Notes): void {
  const lead = c.u8()
  const mode = lead & 7
  const spoken = (lead >> 3) & 7
  if (c.fault !== '') return
  if (mode === 0 || spoken === 0 || spoken > 4) return c.fail('bad header')
  if (mode === CONTROL) control(c, notes)
  else if (mode === PRIVATE) privately(c, notes, lead)
  else time(c, notes, mode, spoken)
}

function time(c: Cursor, notes: Notes, mode: number, spoken: number): void {
  const at = c.at
  const level = c.u8()
  c.take(2)
  c.take(8)
  const from = c.take(4)
  c.take(32)
  if (c.fault !== '') return
  if (level > STRATUM_MAX && mode !== CLIENT) return c.fail('bad stratum')
  if (mode === CLIENT) return notes.count32(client, spoken)
  if (mode < ACTIVE || mode > BROADCAST) return
  notes.count32(version, spoken)
  notes.say(role, ROLES[mode] ?? '')
  if (level === 0) return mode === SERVER ? noteWord(c, notes, kiss, from) : undefined
  notes.add(stratum, at, 1)
  if (level === 1) noteWord(c, notes, reference, from)
  else if (mode !== PASSIVE && level < STRATUM_MAX) noteSource(c, notes, from)
}

/** Up to four letters, filled up with zeros or spaces. */
function noteWord(c: Cursor, notes: Notes, said: Fact, at: number): void {
  const outer = c.end
  c.at = at
  c.end = at + 4
  let length = 0
  while (c.left > 0 && c.peek() > 0x20 && c.u8() < 0x7f) length++
  c.end = outer
  c.at = outer
  notes.add(said, at, length)
}

/** Of an IPv6 server only a digest stands there; it looks like a group or nobody as often as not. */
function noteSource(c: Cursor, notes: Notes, at: number): void {
  const outer = c.end
  c.at = at
  const first = c.u8()
  c.at = outer
  if (first !== 0 && first < 224) notes.add(source, at, 4)
}

function control(c: Cursor, notes: Notes): void {
  const operation = c.u8()
  c.take(6)
  const offset = c.u16()
  const count = c.u16()
  if (c.fault !== '') return
  if ((operation & RESPONSE) === 0) return
  if ((operation & OPERATION) > OPERATION_MAX) return c.fail('bad operation')
  notes.say(answers, 'control')
  if ((operation & OPERATION) !== READ || offset > 0) return
  const outer = c.narrow(Math.min(count, c.left))
  const isCut = count > c.left
  noteVariables(c, notes, VARIABLES)
  c.widen(outer)
  if (isCut) c.take(c.left + 1)
}

/** The list of those who asked (`monlist`) answers a short question at length. */
function privately(c: Cursor, notes: Notes, lead: number): void {
  c.take(7)
  if (c.fault === '' && (lead & RESPONSE) !== 0) notes.say(answers, 'private')
}

export const ntp: Protocol = {
  name: 'ntp',
  standard: 'RFC 5905, 9327',
  tells:
    'time servers and their clients; processor, system and version of servers that talk too much',
  heard: ['udp/123'],
  facts: [
    ...[client, version, role, stratum, reference, source, kiss, answers],
    ...[software, processor, system],
  ],
  parse,
}
