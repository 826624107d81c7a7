/** Ubiquiti's discovery protocol, versions 1 and 2: name, model, firmware and addresses of a device. */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, number, text } from '../model/fact.js'
import { noteExactly, noteRest } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const hostname = fact('ubnt.hostname', text, 'set')
const platform = fact('ubnt.platform', text, 'set')
const model = fact('ubnt.model', text, 'set')
/** The build as a whole: `BZ.qca956x.v4.3.20.11298.200704.1345`. */
const firmware = fact('ubnt.firmware', text, 'set')
const version = fact('ubnt.version', text, 'set')
const device = fact('ubnt.mac', mac, 'set')
const address = fact('ubnt.address', ip, 'set')
const essid = fact('ubnt.essid', text, 'set')
const wirelessMode = fact('ubnt.wireless_mode', number, 'set')
const systemId = fact('ubnt.system_id', number, 'set')
/** The address that makes do for a serial number. */
const serial = fact('ubnt.serial', mac, 'set')
/** It still is as it left the factory, and so is its password. */
const factory = fact('ubnt.factory', text, 'set')

const VERSION_MAX = 2

/** Over one item's value: see `item` of `link-words`. */
const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  const spoken = c.u8()
  if (spoken === 0 || spoken > VERSION_MAX) return c.fail('bad version')
  c.u8()
  const length = c.u16()
  if (c.fault !== '') return
  if (length < c.left || (length > 0 && c.peek() > 0x40)) return c.fail('bad length')
  while (c.left > 0) {
    const type = c.u8()
    const size = c.u16()
    const at = c.take(size)
    if (c.fault !== '') return
    part.over(c.bytes, at, at + size)
    if (type < 0x10) readFirst(notes, type)
    else readMore(notes, type)
  }
}

function readFirst(notes: Notes, type: number): void {
  switch (type) {
    case 0x01:
      return noteExactly(part, notes, device, 6)
    case 0x02:
      return readBoth(notes)
    case 0x03:
      return noteRest(part, notes, firmware)
    case 0x04:
      return noteExactly(part, notes, address, 4)
    case 0x0b:
      return noteRest(part, notes, hostname)
    case 0x0c:
      return noteRest(part, notes, platform)
    case 0x0d:
      return noteRest(part, notes, essid)
    case 0x0e:
      return noteExactly(part, notes, wirelessMode, 1)
  }
}

function readMore(notes: Notes, type: number): void {
  switch (type) {
    case 0x10:
      return noteExactly(part, notes, systemId, 2)
    case 0x13:
      return noteExactly(part, notes, serial, 6)
    case 0x14:
    case 0x15:
      return noteRest(part, notes, model)
    case 0x16:
      return noteRest(part, notes, version)
    case 0x17:
      // One byte, or four.
      part.at = part.end - 1
      if (part.u8() === 1) notes.say(factory, 'default')
  }
}

/** A hardware address, and the network address it goes with. */
function readBoth(notes: Notes): void {
  if (part.left !== 10) return
  notes.add(device, part.take(6), 6)
  notes.add(address, part.take(4), 4)
}

export const ubnt: Protocol = {
  name: 'ubnt',
  standard: 'Ubiquiti',
  tells:
    'name, model, firmware and addresses of Ubiquiti devices, and whether they are still unset',
  heard: ['udp/10001'],
  facts: [
    ...[hostname, platform, model, firmware, version, device, address, essid, wirelessMode],
    ...[systemId, serial, factory],
  ],
  parse,
}
