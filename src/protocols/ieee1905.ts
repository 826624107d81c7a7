/** IEEE 1905.1 and Wi-Fi EasyMesh: routers, repeaters and adapters of one home network. */

import { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, mac, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import { noteExactly, noteRest, sayWord } from './link-words.js'
import { readSetup, setupFacts } from './ieee1905-setup.js'
import type { Notes, Protocol } from './protocol.js'

/** The device's own address, whichever of its interfaces this came from. */
const device = fact('ieee1905.al_mac', mac, 'set')
const interfaceMac = fact('ieee1905.interface_mac', mac, 'set')
/** `ethernet`, `wifi`, `powerline` or `moca`. */
const medium = fact('ieee1905.medium', text, 'set')
/** Devices beside it, by their own address, and what does not speak this. */
const neighbor = fact('ieee1905.neighbor', mac, 'set')
const friendlyName = fact('ieee1905.friendly_name', text, 'set')
const manufacturer = fact('ieee1905.manufacturer_name', text, 'set')
const model = fact('ieee1905.manufacturer_model', text, 'set')
const controlUrl = fact('ieee1905.control_url', text, 'set')
const address = fact('ieee1905.address', ip, 'set')
/** It looks for the registrar, or says that it is. */
const role = fact('ieee1905.role', text, 'set')
const vendor = fact('ieee1905.vendor', hex, 'set')

const TYPE_MAX = 0x0012
const MULTI_AP_MIN = 0x8000
const INTERFACE_KEPT = 16
const NAME_SIZE = 64
const MEDIA: readonly (string | undefined)[] = ['ethernet', 'wifi', 'powerline', 'moca']
const SERVICES: readonly (string | undefined)[] = ['controller', 'agent']
const NEIGHBOR_LENGTH = 7

/** Over one item's value: see `item` of `link-words`. */
const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== 0) return c.fail('bad version')
  c.u8()
  const type = c.u16()
  c.take(4)
  if (type > TYPE_MAX && (type < MULTI_AP_MIN || type > MULTI_AP_MIN + 0xff)) {
    return c.fail('bad message')
  }
  while (c.left > 0) {
    const kind = c.u8()
    const length = c.u16()
    const at = c.take(length)
    if (c.fault !== '' || kind === 0) return
    part.over(c.bytes, at, at + length)
    if (kind <= 0x0f) readTopology(notes, kind)
    else readIdentity(notes, kind)
  }
}

function readTopology(notes: Notes, kind: number): void {
  switch (kind) {
    case 0x01:
      return noteExactly(part, notes, device, 6)
    case 0x02:
      return noteExactly(part, notes, interfaceMac, 6)
    case 0x03:
      return readDevice(notes)
    case 0x07:
      return readNeighbors(notes)
    case 0x0b:
      return notes.add(vendor, part.take(3), 3)
    case 0x0d:
      if (part.left === 1 && part.u8() === 0) notes.say(role, 'enrollee')
      return
    case 0x0f:
      if (part.left === 1 && part.u8() === 0) notes.say(role, 'registrar')
  }
}

function readIdentity(notes: Notes, kind: number): void {
  switch (kind) {
    case 0x11:
      return readSetup(part, notes)
    case 0x14:
      noteFixedText(part, notes, friendlyName, NAME_SIZE)
      noteFixedText(part, notes, manufacturer, NAME_SIZE)
      return noteFixedText(part, notes, model, NAME_SIZE)
    case 0x15:
      return noteRest(part, notes, controlUrl)
    case 0x16:
      return readAddresses(notes, 4)
    case 0x17:
      return readAddresses(notes, 16)
    case 0x80:
      // EasyMesh: which of its two services it offers.
      if (part.u8() > 0) sayWord(notes, role, part.u8(), SERVICES)
  }
}

function readDevice(notes: Notes): void {
  notes.add(device, part.take(6), 6)
  let count = Math.min(part.u8(), INTERFACE_KEPT)
  while (count > 0 && part.left > 0) {
    count--
    const at = part.take(6)
    const kind = part.u16()
    part.take(part.u8())
    if (part.fault !== '') return
    notes.add(interfaceMac, at, 6)
    sayWord(notes, medium, kind >> 8, MEDIA)
  }
}

function readNeighbors(notes: Notes): void {
  part.take(6)
  while (part.left >= NEIGHBOR_LENGTH) {
    notes.add(neighbor, part.take(6), 6)
    part.u8()
  }
}

/** By interface: each address has a byte of how it came about, and a server's address. */
function readAddresses(notes: Notes, length: number): void {
  let count = Math.min(part.u8(), INTERFACE_KEPT)
  while (count > 0 && part.left > 0) {
    count--
    part.take(6)
    // Version 6 gives the address of the link first.
    if (length === 16) part.take(16)
    let entries = part.u8()
    while (entries > 0 && part.left > 0) {
      entries--
      part.u8()
      notes.add(address, part.take(length), length)
      part.take(length)
    }
  }
}

export const ieee1905: Protocol = {
  name: 'ieee1905',
  standard: 'IEEE 1905.1, Wi-Fi EasyMesh',
  tells: 'make, model, serial number and addresses of home routers and repeaters',
  heard: ['ether/893a'],
  facts: [
    ...[device, interfaceMac, medium, neighbor, friendlyName, manufacturer, model, controlUrl],
    ...[address, role, vendor, ...setupFacts],
  ],
  parse,
}
