/** TACACS+ (RFC 8907): which devices ask which server who may log in, and whether in the open. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('tacacs.version', text, 'set')
const role = fact('tacacs.role', text, 'set')
const asks = fact('tacacs.asks', text, 'set')
/** `none` if what is said is not even hidden, else `shared key`. */
const encryption = fact('tacacs.encryption', text, 'set')

const VERSION = 0xc
const UNENCRYPTED = 1
const KINDS = ['', 'authentication', 'authorization', 'accounting'] as const
const BODY_MAX = 0xffff

function parse(c: Cursor, notes: Notes): void {
  const lead = c.u8()
  const kind = c.u8()
  const number = c.u8()
  const flags = c.u8()
  if (lead >> 4 !== VERSION && lead !== 0) return c.fail('unknown version')
  c.take(4)
  const length = c.u32()
  if (c.fault !== '') return
  const isBad = kind === 0 || kind > 3 || number === 0 || length < 0 || length > BODY_MAX
  if (isBad || (lead & 15) > 1 || flags > 7) return c.fail('bad header')
  notes.say(version, (lead & 15) === 1 ? '12.1' : '12.0')
  // The client's packets are numbered oddly.
  notes.say(role, (number & 1) === 1 ? 'client' : 'server')
  if ((number & 1) === 1) notes.say(asks, KINDS[kind] ?? '')
  notes.say(encryption, (flags & UNENCRYPTED) !== 0 ? 'none' : 'shared key')
}

export const tacacs: Protocol = {
  name: 'tacacs',
  standard: 'RFC 8907',
  tells:
    'devices whose logins are decided elsewhere, the server that decides, and what is not hidden',
  heard: ['tcp/49', String.raw`tcp "\xc0\x01\x01"`, String.raw`tcp "\xc1\x01\x01"`],
  facts: [version, role, asks, encryption],
  parse,
}
