/** OpenVPN: tunnels, which end is the server, and whether its handshake shows itself to anybody. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { isWholeDatagram } from './udp-length.js'

const role = fact('openvpn.role', text, 'set')
/** `1`, which is long broken, or `2`. */
const keyMethod = fact('openvpn.key_method', text, 'set')
/** `none`: anybody may begin a handshake; `keyed`, or `tls-crypt-v2`: only who has a key. */
const wrapping = fact('openvpn.wrapping', text, 'set')

/** Opcodes stand in the upper five bits. */
const RESET_CLIENT_1 = 1
const RESET_SERVER_1 = 2
const DATA_1 = 6
const RESET_CLIENT_2 = 7
const RESET_SERVER_2 = 8
const DATA_2 = 9
const RESET_CLIENT_3 = 10
const OPCODE_MAX = 11

/** A reset without wrapping: its session, no acknowledgements, its number. */
const BARE = 14
/** The server's acknowledges the client's, and so names its session. */
const BARE_ANSWER = 26
const CONTROL_MIN = 14
const ACKNOWLEDGEMENT_MIN = 10
const MESSAGE_MAX = 8192

function parse(c: Cursor, notes: Notes): void {
  // Over TCP, the length of a message comes first: no opcode is as small as its first byte.
  if (c.peek() >= 8) {
    return readMessage(c, notes, isWholeDatagram(c) ? c.left : c.left + 1)
  }
  const length = c.u16()
  if (length < ACKNOWLEDGEMENT_MIN || length > MESSAGE_MAX) return c.fail('bad length')
  readMessage(c, notes, length)
}

function readMessage(c: Cursor, notes: Notes, length: number): void {
  const opcode = c.u8() >> 3
  if (opcode < 1 || opcode > OPCODE_MAX) return c.fail('bad opcode')
  if (opcode === DATA_1 || opcode === DATA_2) return
  if (length < (opcode === 5 ? ACKNOWLEDGEMENT_MIN : CONTROL_MIN)) return c.fail('bad length')
  c.take(length - 1)
  if (c.fault !== '') return
  const isClient = opcode === RESET_CLIENT_1 || opcode === RESET_CLIENT_2
  const isServer = opcode === RESET_SERVER_1 || opcode === RESET_SERVER_2
  if (!isClient && !isServer && opcode !== RESET_CLIENT_3) return
  notes.say(role, isServer ? 'server' : 'client')
  notes.say(keyMethod, opcode < DATA_1 ? '1' : '2')
  if (opcode === RESET_CLIENT_3) notes.say(wrapping, 'tls-crypt-v2')
  else notes.say(wrapping, length === (isServer ? BARE_ANSWER : BARE) ? 'none' : 'keyed')
}

export const openvpn: Protocol = {
  name: 'openvpn',
  standard: "OpenVPN's protocol",
  tells: 'tunnels, their servers, and whether anybody may begin a handshake',
  heard: ['udp/1194', 'tcp/1194'],
  facts: [role, keyMethod, wrapping],
  parse,
}
