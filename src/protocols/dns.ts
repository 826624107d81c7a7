/**
 * DNS (RFC 1035): which server a machine asks, and what answers say of addresses.
 *
 * What a machine asks for is nobody's business and is not told. An answer is told of the address
 * it gives: the name that was asked, so that a conversation with that address has a name.
 */

import type { Cursor } from '../bytes/cursor.js'
import { readFoldedName, sameName, skipName } from '../bytes/names.js'
import {
  A,
  AAAA,
  CHAOS,
  CNAME,
  HTTPS,
  IN,
  PTR,
  TXT,
  isAddress,
  readRecord,
  record,
} from '../bytes/records.js'
import { endsWith, readReverse } from '../bytes/reverse.js'
import { fact, ip, text } from '../model/fact.js'
import { IN_SCRATCH, IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const resolver = fact('dns.resolver', ip, 'set')
const server = fact('dns.server', text, 'set')
const version = fact('dns.version', text)
const serverId = fact('dns.server_id', text, 'set')
const answer = fact('dns.answer', text, 'set')
const pointer = fact('dns.ptr', text, 'set')
/** A name that was registered for an address by dynamic update (RFC 2136). */
const registered = fact('dns.registered', text, 'set')

const PORT = 53
const RESPONSE = 0x8000
const OPCODE = 0x7800
const UPDATE = 0x2800
const AUTHORITATIVE = 0x0400
const RECURSION_DESIRED = 0x0100
const RECURSION_AVAILABLE = 0x0080
const ERROR = 0x000f
/** Opcodes above DSO (RFC 8490) are not assigned: whatever it is, it is not DNS. */
const OPCODE_MAX = 0x3000

/** Parameters of HTTPS records (RFC 9460). */
const HINT4 = 4
const HINT6 = 6

/** What a server tells of itself in class CHAOS. */
const SELF = [
  { name: 'version.bind', said: version },
  { name: 'version.server', said: version },
  { name: 'hostname.bind', said: serverId },
  { name: 'id.server', said: serverId },
]

/** The question: where its name begins, and where it was written down. */
const asked = { at: -1, textAt: 0, length: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.turnCount === 0) return message(c, notes, talk)
  // On TCP each message has its length before it.
  const start = c.start
  while (c.left > 0) {
    const outer = c.narrow(c.u16())
    if (c.fault === '') {
      c.start = c.at
      message(c, notes, talk)
    }
    c.widen(outer)
  }
  c.start = start
}

function message(c: Cursor, notes: Notes, talk: Talk): void {
  const number = c.u16()
  const flags = c.u16()
  const questions = c.u16()
  const answers = c.u16()
  const others = c.u16()
  c.take(2)
  if (c.fault !== '') return
  const opcode = flags & OPCODE
  if (opcode > OPCODE_MAX || questions > 1) return c.fail('not dns')
  talk.exchange.kind = (flags & RESPONSE) === 0 ? 'question' : 'answer'
  talk.exchange.number = number

  if ((flags & RESPONSE) === 0) {
    if (opcode === UPDATE) update(c, notes, questions + answers, others)
    else if (questions === 0) c.fail('no question')
    else if (opcode === 0) query(c, notes, talk, flags)
  } else if (opcode === 0 && talk.from === PORT)
    response(c, notes, flags, questions > 0 ? answers : 0)
}

/** Only who desires recursion uses a resolver: resolvers ask each other without. */
function query(c: Cursor, notes: Notes, talk: Talk, flags: number): void {
  skipName(c)
  c.take(4)
  if (c.fault !== '' || talk.to !== PORT || talk.toGroup) return
  if ((flags & RECURSION_DESIRED) === 0 || talk.network === 0) return
  notes.about(SENDER)
  notes.add(resolver, talk.targetIp, talk.network === 4 ? 4 : 16)
}

