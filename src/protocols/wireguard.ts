/** WireGuard: tunnels, and which end calls the other. All else is secret, and stays so. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `initiator` or `responder`, of a handshake. */
const role = fact('wireguard.role', text, 'set')

const INITIATION = 1
const RESPONSE = 2
const COOKIE = 3
const TRANSPORT = 4
const SIZES: readonly number[] = [0, 148, 92, 64]
/** Transport is a head of 16 bytes, a seal of 16, and content that is filled up, if it fits. */
const TRANSPORT_MIN = 32

function parse(c: Cursor, notes: Notes): void {
  const size = c.left
  const type = c.u8()
  if (c.u24() !== 0 || type < INITIATION || type > TRANSPORT) return c.fail('not wireguard')
  if (type === TRANSPORT) {
    if (size < TRANSPORT_MIN || (size & 3) !== 0) c.fail('bad length')
    return
  }
  if (size > SIZES[type]!) return c.fail('bad length')
  c.take(SIZES[type]! - 4)
  if (c.fault !== '' || type === COOKIE) return
  notes.say(role, type === RESPONSE ? 'responder' : 'initiator')
}

export const wireguard: Protocol = {
  name: 'wireguard',
  standard: 'WireGuard (Donenfeld, 2017)',
  tells: 'tunnels, and who opens them',
  heard: [
    ...['udp/51820', 'udp "\\x01\\x00\\x00\\x00"', 'udp "\\x02\\x00\\x00\\x00"'],
    ...['udp "\\x03\\x00\\x00\\x00"', 'udp "\\x04\\x00\\x00\\x00"'],
  ],
  facts: [role],
  parse,
}
