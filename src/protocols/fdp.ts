/** FDP, Foundry's discovery protocol, of Brocade and Ruckus switches today: CDP in another dress. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, label, number, text } from '../model/fact.js'
import { readAddresses } from './cdp-addresses.js'
import { item, nextItem, noteRest } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const deviceId = fact('fdp.device_id', label, 'set')
const address = fact('fdp.address', ip, 'set')
const portId = fact('fdp.port_id', text, 'set')
const capability = fact('fdp.capability', text, 'set')
const version = fact('fdp.version', text, 'set')
const platform = fact('fdp.platform', text, 'set')
const nativeVlan = fact('fdp.native_vlan', number, 'set')

const VERSION_MAX = 2
const TAGGING = 0x0102

function parse(c: Cursor, notes: Notes): void {
  const spoken = c.u8()
  if (spoken === 0 || spoken > VERSION_MAX) return c.fail('bad version')
  c.take(3)
  let type = nextItem(c)
  while (type >= 0) {
    readItem(notes, type)
    type = nextItem(c)
  }
}

function readItem(notes: Notes, type: number): void {
  switch (type) {
    case 1:
      return noteRest(item, notes, deviceId)
    case 2:
      return readAddresses(item, notes, address)
    case 3:
      return noteRest(item, notes, portId)
    case 4:
      // A word, where CDP has bits.
      if (item.peek() !== 0) noteRest(item, notes, capability)
      return
    case 5:
      return noteRest(item, notes, version)
    case 6:
      return noteRest(item, notes, platform)
    case TAGGING:
      return notes.add(nativeVlan, item.take(2), 2)
  }
}

export const fdp: Protocol = {
  name: 'fdp',
  standard: 'Foundry Networks',
  tells: 'name, model, software and port of Foundry, Brocade and Ruckus switches',
  heard: ['snap/00e0522000'],
  facts: [deviceId, address, portId, capability, version, platform, nativeVlan],
  parse,
}
