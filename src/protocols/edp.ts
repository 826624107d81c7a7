/** EDP, Extreme Networks' discovery protocol: name, software, port and VLANs of a switch. */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, number, text } from '../model/fact.js'
import { isGiven, noteRest } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const name = fact('edp.name', text, 'set')
/** The switch's own address, whichever of its ports this came from. */
const device = fact('edp.mac', mac, 'set')
/** Slot and port, as printed on the front. */
const port = fact('edp.port', text, 'set')
const version = fact('edp.version', text, 'set')
const vlan = fact('edp.vlan', number, 'set')
const vlanName = fact('edp.vlan_name', text, 'set')
const address = fact('edp.address', ip, 'set')

const MARKER = 0x99
const ITEM_HEAD = 4
const TO_VERSION = 8

/** Over one item's value: see `item` of `link-words`. */
const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== 1) return c.fail('bad version')
  c.take(7)
  const isMac = c.u16() === 0
  const at = c.take(6)
  if (c.fault !== '') return
  if (isMac) notes.add(device, at, 6)
  while (c.left > 0) {
    const marker = c.u8()
    const type = c.u8()
    const length = c.u16() - ITEM_HEAD
    if (c.fault === '' && (marker !== MARKER || length < 0)) return c.fail('bad item')
    const from = c.take(length)
    if (c.fault !== '' || type === 0) return
    part.over(c.bytes, from, from + length)
    if (type === 1) noteRest(part, notes, name)
    else if (type === 2) readSystem(notes)
    else if (type === 5) readVlan(notes)
  }
}

function readSystem(notes: Notes): void {
  const slot = part.u16()
  const place = part.u16()
  part.take(TO_VERSION)
  if (part.left < 4) return
  const from = notes.here
  notes.writeNumber(slot + 1)
  notes.write('/')
  notes.writeNumber(place + 1)
  notes.add(port, from, notes.here - from)
  const versionFrom = notes.here
  notes.writeNumber(part.u8())
  notes.write('.')
  notes.writeNumber(part.u8())
  notes.write('.')
  notes.writeNumber(part.u8())
  notes.write('.')
  notes.writeNumber(part.u8())
  notes.add(version, versionFrom, notes.here - versionFrom)
}

function readVlan(notes: Notes): void {
  part.take(2)
  const idAt = part.take(2)
  part.take(4)
  const given = isGiven(part, 4)
  const at = part.take(4)
  if (part.fault !== '') return
  notes.add(vlan, idAt, 2)
  if (given) notes.add(address, at, 4)
  noteRest(part, notes, vlanName)
}

export const edp: Protocol = {
  name: 'edp',
  standard: 'Extreme Networks',
  tells: 'name, software, port and VLANs of Extreme switches',
  heard: ['snap/00e02b00bb'],
  facts: [name, device, port, version, vlan, vlanName, address],
  parse,
}
