/** UDLD (RFC 5171): switches by their serial number, and which port is joined to which. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, label, text } from '../model/fact.js'
import { item, nextItem, noteRest } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

/** As a rule the serial number. */
const deviceId = fact('udld.device_id', label, 'set')
const portId = fact('udld.port_id', label, 'set')
const deviceName = fact('udld.device_name', text, 'set')
/** Whom it hears, and from which of its ports: `FOC1025X4W3 Gi0/1`. */
const neighbor = fact('udld.neighbor', label, 'set')

const VERSION_SHIFT = 5
const NEIGHBORS_MAX = 8

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() >> VERSION_SHIFT !== 1) return c.fail('bad version')
  c.take(3)
  let type = nextItem(c)
  while (type >= 0) {
    if (type === 1) noteRest(item, notes, deviceId)
    else if (type === 2) noteRest(item, notes, portId)
    else if (type === 3) readEcho(notes)
    else if (type === 6) noteRest(item, notes, deviceName)
    type = nextItem(c)
  }
}

function readEcho(notes: Notes): void {
  let count = Math.min(item.u32() >>> 0, NEIGHBORS_MAX)
  while (count > 0 && item.left > 0) {
    count--
    const from = notes.here
    writeName(notes)
    notes.write(' ')
    writeName(notes)
    if (item.fault === '') notes.add(neighbor, from, notes.here - from)
  }
}

function writeName(notes: Notes): void {
  const length = item.u16()
  if (length > item.left) return item.fail('short')
  const end = item.at + length
  while (item.at < end) notes.put(item.u8())
}

export const udld: Protocol = {
  name: 'udld',
  standard: 'RFC 5171',
  tells: 'serial numbers and names of switches, and which of their ports are joined',
  heard: ['snap/00000c0111'],
  facts: [deviceId, portId, deviceName, neighbor],
  parse,
}
