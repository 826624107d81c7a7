/** Sercos III (IEC 61158 type 19): a master and its drives, and how far they have started. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** Whose telegrams these are: the master sends both, drives fill the second. */
const role = fact('sercos.role', text, 'set')
/** 0 to 3 while starting; 4 is operation. */
const phase = fact('sercos.phase', text)

const ANSWERS = 0x40
const PHASE = 15
const LAST_PHASE = 4

function parse(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const said = c.u8() & PHASE
  c.take(4)
  if (c.fault !== '') return
  if (said > LAST_PHASE || (kind & 0x30) !== 0) return c.fail('no sercos')
  notes.say(role, 'master')
  if ((kind & ANSWERS) === 0) notes.count32(phase, said)
}

export const sercos: Protocol = {
  name: 'sercos',
  standard: 'IEC 61158 type 19',
  tells: 'masters of drives, and whether these run',
  heard: ['ether/88cd'],
  facts: [role, phase],
  parse,
}
