/** What a PTP clock says of itself when it is managed (IEEE 1588, 15.5.3.1.2: CLOCK_DESCRIPTION). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, text, type Fact } from '../model/fact.js'
import { isStation } from './configuring.js'
import type { Notes } from './protocol.js'

export const clockIdentity = fact('ptp.clock_identity', hex, 'set')
const maker = fact('ptp.oui', hex, 'set')
const port = fact('ptp.port_mac', mac, 'set')
const product = fact('ptp.product', text, 'set')
const revision = fact('ptp.revision', text, 'set')
/** The name and place that people gave the clock. */
const user = fact('ptp.user_description', text, 'set')

export const ptpManagementFacts: readonly Fact[] = [
  ...[clockIdentity, maker, port, product, revision, user],
]

const RESPONSE = 2
const MANAGEMENT_PART = 1
const DESCRIPTION = 1

/** Reads the body of a management message, of which only an answer is the sender's own word. */
export function management(c: Cursor, notes: Notes): void {
  c.take(10 + 1 + 1)
  const action = c.u8() & 15
  c.take(1)
  while (c.left > 0) {
    const kind = c.u16()
    const outer = c.narrow(c.u16())
    if (c.fault !== '') return
    if (kind === MANAGEMENT_PART && action === RESPONSE && c.u16() === DESCRIPTION) {
      description(c, notes)
    }
    c.widen(outer)
  }
}

function description(c: Cursor, notes: Notes): void {
  c.take(2)
  c.take(c.u8())
  const length = c.u16()
  const at = c.take(length)
  if (c.fault === '' && length === 6 && isStation(c.bytes, at)) notes.add(port, at, 6)
  c.take(2)
  c.take(c.u16())
  notes.add(maker, c.take(3), 3)
  c.take(1)
  noteText(c, notes, product)
  noteText(c, notes, revision)
  noteText(c, notes, user)
}

function noteText(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.u8()
  notes.add(said, c.take(length), length)
}
