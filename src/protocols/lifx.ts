/** LIFX's LAN protocol: lamps tell anybody their product, firmware, label, group and place. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import { lifxProduct } from './lifx-products.js'
import type { Notes, Protocol } from './protocol.js'

const address = fact('lifx.mac', mac)
const product = fact('lifx.product', text)
/** Maker and product as numbers: `1/59`. */
const productId = fact('lifx.product_id', text)
/** `3.70` */
const firmware = fact('lifx.firmware', text)
const label = fact('lifx.label', text)
const group = fact('lifx.group', text)
const location = fact('lifx.location', text)
/** Somebody looks for lamps, asks them, or switches them. */
const asks = fact('lifx.asks', text, 'set')

const HEAD = 36
const PROTOCOL = 1024
const PROTOCOL_MASK = 0x0fff
const LABEL = 32
const ID = 16
const TYPE_MAX = 1024

const GET_SERVICE = 2
const STATE_SERVICE = 3
const STATE_HOST_FIRMWARE = 15
const STATE_LABEL = 25
const STATE_VERSION = 33
const STATE_LOCATION = 50
const STATE_GROUP = 53
const SET_COLOR = 102
const STATE_LIGHT = 107
const SET_POWER = 21
const SET_LIGHT_POWER = 117

function parse(c: Cursor, notes: Notes): void {
  const size = c.u16le()
  const flags = c.u16le()
  if ((flags & PROTOCOL_MASK) !== PROTOCOL || size < HEAD) return c.fail('not lifx')
  if (size > c.left + 4) c.take(size - 4)
  else c.end = c.start + size
  c.take(4)
  const target = c.take(8)
  c.take(16)
  const type = c.u16le()
  c.take(2)
  if (type > TYPE_MAX) return c.fail('bad type')
  if (c.fault === '') readMessage(c, notes, type, target)
}

function readMessage(c: Cursor, notes: Notes, type: number, target: number): void {
  switch (type) {
    case GET_SERVICE:
      return notes.say(asks, 'discovery')
    case SET_POWER:
    case SET_COLOR:
    case SET_LIGHT_POWER:
      return notes.say(asks, 'command')
    case STATE_SERVICE:
      // Only a lamp says this, and it says who it is.
      return notes.add(address, target, 6)
    case STATE_HOST_FIRMWARE:
      return readFirmware(c, notes)
    case STATE_VERSION:
      return readProduct(c, notes)
    case STATE_LABEL:
      return noteFixedText(c, notes, label, LABEL)
    case STATE_LOCATION:
      c.take(ID)
      return noteFixedText(c, notes, location, LABEL)
    case STATE_GROUP:
      c.take(ID)
      return noteFixedText(c, notes, group, LABEL)
    case STATE_LIGHT:
      c.take(12)
      return noteFixedText(c, notes, label, LABEL)
  }
}

function readFirmware(c: Cursor, notes: Notes): void {
  c.take(16)
  const minor = c.u16le()
  const major = c.u16le()
  if (c.fault !== '') return
  const to = notes.here
  notes.writeNumber(major)
  notes.write('.')
  notes.writeNumber(minor)
  notes.add(firmware, to, notes.here - to)
}

function readProduct(c: Cursor, notes: Notes): void {
  const vendor = c.u32le()
  const number = c.u32le()
  if (c.fault !== '') return
  const to = notes.here
  notes.writeNumber(vendor)
  notes.write('/')
  notes.writeNumber(number)
  notes.add(productId, to, notes.here - to)
  const name = vendor === 1 ? lifxProduct(number) : ''
  if (name !== '') notes.say(product, name)
}

export const lifx: Protocol = {
  name: 'lifx',
  standard: "LIFX's LAN protocol",
  tells: 'products, firmware, names and places of lamps',
  heard: ['udp/56700'],
  facts: [address, product, productId, firmware, label, group, location, asks],
  parse,
}
