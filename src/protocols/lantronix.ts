/**
 * Lantronix' configuration by datagrams: device servers, which are inside of many makers' machines,
 * tell type and address; and whoever asks gets their setup, and may change it.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { noteUnlessZero } from './fixed-text.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const address = fact('lantronix.mac', mac)
/** Two letters: which firmware, and so which product, this is: `X5` is an XPort. */
const type = fact('lantronix.type', text)
const role = fact('lantronix.role', text, 'set')
/** `setup`: what everybody may read of it, in which passwords stand. */
const exposes = fact('lantronix.exposes', text, 'set')
const orders = ordersOf('lantronix')

const ASK = 0xf6
const TOLD = 0xf7
const ASK_SETUP = 0xf8
const SETUP_TOLD = 0xf9
const ORDERED: Readonly<Record<number, string>> = {
  0x03: 'reset',
  0xfa: 'change setup',
  0xfc: 'change address',
  0xfd: 'change address',
}
const TO_TYPE = 4
const TO_MAC = 14
const SETUP_LEAST = 100

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u24()
  const kind = c.u8()
  if (c.fault !== '') return
  const ordered = ORDERED[kind]
  if (lead !== 0 || (kind < ASK && ordered === undefined)) return c.fail('no lantronix')
  const isAsking = kind === ASK || kind === ASK_SETUP || ordered !== undefined
  notes.say(role, isAsking ? 'client' : 'device')
  if (ordered !== undefined) tellOrder(notes, talk, orders, ordered)
  else if (kind === TOLD) {
    c.take(TO_TYPE)
    const isPrinted = c.peek() > 0x20 && c.peek() < 0x7f && c.peek(1) > 0x20 && c.peek(1) < 0x7f
    const at = c.take(2)
    if (isPrinted) notes.add(type, at, 2)
    c.take(TO_MAC)
    noteUnlessZero(c, notes, address, 6)
  } else if (kind === SETUP_TOLD && c.left >= SETUP_LEAST) notes.say(exposes, 'setup')
}

export const lantronix: Protocol = {
  name: 'lantronix',
  standard: 'Lantronix device servers, configuration by UDP',
  tells: 'device servers inside of machines: type and hardware address; who reads and changes them',
  heard: ['udp/30718'],
  facts: [address, type, role, exposes, ...orderFacts(orders)],
  parse,
}