function response(c: Cursor, notes: Notes, flags: number, answers: number): void {
  notes.about(SENDER)
  if ((flags & AUTHORITATIVE) !== 0) notes.say(server, 'authoritative')
  if ((flags & RECURSION_AVAILABLE) !== 0) notes.say(server, 'recursive')
  if (answers === 0 || (flags & ERROR) !== 0) return

  asked.at = c.at
  asked.textAt = notes.here
  asked.length = readFoldedName(c, notes)
  c.take(4)
  let chain = asked.at
  let rest = answers
  while (rest-- > 0 && c.left > 0) {
    const owner = c.at
    skipName(c)
    if (!readRecord(c)) return
    if (!sameName(c, owner, chain)) c.take(record.length)
    else if (record.type === CNAME && record.class === IN) chain = c.take(record.length)
    else answered(c, notes)
  }
}

/** One record that answers the question, with the cursor at its data. */
function answered(c: Cursor, notes: Notes): void {
  const { type, at, length } = record
  if (record.class === CHAOS && type === TXT) return self(c, notes)
  if (record.class === IN) {
    if (type === A || type === AAAA) {
      if (isAddress(c)) named(notes, type === A ? IP4 : IP6, at)
    } else if (type === PTR) return reverse(c, notes)
    else if (type === HTTPS) return hints(c, notes)
  }
  c.take(length)
}

function named(notes: Notes, kind: typeof IP4 | typeof IP6, at: number): void {
  if (at < 0) return
  notes.about(kind, at)
  notes.add(answer, asked.textAt, asked.length)
}

/** A name for the address that the question's name stands for. */
function reverse(c: Cursor, notes: Notes): void {
  const end = record.at + record.length
  const about = notes.here
  const length = readReverse(notes.scratch, asked.textAt - IN_SCRATCH, asked.length, notes)
  const name = notes.here
  const nameLength = readFoldedName(c, notes)
  if (c.at !== end) c.fail('bad rdata')
  if (c.fault !== '' || length === 0) return
  const first = notes.scratch[about - IN_SCRATCH]!
  if (length === 4 ? first === 0 || first === 127 : first === 0) return
  notes.about(length === 4 ? IP4 : IP6, about)
  notes.add(pointer, name, nameLength)
}

/** Browsers connect to the addresses hinted here without asking for any other record. */
function hints(c: Cursor, notes: Notes): void {
  const outer = c.narrow(record.length)
  const priority = c.u16()
  skipName(c)
  while (priority > 0 && c.left > 0) {
    const key = c.u16()
    const length = c.u16()
    if (key === HINT4) addresses(c, notes, length, IP4)
    else if (key === HINT6) addresses(c, notes, length, IP6)
    else c.take(length)
  }
  c.widen(outer)
}

function addresses(c: Cursor, notes: Notes, length: number, kind: typeof IP4 | typeof IP6): void {
  const size = kind === IP4 ? 4 : 16
  if (length % size !== 0) return c.fail('bad rdata')
  let rest = length
  while (rest > 0 && c.left > 0) {
    named(notes, kind, c.take(size))
    rest -= size
  }
}

function self(c: Cursor, notes: Notes): void {
  const outer = c.narrow(record.length)
  const length = c.u8()
  const at = c.take(length)
  let i = -1
  while (++i < SELF.length) {
    const { name, said } = SELF[i]!
    if (asked.length !== name.length) continue
    if (!endsWith(notes.scratch, asked.textAt - IN_SCRATCH, asked.length, name)) continue
    notes.about(SENDER)
    notes.add(said, at, length)
  }
  c.widen(outer)
}

/** Who sends it may be the machine itself or the DHCP server: it is about the address either way. */
function update(c: Cursor, notes: Notes, before: number, updates: number): void {
  skipName(c)
  c.take(4)
  let rest = before - 1
  while (rest-- > 0 && c.left > 0) {
    skipName(c)
    if (readRecord(c)) c.take(record.length)
  }
  rest = updates
  while (rest-- > 0 && c.left > 0) {
    const name = notes.here
    const length = readFoldedName(c, notes)
    if (!readRecord(c)) return
    if (record.class === IN && record.lasting && isAddress(c)) {
      notes.about(record.type === A ? IP4 : IP6, record.at)
      notes.add(registered, name, length)
    }
    c.take(record.length)
  }
}

export const dns: Protocol = {
  name: 'dns',
  standard: 'RFC 1035',
  tells: 'resolvers and name servers; the names by which addresses out there are called',
  heard: ['udp/53', 'tcp/53'],
  facts: [resolver, server, version, serverId, answer, pointer, registered],
  parse,
}
