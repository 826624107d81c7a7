/** Wi-Fi simple configuration (WSC) inside IEEE 1905: the first message of who wants to join. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const facts: Readonly<Partial<Record<number, Fact>>> = {
  0x1011: fact('ieee1905.device_name', text, 'set'),
  0x1020: fact('ieee1905.radio_mac', mac, 'set'),
  0x1021: fact('ieee1905.manufacturer', text, 'set'),
  0x1023: fact('ieee1905.model', text, 'set'),
  0x1024: fact('ieee1905.model_number', text, 'set'),
  0x1042: fact('ieee1905.serial', text, 'set'),
  0x1047: fact('ieee1905.uuid', hex, 'set'),
}

/** Nothing else of it is looked at: there are keys, and what is sealed with them. */
export function readSetup(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const type = c.u16()
    const length = c.u16()
    const at = c.take(length)
    const said = facts[type]
    if (said !== undefined) notes.add(said, at, length)
  }
}

export const setupFacts: readonly Fact[] = Object.values(facts).filter(said => said !== undefined)
