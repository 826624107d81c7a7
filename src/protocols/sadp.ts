/**
 * SADP, by which cameras and recorders of Hikvision and its brands are found: XML on a multicast
 * group.
 */

import { Elements } from '../bytes/xml.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, text, type Fact } from '../model/fact.js'
import { readDotted } from './dotted.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const model = fact('sadp.model', text)
const serial = fact('sadp.serial', text)
const address = fact('sadp.mac', mac)
const network = fact('sadp.address', ip, 'set')
const firmware = fact('sadp.firmware', text)
const dsp = fact('sadp.dsp', text)
/** `false`: nobody has given it a password yet. */
const activated = fact('sadp.activated', text)
const dhcp = fact('sadp.dhcp', text)
const vendor = fact('sadp.vendor', text)
/** Who looks for such devices. */
const asks = fact('sadp.asks', text, 'set')

const PROBE = 0
const MATCH = 1
const HELLO = 2
const FIRST_SAID = 3
const SAID: readonly (readonly [element: string, said: Fact])[] = [
  ['Types', asks],
  ['DeviceDescription', model],
  ['DeviceSN', serial],
  ['MAC', address],
  ['IPv4Address', network],
  ['SoftwareVersion', firmware],
  ['DSPVersion', dsp],
  ['Activated', activated],
  ['DHCP', dhcp],
  ['OEMInfo', vendor],
]
const TYPES = FIRST_SAID
const elements = new Elements(['Probe', 'ProbeMatch', 'Hello', ...SAID.map(([element]) => element)])

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  const kind = elements.next(c) ? elements.name : -1
  if (c.fault !== '') return
  if (kind !== PROBE && kind !== MATCH && kind !== HELLO) return c.fail('not sadp')
  while (c.left > 0) {
    if (!elements.next(c)) return
    const { name, closing, textLength } = elements
    if (closing || textLength === 0 || name < FIRST_SAID) continue
    if ((kind === PROBE) === (name === TYPES)) tell(c, notes, SAID[name - FIRST_SAID]![1])
  }
}

function tell(c: Cursor, notes: Notes, said: Fact): void {
  const { textAt, textLength } = elements
  if (said === address) noteTypedMac(c, notes, said, textAt, textLength)
  else if (said === network) tellNetwork(c, notes)
  else notes.add(said, textAt, textLength)
}

function tellNetwork(c: Cursor, notes: Notes): void {
  const { at, end } = c
  const written = notes.here
  c.at = elements.textAt
  c.end = c.at + elements.textLength
  const first = c.peek()
  const whole = readDotted(c, notes)
  c.at = at
  c.end = end
  // 0.0.0.0 is none.
  if (whole && first !== 0x30) notes.add(network, written, 4)
}

export const sadp: Protocol = {
  name: 'sadp',
  standard: 'Hikvision',
  tells: 'model, serial number, firmware and hardware address of Hikvision cameras and recorders',
  heard: ['udp/37020'],
  facts: [model, serial, address, network, firmware, dsp, activated, dhcp, vendor, asks],
  parse,
}
