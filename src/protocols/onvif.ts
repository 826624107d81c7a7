/**
 * ONVIF device management (ONVIF Core Specification) as HTTP carries it: what a camera or recorder
 * answers of itself, and how who asks proves who it is.
 */

import { Elements } from '../bytes/xml.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, secretFact, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const manufacturer = fact('onvif.manufacturer', text)
const model = fact('onvif.model', text)
const firmware = fact('onvif.firmware', text)
const serial = fact('onvif.serial', text)
const hardware = fact('onvif.hardware', text)
const hostname = fact('onvif.hostname', text)
const address = fact('onvif.mac', mac, 'set')
const scope = fact('onvif.scope', text, 'set')
/** What a client asks of a device: `GetProfiles`. */
const asks = fact('onvif.asks', text, 'set')
const authentication = fact('onvif.authentication', text, 'set')
const user = secretFact('onvif.user', ['admin', 'root', 'user', 'service', 'supervisor', 'onvif'])
const password = secretFact('onvif.password', [
  ...['admin', '12345', '123456', 'password', 'pass', 'root', '888888', '666666', '9999', '4321'],
  ...['1111', '1234', '11111111', 'service', 'ikwd', 'system', 'meinsm', 'admin123', 'fliradmin'],
])

const ENVELOPE = 0
const BODY = 1
const USERNAME = 2
const PASSWORD = 3
const INFORMATION = 4
const HOSTNAME = 5
const NAME = 6
const HARDWARE_ADDRESS = 7
const SCOPE = 8
const FIRST_SAID = 9
const SAID: readonly (readonly [element: string, said: Fact])[] = [
  ['Manufacturer', manufacturer],
  ['Model', model],
  ['FirmwareVersion', firmware],
  ['SerialNumber', serial],
  ['HardwareId', hardware],
]
const elements = new Elements([
  ...['Envelope', 'Body', 'Username', 'Password', 'GetDeviceInformationResponse'],
  ...['GetHostnameResponse', 'Name', 'HwAddress', 'ScopeItem'],
  ...SAID.map(([element]) => element),
])
const DIGEST = '#PasswordDigest'
const GET = 'Get'
const RESPONSE = 'Response'

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  if (!elements.next(c) || elements.name !== ENVELOPE) return c.fail('not onvif')
  const kind = readHead(c, notes)
  while (c.left > 0) {
    if (!elements.next(c)) return
    if (!elements.closing && elements.textLength > 0) tell(c, notes, kind)
  }
}

/** Reads up to the body's first element, and returns which it is. */
function readHead(c: Cursor, notes: Notes): number {
  let inBody = false
  while (c.left > 0) {
    if (!elements.next(c)) return -1
    const { name, closing, textAt, textLength } = elements
    if (closing) continue
    if (inBody) {
      readRequest(c, notes)
      return name
    }
    inBody = name === BODY
    if (name === USERNAME) notes.add(user, textAt, textLength)
    else if (name === PASSWORD) readPassword(c, notes)
  }
  return -1
}

/** A digest says nothing of the password; anything else is the password. */
function readPassword(c: Cursor, notes: Notes): void {
  const back = c.at
  const outer = c.end
  c.at = elements.attributesAt
  c.end = c.at + elements.attributesLength
  while (c.left > 0 && !c.starts(DIGEST)) c.take(1)
  const digest = c.left > 0
  c.at = back
  c.end = outer
  notes.say(authentication, digest ? 'digest' : 'cleartext')
  if (!digest) notes.add(password, elements.textAt, elements.textLength)
}

function readRequest(c: Cursor, notes: Notes): void {
  const back = c.at
  const { nameAt, nameLength } = elements
  c.at = nameAt
  const get = c.starts(GET)
  c.at = nameAt + Math.max(0, nameLength - RESPONSE.length)
  const answer = c.starts(RESPONSE)
  c.at = back
  if (get && !answer) notes.add(asks, nameAt, nameLength)
}

function tell(c: Cursor, notes: Notes, kind: number): void {
  const { name, textAt, textLength } = elements
  if (name === HARDWARE_ADDRESS) noteTypedMac(c, notes, address, textAt, textLength)
  else if (name === SCOPE) notes.add(scope, textAt, textLength)
  else if (name === NAME && kind === HOSTNAME) notes.add(hostname, textAt, textLength)
  else if (name >= FIRST_SAID && kind === INFORMATION) {
    notes.add(SAID[name - FIRST_SAID]![1], textAt, textLength)
  }
}

export const onvif: Protocol = {
  name: 'onvif',
  standard: 'ONVIF Core Specification',
  tells: 'maker, model, firmware, serial number and name of cameras and recorders; weak passwords',
  heard: [],
  facts: [
    ...[manufacturer, model, firmware, serial, hardware, hostname, address, scope],
    ...[asks, authentication, user, password],
  ],
  parse,
}
