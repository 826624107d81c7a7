/** LLTD (Microsoft's MS-LLTD): Windows machines and what draws their map; names and addresses. */

import { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, mac, number, text } from '../model/fact.js'
import { noteExactly, noteRest, sayBits } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'
import { addWide } from './wide-text.js'

const role = fact('lltd.role', text, 'set')
const hostId = fact('lltd.host_id', mac, 'set')
const machineName = fact('lltd.machine_name', text, 'set')
const friendlyName = fact('lltd.friendly_name', text, 'set')
const address = fact('lltd.address', ip, 'set')
const uuid = fact('lltd.uuid', hex, 'set')
const support = fact('lltd.support', text, 'set')
const hardwareId = fact('lltd.hardware_id', text, 'set')
/** `web page`, `private side of nat`, ... */
const characteristic = fact('lltd.characteristic', text, 'set')
/** The interface's kind, as IANA numbers them: 6 is Ethernet, 71 wireless. */
const medium = fact('lltd.medium', number, 'set')
const bssid = fact('lltd.bssid', mac, 'set')
const ssid = fact('lltd.ssid', text, 'set')

const SERVICE_MAX = 2
const QUALITY = 2
const DISCOVER = 0
const HELLO = 1
const FUNCTION_MAX = 12
/** The two addresses of the demultiplexing header, and its number. */
const TO_BODY = 14
const TO_ITEMS = 14
const FLAGS_SHIFT = 27
const CHARACTERISTICS: readonly string[] = [
  'loops back',
  'web page',
  'full duplex',
  'private side of nat',
  'public side of nat',
]

/** Over one item's value: see `item` of `link-words`. */
const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== 1) return c.fail('bad version')
  const service = c.u8()
  c.u8()
  const what = c.u8()
  if (service > SERVICE_MAX || what > FUNCTION_MAX) return c.fail('bad function')
  c.take(TO_BODY)
  if (c.fault !== '' || service === QUALITY) return
  if (what === DISCOVER) notes.say(role, 'mapper')
  else if (what === HELLO) readHello(c, notes)
}

function readHello(c: Cursor, notes: Notes): void {
  c.take(TO_ITEMS)
  if (c.fault !== '') return
  notes.say(role, 'responder')
  while (c.left > 0) {
    const type = c.u8()
    if (type === 0) return
    const length = c.u8()
    const at = c.take(length)
    if (c.fault !== '') return
    part.over(c.bytes, at, at + length)
    if (type < 0x0f) readStation(notes, type)
    else readName(notes, type)
  }
}

function readStation(notes: Notes, type: number): void {
  switch (type) {
    case 0x01:
      return noteExactly(part, notes, hostId, 6)
    case 0x02:
      return sayBits(notes, characteristic, part.u32() >>> FLAGS_SHIFT, CHARACTERISTICS)
    case 0x03:
      return noteExactly(part, notes, medium, 4)
    case 0x05:
      return noteExactly(part, notes, bssid, 6)
    case 0x06:
      return noteRest(part, notes, ssid)
    case 0x07:
      return noteExactly(part, notes, address, 4)
    case 0x08:
      return noteExactly(part, notes, address, 16)
  }
}

function readName(notes: Notes, type: number): void {
  switch (type) {
    case 0x0f:
      return addWide(part, notes, machineName, part.left)
    case 0x10:
      return addWide(part, notes, support, part.left)
    case 0x11:
      return addWide(part, notes, friendlyName, part.left)
    case 0x12:
      return noteExactly(part, notes, uuid, 16)
    case 0x13:
      return addWide(part, notes, hardwareId, part.left)
    case 0x16:
      // Only an access point has a table of who is associated with it.
      return notes.say(role, 'access point')
  }
}

export const lltd: Protocol = {
  name: 'lltd',
  standard: 'MS-LLTD',
  tells: 'names, addresses and identities of Windows machines and of what answers them',
  heard: ['ether/88d9'],
  facts: [
    ...[role, hostId, machineName, friendlyName, address, uuid, support, hardwareId],
    ...[characteristic, medium, bssid, ssid],
  ],
  parse,
}
