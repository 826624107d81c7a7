/**
 * DHIP, by which cameras and recorders of Dahua and its many brands are found: a head of 32 bytes
 * and JSON behind it. Over TCP the same, and the older binary form on port 37777.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, secretFact, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const type = fact('dhip.type', text)
const kind = fact('dhip.class', text)
const serial = fact('dhip.serial', text)
const version = fact('dhip.version', text)
const vendor = fact('dhip.vendor', text)
const manufacturer = fact('dhip.manufacturer', text)
const name = fact('dhip.name', text)
const address = fact('dhip.mac', mac)
const method = fact('dhip.method', text, 'set')
const user = secretFact('dhip.user', ['admin', '888888', '666666', 'default', 'user'])
/** Which of its two ways of speaking. */
const form = fact('dhip.form', text, 'set')

const members = membersOf([
  ['DeviceType', type],
  ['DeviceClass', kind],
  ['SerialNo', serial],
  ['Version', version],
  ['Vendor', vendor],
  ['Manufacturer', manufacturer],
  ['MachineName', name],
  ['mac', address],
  ['method', method],
  ['userName', user],
])

const HEAD = '\x20\x00\x00\x00DHIP'
const HEAD_BYTES = 32
const BEFORE_LENGTH = 16
const OPEN = 0x7b
/** First bytes of the binary form: a login, its answer, and what is said to stay in touch. */
const LOGIN = 0xa0
const LOGIN_ANSWER = 0xb0
const ALIVE = 0xa1
const ALIVE_ANSWER = 0xb1
const DISCOVERY = 0xa3
const DISCOVERY_ANSWER = 0xb3
/** What such a message has in its fourth byte. */
const MARK = 0x60
const ANSWER_MARK = 0x58

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  if (c.starts(HEAD)) readJson(c, notes)
  else if (isBinary(c)) notes.say(form, 'dvrip')
  else if (c.left < HEAD.length) c.take(HEAD.length)
  else c.fail('not dhip')
}

/** Over TCP one message follows another. */
function readJson(c: Cursor, notes: Notes): void {
  while (c.left > 0 && c.starts(HEAD)) {
    c.take(BEFORE_LENGTH)
    const length = c.u32le()
    c.take(HEAD_BYTES - BEFORE_LENGTH - 4)
    if (c.fault !== '') return
    notes.say(form, 'dhip')
    const outer = c.narrow(length)
    if (c.peek() === OPEN) readMembers(c, notes, members)
    c.widen(outer)
  }
}

/** Eight bytes at least: what it is, a mark, and where the counts of what follows are. */
function isBinary(c: Cursor): boolean {
  if (c.left < HEAD_BYTES) return false
  const first = c.peek()
  const mark = c.peek(3)
  switch (first) {
    case LOGIN:
      return mark === MARK
    case LOGIN_ANSWER:
      return mark === ANSWER_MARK || mark === MARK || mark === 0x68
    case ALIVE:
    case ALIVE_ANSWER:
    case DISCOVERY:
    case DISCOVERY_ANSWER:
      return c.peek(1) === 0 && c.peek(2) === 0
    default:
      return false
  }
}

export const dhip: Protocol = {
  name: 'dhip',
  standard: 'Dahua',
  tells: 'model, serial number, firmware and hardware address of Dahua cameras and recorders',
  heard: ['udp/37810', 'tcp/37777', 'udp @4 "DHIP"', 'tcp "\\x20\\x00\\x00\\x00DHIP"'],
  facts: [type, kind, serial, version, vendor, manufacturer, name, address, method, user, form],
  parse,
}
