/** Realtek's protocols of unmanaged switches: remote control (RRCP), echo (REP) and loops (RLDP). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `remote control`, `echo` or `loop detection`. */
const speaks = fact('realtek.speaks', text, 'set')
/** `manager` asks, `switch` answers. */
const role = fact('realtek.role', text, 'set')
/** `default` where the key is that of the factory, so that anybody may set registers. */
const key = fact('realtek.key', text, 'set')
const chip = fact('realtek.chip', hex, 'set')
const vendor = fact('realtek.vendor', hex, 'set')
const uplink = fact('realtek.uplink_mac', mac, 'set')

const CONTROL = 0x01
const ECHO = 0x02
const LOOP = 0x03
const LOOP_TOO = 0x23
const ANSWER = 0x80
const HELLO = 0
const OPERATION_MAX = 2
const FACTORY_KEY = 0x2379

function parse(c: Cursor, notes: Notes): void {
  const what = c.u8()
  if (c.fault !== '') return
  if (what === CONTROL) readControl(c, notes)
  else if (what === ECHO) notes.say(speaks, 'echo')
  else if (what === LOOP || what === LOOP_TOO) notes.say(speaks, 'loop detection')
  else c.fail('other protocol')
}

function readControl(c: Cursor, notes: Notes): void {
  const operation = c.u8()
  const secret = c.u16()
  if (c.fault !== '') return
  if ((operation & ~ANSWER) > OPERATION_MAX) return c.fail('bad operation')
  const answers = (operation & ANSWER) !== 0
  notes.say(speaks, 'remote control')
  notes.say(role, answers ? 'switch' : 'manager')
  if (secret === FACTORY_KEY) notes.say(key, 'default')
  if (!answers || operation !== (ANSWER | HELLO)) return
  c.take(2)
  const uplinkAt = c.take(6)
  const chipAt = c.take(2)
  const vendorAt = c.take(4)
  if (c.fault !== '') return
  notes.add(uplink, uplinkAt, 6)
  notes.add(chip, chipAt, 2)
  notes.add(vendor, vendorAt, 4)
}

export const realtek: Protocol = {
  name: 'realtek',
  standard: 'Realtek',
  tells: 'unmanaged switches, and those that anybody may manage',
  heard: ['ether/8899'],
  facts: [speaks, role, key, chip, vendor, uplink],
  parse,
}
