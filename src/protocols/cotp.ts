/**
 * The ISO transport protocol over TCP (RFC 1006) before it is known what it carries: S7, S7comm-plus
 * and MMS begin alike. It listens until the first data, and then those are asked whose they are.
 */

import type { Cursor } from '../bytes/cursor.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { PAYLOAD, enterTpkt, leaveTpkt, readCotp } from './tpkt.js'

function parse(c: Cursor, _notes: Notes, talk: Talk): void {
  // What the other side carries says it, too.
  if (talk.other.left > 0 && carriesData(talk.other)) return c.fail('unknown payload')
  if (carriesData(c)) c.fail('unknown payload')
  else if (!talk.ended) c.take(1)
}

function carriesData(c: Cursor): boolean {
  while (c.left > 0) {
    const outer = enterTpkt(c)
    const kind = readCotp(c)
    if (c.fault === '' && kind === PAYLOAD && c.left > 0) return true
    leaveTpkt(c, outer)
  }
  return false
}

export const cotp: Protocol = {
  name: 'cotp',
  standard: 'RFC 1006, ISO 8073',
  tells: 'nothing itself: what S7, S7comm-plus and MMS are carried by',
  heard: ['tcp/102', 'tcp @4 "\\x11\\xe0\\x00\\x00"'],
  facts: [],
  parse,
}
