/** Roku's External Control Protocol: the device's own description, which comes over HTTP. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const serial = fact('roku.serial', text)
const deviceId = fact('roku.device_id', text)
const udn = fact('roku.udn', text)
const vendor = fact('roku.vendor', text)
const model = fact('roku.model', text)
const modelNumber = fact('roku.model_number', text)
const name = fact('roku.name', text)
const location = fact('roku.location', text)
const software = fact('roku.software_version', text)
const build = fact('roku.build', text)
const address = fact('roku.mac', mac, 'set')
const network = fact('roku.network', text, 'set')
/** `true`: applications from anywhere may be put on it. */
const developer = fact('roku.developer', text)

const ELEMENTS: Readonly<Record<string, Fact>> = {
  'serial-number>': serial,
  'device-id>': deviceId,
  'udn>': udn,
  'vendor-name>': vendor,
  'model-name>': model,
  'model-number>': modelNumber,
  'user-device-name>': name,
  'user-device-location>': location,
  'software-version>': software,
  'build-number>': build,
  'wifi-mac>': address,
  'ethernet-mac>': address,
  'network-type>': network,
  'developer-enabled>': developer,
}
const KNOWN = Object.entries(ELEMENTS)

const LESS = 0x3c

function parse(c: Cursor, notes: Notes): void {
  let length = c.distance(LESS)
  if (length < 0) return c.fail('not xml')
  while (length >= 0) {
    c.take(length + 1)
    readElement(c, notes)
    length = c.distance(LESS)
  }
}

/** An element whose name is known, and whose text ends before the cursor does. */
function readElement(c: Cursor, notes: Notes): void {
  let i = 0
  while (i < KNOWN.length) {
    const [name, said] = KNOWN[i++]!
    if (!c.starts(name)) continue
    c.take(name.length)
    const length = c.distance(LESS)
    if (said === address) noteTypedMac(c, notes, said, c.at, length)
    else notes.add(said, c.at, length)
    return
  }
}

export const roku: Protocol = {
  name: 'roku',
  standard: "Roku's External Control Protocol",
  tells: 'models, serials, names and versions of players and televisions',
  heard: [],
  facts: [
    ...[serial, deviceId, udn, vendor, model, modelNumber, name, location, software, build],
    ...[address, network, developer],
  ],
  parse,
}
