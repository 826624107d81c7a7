/** TriStation (Triconex): engineering stations and safety controllers, which nobody else should reach. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { crc16 } from './checksums.js'
import type { Notes, Protocol } from './protocol.js'

/** `station` or `controller`. */
const role = fact('tristation.role', text, 'set')
const message = fact('tristation.message', text, 'set')

const HEAD = 4
const CHECK = 2
const MESSAGES: readonly string[] = [
  ...['', 'connect', 'connected', 'disconnect', 'disconnected', 'execute', 'ping'],
  ...['connection limit', 'not connected', 'main processors dead', 'access denied', 'failed'],
]
const TO_CONTROLLER: readonly number[] = [1, 3, 6]
const EXECUTE = 5

function parse(c: Cursor, notes: Notes): void {
  const whole = c.left
  if (whole > 0 && c.peek() >= MESSAGES.length) return c.fail('no tristation')
  const length = c.peek(2) | (c.peek(3) << 8)
  const sum = crc16(c, Math.min(whole, HEAD + length), 0)
  const kind = c.u8()
  c.take(3)
  c.take(length)
  const check = c.u16le()
  if (c.fault !== '') return
  const word = MESSAGES[kind]
  if (word === undefined || word === '' || whole !== HEAD + length + CHECK || sum !== check) {
    return c.fail('no tristation')
  }
  notes.say(message, word)
  if (kind !== EXECUTE) notes.say(role, TO_CONTROLLER.includes(kind) ? 'station' : 'controller')
}

export const tristation: Protocol = {
  name: 'tristation',
  standard: 'Triconex TriStation 1131',
  tells: 'safety controllers, and who programs them',
  heard: ['udp/1502'],
  facts: [role, message],
  parse,
}
