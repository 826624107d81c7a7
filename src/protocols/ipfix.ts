/** IPFIX (RFC 7011): who exports what it forwards, and whose own fields it uses. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const domain = fact('ipfix.domain', number, 'set')
/** The numbers of the enterprises whose fields its templates have. */
const enterprise = fact('ipfix.enterprise', number, 'set')

const VERSION = 10
const HEAD = 16
const TEMPLATES = 2
const OPTIONS = 3
const OWN = 0x80
/** The number by which fields of the other direction are marked (RFC 5103): nobody's. */
const REVERSE = 29305

function parse(c: Cursor, notes: Notes): void {
  if (c.u16() !== VERSION) return c.fail('unknown version')
  const length = c.u16()
  c.take(8)
  const at = c.take(4)
  if (c.fault !== '') return
  if (length < HEAD) return c.fail('bad length')
  notes.add(domain, at, 4)
  while (c.left >= 4) {
    const kind = c.u16()
    const size = c.u16() - 4
    if (size < 0) return c.fail('set length')
    const outer = c.narrow(size)
    if (c.fault !== '') return
    if (kind === TEMPLATES || kind === OPTIONS) templates(c, notes, kind)
    c.widen(outer)
  }
}

function templates(c: Cursor, notes: Notes, kind: number): void {
  while (c.left >= 4) {
    c.take(2)
    let fields = c.u16()
    if (kind === OPTIONS && fields > 0) c.take(2)
    while (fields-- > 0 && c.left > 0) field(c, notes)
  }
}

function field(c: Cursor, notes: Notes): void {
  const isOwn = (c.peek() & OWN) !== 0
  c.take(4)
  if (!isOwn) return
  const at = c.at
  const owner = c.u32()
  if (c.fault === '' && owner !== REVERSE) notes.add(enterprise, at, 4)
}

export const ipfix: Protocol = {
  name: 'ipfix',
  standard: 'RFC 7011',
  tells: 'equipment that exports what it forwards, and its maker by the fields it uses',
  heard: ['udp/4739', 'udp/2055', 'udp/9995-9996'],
  facts: [domain, enterprise],
  parse,
}
