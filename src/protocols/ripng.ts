/** RIPng (RFC 2080): who tells IPv6 routes. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('ripng.version', number, 'set')
/** `router` for who tells routes, `asks` for who wants them. */
const role = fact('ripng.role', text, 'set')

const REQUEST = 1
const RESPONSE = 2

function parse(c: Cursor, notes: Notes): void {
  const command = c.u8()
  const at = c.take(1)
  const reserved = c.u16()
  if (c.fault !== '') return
  if (command !== REQUEST && command !== RESPONSE) return c.fail('unknown command')
  if (reserved !== 0) return c.fail('not ripng')
  notes.add(version, at, 1)
  notes.say(role, command === RESPONSE ? 'router' : 'asks')
}

export const ripng: Protocol = {
  name: 'ripng',
  standard: 'RFC 2080',
  tells: 'routers of small IPv6 networks',
  heard: ['udp/521'],
  facts: [version, role],
  parse,
}
