/** MLD (RFC 2710, RFC 3810): which IPv6 groups a machine listens to, and who asks. */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('mld.version', text, 'set')
const role = fact('mld.role', text, 'set')
const group = fact('mld.group', ip, 'set')

const QUERY = 130
const REPORT_1 = 131
const DONE = 132
const REPORT_2 = 143
const QUERY_2_BYTES = 28
const INCLUDE = 1
const TO_INCLUDE = 3
const BLOCK = 6

const address = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  const whole = c.left
  const type = c.u8()
  c.take(3)
  if (c.fault !== '') return
  if (type === REPORT_2) return report2(c, notes)
  c.take(4)
  const at = c.take(16)
  if (c.fault !== '' || type === DONE) return
  if (type === QUERY) {
    notes.say(version, whole >= QUERY_2_BYTES ? '2' : '1')
    notes.say(role, 'querier')
  } else if (type === REPORT_1) {
    notes.say(version, '1')
    notes.say(role, 'member')
    noteGroup(c, notes, at)
  } else c.fail('unknown type')
}

function report2(c: Cursor, notes: Notes): void {
  c.take(2)
  let records = c.u16()
  if (c.fault !== '') return
  notes.say(version, '2')
  notes.say(role, 'member')
  while (records-- > 0 && c.left > 0) record(c, notes)
}

function record(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const more = c.u8() * 4
  const sources = c.u16()
  const at = c.take(16)
  c.take(sources * 16 + more)
  if (c.fault !== '') return
  const leaves = kind === BLOCK || ((kind === TO_INCLUDE || kind === INCLUDE) && sources === 0)
  if (!leaves) noteGroup(c, notes, at)
}

/** Groups that only repeat an address of the machine's own (RFC 4291, 2.7.1) are left out. */
function noteGroup(c: Cursor, notes: Notes, at: number): void {
  address.over(c.bytes, at, at + 16)
  const isOwn =
    address.u32() === (0xff020000 | 0) &&
    (address.u32() | address.u16()) === 0 &&
    address.u16() === 1 &&
    address.u8() === 0xff
  if (!isOwn) notes.add(group, at, 16)
}

export const mld: Protocol = {
  name: 'mld',
  standard: 'RFC 2710, 3810',
  tells: 'which IPv6 groups a machine listens to, and who asks',
  heard: ['icmp6/130-132', 'icmp6/143'],
  facts: [version, role, group],
  parse,
}
