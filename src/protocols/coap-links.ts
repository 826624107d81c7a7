/**
 * What CoAP servers say of themselves: link lists (RFC 6690: `</sensors/temp>;rt="..."`), and what
 * devices of the Open Connectivity Foundation tell in CBOR (RFC 8949), of which only strings matter.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const resource = fact('coap.resource', text, 'set')
const resourceType = fact('coap.resource_type', text, 'set')
const name = fact('coap.name', text)
const deviceId = fact('coap.device_id', text)
const manufacturer = fact('coap.manufacturer', text)
const model = fact('coap.model', text)
const firmware = fact('coap.firmware', text)
const hardware = fact('coap.hardware', text)
const os = fact('coap.os', text)

export const linkFacts: readonly Fact[] = [
  ...[resource, resourceType, name, deviceId, manufacturer, model, firmware, hardware, os],
]

const LESS = 0x3c
const MORE = 0x3e
const QUOTE = 0x22
const LINKS_MAX = 24

/** Notes the paths of links and the kinds of what lies there. */
export function readLinks(c: Cursor, notes: Notes): void {
  let links = 0
  while (c.left > 0 && links < LINKS_MAX) {
    const byte = c.u8()
    if (byte === LESS) {
      const length = within(c, MORE)
      if (length < 0) return
      notes.add(resource, c.at, length)
      c.take(length + 1)
      links++
    } else if (byte === QUOTE) {
      const length = within(c, QUOTE)
      if (length < 0) return
      c.take(length + 1)
    } else if (byte === 0x72 && c.starts('t="')) {
      c.take(3)
      const length = within(c, QUOTE)
      if (length < 0) return
      notes.add(resourceType, c.at, length)
      c.take(length + 1)
    }
  }
}

/** How many bytes stand before this one, or -1, and then the rest is passed. */
function within(c: Cursor, byte: number): number {
  const length = c.distance(byte)
  if (length < 0) c.take(c.left)
  return length
}

const KEYS: readonly (readonly [key: string, said: Fact])[] = [
  ['n', name],
  ['di', deviceId],
  ['mnmn', manufacturer],
  ['mnmo', model],
  ['mnfv', firmware],
  ['mnhw', hardware],
  ['mnos', os],
]
const TEXT = 3
const BYTES = 2

/** Notes the strings that follow known keys; where the bytes are no CBOR, reading ends. */
export function readObjects(c: Cursor, notes: Notes): void {
  let said: Fact | undefined
  while (c.left > 0) {
    const head = c.u8()
    const kind = head >> 5
    const small = head & 31
    const count = small < 24 ? small : small === 24 ? c.u8() : small === 25 ? c.u16() : -1
    if (small === 26) c.take(4)
    else if (small === 27) c.take(8)
    if (kind !== TEXT && kind !== BYTES) {
      said = undefined
      continue
    }
    if (count < 0 || count > c.left) return void c.take(c.left)
    if (kind === TEXT && said !== undefined) notes.add(said, c.at, count)
    said = kind === TEXT && said === undefined ? keyAt(c, count) : undefined
    c.take(count)
  }
}

function keyAt(c: Cursor, length: number): Fact | undefined {
  let i = 0
  while (i < KEYS.length) {
    const [key, said] = KEYS[i++]!
    if (key.length === length && c.starts(key)) return said
  }
  return undefined
}
