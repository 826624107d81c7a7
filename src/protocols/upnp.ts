/**
 * UPnP device descriptions (UPnP Device Architecture 2.0, 2.3) as HTTP carries them: who made a
 * device, which model and serial number it has and what its owner called it.
 *
 * Of the devices that one contains, such as the parts of a router, only identities and kinds are
 * told: their makers and models repeat those of the whole.
 */

import { Elements } from '../bytes/xml.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const friendlyName = fact('upnp.friendly_name', text)
const manufacturer = fact('upnp.manufacturer', text)
const model = fact('upnp.model', text)
const modelNumber = fact('upnp.model_number', text)
const description = fact('upnp.model_description', text)
const serial = fact('upnp.serial', text)
const uuid = fact('upnp.uuid', text, 'set')
const type = fact('upnp.type', text, 'set')
const firmware = fact('upnp.firmware', text)
const hardware = fact('upnp.hardware', text)
const address = fact('upnp.mac', mac, 'set')
const room = fact('upnp.room', text)

const ROOT = 0
const DEVICE_LIST = 1
const UDN = 2
const TYPE = 3
const FIRST_SAID = 4
const SAID: readonly (readonly [element: string, said: Fact])[] = [
  ['friendlyName', friendlyName],
  ['manufacturer', manufacturer],
  ['modelName', model],
  ['modelNumber', modelNumber],
  ['modelDescription', description],
  ['serialNumber', serial],
  // Sonos, and others after it.
  ['serialNum', serial],
  ['softwareVersion', firmware],
  ['firmwareVersion', firmware],
  ['X_firmwareVersion', firmware],
  ['FirmwareVersion', firmware],
  ['hardwareVersion', hardware],
  ['X_hardwareVersion', hardware],
  ['MACAddress', address],
  ['macAddress', address],
  ['roomName', room],
]
const elements = new Elements([
  ...['root', 'deviceList', 'UDN', 'deviceType'],
  ...SAID.map(([element]) => element),
])
const UUID = 'uuid:'

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  if (!isRoot(c)) return c.fail('not upnp')
  let inner = 0
  while (c.left > 0) {
    if (!elements.next(c)) return
    const { name, closing } = elements
    if (name === DEVICE_LIST) inner += closing ? -1 : 1
    else if (closing || elements.textLength === 0) continue
    else if (name === UDN) tellUuid(c, notes)
    else if (name === TYPE) notes.add(type, elements.textAt, elements.textLength)
    else if (name >= FIRST_SAID && inner <= 0) tell(c, notes, SAID[name - FIRST_SAID]![1])
  }
}

const isRoot = (c: Cursor): boolean => elements.next(c) && elements.name === ROOT

function tellUuid(c: Cursor, notes: Notes): void {
  const back = c.at
  const { textAt, textLength } = elements
  c.at = textAt
  const prefix = c.starts(UUID) ? UUID.length : 0
  c.at = back
  notes.add(uuid, textAt + prefix, textLength - prefix)
}

function tell(c: Cursor, notes: Notes, said: Fact): void {
  const { textAt, textLength } = elements
  if (said.form === mac) noteTypedMac(c, notes, said, textAt, textLength)
  else notes.add(said, textAt, textLength)
}

export const upnp: Protocol = {
  name: 'upnp',
  standard: 'UPnP Device Architecture 2.0',
  tells: 'maker, model, serial number, firmware and name of media devices, routers and cameras',
  heard: [],
  facts: [
    ...[friendlyName, manufacturer, model, modelNumber, description, serial, uuid, type],
    ...[firmware, hardware, address, room],
  ],
  parse,
}
