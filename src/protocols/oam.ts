/** Ethernet OAM (IEEE 802.3, 57): a provider's or a radio's end of a line, and who made it. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { sayBits } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

/** The maker's number, as in hardware addresses. */
const vendor = fact('oam.vendor', hex, 'set')
const device = fact('oam.device', hex, 'set')
const mode = fact('oam.mode', text, 'set')
/** What is wrong with the line, or with the device. */
const failing = fact('oam.failing', text, 'set')

const SUBTYPE = 3
const INFORMATION = 0
const LOCAL = 1
const LOCAL_LENGTH = 16
const ACTIVE = 0x01
const FAULTS: readonly string[] = ['link fault', 'dying gasp', 'critical event']

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== SUBTYPE) return c.fail('other subtype')
  const flags = c.u16()
  const code = c.u8()
  if (c.fault !== '') return
  sayBits(notes, failing, flags & 7, FAULTS)
  if (code !== INFORMATION || c.left === 0) return
  if (c.u8() !== LOCAL || c.u8() !== LOCAL_LENGTH) return
  c.take(4)
  const configuration = c.u8()
  c.take(2)
  const vendorAt = c.take(3)
  const deviceAt = c.take(4)
  if (c.fault !== '') return
  notes.add(vendor, vendorAt, 3)
  notes.add(device, deviceAt, 4)
  notes.say(mode, (configuration & ACTIVE) !== 0 ? 'active' : 'passive')
}

export const oam: Protocol = {
  name: 'oam',
  standard: 'IEEE 802.3, 57',
  tells: 'ends of lines by their maker, and lines that fail',
  heard: ['ether/8809'],
  facts: [vendor, device, mode, failing],
  parse,
}
