/**
 * RTCP (RFC 3550): that a machine sends or hears calls or pictures, and with which program. Reports
 * are recognised by their shape, since they have no port of their own.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `sender`, or `receiver` of what another sends. */
const role = fact('rtcp.role', text, 'set')
/** The host in a source's name; whose name stands before the `@` is not told. */
const host = fact('rtcp.host', text, 'set')
const tool = fact('rtcp.tool', text, 'set')

const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const DESCRIPTION = 202
const LAST = 213
const CNAME = 1
const TOOL = 6
const AT = 0x40

function parse(c: Cursor, notes: Notes): void {
  let isFirst = true
  while (c.left > 0) {
    const flags = c.u8()
    const kind = c.u8()
    const length = c.u16() * 4
    if ((flags & 0xc0) !== 0x80 || kind < 192 || kind > LAST) {
      // What a secure or a muxed stream adds behind its reports has no shape.
      if (isFirst) c.fail('no rtcp')
      return
    }
    if (length > c.left) {
      if (isFirst) c.fail('bad length')
      return
    }
    const outer = c.narrow(length)
    if (isFirst && kind === SENDER_REPORT) notes.say(role, 'sender')
    else if (isFirst && kind === RECEIVER_REPORT) notes.say(role, 'receiver')
    else if (kind === DESCRIPTION) readSources(c, notes, flags & 31)
    c.widen(outer)
    isFirst = false
  }
}

function readSources(c: Cursor, notes: Notes, count: number): void {
  let sources = 0
  // Of several sources none is the sender for certain: a mixer describes whom it mixes.
  while (c.left > 4 && sources++ < 1 && count === 1) {
    c.u32()
    while (c.left > 1 && c.peek() !== 0) readItem(c, notes)
  }
}

function readItem(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const length = c.u8()
  const outer = c.narrow(length)
  if (kind === TOOL) notes.add(tool, c.at, c.left)
  else if (kind === CNAME) {
    const user = c.distance(AT)
    if (user >= 0) {
      c.take(user + 1)
      notes.add(host, c.at, c.left)
    }
  }
  c.widen(outer)
}

export const rtcp: Protocol = {
  name: 'rtcp',
  standard: 'RFC 3550',
  tells: 'who takes part in calls and video, and with which program',
  heard: [
    // Reports, descriptions and what a receiver asks for, of one source and of none.
    ...['c8', 'c9', 'ca', 'cd', 'ce'].map(kind => `udp "\\x81\\x${kind}\\x00"`),
    ...['udp "\\x80\\xc8\\x00"', 'udp "\\x80\\xc9\\x00"', 'udp "\\x82\\xc8\\x00\\x12"'],
    ...['udp "\\x82\\xc9\\x00\\x0d"', 'udp/5005'],
  ],
  facts: [role, host, tool],
  parse,
}
