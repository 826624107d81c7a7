/** UNIStim (by Nortel, later Avaya): telephones that do what a server tells them, key by key. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `phone` or `server`. */
const role = fact('unistim.role', text, 'set')
const firmware = fact('unistim.firmware', text, 'set')

const PAYLOAD = 2
const FROM_PHONE = 1
const FROM_SERVER = 2
/** A telephone's basic manager, and its answer with the firmware it runs. */
const BASIC_MANAGER = 0x9a
const FIRMWARE = 2

function parse(c: Cursor, notes: Notes): void {
  const sequence = c.u32()
  const kind = c.u8()
  const isDiscovery = sequence === -1
  if (!isDiscovery && (sequence < 0 || sequence >> 16 !== 0)) return c.fail('no unistim')
  if (kind > PAYLOAD) return c.fail('no unistim')
  if (kind !== PAYLOAD) {
    if (c.left !== 4 && c.left !== 1 && c.left !== 0) c.fail('no unistim')
    return
  }
  const from = c.u8()
  if (from > FROM_SERVER) return c.fail('no unistim')
  if (from === FROM_SERVER || from === FROM_PHONE) c.take(4)
  if (c.fault !== '') return
  notes.say(role, from === FROM_SERVER ? 'server' : 'phone')
  while (c.left > 2) readCommand(c, notes, from)
}

/** An address, a length that counts both, and a command. */
function readCommand(c: Cursor, notes: Notes, from: number): void {
  const address = c.u8()
  const length = c.u8()
  if (length < 3) return c.fail('bad length')
  const outer = c.narrow(length - 2)
  const command = c.u8()
  if (from === FROM_PHONE && address === BASIC_MANAGER && command === FIRMWARE) {
    notes.add(firmware, c.at, c.left)
  }
  c.widen(outer)
}

export const unistim: Protocol = {
  name: 'unistim',
  standard: 'Nortel, Unified Networks IP Stimulus',
  tells: 'Nortel and Avaya telephones, and their firmware',
  heard: ['udp/5000', 'udp "\\xff\\xff\\xff\\xff\\x02\\x02\\xff\\xff\\xff\\xff\\x9e\\x03\\x08"'],
  facts: [role, firmware],
  parse,
}
