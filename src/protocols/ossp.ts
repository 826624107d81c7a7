/** Organisations' own slow protocols (IEEE 802.3, 57B), and ITU-T's ESMC among them (G.8264). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const organisation = fact('ossp.organization', hex, 'set')
/** How good a clock the sender has to give, by ITU-T's code. */
const quality = fact('ossp.clock_quality', text, 'set')

const SUBTYPE = 10
const ITU = 0x0019a7
const CLOCK = 1
const QUALITY = 1

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== SUBTYPE) return c.fail('other subtype')
  const { at } = c
  const who = c.u24()
  if (c.fault !== '') return
  notes.add(organisation, at, 3)
  if (who !== ITU || c.u16() !== CLOCK) return
  c.take(4)
  const type = c.u8()
  c.u16()
  const value = c.u8()
  if (c.fault === '' && type === QUALITY) notes.count32(quality, value & 15)
}

export const ossp: Protocol = {
  name: 'ossp',
  standard: 'IEEE 802.3, 57B, ITU-T G.8264',
  tells: 'radios and switches that hand on a clock',
  heard: ['ether/8809'],
  facts: [organisation, quality],
  parse,
}
