/** IGMP (RFC 1112, 2236, 3376, 4286): which IPv4 groups a machine listens to, and who asks. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('igmp.version', text, 'set')
/** `querier` for who asks, `router` for who says that it routes groups, else `member`. */
const role = fact('igmp.role', text, 'set')
const group = fact('igmp.group', ip, 'set')

const QUERY = 0x11
const REPORT_1 = 0x12
const DVMRP = 0x13
const PIM_1 = 0x14
const REPORT_2 = 0x16
const LEAVE = 0x17
const REPORT_3 = 0x22
const ROUTER = 0x30
const ROUTER_LEAVES = 0x32
/** Cisco's RGMP, and its last kind. */
const RGMP = 0xfc
const QUERY_3_BYTES = 12
/** Kinds of records by which a machine leaves, or listens to no source any more. */
const TO_INCLUDE = 3
const BLOCK = 6
const INCLUDE = 1

function parse(c: Cursor, notes: Notes): void {
  const whole = c.left
  const type = c.u8()
  const code = c.u8()
  c.take(2)
  if (c.fault !== '') return
  if (type === QUERY) query(c, notes, whole, code)
  else if (type === REPORT_1 || type === REPORT_2) report(c, notes, type)
  else if (type === REPORT_3) report3(c, notes)
  else if (type === LEAVE) c.take(4)
  else if (isRouters(type)) notes.say(role, 'router')
  else c.fail('unknown type')
}

const isRouters = (type: number): boolean =>
  type === DVMRP || type === PIM_1 || type >= RGMP || (type >= ROUTER && type <= ROUTER_LEAVES)

/** A version 1 querier leaves the code empty, a version 3 querier says more. */
function query(c: Cursor, notes: Notes, whole: number, code: number): void {
  c.take(4)
  if (c.fault !== '') return
  notes.say(version, whole >= QUERY_3_BYTES ? '3' : code === 0 ? '1' : '2')
  notes.say(role, 'querier')
}

function report(c: Cursor, notes: Notes, type: number): void {
  const at = c.take(4)
  if (at < 0) return
  notes.say(version, type === REPORT_1 ? '1' : '2')
  notes.say(role, 'member')
  notes.add(group, at, 4)
}

function report3(c: Cursor, notes: Notes): void {
  c.take(2)
  let records = c.u16()
  if (c.fault !== '') return
  notes.say(version, '3')
  notes.say(role, 'member')
  while (records-- > 0 && c.left > 0) record(c, notes)
}

function record(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const more = c.u8() * 4
  const sources = c.u16()
  const at = c.take(4)
  c.take(sources * 4 + more)
  if (c.fault !== '') return
  const leaves = kind === BLOCK || ((kind === TO_INCLUDE || kind === INCLUDE) && sources === 0)
  if (!leaves) notes.add(group, at, 4)
}

export const igmp: Protocol = {
  name: 'igmp',
  standard: 'RFC 1112, 2236, 3376, 4286',
  tells: 'which groups a machine listens to, and who asks or routes them',
  heard: ['ip/2'],
  facts: [version, role, group],
  parse,
}
