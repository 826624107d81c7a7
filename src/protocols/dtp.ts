/** DTP, Cisco's dynamic trunking protocol: ports that would become a trunk to whoever asks. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { item, nextItem, noteExactly, noteRest } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const domain = fact('dtp.domain', text, 'set')
/** What the port is and what it is set to: `access/auto`, `trunk/desirable`. */
const status = fact('dtp.status', text, 'set')
const encapsulation = fact('dtp.encapsulation', text, 'set')
const neighbor = fact('dtp.neighbor', mac, 'set')

const TRUNK = 0x80
const SETTINGS: readonly (string | undefined)[] = [
  undefined,
  ...['on', 'off', 'desirable', 'auto', 'on', 'on'],
]
const KINDS: readonly (string | undefined)[] = [undefined, 'native', 'isl', ...['', '', '802.1q']]

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== 1) return c.fail('bad version')
  let type = nextItem(c)
  while (type >= 0) {
    if (type === 1) readDomain(notes)
    else if (type === 2) readStatus(notes)
    else if (type === 3) readKind(notes)
    else if (type === 4) noteExactly(item, notes, neighbor, 6)
    type = nextItem(c)
  }
}

/** It ends in a zero, and is nothing else if there is none. */
function readDomain(notes: Notes): void {
  if (item.peek() !== 0) noteRest(item, notes, domain)
}

function readStatus(notes: Notes): void {
  const value = item.u8()
  const setting = SETTINGS[value & 7]
  if (setting === undefined) return
  const from = notes.here
  notes.write((value & TRUNK) !== 0 ? 'trunk/' : 'access/')
  notes.write(setting)
  notes.add(status, from, notes.here - from)
}

function readKind(notes: Notes): void {
  const word = KINDS[item.u8() >> 5]
  if (word !== undefined && word !== '') notes.say(encapsulation, word)
}

export const dtp: Protocol = {
  name: 'dtp',
  standard: 'Cisco',
  tells: 'Cisco ports that negotiate trunks, and with them all VLANs, with whoever asks',
  heard: ['snap/00000c2004'],
  facts: [domain, status, encapsulation, neighbor],
  parse,
}
