/** Scopes of WS-Discovery; those of ONVIF (Core Specification 7.3.2) spell out what a camera is. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { noteTypedMac } from './typed-mac.js'

const scope = fact('wsd.scope', text, 'set')
const name = fact('wsd.name', text, 'set')
const hardware = fact('wsd.hardware', text, 'set')
const location = fact('wsd.location', text, 'set')
export const manufacturer = fact('wsd.manufacturer', text, 'set')
export const firmware = fact('wsd.firmware', text, 'set')
export const serial = fact('wsd.serial', text, 'set')
const address = fact('wsd.mac', mac, 'set')

export const scopeFacts: readonly Fact[] = [
  ...[scope, name, hardware, location, manufacturer, firmware, serial, address],
]

const ONVIF = 'onvif://www.onvif.org/'
/** Two that the standard has, and what makers added. */
const PATHS: readonly (readonly [path: string, said: Fact])[] = [
  ['name/', name],
  ['hardware/', hardware],
  ['location/', location],
  ['manufacturer/', manufacturer],
  ['mfr/', manufacturer],
  ['version/', firmware],
  ['firmware/', firmware],
  ['serial/', serial],
  ['serialnumber/', serial],
  ['mac/', address],
  ['macaddr/', address],
  ['macaddress/', address],
]
const PERCENT = 0x25

/** Notes the scope of this length at the cursor, which stays there. */
export function readScope(c: Cursor, notes: Notes, length: number): void {
  const at = c.at
  if (c.starts(ONVIF)) {
    c.take(ONVIF.length)
    readPath(c, notes, at + length)
    c.at = at
  } else notes.add(scope, at, length)
}

function readPath(c: Cursor, notes: Notes, end: number): void {
  const whole = c.at
  let i = 0
  while (i < PATHS.length) {
    const [path, said] = PATHS[i++]!
    if (!startsFolded(c, path)) continue
    c.take(path.length)
    if (said.form === mac) noteTypedMac(c, notes, said, c.at, end - c.at)
    else decoded(c, notes, said, end)
    return
  }
  notes.add(scope, whole, end - whole)
}

/** Writes the value without its escapes: `IP%20Camera`. */
function decoded(c: Cursor, notes: Notes, said: Fact, end: number): void {
  const from = notes.here
  let plain = 0
  while (c.at + plain < end && c.peek(plain) !== PERCENT) plain++
  if (c.at + plain === end) return notes.add(said, c.at, plain)
  while (c.at < end) {
    const byte = c.u8()
    const value = byte === PERCENT ? (digit(c.peek()) << 4) | digit(c.peek(1)) : -1
    if (value >= 0) c.take(2)
    if (!notes.put(value >= 0 ? value : byte)) return
  }
  notes.add(said, from, notes.here - from)
}

/** What a hexadecimal digit is worth, or -1. */
function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
